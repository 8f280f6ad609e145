#!/bin/sh
# MLflow on PostgreSQL, with users: the first is `admin`. Addresses hold a password, so they go by the environment and a
# private file, never by the command line.
set -eu
umask 077
secrets=${SECRETS:-/run/secrets}
server="postgresql+psycopg2://sv6d:$(cat "$secrets/postgres_password")@$POSTGRES"
settings=$(mktemp)
cat >"$settings" <<EOF
[mlflow]
default_permission = READ
database_uri = $server/mlflow_users
authorization_function = mlflow.server.auth:authenticate_request_basic_auth
EOF
export MLFLOW_AUTH_CONFIG_PATH="$settings"
export MLFLOW_AUTH_ADMIN_USERNAME=admin
MLFLOW_AUTH_ADMIN_PASSWORD=$(cat "$secrets/mlflow_password")
MLFLOW_FLASK_SERVER_SECRET_KEY=$(cat "$secrets/mlflow_session_key")
export MLFLOW_AUTH_ADMIN_PASSWORD MLFLOW_FLASK_SERVER_SECRET_KEY
export MLFLOW_BACKEND_STORE_URI="$server/mlflow"
export MLFLOW_DISABLE_TELEMETRY=true MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false
exec python -m mlflow server --app-name basic-auth --workers "${MLFLOW_WORKERS:-2}" --no-serve-artifacts \
	--default-artifact-root "file:///nowhere" # artifacts are DVC's
