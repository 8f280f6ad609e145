"""What the base model learns to say about a studio clip: label lines of shots, lists of cuts. Torch-free."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sv6d.model.prompts import CLIP_CUTS, SHOT_LABELS, Prompt
from sv6d.schema.phrases import write_phrase
from sv6d.studio.plan import ClipPlan
from sv6d.studio.truth import boundary_kinds, shot_values
from sv6d.timeline import NS_PER_S

_TENTH_NS = NS_PER_S // 10
_NUM_SHOTS = re.compile(r"^(\d+) shots?(?:;|$)")
_CUT = re.compile(r"(\d+\.\d) s ([a-z_]+)")


@dataclass(frozen=True, slots=True)
class Caption:
    """A window [start_ns, end_ns) of a clip, the words that ask about it, and what to answer."""

    start_ns: int
    end_ns: int
    prompt: Prompt
    response: str


def shot_caption(plan: ClipPlan, index: int) -> Caption:
    """All labels of one shot, in the form of `write_phrase`."""
    span = plan.shot_span(index)
    return Caption(span.start_ns, span.end_ns, SHOT_LABELS, write_phrase(shot_values(plan, index)))


def cuts_caption(plan: ClipPlan) -> Caption:
    """How many shots the clip has, and when and how each new one begins."""
    return Caption(0, plan.duration_ns, CLIP_CUTS, write_cuts(plan.cuts_ns, boundary_kinds(plan)))


def captions(plan: ClipPlan) -> tuple[Caption, ...]:
    """The list of cuts of a clip, then the labels of each of its shots."""
    return cuts_caption(plan), *(shot_caption(plan, index) for index in range(len(plan.shots)))


def write_cuts(cuts_ns: Sequence[int], kinds: Sequence[str]) -> str:
    """`3 shots; 2.1 s hard_cut, 4.4 s dissolve`: seconds from the first frame, one decimal, rounded half up."""
    count = f"{len(cuts_ns) + 1} shot{'s' if cuts_ns else ''}"
    listed = [f"{_tenths(cut)} s {kind}" for cut, kind in zip(cuts_ns, kinds, strict=True)]
    return f"{count}; {', '.join(listed)}" if listed else count


def read_cuts(text: str) -> tuple[int, tuple[tuple[float, str], ...]] | None:
    """Number of shots, and (seconds, kind) of each cut, from a line of `write_cuts`; None if it is none."""
    head = _NUM_SHOTS.match(text.strip())
    if head is None:
        return None
    return int(head[1]), tuple((float(time), kind) for time, kind in _CUT.findall(text))


def _tenths(time_ns: int) -> str:
    tenths = (2 * time_ns + _TENTH_NS) // (2 * _TENTH_NS)
    return f"{tenths // 10}.{tenths % 10}"
