"""The timeline page: one video, what documents say about it, and the corpus index beside it."""
