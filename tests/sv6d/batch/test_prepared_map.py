"""Dear processes are prepared once, lose no item when they are lost, and each sees its own GPU alone."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from sv6d.batch.work import Slots
from sv6d.errors import WorkerError
from tests.sv6d.batch.made_preparation import ask, noted


def _prepared(folder: Path) -> int:
    return sum(line.startswith("ready") for line in noted(folder))


def test_each_process_is_prepared_once_and_values_come_in_the_order_of_the_items(tmp_path: Path) -> None:
    texts = ["meets 2 a", "meets 2 b", *(f"t{i}" for i in range(5))]
    asked = ask(tmp_path, texts, slots=Slots(2))
    assert asked.texts == texts
    assert len({value["pid"] for value in asked.values if value}) == 2
    assert _prepared(tmp_path) == 2


def test_there_is_no_process_without_an_item_for_it(tmp_path: Path) -> None:
    assert ask(tmp_path, ["a"], slots=Slots(4)).texts == ["a"]
    assert _prepared(tmp_path) == 1
    assert ask(tmp_path, ["a"], slots=Slots(4)).outcomes[0].fresh is False
    assert _prepared(tmp_path) == 1


@pytest.mark.parametrize("num_slots", [1, 2])
def test_the_item_of_a_process_that_is_lost_is_given_to_another(tmp_path: Path, num_slots: int) -> None:
    asked = ask(tmp_path, ["kills once", "a", "b"], slots=Slots(num_slots))
    assert asked.texts == ["kills once", "a", "b"]
    assert noted(tmp_path).count("kills once") == 2


def test_an_item_that_takes_three_processes_along_fails_and_the_rest_goes_on(tmp_path: Path) -> None:
    asked = ask(tmp_path, ["kills", "a", "b"], slots=Slots(2))
    assert asked.texts == [None, "a", "b"]
    failure = asked.outcomes[0].failure
    assert failure is not None
    assert failure.code == "worker"
    assert failure.message.startswith("3 processes were lost with it: the process died (exit status -9;")
    assert noted(tmp_path).count("kills") == 3
    # It depends on the moment: the next call tries it again, and nothing else.
    ask(tmp_path, ["kills", "a", "b"], slots=Slots(1))
    assert noted(tmp_path).count("kills") == 6
    assert noted(tmp_path).count("a") == 1


def test_failures_of_an_item_are_its_own_and_cost_no_process(tmp_path: Path) -> None:
    asked = ask(tmp_path, ["typed", "grows", "a"], slots=Slots(1))
    messages = [outcome.failure.message if outcome.failure else None for outcome in asked.outcomes]
    assert messages[0] is not None
    assert messages[0].startswith("a typed error")
    assert messages[1:] == ["MemoryError: ", None]
    assert _prepared(tmp_path) == 1


def test_a_hanging_item_is_stopped_at_the_limit_which_does_not_count_the_preparation(tmp_path: Path) -> None:
    asked = ask(tmp_path, ["hangs", "a"], slots=Slots(1), limit_s=1.0)
    assert asked.outcomes[0].failure is not None
    assert asked.outcomes[0].failure.message == "stopped after the limit of 1 s"
    assert asked.texts[1] == "a"
    assert _prepared(tmp_path) == 2


@pytest.mark.parametrize(
    ("mood", "found"),
    [("typed", "model: no model"), ("bug", "unexpected: ZeroDivisionError"), ("dies", "worker: the process died")],
)
def test_what_can_not_be_loaded_ends_the_map_and_is_no_fault_of_an_item(tmp_path: Path, mood: str, found: str) -> None:
    with pytest.raises(WorkerError, match="can not be made ready") as caught:
        ask(tmp_path, ["a", "b"], slots=Slots(1), mood=mood)
    assert caught.value.found.startswith(found)
    assert ask(tmp_path, ["a", "b"], slots=Slots(1)).texts == ["a", "b"]


def test_a_process_that_is_lost_before_it_is_ready_is_started_again(tmp_path: Path) -> None:
    assert ask(tmp_path, ["a", "b"], slots=Slots(1), mood="dies once").texts == ["a", "b"]
    assert _prepared(tmp_path) == 2


@pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="no filter for this machine's calls")
def test_a_process_reaches_no_network(tmp_path: Path) -> None:
    failure = ask(tmp_path, ["calls"], slots=Slots(1)).outcomes[0].failure
    assert failure is not None
    assert "Permission denied" in failure.message


@pytest.mark.parametrize(("visible", "seen"), [("5,GPU-c0ffee", ["5", "GPU-c0ffee"]), (None, ["0", "1"])])
def test_each_process_sees_one_gpu_of_those_that_the_job_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, visible: str | None, seen: list[str]
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    both = ask(tmp_path, ["meets 2 a", "meets 2 b"], slots=Slots(2, with_gpu=True))
    assert sorted(value["CUDA_VISIBLE_DEVICES"] for value in both.values if value) == seen
    # Also the process that stands in for a lost one.
    alone = ask(tmp_path, ["kills once"], slots=Slots(1, with_gpu=True))
    assert [value["CUDA_VISIBLE_DEVICES"] for value in alone.values if value] == seen[:1]


def test_processes_on_cores_see_what_the_job_sees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert [value["CUDA_VISIBLE_DEVICES"] for value in ask(tmp_path, ["a"], slots=Slots(1)).values if value] == [""]
