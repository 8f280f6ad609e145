"""Dagster declares here: one file per artifact, its edges, its one call and its checks."""
