"""The command line: one command per word, and a few beside them."""
