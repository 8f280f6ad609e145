"""Evidence as labels cite it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sv6d.evidence.tables import EVIDENCE, TEXTS, TRANSCRIPTS
from sv6d.schema.document import Evidence, FrameRef

_DIGITS = 4  # of stored shares


def read_evidence(folder: Path) -> dict[str, list[Evidence]]:
    """The evidence of each video (`data/evidence`), by video_id, in stored order: numbers, on-screen text, lines said.

    Text has kind and stat `text`, the string as its value, its box, and its first and last frame; a line that
    is said has kind `speech`, stat `line` and the string as its value.

    Raises:
        ArtifactError, SchemaError: the table is missing, or another version's.
    """
    by_video: dict[str, list[Evidence]] = {}
    for row in EVIDENCE.read(folder):
        by_video.setdefault(row["video_id"], []).append(evidence_of(row))
    for row in TEXTS.read(folder):
        by_video.setdefault(row["video_id"], []).append(_text(row))
    for row in TRANSCRIPTS.read(folder):
        by_video.setdefault(row["video_id"], []).append(_line(row))
    return by_video


def evidence_of(row: Mapping[str, Any]) -> Evidence:
    """A row of the table `evidence` (with or without its video_id) as labels cite it."""
    return Evidence(
        id=row["evidence_id"],
        kind=row["kind"],
        stat=row["stat"],
        start_ns=row["start_ns"],
        end_ns=row["end_ns"],
        value=row["value"],
        unit=row["unit"],
        method=row["method"],
        frames=_frames(row, row["pts"]),
        box=tuple(row["box"]) if row["box"] is not None else None,
    )


def _frames(row: Mapping[str, Any], pts: Iterable[int]) -> tuple[FrameRef, ...]:
    base = {name: row[name] for name in ("time_base_num", "time_base_den")}
    return tuple(FrameRef(pts=each, **base) for each in pts)


def _line(row: Mapping[str, Any]) -> Evidence:
    return Evidence(
        id=row["evidence_id"],
        kind="speech",
        stat="line",
        start_ns=row["start_ns"],
        end_ns=row["end_ns"],
        value=row["string"],
        unit="text",
        method=row["method"],
    )


def _text(row: dict[str, Any]) -> Evidence:
    right, bottom = (round(min(1.0, row[edge] + row[size]), _DIGITS) for edge, size in (("x", "w"), ("y", "h")))
    return Evidence(
        id=row["evidence_id"],
        kind="text",
        stat="text",
        start_ns=row["start_ns"],
        end_ns=row["end_ns"],
        value=row["string"],
        unit="text",
        method=row["method"],
        frames=_frames(row, dict.fromkeys((row["first_pts"], row["last_pts"]))),
        box=(row["x"], row["y"], right, bottom),
    )
