"""A fixed set of malformed files: each gets a typed answer, and none reaches what it points at."""

from __future__ import annotations

from pathlib import Path

from benchmarks.malformed_files import Malformed, malformed
from benchmarks.robustness import drill, judge, traps
from sv6d.batch.keyed_map import Outcome
from sv6d.batch.work import Failure
from sv6d.events import Events
from sv6d.params import read_config
from sv6d.video.config import RawVideosConfig

ROOT = Path(__file__).resolve().parents[3]


def test_no_file_breaks_a_rule(tmp_path: Path) -> None:
    config = read_config(ROOT / "params.yaml", "raw_videos")
    assert isinstance(config, RawVideosConfig)
    limits = config.limits.model_copy(update={"max_seconds": 60})
    found = drill(tmp_path, None, config.model_copy(update={"limits": limits}), 240, Events.silent())
    assert found["files"] >= 240
    assert {"playlist", "bomb", "cut", "cut and hidden", "bit flips", "lying header"} < set(found["kinds"])
    assert found["kinds"]["one frame"] == {"frames": 12}
    assert found["broken"] == []
    assert found["foreign_reads"] == 0


def test_the_traps_see_who_steps_in(tmp_path: Path) -> None:
    with traps(tmp_path) as found:
        found.canary.read_bytes()
    assert found.touched == 1


def test_a_broken_rule_is_named() -> None:
    case = Malformed("cut", "a.mp4", b"", least_frames=30)
    frames = Outcome("", b'{"probe":{"num_frames":29}}', None, fresh=True)
    assert judge(case, frames) == ("frames", "silent truncation")
    assert judge(Malformed("playlist", "a.mp4", b"", must_fail=True), frames) == ("frames", "accepted")
    assert judge(case, Outcome("", None, Failure("unexpected", "a bug"), fresh=True)) == ("unexpected", "untyped")
    assert judge(case, Outcome("", None, Failure("truncated", ""), fresh=True)) == ("truncated", None)


def test_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    one, two = (malformed(tmp_path / name, [], Path("/canary.mp4"), 1, 240, 5) for name in ("a", "b"))
    assert one == two
    assert len({case.name for case in one}) == len(one) >= 240
