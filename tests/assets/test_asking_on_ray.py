"""A job on a Ray cluster whose model answers in slots makes the documents of a job here."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from assets.resources.launcher import JobEvent, run_job
from assets.resources.project import Project
from assets.resources.runtime import job_arguments
from tests.sv6d.annotate.small_flow import SmallFlow

_CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.mark.cluster
@pytest.mark.slow
def test_documents_and_progress_are_those_of_a_job_here(ray_cluster: str, tmp_path: Path) -> None:
    flow = SmallFlow(tmp_path)
    for word in ("raw_videos", "shots", "evidence"):
        flow.make(word)
    flow.put_model()
    flow.make("annotations")
    shutil.rmtree(tmp_path / ".work" / "annotations")
    shutil.copytree(_CHECKOUT / "sv6d", tmp_path / "sv6d", ignore=shutil.ignore_patterns("__pycache__"))
    settings = {
        "launcher": "ray",
        "device": "cpu",
        "workers": 2,
        "ray": {"address": ray_cluster},
        "needs": {"annotations": {"models": 2}},
    }
    (tmp_path / "runtime.yaml").write_text(yaml.safe_dump(settings))
    project = Project(tmp_path)
    heard: list[JobEvent] = []
    out = tmp_path / "out"
    run_job("annotations", job_arguments("annotations", out, project), project=project, listen=heard.append)
    made_here = tmp_path / "data" / "annotations"
    for name in ("documents.jsonl", "record.json"):
        assert (out / name).read_bytes() == (made_here / name).read_bytes()
    told = [(event["unit"], event["done"], event["total"]) for event in heard if event["event"] == "progress"]
    assert told[-1] == ("clips", 3, 3)
