"""Dagster's webserver answers to this machine's names only."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from jobs.webserver import guarded, through_here


def _status(host: str) -> int:
    app = guarded(Starlette(routes=[Route("/", lambda request: PlainTextResponse("here"))]))
    return TestClient(app).get("/", headers={"Host": host}).status_code


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1:3000", 200), ("localhost", 200), ("rebound.example", 400), ("127.0.0.1.example", 400), ("", 400)],
)
def test_foreign_hosts_are_refused(host: str, status: int) -> None:
    assert _status(host) == status


def test_a_proxy_may_be_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SV6D_ALLOWED_HOSTS", "sv6d.example")
    assert (_status("sv6d.example"), _status("rebound.example")) == (200, 400)


def test_dagster_dev_starts_the_guarded_one() -> None:
    assert through_here(["python", "-m", "dagster_webserver", "--port", "1"])[2] == "jobs.webserver"
    assert through_here(["python", "-m", "dagster._daemon"])[2] == "dagster._daemon"
