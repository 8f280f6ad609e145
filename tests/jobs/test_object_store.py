"""An object store as DVC remote, by S3 on loopback: pushed to, believed after hashing, told when out of reach."""

from __future__ import annotations

import json
import shutil
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from small_project import SmallProject

from assets.resources.project import Project
from jobs.takedown.removal import remove_objects
from jobs.takedown.stores import remote_store
from sv6d.io import sha256_file

pytestmark = pytest.mark.cluster
_BUCKET = "store"


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Of a server of this test's own with an empty bucket; credentials for it are in the environment."""
    moto = pytest.importorskip("moto.server", reason="make test-cluster")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "made-for-this-test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")  # no credentials are looked for on the network
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    found = "http://{}:{}".format(*server.get_host_and_port())
    urllib.request.urlopen(urllib.request.Request(f"{found}/moto-api/reset", method="POST"))  # of the server before it
    _store(found).mkdir(_BUCKET)
    yield found
    server.stop()


def _store(address: str) -> Any:
    s3fs = pytest.importorskip("s3fs", reason="make test-cluster")
    return s3fs.S3FileSystem(endpoint_url=address, skip_instance_cache=True, use_listings_cache=False)


@pytest.fixture
def pushed(address: str, small_template: Path, tmp_path: Path) -> SmallProject:
    """A project whose artifacts are in the bucket."""
    project = SmallProject(tmp_path / "one")
    shutil.copytree(small_template, project.root, symlinks=True)
    project.run("-m", "dvc", "remote", "add", "-d", _BUCKET, f"s3://{_BUCKET}/dvc")
    project.run("-m", "dvc", "remote", "modify", _BUCKET, "endpointurl", address)
    assert rebuild(project)["pushed"] > 0
    project.git("commit", "-qam", "with a remote")
    return project


def rebuild(project: SmallProject, *, status: int = 0) -> dict[str, Any]:
    out = project.root / ".work" / "rebuild.json"
    told = project.run("-m", "jobs.rebuild", "--json", str(out), status=status)
    return json.loads(out.read_text()) if status == 0 else {"told": told}


def test_a_clone_pulls_and_makes_nothing_and_damaged_objects_are_told(
    pushed: SmallProject, address: str, tmp_path: Path
) -> None:
    account = rebuild(pushed.clone(tmp_path / "other"))
    assert (account["green"], account["made"], account["planned"]) == (True, [], [])
    assert account["pulled"] > 0

    store, body = _store(address), (pushed.root / "data" / "shots" / "value.json").read_bytes()
    (flipped,) = [path for path in store.find(_BUCKET) if store.cat_file(path) == body]
    store.pipe_file(flipped, body.replace(b"factor", b"fact0r"))
    told = rebuild(pushed.clone(tmp_path / "third"), status=1)["told"]
    assert "other bytes than recorded came from the DVC remote" in told
    assert "data/shots/value.json" in told


def test_a_remote_out_of_reach_is_told_and_nothing_is_made_again(
    pushed: SmallProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = pushed.clone(tmp_path / "other")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    told = rebuild(other, status=1)["told"]
    assert "the DVC remote cannot be used" in told
    assert "credentials" in told
    assert "Traceback" not in told
    assert not (other.root / "data").exists()


def test_a_clip_that_is_taken_down_is_gone_from_the_bucket(
    pushed: SmallProject, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DVC_SITE_CACHE_DIR", str(tmp_path / "site"))
    video_id, store = sha256_file(pushed.root / "clips" / "own.mp4"), _store(address)
    cached = sorted((pushed.root / ".dvc" / "cache" / "files" / "md5").glob("??/*"))
    for path in cached[::2]:  # the bucket alone has these
        path.unlink()
    before = store.find(_BUCKET)
    assert any(video_id.encode() in store.cat_file(path) for path in before)
    with remote_store(Project(pushed.root), _BUCKET) as objects:
        num_removed = remove_objects(objects, video_id, None)
    after = store.find(_BUCKET)
    assert len(before) - len(after) == num_removed > 0
    assert after
    assert not any(video_id.encode() in store.cat_file(path) for path in after)
