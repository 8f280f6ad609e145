"""Procedural short videos whose SV6D truth is known exactly: the embedded corpus, tests and pretraining."""
