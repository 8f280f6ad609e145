"""When does the N-th cut happen? Seconds from the first frame, one decimal."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import ClassVar

from sv6d.objective.distances import time_similarity
from sv6d.schema.document import Shot
from sv6d.tasks.extraction import numbers_in, only_one, readable_text
from sv6d.tasks.kind import Question, TaskKind, Timeline
from sv6d.timeline import NS_PER_S

# A model that sees 8 frames of a clip of 4 to 8 s sees one each 0.5 to 1 s: the cut lies between two of them,
# so that half a second is what a perfect reader of such frames can promise.
TOLERANCE_NS = NS_PER_S // 2

_TENTH_NS = NS_PER_S // 10
_UNITS = frozenset({"s", "sec", "secs", "second", "seconds"})
_THINGS = frozenset({"cut", "cuts", "shot", "shots", "frame", "frames", "fps"})


class CutTime(TaskKind):
    """At what second is cut N, over the whole video.

    A cut is the change from one shot to the next, of whatever kind: at a hard cut the first frame
    of the new shot, else the middle of the transition. A transition longer than twice the tolerance
    has parts further from its middle than the tolerance, so it is not asked about.
    """

    name: ClassVar[str] = "cut_time"
    prompt_id: ClassVar[str] = "cut_time/1"

    def questions(self, timeline: Timeline) -> list[Question]:
        shots = timeline.shots
        asked = []
        for number, (before, after) in enumerate(pairwise(shots), start=1):
            boundary = after.boundary_in
            if boundary is not None and boundary.end_ns - boundary.start_ns > 2 * TOLERANCE_NS:
                continue
            asked.append(
                Question(
                    kind=self.name,
                    start_ns=shots[0].start_ns,
                    end_ns=shots[-1].end_ns,
                    prompt_id=self.prompt_id,
                    prompt=f"At what second is cut {number}? Answer with one decimal.",
                    answer=_one_decimal(Decimal(cut_ns(after)) / NS_PER_S),
                    about_start_ns=before.start_ns,
                    about_end_ns=after.end_ns,
                )
            )
        return asked

    def parse(self, completion: str) -> str | None:
        text = readable_text(completion)
        numbers = None if text is None else numbers_in(text, units=_UNITS, things=_THINGS)
        return None if numbers is None else only_one([_one_decimal(Decimal(number)) for number in numbers])

    def similarity(self, parsed: str, answer: str) -> float:
        return time_similarity(_to_ns(parsed), _to_ns(answer))

    def is_correct(self, parsed: str, answer: str) -> bool:
        return abs(_to_ns(parsed) - _to_ns(answer)) <= TOLERANCE_NS


def cut_ns(shot: Shot) -> int:
    """The time of the cut that begins a shot, in nanoseconds from the first frame."""
    boundary = shot.boundary_in
    if boundary is None or boundary.kind == "hard_cut":
        return shot.start_ns
    return boundary.span.middle_ns


def _one_decimal(seconds: Decimal) -> str:
    return str(seconds.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))


def _to_ns(answer: str) -> int:
    return int(Decimal(answer) * 10) * _TENTH_NS
