"""Where a result came from, and what a clip ended up in: from DVC, git, Dagster, MLflow and the rows."""
