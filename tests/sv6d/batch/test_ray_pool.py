"""On a Ray cluster the keyed map gives what it gives here, from processes that are confined as here."""

from __future__ import annotations

import platform
import time
from pathlib import Path

import psutil
import pytest

from sv6d.errors import WorkerError
from tests.sv6d.batch.made_work import run

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.usefixtures("ray_cluster")]


def _runs(pid: int) -> bool:
    # Ended and not waited for by the first process of the namespace, which is pytest: a zombie.
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


@pytest.fixture(autouse=True)
def spread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SV6D_SPREAD", "ray")


def test_values_come_in_the_order_of_the_items_and_are_kept(tmp_path: Path) -> None:
    texts = [f"t{i}" for i in range(7)]
    outcomes, log = run(tmp_path, texts)
    assert [o.value for o in outcomes] == [text.upper().encode() for text in texts]
    again, log = run(tmp_path, [*texts, "new"])
    assert [o.fresh for o in again] == [False] * 7 + [True]
    assert sorted(log) == ["new", *texts]


def test_failures_are_told_apart_and_do_not_stop_the_others(tmp_path: Path) -> None:
    outcomes, _ = run(tmp_path, ["typed", "a", "unexpected", "dies", "b"])
    codes = [o.failure.code if o.failure else None for o in outcomes]
    assert codes == ["input", None, "unexpected", "worker", None]
    assert "exit status -9" in outcomes[3].failure.message


def test_a_hanging_item_is_stopped_at_the_limit(tmp_path: Path) -> None:
    outcomes, _ = run(tmp_path, ["hangs", "a", "b"], limit_s=3.0)
    assert outcomes[0].failure.message == "stopped after the limit of 3 s"
    assert [o.value for o in outcomes[1:]] == [b"A", b"B"]


def test_a_process_that_grows_beyond_its_limit_is_refused_memory(tmp_path: Path) -> None:
    outcomes, _ = run(tmp_path, ["grows", "a"], workers=1, max_memory_bytes=100 << 20)
    assert outcomes[0].failure.message == "MemoryError: "
    assert outcomes[1].value == b"A"


@pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="no filter for this machine's calls")
def test_a_process_reaches_no_network(tmp_path: Path) -> None:
    outcomes, _ = run(tmp_path, ["calls"], workers=1)
    assert "Permission denied" in outcomes[0].failure.message


def test_an_item_is_given_to_another_slot_when_its_own_is_lost(tmp_path: Path) -> None:
    outcomes, log = run(tmp_path, ["loses_once", "a"], workers=1)
    assert [o.value for o in outcomes] == [b"LOSES_ONCE", b"A"]
    assert log.count("loses_once") == 2


def test_an_item_that_takes_every_slot_along_fails(tmp_path: Path) -> None:
    outcomes, log = run(tmp_path, ["loses", "a"], workers=1)
    assert outcomes[0].failure.code == "worker"
    assert outcomes[1].value == b"A"
    assert log.count("loses") == 3


def test_no_process_is_left_when_the_map_is_done(tmp_path: Path) -> None:
    outcomes, _ = run(tmp_path, ["who1", "who2", "who3"])
    deadline_s = time.monotonic() + 30
    while any(_runs(int(outcome.value)) for outcome in outcomes):
        assert time.monotonic() < deadline_s
        time.sleep(0.1)


def test_a_machine_with_another_environment_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "packages" / "only_here-1.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: only-here\nVersion: 1.0\n")
    monkeypatch.syspath_prepend(folder.parent)
    with pytest.raises(WorkerError, match="another environment") as caught:
        run(tmp_path, ["a"])
    assert caught.value.found == "only-here None"
