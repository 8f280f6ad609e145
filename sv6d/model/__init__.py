"""Models: the tiny one built here, any other by name, their inputs, prompts and weights."""
