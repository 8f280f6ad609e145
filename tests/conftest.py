"""Property tests draw the same examples on every run, and none fails because the machine is busy."""

from __future__ import annotations

import importlib.util
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("house", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture(scope="session")
def ray_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Ray cluster of two slots on loopback: the address of its jobs API. `make test-cluster` has one.

    Ray listens on every interface of a machine and runs whatever it is sent, so it is started only
    where loopback is the only one.
    """
    if importlib.util.find_spec("ray") is None:
        pytest.skip("Ray is not installed here: make test-cluster")
    if [name for _, name in socket.if_nameindex()] != ["lo"]:
        pytest.skip("Ray would listen on this machine's network: make test-cluster")
    from tests.made_ray_cluster import cluster

    with cluster(Path("/tmp") / f"sv6d-ray-{tmp_path_factory.getbasetemp().stat().st_ino}") as address:
        yield address
