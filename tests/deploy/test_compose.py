"""What `deploy/` starts: only loopback is published, every password comes from a file, and MLflow asks for its own."""

from __future__ import annotations

import base64
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.made_postgres import postgres, programs

_DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
_LIMIT_S = 180.0


def _compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((_DEPLOY / "compose.yaml").read_text())
    return found


@pytest.mark.cluster
def test_the_file_is_what_the_compose_specification_describes() -> None:
    schema = pytest.importorskip("compose_spec", reason="make test-cluster")
    text = (_DEPLOY / "compose.yaml").read_text()
    assert schema.PyCompose.from_yaml(text).service_names() == ["postgres", "mlflow", "dagster", "web"]
    with pytest.raises(ValueError, match="cap_dropp"):
        schema.PyCompose.from_yaml(text.replace("cap_drop:", "cap_dropp:"))


def test_only_loopback_is_published_and_databases_are_not() -> None:
    services = _compose()["services"]
    ports = {name: service.get("ports", []) for name, service in services.items()}
    assert all(port.startswith("127.0.0.1:") for published in ports.values() for port in published)
    assert {name for name, published in ports.items() if published} == {"mlflow", "dagster"}
    assert services["postgres"]["networks"] == ["inside"]
    assert _compose()["networks"]["inside"] == {"internal": True}
    # What has no password of its own is reached through nginx alone, which listens on these.
    assert [port.rpartition(":")[2] for port in ports["dagster"]] == ["8080", "8081"]
    assert services["web"]["network_mode"] == "service:dagster"


def test_every_password_is_a_file_that_git_does_not_see() -> None:
    compose = _compose()
    settings = [line for service in compose["services"].values() for line in service.get("environment", {}).items()]
    assert not [name for name, _ in settings if "PASSWORD" in name and not name.endswith("_FILE")]
    assert all(secret["file"].startswith("./secrets/") for secret in compose["secrets"].values())
    used = {name for service in compose["services"].values() for name in service.get("secrets", [])}
    assert used == set(compose["secrets"])
    assert "/deploy/secrets/" in (_DEPLOY.parent / ".gitignore").read_text().splitlines()


def test_every_file_that_is_mounted_or_run_is_there() -> None:
    services = _compose()["services"]
    mounted = [
        one.split(":")[0] for service in services.values() for one in service.get("volumes", []) if one[0] == "."
    ]
    run = [service["command"][1] for service in services.values() if service.get("command", [""])[0] == "sh"]
    assert all((_DEPLOY / path).exists() for path in mounted)
    assert all((_DEPLOY.parent / path).is_file() for path in run)


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """Passwords as `make_secrets.sh` makes them."""
    shutil.copy(_DEPLOY / "make_secrets.sh", tmp_path)
    told = subprocess.run(["sh", tmp_path / "make_secrets.sh"], check=True, capture_output=True, text=True).stdout
    folder = tmp_path / "secrets"
    assert (folder / "web_password").read_text() in told
    assert (folder / "web_users").read_text().startswith("sv6d:$6$")
    kept = (folder / "mlflow_password").read_text()
    subprocess.run(["sh", tmp_path / "make_secrets.sh"], check=True, capture_output=True)
    assert (folder / "mlflow_password").read_text() == kept
    return folder


@pytest.fixture
def mlflow(tmp_path: Path, secrets: Path) -> Iterator[tuple[str, str]]:
    """MLflow by its own script, on PostgreSQL: address and password."""
    pytest.importorskip("flask_wtf", reason="make test-cluster")
    if programs() is None:
        pytest.skip("no PostgreSQL server is installed")
    folder = tmp_path / "postgres"
    folder.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with postgres(folder, ("mlflow", "mlflow_users")) as server:
        user, _, address = server.partition("@")
        (secrets / "postgres_password").write_text(user.partition(":")[2])
        own = {"SECRETS": str(secrets), "POSTGRES": address, "MLFLOW_HOST": "127.0.0.1", "MLFLOW_PORT": port}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        started = subprocess.Popen(
            ["sh", _DEPLOY / "mlflow.sh"],
            env={**os.environ, **own, "PATH": path, "MLFLOW_WORKERS": "1"},
            cwd=tmp_path,
            start_new_session=True,
        )
        try:
            deadline_s = time.monotonic() + _LIMIT_S
            while _status(f"http://127.0.0.1:{port}/health") != 200:
                assert started.poll() is None
                assert time.monotonic() < deadline_s
                time.sleep(0.5)
            yield f"http://127.0.0.1:{port}", (secrets / "mlflow_password").read_text()
        finally:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()


def _status(url: str, **headers: str) -> int | None:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


@pytest.mark.cluster
@pytest.mark.slow
def test_mlflow_asks_for_its_password_and_refuses_other_names(mlflow: tuple[str, str]) -> None:
    url, password = mlflow
    asked = f"{url}/api/2.0/mlflow/experiments/get-by-name?experiment_name=Default"
    right = "Basic " + base64.b64encode(f"admin:{password}".encode()).decode()
    assert _status(asked) == 401
    assert _status(asked, Authorization="Basic " + base64.b64encode(b"admin:password1234").decode()) == 401
    assert _status(asked, Authorization=right) == 200
    assert _status(asked, Authorization=right, Host="evil.example") == 403
