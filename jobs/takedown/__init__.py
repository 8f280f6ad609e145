"""What `make forget` does: where a clip is, who saw it, and how it goes."""
