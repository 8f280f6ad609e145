"""The keyed per-clip map: what is done once is not done again."""
