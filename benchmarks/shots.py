"""How many labelled shot boundaries are found, how many are invented, and how fast.

    python -m benchmarks.shots FOLDER TRUTH.json [--json OUT]

TRUTH.json holds `videos`: for each, `file` (below FOLDER), `hard_cuts` (first frames of new shots) and
`gradual` ([first, last] frame of each gradual change). A hard cut is found by a boundary within 1.5
frames of it; a gradual change by any boundary whose dividing frame lies within it, two frames of slack
on each side. Everything else that is found is a false alarm. `ratio_to_decode` is the time of reading
small pictures and finding boundaries over that of decoding alone, on one thread, in one process.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sv6d.io import dump_json
from sv6d.shots.boundary import ShotBoundary
from sv6d.shots.config import ShotsConfig
from sv6d.shots.find import find_boundaries, read_pictures
from sv6d.video.reader import open_video

_CUT_SLACK_FRAMES = 1.5
_GRADUAL_SLACK_FRAMES = 2
_CONFIG = ShotsConfig(detector="blocks-1", limit_s=600.0)


@dataclass
class Outcome:
    """What was found in one video, or in all of them. Times in seconds of this process."""

    name: str
    num_frames: int
    hard_cuts: int
    hard_cuts_found: int
    gradual: int
    gradual_found: int
    false_alarms: int
    decode_s: float
    find_s: float

    @property
    def recall(self) -> float | None:
        wanted = self.hard_cuts + self.gradual
        return (self.hard_cuts_found + self.gradual_found) / wanted if wanted else None

    @property
    def precision(self) -> float | None:
        found = self.hard_cuts_found + self.gradual_found
        return found / (found + self.false_alarms) if found + self.false_alarms else None

    @property
    def f1(self) -> float | None:
        """None where nothing is to be found, or nothing was."""
        if self.recall is None or self.precision is None:
            return None
        total = self.recall + self.precision
        return 2 * self.recall * self.precision / total if total else 0.0

    def as_dict(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "fps": self.num_frames / self.find_s,
            "ratio_to_decode": self.find_s / self.decode_s,
        }


def measure(path: Path, truth: Mapping[str, Any]) -> Outcome:
    """Decode, find and compare one video."""
    started = time.process_time()
    with open_video(path) as video:
        num_frames = sum(1 for _ in video.decode())
    decoded = time.process_time()
    pictures = read_pictures(path, None)
    found = find_boundaries(pictures, _CONFIG)
    ended = time.process_time()
    frame_ns, times_ns = pictures.frame_ns(), pictures.times_ns
    last = len(times_ns) - 1
    spans = [
        (times_ns[t] - _CUT_SLACK_FRAMES * frame_ns, times_ns[t] + _CUT_SLACK_FRAMES * frame_ns)
        for t in truth["hard_cuts"]
    ]
    gradual = [
        (times_ns[max(0, a - _GRADUAL_SLACK_FRAMES)], times_ns[min(last, b + _GRADUAL_SLACK_FRAMES)])
        for a, b in truth["gradual"]
    ]
    hard = [item for item in found if item.kind == "hard_cut"]
    return Outcome(
        name=path.name,
        num_frames=num_frames,
        hard_cuts=len(spans),
        hard_cuts_found=_count(spans, hard),
        gradual=len(gradual),
        gradual_found=_count(gradual, found),
        false_alarms=sum(not any(a <= item.cut_ns <= b for a, b in (*spans, *gradual)) for item in found),
        decode_s=decoded - started,
        find_s=ended - decoded,
    )


def _count(spans: Sequence[tuple[float, float]], found: Sequence[ShotBoundary]) -> int:
    """Spans that hold at least one of the found boundaries."""
    return sum(any(a <= item.cut_ns <= b for item in found) for a, b in spans)


def total(outcomes: Sequence[Outcome]) -> Outcome:
    """Sums over all videos."""
    names = [name for name in Outcome.__dataclass_fields__ if name != "name"]
    return Outcome(name="total", **{name: sum(getattr(item, name) for item in outcomes) for name in names})


def _print(outcomes: Sequence[Outcome]) -> None:
    print(f"{'video':28} {'cuts':>7} {'gradual':>8} {'false':>6} {'F1':>6} {'fps':>6} {'x decode':>9}")
    for item in outcomes:
        f1 = "-" if item.f1 is None else f"{item.f1:.3f}"
        print(
            f"{item.name:28} {item.hard_cuts_found:3}/{item.hard_cuts:<3} {item.gradual_found:4}/{item.gradual:<3} "
            f"{item.false_alarms:6} {f1:>6} {item.num_frames / item.find_s:6.0f} {item.find_s / item.decode_s:9.2f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    videos = json.loads(arguments.truth.read_bytes())["videos"]
    outcomes = [measure(arguments.folder / truth["file"], truth) for _, truth in sorted(videos.items())]
    outcomes.append(total(outcomes))
    _print(outcomes)
    if arguments.json:
        arguments.json.write_bytes(
            dump_json({"detector": _CONFIG.detector, "videos": [item.as_dict() for item in outcomes]})
        )


if __name__ == "__main__":
    main()
