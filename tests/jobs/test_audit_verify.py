"""A changed byte is found and named, in whatever record it is; what was not changed raises no alarm."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from temporary_project import TemporaryProject

from assets.resources.errors import SigningError
from assets.resources.project import Project
from assets.resources.signing_key import ensure_key
from assets.resources.tracking import Tracking
from benchmarks.flipper import Flipper, look
from jobs.audit.runs import Platforms
from jobs.audit.snapshot import open_snapshot
from jobs.audit.verify import recorded_words, verify


@pytest.fixture(autouse=True)
def _own_platforms(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DAGSTER_HOME", "MLFLOW_TRACKING_URI"):
        monkeypatch.delenv(name, raising=False)


def findings(project: TemporaryProject, word: str = "raw_videos") -> str:
    return "\n".join(f"{f.where}: {f.what}" for f in look(Project(project.root), word))


def test_what_was_published_is_signed_and_agrees_in_all_records(published: TemporaryProject) -> None:
    snapshot = open_snapshot(Project(published.root), None)
    assert recorded_words(snapshot) == ["inputs", "raw_videos"]
    verdict = verify(snapshot, ["inputs", "raw_videos"])
    assert verdict.findings == ()
    assert list(verdict.signers.values()) == [("inputs", "raw_videos")]
    statement = json.loads((published.root / "signatures" / "raw_videos.json").read_text())
    assert statement["files"].keys() == {"videos.parquet", "quarantine.parquet", "subtitles.parquet", "record.json"}
    assert statement["dagster"]["keys"]
    assert "dvc.md5" in statement["mlflow"]["keys"]


def test_one_bit_anywhere_is_found_and_named(project: TemporaryProject) -> None:
    flipper = Flipper(Project(project.root), seed=1)
    kinds = set()
    for _ in range(60):
        with flipper.flip() as flip:
            named = {finding.word for finding in look(Project(project.root), flip.word)}
        assert flip.word in named, flip
        kinds.add(flip.kind)
    assert len(kinds) == 10
    for _ in range(10):
        assert look(Project(project.root), "raw_videos") == ()


def test_a_change_of_dvc_lock_that_changes_no_value_names_its_entry(project: TemporaryProject) -> None:
    path = project.root / "dvc.lock"
    before = path.read_bytes()
    _, entry, rest = before.partition(b"  raw_videos:\n")
    for changed in (rest.replace(b" 0.", b"  .", 1), rest.replace(b"md5: ", b"md5:  ", 1)):
        assert changed != rest
        path.write_bytes(before.removesuffix(entry + rest) + entry + changed)
        (found,) = look(Project(project.root), "raw_videos")
        assert (found.word, found.where) == ("raw_videos", "dvc.lock")
        assert path.read_bytes().splitlines()[int(found.what.split()[-3]) - 1] not in before.splitlines()
    path.write_bytes(before)
    assert look(Project(project.root), "raw_videos") == ()


def test_what_was_pulled_from_elsewhere_raises_no_alarm_and_is_told_as_signed(project: TemporaryProject) -> None:
    """A checkout of somebody else's artifacts: Dagster and MLflow are this machine's own."""
    signed = json.loads((project.root / "signatures" / "raw_videos.json").read_text())
    shutil.rmtree(project.root / ".dagster")
    (project.root / "mlflow.db").unlink()
    assert "told Dagster of raw_videos" in project.run("-m", "jobs.sync")
    Tracking(Project(project.root)).start("shots", params={}, inputs={}, tags={})
    verdict = verify(open_snapshot(Project(project.root), None), ["inputs", "raw_videos"])
    assert verdict.findings == ()
    assert any(text.startswith("Dagster: it was another store") for text in verdict.not_checked)
    event = Platforms(Project(project.root)).event("raw_videos", signed["md5"], None)
    assert event is not None
    assert (event.run_id, event.mlflow_run_id) == ("", signed["mlflow_run_id"])
    told = project.run("-m", "jobs.audit", "raw_videos")
    for run_id in (signed["dagster_run_id"], signed["mlflow_run_id"]):
        assert run_id[:8] in told
    assert all(signed["checks"].values())
    assert f"{len(signed['checks'])} of {len(signed['checks'])}" in told
    path = project.root / "data" / "raw_videos" / "videos.parquet"
    path.write_bytes(path.read_bytes()[:-1])
    assert "videos.parquet" in findings(project)


def test_a_row_that_names_another_run_is_a_finding_and_no_other_store(project: TemporaryProject) -> None:
    signed = json.loads((project.root / "signatures" / "raw_videos.json").read_text())
    log = project.root / ".dagster" / "history" / "runs" / "index.db"
    with closing(sqlite3.connect(log)) as connection, connection:
        connection.execute("UPDATE secondary_indexes SET migration_completed = '2020-01-01 00:00:00.000001'")
    assert findings(project) == ""  # no row of a version
    with closing(sqlite3.connect(log)) as connection, connection:
        connection.execute(
            "UPDATE event_logs SET timestamp = '2020-01-01' WHERE id = ?", (signed["dagster"]["keys"][0],)
        )
    assert "a row was changed" in findings(project)
    with closing(sqlite3.connect(project.root / "mlflow.db")) as connection, connection:
        for table in ("runs", "tags", "params", "metrics", "latest_metrics"):
            connection.execute(f"DELETE FROM {table} WHERE run_uuid = ?", (signed["mlflow_run_id"],))
    assert "MLflow: no run has the tag" in findings(project)


def test_a_run_by_dvc_is_signed_with_the_entry_that_dvc_writes(project: TemporaryProject) -> None:
    project.set("raw_videos", splits={"salt": "another", "train": 0.6, "validation": 0.15, "test": 0.25})
    project.run("-m", "dvc", "repro", "raw_videos")
    assert findings(project) == ""


def test_an_unsigned_and_a_deleted_artifact_are_named(project: TemporaryProject) -> None:
    (project.root / "signatures" / "raw_videos.sig").unlink()
    assert "signatures/raw_videos.sig: is missing" in findings(project)
    (project.root / "data" / "raw_videos" / "videos.parquet").unlink()
    assert "data/raw_videos/videos.parquet: is in its record" in findings(project)


def test_another_persons_key_must_be_trusted_by_name(
    project: TemporaryProject, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SV6D_SIGNING_KEY", str(tmp_path / "other.pem"))
    ensure_key(Project(project.root))
    assert "not yours" in findings(project)
    snapshot = open_snapshot(Project(project.root), None)
    signer = json.loads((project.root / "signatures" / "raw_videos.sig").read_text())["verificationMaterial"]
    assert verify(snapshot, ["raw_videos"], trusted=[signer["publicKey"]["hint"][:16]]).findings == ()


def test_the_private_key_is_made_for_its_owner_alone_and_outside_the_project(
    project: TemporaryProject, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "config" / "key.pem"
    monkeypatch.setenv("SV6D_SIGNING_KEY", str(path))
    first = ensure_key(Project(project.root))
    assert path.stat().st_mode & 0o777 == 0o600
    assert ensure_key(Project(project.root)) == first
    path.chmod(0o644)
    with pytest.raises(SigningError, match="others can read"):
        ensure_key(Project(project.root))
    monkeypatch.setenv("SV6D_SIGNING_KEY", str(project.root / "key.pem"))
    with pytest.raises(SigningError, match="must not lie in the project"):
        ensure_key(Project(project.root))


def test_a_tag_that_a_person_adds_is_no_change_and_a_metric_is(project: TemporaryProject) -> None:
    with sqlite3.connect(project.root / "mlflow.db") as database:
        run = database.execute("SELECT run_uuid FROM tags WHERE key = 'dvc.md5'").fetchone()[0]
        database.execute("INSERT INTO tags VALUES ('mlflow.note.content', 'a good one', ?)", (run,))
    assert findings(project) == ""
    with sqlite3.connect(project.root / "mlflow.db") as database:
        database.execute("UPDATE latest_metrics SET value = value + 1 WHERE run_uuid = ?", (run,))
    assert f"MLflow run {run}: a row was changed" in findings(project)


def test_the_command_says_so_and_ends_with_status_1(project: TemporaryProject) -> None:
    assert "everything is as it was recorded" in project.run("-m", "jobs.audit", "--verify")
    table = project.root / "data" / "raw_videos" / "videos.parquet"
    table.write_bytes(table.read_bytes()[:-1] + b"x")
    told = project.run("-m", "jobs.audit", "raw_videos", "--verify", status=1)
    assert "data/raw_videos/videos.parquet: is not what the signed statement says" in told


def test_a_committed_revision_is_verified_from_the_cache(project: TemporaryProject) -> None:
    git = ("git", "-c", "user.name=test", "-c", "user.email=test@localhost")
    for arguments in (("init", "-q"), ("add", "dvc.lock", "signatures"), ("commit", "-qm", "first")):
        assert os.spawnvp(os.P_WAIT, "git", [git[0], "-C", str(project.root), *git[1:], *arguments]) == 0
    project.set("raw_videos", splits={"salt": "another", "train": 0.6, "validation": 0.15, "test": 0.25})
    project.materialize("raw_videos")
    assert verify(open_snapshot(Project(project.root), "HEAD"), ["inputs", "raw_videos"]).findings == ()
    old = open_snapshot(Project(project.root), "HEAD").listing("raw_videos")["videos.parquet"]
    copy = project.root / ".dvc" / "cache" / "files" / "md5" / old[:2] / old[2:]
    copy.chmod(0o644)
    copy.write_bytes(copy.read_bytes()[:-1] + b"x")
    wrong = verify(open_snapshot(Project(project.root), "HEAD"), ["raw_videos"]).findings
    assert [finding.what for finding in wrong] == ["the cached copy of videos.parquet was changed"]
    assert findings(project) == ""


def test_what_was_never_signed_is_signed_where_it_agrees_and_refused_where_not(project: TemporaryProject) -> None:
    (project.root / "signatures" / "raw_videos.json").unlink()
    (project.root / "signatures" / "inputs.sig").unlink()
    assert "raw_videos: signed" in project.run("-m", "jobs.sign")
    assert "everything is as it was recorded" in project.run("-m", "jobs.audit", "--verify")
    (project.root / "signatures" / "raw_videos.json").unlink()
    table = project.root / "data" / "raw_videos" / "videos.parquet"
    table.write_bytes(table.read_bytes()[:-1] + b"x")
    assert "raw_videos: not signed: data/raw_videos" in project.run("-m", "jobs.sign", status=1)
