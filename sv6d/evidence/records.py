"""Evidence as labels cite it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sv6d.evidence.tables import EVIDENCE, TEXTS
from sv6d.schema.document import Evidence, FrameRef

_DIGITS = 4  # of stored shares


def read_evidence(folder: Path) -> dict[str, list[Evidence]]:
    """The evidence of each video (`data/evidence`), by video_id, in stored order: numbers, then on-screen text.

    Text has kind and stat `text`, the string as its value, its box, and its first and last frame.

    Raises:
        ArtifactError, SchemaError: the table is missing, or another version's.
    """
    by_video: dict[str, list[Evidence]] = {}
    for row in EVIDENCE.read(folder):
        frames = tuple(
            FrameRef(pts=pts, time_base_num=row["time_base_num"], time_base_den=row["time_base_den"])
            for pts in row["pts"]
        )
        by_video.setdefault(row["video_id"], []).append(
            Evidence(
                id=row["evidence_id"],
                kind=row["kind"],
                stat=row["stat"],
                start_ns=row["start_ns"],
                end_ns=row["end_ns"],
                value=row["value"],
                unit=row["unit"],
                method=row["method"],
                frames=frames,
            )
        )
    for row in TEXTS.read(folder):
        by_video.setdefault(row["video_id"], []).append(_text(row))
    return by_video


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
        frames=tuple(
            FrameRef(pts=pts, time_base_num=row["time_base_num"], time_base_den=row["time_base_den"])
            for pts in dict.fromkeys((row["first_pts"], row["last_pts"]))
        ),
        box=(row["x"], row["y"], right, bottom),
    )
