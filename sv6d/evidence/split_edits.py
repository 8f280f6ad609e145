"""L-cuts and J-cuts: speech that goes on over the next picture, or begins under the picture before.

From the times of lines alone, so it is a hint: who speaks is not known, and a narrator's line may cross a cut by
chance. A line that lies mostly on one side and reaches a little into the other is taken for one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sv6d.video.subtitles import SaidLine

# Ours: subtitles are set to about a fifth of a second, so less is no overlap.
_LEAST_NS = 200_000_000
# Ours: what reaches farther over is speech across a cut, not a split edit.
_MOST_NS, _MOST_SHARE = 1_500_000_000, 0.4


@dataclass(frozen=True, slots=True)
class SplitEdit:
    """One line over one cut.

    Attributes:
        kind: `l_cut` where the line goes on after the cut, `j_cut` where it begins before.
        cut_ns: time of the cut.
        line: what is said.
        overlap_ns: how long it reaches over.
    """

    kind: Literal["l_cut", "j_cut"]
    cut_ns: int
    line: SaidLine
    overlap_ns: int


def split_edits(lines: Sequence[SaidLine], cuts_ns: Sequence[int]) -> list[SplitEdit]:
    """The split edits among the cuts, at most one for each: of the line that reaches over farthest."""
    found = []
    for cut_ns in cuts_ns:
        here = []
        for line in lines:
            before_ns, after_ns = cut_ns - line.start_ns, line.end_ns - cut_ns
            overlap_ns = min(before_ns, after_ns)
            most_ns = min(_MOST_NS, _MOST_SHARE * (line.end_ns - line.start_ns))
            if _LEAST_NS <= overlap_ns <= most_ns:
                kind: Literal["l_cut", "j_cut"] = "l_cut" if after_ns < before_ns else "j_cut"
                here.append(SplitEdit(kind, cut_ns, line, overlap_ns))
        if here:
            found.append(max(here, key=lambda edit: (edit.overlap_ns, -edit.line.start_ns)))
    return found
