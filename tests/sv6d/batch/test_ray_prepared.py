"""On a Ray cluster dear processes are prepared in slots, lose no item with a slot, and each sees its own GPU alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sv6d.batch import ray_pool
from sv6d.batch.work import Slots, Work
from sv6d.errors import WorkerError
from tests.sv6d.batch.made_preparation import Loaded, ask, noted

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.usefixtures("ray_cluster")]


@pytest.fixture(autouse=True)
def spread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SV6D_SPREAD", "ray")
    monkeypatch.setenv("OMP_NUM_THREADS", "3")


def test_two_slots_answer_in_the_order_of_the_items_with_the_threads_of_the_job(tmp_path: Path) -> None:
    texts = ["meets 2 a", "meets 2 b", *(f"t{i}" for i in range(5))]
    asked = ask(tmp_path, texts, slots=Slots(2))
    assert asked.texts == texts
    assert len({value["pid"] for value in asked.values if value}) == 2
    assert sum(line.startswith("ready") for line in noted(tmp_path)) == 2
    assert {value["OMP_NUM_THREADS"] for value in asked.values if value} == {"3"}


def test_each_slot_has_a_gpu_which_a_process_that_stands_in_sees_too(tmp_path: Path) -> None:
    asked = ask(tmp_path, ["meets 2 a", "meets 2 b"], slots=Slots(2, with_gpu=True))
    assert sorted(value["CUDA_VISIBLE_DEVICES"] for value in asked.values if value) == ["0", "1"]
    alone = ask(tmp_path, ["kills once"], slots=Slots(1, with_gpu=True))
    assert [value["CUDA_VISIBLE_DEVICES"] for value in alone.values if value] in (["0"], ["1"])


def test_people_are_told_what_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_pool, "_PATIENCE_S", 0.0)
    told: list[str] = []
    computed = ray_pool.answers(
        Work(Loaded(tmp_path), 60.0, 1 << 30), ["a"], slots=Slots(1, with_gpu=True), tell=told.append
    )
    assert [position for position, _ in computed] == [0]
    assert told == ["waiting for the Ray cluster: none of 1 slots of a GPU and a core each was granted yet"]


@pytest.mark.parametrize("text", ["kills once", "takes the slot once"])
def test_an_item_is_given_to_another_when_its_process_or_its_slot_is_lost(tmp_path: Path, text: str) -> None:
    assert ask(tmp_path, [text, "a"], slots=Slots(1)).texts == [text, "a"]
    assert noted(tmp_path).count(text) == 2


@pytest.mark.parametrize("text", ["kills", "takes the slot"])
def test_an_item_that_takes_three_along_fails_and_the_rest_goes_on(tmp_path: Path, text: str) -> None:
    asked = ask(tmp_path, [text, "a", "b"], slots=Slots(2))
    assert asked.texts == [None, "a", "b"]
    assert asked.outcomes[0].failure is not None
    assert asked.outcomes[0].failure.code == "worker"
    assert asked.outcomes[0].failure.message.startswith("3 ")
    assert noted(tmp_path).count(text) == 3


def test_a_machine_that_does_not_see_what_is_loaded_is_told_and_no_item_is_to_blame(tmp_path: Path) -> None:
    # A folder that only the process of the map has stands for one that only its machine has mounted.
    own = Path(f"/proc/self/task/{os.getpid()}")
    assert own.exists()
    with pytest.raises(WorkerError, match="does not see the files of this one") as caught:
        ask(tmp_path, ["a"], slots=Slots(1), weights=own)
    assert str(own) in caught.value.found
    assert not (tmp_path / "cache").exists()
    with pytest.raises(WorkerError, match="does not see the files of this one"):
        next(
            ray_pool.answers(
                Work(Loaded(tmp_path), 60.0, 1 << 30), [("a", (own,))], slots=Slots(1), tell=lambda _: None
            )
        )


def test_what_can_not_be_loaded_ends_the_map(tmp_path: Path) -> None:
    with pytest.raises(WorkerError, match="can not be made ready") as caught:
        ask(tmp_path, ["a"], slots=Slots(1), mood="typed")
    assert "a machine of the Ray cluster" in caught.value.what
    assert caught.value.found.startswith("model: no model")
