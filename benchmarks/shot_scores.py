"""What a detector found against what is there, in frames; sums, and differences with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

_RESAMPLES = 2000  # as elsewhere for intervals of 95 %
_INTERVAL_PERCENT = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Slack:
    """How far from the truth, in frames, something found may lie."""

    cut: float
    gradual: float


# Labels may be a frame off; the ends of a gradual change are a matter of taste.
SLACK = Slack(cut=1.5, gradual=2.5)


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Changes that are there, that were found, and that were invented."""

    hard_cuts: int
    hard_cuts_found: int
    gradual: int
    gradual_found: int
    false_alarms: int

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
        """None where nothing is to be found."""
        wanted, found = self.hard_cuts + self.gradual, self.hard_cuts_found + self.gradual_found
        return 2 * found / (wanted + found + self.false_alarms) if wanted else None


@dataclass(frozen=True, kw_only=True)
class Outcome(Tally):
    """What was found in one video, or in all of them. Times in seconds of processor time."""

    name: str
    num_frames: int
    decode_s: float
    find_s: float

    def as_dict(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "fps": self.num_frames / self.find_s,
            "ratio_to_decode": self.find_s / self.decode_s,
        }


def match(found: Sequence[float], truth: Mapping[str, Any], slack: Slack) -> tuple[int, int, list[float]]:
    """Hard cuts found, gradual changes found, and the frames of false alarms.

    `found` are frames at which new shots are said to begin. Each answers at most one hard cut, each hard cut
    takes the nearest; any number of them may lie in one gradual change.
    """
    left = sorted(found)
    num_cuts = 0
    for cut in sorted(truth["hard_cuts"]):
        near = [frame for frame in left if abs(frame - cut) <= slack.cut]
        if near:
            left.remove(min(near, key=lambda frame: abs(frame - cut)))
            num_cuts += 1
    spans = [(first - slack.gradual, last + slack.gradual) for first, last in truth["gradual"]]
    num_gradual = sum(any(first <= frame <= last for frame in left) for first, last in spans)
    return num_cuts, num_gradual, [f for f in left if not any(first <= f <= last for first, last in spans)]


def total(outcomes: Sequence[Outcome], name: str = "total") -> Outcome:
    """Sums over all videos."""
    return Outcome(name=name, **_sums(Outcome, outcomes))


def tally(outcomes: Sequence[Tally]) -> Tally:
    """The same of counts alone."""
    return Tally(**_sums(Tally, outcomes))


def _sums(kind: type[Tally], outcomes: Sequence[Tally]) -> dict[str, Any]:
    names = [item.name for item in fields(kind) if item.name != "name"]
    return {key: sum(getattr(item, key) for item in outcomes) for key in names}


def f1_gain(ours: Sequence[Outcome], theirs: Sequence[Outcome], seed: int) -> dict[str, float]:
    """The difference of both F1 over all videos, with a 95 % interval: videos are drawn anew, both scored on them."""
    counts = np.array([[_counts(item) for item in side] for side in (ours, theirs)], dtype=np.float64)
    rng = np.random.default_rng(seed)
    drawn = rng.integers(len(ours), size=(_RESAMPLES, len(ours)))
    sums = counts[:, drawn].sum(axis=2)
    usable = sums[:, :, 0].min(axis=0) > 0
    gains = _f1(sums[0][usable]) - _f1(sums[1][usable])
    low, high = np.percentile(gains, _INTERVAL_PERCENT)
    whole = counts.sum(axis=1)
    return {"gain": float(_f1(whole[0]) - _f1(whole[1])), "low": float(low), "high": float(high)}


def _counts(item: Outcome) -> tuple[int, int, int]:
    return (
        item.hard_cuts + item.gradual,
        item.hard_cuts_found + item.gradual_found,
        item.false_alarms,
    )


def _f1(counts: np.ndarray) -> Any:
    """F1 from wanted, found and falsely found (last axis)."""
    return 2 * counts[..., 1] / (counts[..., 0] + counts[..., 1] + counts[..., 2])
