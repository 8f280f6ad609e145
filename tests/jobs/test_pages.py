"""The pages that Dagster links to: of the version that lies in `data/`, under loopback names alone."""

from __future__ import annotations

import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from temporary_project import TemporaryProject

_METADATA = """
from jobs.environment import prepare
prepare()
import json
import dagster as dg
with dg.DagsterInstance.get() as instance:
    event = instance.get_latest_materialization_event(dg.AssetKey("raw_videos"))
    print(json.dumps({name: str(value.value) for name, value in event.asset_materialization.metadata.items()}))
"""
_LIMIT_S = 60.0


@pytest.fixture
def address(project: TemporaryProject) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = project.start("-m", "jobs.pages", "--port", str(port))
    url, deadline_s = f"http://127.0.0.1:{port}", time.monotonic() + _LIMIT_S
    try:
        while server.poll() is None and time.monotonic() < deadline_s:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        server.communicate()


def get(url: str, **headers: str) -> tuple[int, str, str]:
    """Status, final address and text of a GET; redirects are followed."""
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=_LIMIT_S) as answer:
            return answer.status, answer.url, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, url, error.read().decode()


def test_a_materialization_links_to_the_pages_of_its_version(project: TemporaryProject, address: str) -> None:
    metadata = json.loads(project.run("-c", _METADATA).splitlines()[-1])
    path = f"/raw_videos/{project.dvc_md5('raw_videos')}/"
    assert metadata["page"].endswith(path)
    assert f"{metadata['page']}contact_sheet.jpg" in metadata["thumbnail"]
    status, landed, text = get(address + path)
    assert (status, landed) == (200, f"{address}/")
    assert all(name in text for name in ("clip0.mp4", "clip1.mp4", "clip2.mp4"))
    status, _, text = get(f"{address}/raw_videos/0123.dir/")
    assert status == 410
    assert project.dvc_md5("raw_videos") in text


def test_what_cannot_be_shown_says_why(address: str) -> None:
    status, _, text = get(f"{address}/contact_sheet.jpg")
    assert status == 409
    assert "evidence" in text
    assert get(f"{address}/videos/{'0' * 64}.html")[0] == 409
    assert get(f"{address}/videos/..%2F..%2Fparams.html")[0] == 404
    assert get(f"{address}/nothing/0123.dir/")[0] == 404


def test_a_foreign_name_is_refused(address: str) -> None:
    assert get(f"{address}/", Host="videos.example")[0] == 400
