"""`raw_videos`: the manifest. Splits are decided here, once, so they are checked here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from assets.resources.checks import Check
from assets.resources.conditions import named, split_by_video
from assets.resources.flow_asset import flow_asset
from sv6d.video.tables import VIDEOS


def _one_split_per_cluster(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    splits: dict[str, set[str]] = defaultdict(set)
    for row in VIDEOS.read(folder):
        splits[row["cluster_id"]].add(row["split"])
    return named(
        "clusters of near-duplicates in two splits", {name for name, found in splits.items() if len(found) > 1}
    )


def _has_training_videos(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    splits = split_by_video(folder)
    if "train" in splits.values():
        return None
    return f"none of the {len(splits)} videos fell into the training split; nothing could be learnt"


CHECKS = (
    Check("one_split_per_cluster", "near-duplicates are never in two splits", _one_split_per_cluster),
    Check("has_training_videos", "the training split is not empty", _has_training_videos),
)

raw_videos = flow_asset("raw_videos", *CHECKS)
