"""Training: the annotator's adapter, supervised fine-tuning, reinforcement on verifiable rewards."""
