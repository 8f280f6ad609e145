"""FeedBench, and the scores of base, SFT and GRPO on it."""
