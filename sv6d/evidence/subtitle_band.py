"""A band of subtitles: lines of writing that follow each other in one place low in the picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sv6d.evidence.rows import Box, Rows, evidence_row
from sv6d.schema.document import Shot
from sv6d.timeline import NS_PER_S, Span

STAT = ("subtitle_band", "share")
_HIGHEST = 0.5  # ours: subtitles stand in the lower half, on phones above the platform's buttons
_SAME_LINE = 0.03  # of the picture's height, between the feet of lines of one band
_OFF_CENTRE = 0.12  # of the width; subtitles are centred
_LONGEST_NS = 8 * NS_PER_S  # the BBC's guidelines let no subtitle stand for longer
_LEAST_LINES = 2  # of different words; one alone is a caption
_MOST_OVERLAP_NS = NS_PER_S // 4  # a line takes the place of the one before


def subtitle_bands(shots: Sequence[Shot], rows: Rows) -> None:
    """Add to each shot the share of its time under a line of a band, with the box about its lines."""
    unread = rows["text_reads"][0]["failure"] is not None
    lines = _band(rows["texts"])
    stat, unit = STAT
    for shot in shots:
        here = [line for line in lines if _span(line).overlap_ns(shot.span)]
        shown = sum(_span(line).overlap_ns(shot.span) for line in here) / shot.span.length_ns
        value = None if unread else min(1.0, shown)
        rows["evidence"].append(
            evidence_row(
                f"layout.{stat}.{shot.id}",
                "layout",
                stat,
                shot.span,
                value,
                unit,
                "evidence.subtitle_band",
                box=_about(here) if here else None,
            )
        )


def _band(texts: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The largest set of lines at one height that take each other's place; empty where there is none."""
    fitting = [text for text in texts if _fits(text)]
    bands = []
    for first in fitting:
        lines: list[Mapping[str, Any]] = []
        for text in sorted(fitting, key=lambda one: (one["start_ns"], one["reading_order"])):
            level = abs(_foot(text) - _foot(first)) <= _SAME_LINE
            if level and (not lines or text["start_ns"] >= lines[-1]["end_ns"] - _MOST_OVERLAP_NS):
                lines.append(text)
        if len({line["string"] for line in lines}) >= _LEAST_LINES:
            bands.append(lines)
    return max(bands, key=len, default=[])


def _fits(text: Mapping[str, Any]) -> bool:
    centred = abs(text["x"] + text["w"] / 2 - 0.5) <= _OFF_CENTRE
    return bool(centred and text["y"] >= _HIGHEST and text["end_ns"] - text["start_ns"] <= _LONGEST_NS)


def _foot(text: Mapping[str, Any]) -> float:
    # The last row stays where it is when a subtitle has two.
    return float(text["y"] + text["h"])


def _span(text: Mapping[str, Any]) -> Span:
    return Span(text["start_ns"], text["end_ns"])


def _about(lines: Sequence[Mapping[str, Any]]) -> Box:
    return (
        min(line["x"] for line in lines),
        min(line["y"] for line in lines),
        min(1.0, max(line["x"] + line["w"] for line in lines)),
        min(1.0, max(line["y"] + line["h"] for line in lines)),
    )
