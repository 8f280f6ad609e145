"""Shots as documents hold them."""

from __future__ import annotations

from pathlib import Path

from sv6d.schema.boundaries import ChangeKind
from sv6d.schema.document import Boundary, Shot
from sv6d.shots.tables import BOUNDARIES, SHOTS


def read_shots(folder: Path) -> dict[str, tuple[Shot, ...]]:
    """The shots of each video (`data/shots`), by video_id, in order of time.

    Raises:
        ArtifactError, SchemaError: a table is missing, or another version's.
    """
    boundaries = {
        (row["video_id"], row["shot_id"]): Boundary(
            kind=row["kind"],
            start_ns=row["start_ns"],
            end_ns=row["end_ns"],
            score=row["score"],
            detector=row["detector"],
        )
        for row in BOUNDARIES.read(folder)
    }
    by_video: dict[str, tuple[Shot, ...]] = {}
    for row in SHOTS.read(folder):
        shot = Shot(
            id=row["shot_id"],
            start_ns=row["start_ns"],
            end_ns=row["end_ns"],
            boundary_in=boundaries.get((row["video_id"], row["shot_id"])),
        )
        by_video[row["video_id"]] = (*by_video.get(row["video_id"], ()), shot)
    return by_video


def read_changes(folder: Path) -> dict[str, dict[str, ChangeKind]]:
    """{video_id: {shot_id: kind}}: what the detector calls the change by which each shot begins, finer than documents.

    Raises:
        ArtifactError, SchemaError: the table is missing, or another version's.
    """
    by_video: dict[str, dict[str, ChangeKind]] = {}
    for row in BOUNDARIES.read(folder):
        by_video.setdefault(row["video_id"], {})[row["shot_id"]] = row["change"]
    return by_video
