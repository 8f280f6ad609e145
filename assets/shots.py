"""`shots`: spans that tile each video."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from assets.resources.checks import Check
from assets.resources.conditions import FEW, named, split_by_video
from assets.resources.flow_asset import flow_asset
from sv6d.shots.tables import SHOTS


def _spans(folder: Path) -> dict[str, list[tuple[int, int]]]:
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in SHOTS.read(folder):
        spans[row["video_id"]].append((row["start_ns"], row["end_ns"]))
    return spans


def _shots_tile_their_video(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    broken = set()
    for video, spans in _spans(folder).items():
        starts, ends = zip(*spans, strict=True)
        if starts[0] != 0 or starts[1:] != ends[:-1] or any(start >= end for start, end in spans):
            broken.add(video)
    return named("videos whose shots leave a gap or overlap", broken)


def _most_videos_have_shots(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    videos = set(split_by_video(inputs["raw_videos"]))
    without = videos - set(_spans(folder))
    if len(without) <= FEW * len(videos):
        return None
    return named(f"of {len(videos)} videos without shots", without)


CHECKS = (
    Check("shots_tile_their_video", "each shot begins where the one before it ends", _shots_tile_their_video),
    Check(
        "most_videos_have_shots",
        f"at most {FEW:.0%} of the videos could not be cut into shots",
        _most_videos_have_shots,
    ),
)

shots = flow_asset("shots", *CHECKS)
