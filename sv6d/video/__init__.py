"""Source videos: which there are, what they are, and their frames with real times."""
