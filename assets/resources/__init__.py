"""Adapters between the artifacts and the platforms: processes, DVC, MLflow, and the transaction that joins them."""
