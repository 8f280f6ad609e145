"""Rows of the tables `evidence` and `tracks`, as every cue writes them (without video_id)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sv6d.schema.fields import EvidenceKind
from sv6d.timeline import FrameTime, Span

Rows = dict[str, list[dict[str, Any]]]
Box = tuple[float, float, float, float]
_DIGITS = 6  # of stored numbers: finer than any of these measurements
_BOX_DIGITS = 4


def evidence_row(
    name: str,
    kind: EvidenceKind,
    stat: str,
    span: Span,
    value: float | None,
    unit: str,
    method: str,
    *,
    cited: Sequence[FrameTime] = (),
    box: Box | None = None,
) -> dict[str, Any]:
    """One measurement over a span; `value` None: it could not be measured.

    `box` is (left, top, right, bottom) in shares of the picture as shown.
    """
    return {
        "evidence_id": name,
        "kind": kind,
        "stat": stat,
        "start_ns": span.start_ns,
        "end_ns": span.end_ns,
        "value": None if value is None else round(float(value), _DIGITS),
        "unit": unit,
        "method": method,
        "pts": [time.pts for time in cited],
        "time_base_num": cited[0].time_base_num if cited else 1,
        "time_base_den": cited[0].time_base_den if cited else 1,
        "box": None if box is None else [round(edge, _BOX_DIGITS) for edge in box],
    }


def track_rows(cue: str, points: Iterable[tuple[int, float]]) -> Iterator[dict[str, Any]]:
    """A curve: (time in ns, value) in order."""
    return ({"cue": cue, "time_ns": time_ns, "value": round(float(value), _DIGITS)} for time_ns, value in points)
