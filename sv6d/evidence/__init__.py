"""What can be measured on the timeline: one file per cue, each from frames or samples to numbers."""
