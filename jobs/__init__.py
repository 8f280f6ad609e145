"""Dagster wires here: the definitions, one file per job, and the doors that people and DVC use."""
