"""Conditions that more than one artifact must meet, as makers of checks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assets.resources.checks import Check
from sv6d.io import read_jsonl
from sv6d.train.tables import HISTORY
from sv6d.video.tables import VIDEOS

# ours: single clips fail for reasons of their own; where a tenth does, something is wrong with us.
FEW = 0.1
_SHOWN = 5  # ours: names in a message; the rest is a number
_PICKLES = frozenset({".bin", ".pt", ".pth", ".pkl", ".ckpt"})


def split_by_video(raw_videos: Path) -> dict[str, str]:
    """The split of each video of the manifest."""
    return {row["video_id"]: row["split"] for row in VIDEOS.read(raw_videos)}


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    """The values of a JSON-lines file of an artifact."""
    return list(read_jsonl(folder / name))


def named(what: str, names: set[str]) -> str | None:
    """`3 videos without shots: a, b, c`, or None where there are none."""
    if not names:
        return None
    shown = ", ".join(sorted(name[:16] for name in names)[:_SHOWN])
    return f"{len(names)} {what}: {shown}" + (", ..." if len(names) > _SHOWN else "")


def only_split(name: str, split: str) -> Check:
    """Lines of the file `name` that have a `video_id` are about videos of one split."""

    def verdict(folder: Path, inputs: Mapping[str, Path]) -> str | None:
        splits = split_by_video(inputs["raw_videos"])
        about = {line["video_id"] for line in lines(folder, name) if line.get("video_id") is not None}
        return named(f"videos that are not of the {split} split", {v for v in about if splits.get(v) != split})

    return Check(f"{split}_split_only", f"every line of {name} is about a video of the {split} split", verdict)


def _holds_safetensors(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    present = [path for path in folder.rglob("*") if path.is_file()]
    pickles = {path.name for path in present if path.suffix in _PICKLES}
    if not any(path.suffix == ".safetensors" for path in present):
        return "there is no safetensors file"
    return named("files that may run code when they are loaded", pickles)


SAFETENSORS_ONLY = Check("safetensors_only", "weights are stored as safetensors, never as pickles", _holds_safetensors)


def _is_finite(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    rows = HISTORY.read(folder)
    if not rows:
        return "the history of training has no step"
    return named("metrics that are not finite", {row["metric"] for row in rows if not math.isfinite(row["value"])})


TRAINED_STEPS_ARE_FINITE = Check(
    "trained_steps_are_finite", "training took steps, and every number that it logged is finite", _is_finite
)
