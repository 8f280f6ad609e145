"""What may run by itself: declared, off, and exact about when; and the workflow that CI runs."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import dagster as dg
import pytest
import yaml

from jobs import automation
from jobs.definitions import defs
from sv6d.stages import WORDS

ROOT = Path(__file__).resolve().parents[2]
_REPOSITORY = defs.get_repository_def()


def test_nothing_runs_by_itself_until_it_is_switched_on() -> None:
    assert {schedule.default_status for schedule in _REPOSITORY.schedule_defs} == {dg.DefaultScheduleStatus.STOPPED}
    assert {sensor.default_status for sensor in _REPOSITORY.sensor_defs} == {dg.DefaultSensorStatus.STOPPED}
    assert {sensor.name for sensor in _REPOSITORY.sensor_defs} == {"inbox", "when_stale"}
    graph = defs.resolve_asset_graph()
    assert all(graph.get(dg.AssetKey(word)).automation_condition is not None for word in WORDS)


def test_the_inbox_waits_until_its_files_stop_growing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SV6D_INBOX", str(tmp_path))
    cursor: str | None = None

    def look() -> list[dg.RunRequest]:
        nonlocal cursor
        result = automation.inbox(dg.build_sensor_context(cursor=cursor))
        assert isinstance(result, dg.SensorResult)
        cursor = result.cursor
        return list(result.run_requests or [])

    assert look() == []
    clip = tmp_path / "new.mp4"
    clip.write_bytes(b"half")
    assert look() == []
    clip.write_bytes(b"half and half")
    assert look() == []
    (request,) = look()
    assert request.run_config["ops"]["run_make_rebuild"]["config"] == {"videos": str(tmp_path)}
    assert look() == []
    (tmp_path / "another.mp4").write_bytes(b"whole")
    assert look() == []
    assert len(look()) == 1


def test_an_asset_is_made_when_an_input_has_other_bytes_and_left_when_it_has_equal_ones() -> None:
    from assets.resources.flow_asset import WHEN_STALE

    version = "1"

    @dg.asset(code_version="1")
    def first() -> dg.MaterializeResult[None]:
        return dg.MaterializeResult(data_version=dg.DataVersion(version))

    @dg.asset(code_version="1", deps=[first], automation_condition=WHEN_STALE)
    def second() -> dg.MaterializeResult[None]:
        return dg.MaterializeResult(data_version=dg.DataVersion("2"))

    # In a thread: a browser that an earlier test drives leaves an event loop running in this one.
    with dg.DagsterInstance.ephemeral() as instance, ThreadPoolExecutor(1) as apart:
        graph = dg.Definitions(assets=[first, second])
        evaluate = partial(apart.submit, dg.evaluate_automation_conditions, defs=graph, instance=instance)
        dg.materialize([first, second], instance=instance)
        result = evaluate().result()
        dg.materialize([first], instance=instance)
        result = evaluate(cursor=result.cursor).result()
        assert result.total_requested == 0
        version = "other"
        dg.materialize([first], instance=instance)
        result = evaluate(cursor=result.cursor).result()
        assert result.get_num_requested(dg.AssetKey("second")) == 1


def test_the_workflow_calls_targets_that_are_there_by_actions_that_cannot_move() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "rebuild.yml").read_bytes())
    (job,) = workflow["jobs"].values()
    assert workflow["permissions"] == {"contents": "write"}
    assert {"push", "workflow_dispatch", "schedule"} == set(workflow[True])  # YAML 1.1 reads `on` as a truth value
    used = [step["uses"] for step in job["steps"] if "uses" in step]
    assert used
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", action) for action in used)
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    called = [step["run"].split()[1] for step in job["steps"] if step.get("run", "").startswith("make ")]
    assert called == ["setup", "plan", "rebuild"]
    assert set(called) <= targets
