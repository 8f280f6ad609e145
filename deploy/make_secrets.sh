#!/bin/sh
# Passwords of their own for this machine, in deploy/secrets/ (kept if they are there). The two that people type are shown.
set -eu
umask 077
cd "$(dirname "$0")"
mkdir -p secrets
for name in postgres_password mlflow_password mlflow_session_key web_password; do
	[ -s "secrets/$name" ] || openssl rand -hex 24 | tr -d '\n' >"secrets/$name"
done
printf 'sv6d:%s\n' "$(openssl passwd -6 -in secrets/web_password)" >secrets/web_users
# Readable for the users of the containers; the folder is not, for others on this machine.
chmod 644 secrets/*
printf 'Dagster and the pages: sv6d %s\nMLflow: admin %s\n' "$(cat secrets/web_password)" "$(cat secrets/mlflow_password)"
