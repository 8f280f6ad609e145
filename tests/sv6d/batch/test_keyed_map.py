"""Adding, changing or losing one item costs one item; a bad one never stops the others."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from sv6d.errors import ConfigError
from tests.sv6d.batch.made_work import run


def test_values_come_in_the_order_of_the_items(tmp_path: Path) -> None:
    texts = [f"t{i}" for i in range(7)]
    outcomes, _ = run(tmp_path, texts)
    assert [o.value for o in outcomes] == [text.upper().encode() for text in texts]
    assert all(o.fresh for o in outcomes)


def test_only_what_is_new_is_computed(tmp_path: Path) -> None:
    run(tmp_path, ["a", "b", "c"])
    outcomes, log = run(tmp_path, ["a", "b", "new", "c"])
    assert sorted(log) == ["a", "b", "c", "new"]
    assert [o.fresh for o in outcomes] == [False, False, True, False]


def test_equal_items_are_computed_once(tmp_path: Path) -> None:
    outcomes, log = run(tmp_path, ["a", "a"])
    assert log == ["a"]
    assert [o.value for o in outcomes] == [b"A", b"A"]


def test_failures_are_told_apart_and_do_not_stop_the_others(tmp_path: Path) -> None:
    outcomes, _ = run(tmp_path, ["typed", "a", "unexpected", "dies", "b"])
    codes = [o.failure.code if o.failure else None for o in outcomes]
    assert codes == ["input", None, "unexpected", "worker", None]
    assert "a typed error" in outcomes[0].failure.message
    assert "ZeroDivisionError" in outcomes[2].failure.message


def test_a_typed_failure_is_kept_and_a_crash_is_tried_again(tmp_path: Path) -> None:
    run(tmp_path, ["typed", "dies"])
    outcomes, log = run(tmp_path, ["typed", "dies"])
    assert log.count("typed") == 1
    assert log.count("dies") == 2
    assert outcomes[0].failure.code == "input"


def test_a_hanging_item_is_stopped_at_the_limit(tmp_path: Path) -> None:
    outcomes, _ = run(tmp_path, ["hangs", "a", "b"], limit_s=3.0)
    assert outcomes[0].failure.code == "worker"
    assert "limit" in outcomes[0].failure.message
    assert [o.value for o in outcomes[1:]] == [b"A", b"B"]


def test_a_damaged_cache_entry_is_computed_again(tmp_path: Path) -> None:
    run(tmp_path, ["a"])
    entry = next(p for p in (tmp_path / "cache").rglob("*") if p.is_file())
    entry.write_bytes(entry.read_bytes()[:-1] + b"?")
    outcomes, log = run(tmp_path, ["a"])
    assert outcomes[0].value == b"A"
    assert log == ["a", "a"]


def test_a_process_that_grows_beyond_its_limit_is_refused_memory(tmp_path: Path) -> None:
    outcomes, _ = run(tmp_path, ["grows", "a"], workers=1, max_memory_bytes=100 << 20)
    assert outcomes[0].failure.message == "MemoryError: "
    assert outcomes[1].value == b"A"
    again, _ = run(tmp_path, ["grows"], workers=1)
    assert again[0].value == b"GROWS"


@pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="no filter for this machine's calls")
def test_a_process_reaches_no_network(tmp_path: Path) -> None:
    outcomes, _ = run(tmp_path, ["calls"], workers=1)
    assert "Permission denied" in outcomes[0].failure.message


def test_a_process_is_replaced_after_some_items(tmp_path: Path) -> None:
    outcomes, _ = run(tmp_path, [f"who{i}" for i in range(401)], workers=1)
    assert len({outcome.value for outcome in outcomes}) == 3


def test_an_unknown_way_to_spread_work_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SV6D_SPREAD", "everywhere")
    with pytest.raises(ConfigError, match="names no way to spread work"):
        run(tmp_path, ["a"])
