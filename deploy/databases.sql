-- Beside the database of Dagster, which the server makes itself. Run once, when the volume is new.
CREATE DATABASE mlflow;
CREATE DATABASE mlflow_users;
