"""A slot refuses an item whose file it does not see, and has the items of the others computed."""

from __future__ import annotations

from pathlib import Path

from sv6d.batch.ray_pool import Slot, Unready, Unseen
from sv6d.batch.work import Work
from tests.sv6d.batch.made_preparation import Loaded
from tests.sv6d.batch.made_work import work


def test_a_file_that_is_not_to_be_seen_is_told_and_not_taken_for_a_bad_clip(tmp_path: Path) -> None:
    slot = Slot(Work(work, 60.0, 1 << 30))
    payload = (str(tmp_path / "log"), "a")
    answer = slot.answer(payload, [tmp_path, tmp_path / "not mounted"])
    assert isinstance(answer, Unseen)
    assert answer.paths == (tmp_path / "not mounted",)
    assert slot.answer(payload, [tmp_path]) == b"A"
    assert (tmp_path / "log").read_text() == "a\n"


def test_a_machine_that_does_not_see_what_is_loaded_is_told_apart_from_one_where_it_does_not_load(
    tmp_path: Path,
) -> None:
    slot = Slot(Work(Loaded(tmp_path, "typed"), 60.0, 1 << 30))
    unseen = slot.environment([tmp_path / "not mounted"])
    assert isinstance(unseen, Unseen)
    answer = slot.answer("a", [])
    assert isinstance(answer, Unready)
    assert answer.failure.code == "model"
