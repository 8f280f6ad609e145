"""Evidence as labels cite it."""

from __future__ import annotations

from pathlib import Path

from sv6d.evidence.tables import EVIDENCE
from sv6d.schema.document import Evidence, FrameRef


def read_evidence(folder: Path) -> dict[str, list[Evidence]]:
    """The evidence of each video (`data/evidence`), by video_id, in stored order.

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
    return by_video
