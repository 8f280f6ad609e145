#!/bin/sh
# `make ui` inside the container, on PostgreSQL; MLflow is the server beside it.
set -eu
secrets=${SECRETS:-/run/secrets}
DAGSTER_PG_URL="postgresql+psycopg2://sv6d:$(cat "$secrets/postgres_password")@$POSTGRES/dagster"
MLFLOW_TRACKING_PASSWORD=$(cat "$secrets/mlflow_password")
export DAGSTER_PG_URL MLFLOW_TRACKING_PASSWORD
exec python -m jobs.ui
