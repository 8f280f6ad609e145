"""The journal of a run: what it writes it reads, and what it cannot read it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.resources.checks import Judged
from assets.resources.errors import JournalError
from assets.resources.journal import Entry, Journal
from assets.resources.project import Project
from sv6d.io import read_json, write_json

ENTRY = Entry(
    word="shots",
    phase="running",
    dagster_run_id="d",
    mlflow_run_id="m",
    code_version="c",
    dependencies={"data/raw_videos": "1", "params.yaml": {"shots": {"detector": "blocks"}}},
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.job_folder("shots").mkdir(parents=True)
    return project


def test_an_entry_is_read_as_it_was_written(project: Project) -> None:
    journal = Journal(project)
    assert journal.read("shots") is None
    assert journal.read(journal.write(ENTRY).word) == ENTRY
    published = journal.publishing(ENTRY, "r", (Judged("is_complete", True, "the folder is complete", True),))
    assert journal.read("shots") == published
    assert journal.open_words() == ["shots"]


def test_of_an_entry_without_checks_none_are_known(project: Project) -> None:
    journal = Journal(project)
    journal.publishing(ENTRY, "r", ())
    path = project.job_folder("shots") / "journal.json"
    write_json(path, {name: value for name, value in read_json(path).items() if name != "checks"})
    entry = journal.read("shots")
    assert entry is not None
    assert (entry.phase, entry.record_sha256, entry.checks) == ("publishing", "r", None)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"phase": "sealing"}, "ValueError"),
        ({"word": "evidence"}, "ValueError"),
        ({"dependencies": ["data/raw_videos"]}, "ValueError: other values"),
        ({"code_version": None}, "an entry of shots has: code_version"),
        ({"checks": [{"name": "is_complete"}]}, "TypeError"),
        ({"host": "here"}, "TypeError"),
    ],
)
def test_another_shape_is_refused_with_what_to_do(project: Project, change: dict[str, object], found: str) -> None:
    journal = Journal(project)
    journal.write(ENTRY)
    path = project.job_folder("shots") / "journal.json"
    write_json(path, {**read_json(path), **change})
    with pytest.raises(JournalError, match=found) as refused:
        journal.read("shots")
    assert "or remove the file" in refused.value.next_step


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"3", b"{}"])
def test_what_is_no_entry_is_refused(project: Project, body: bytes) -> None:
    (project.job_folder("shots") / "journal.json").write_bytes(body)
    with pytest.raises(JournalError, match="cannot be understood"):
        Journal(project).read("shots")
