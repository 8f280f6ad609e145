"""`expert_annotations`: what people (or the studio) say of the videos, training and held out apart."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from assets.resources.checks import Check
from assets.resources.conditions import lines, named, split_by_video
from assets.resources.flow_asset import flow_asset


def _held_out_is_apart(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    splits = split_by_video(inputs["raw_videos"])
    train = {line["video"]["sha256"] for line in lines(folder, "documents.jsonl")}
    held_out = {line["video"]["sha256"] for line in lines(folder, "held_out.jsonl")}
    wrong = {v for v in train if splits[v] != "train"} | {v for v in held_out if splits[v] == "train"}
    return named("documents on the wrong side of the split", wrong)


def _has_documents_to_learn_from(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    return None if lines(folder, "documents.jsonl") else "no document is about a video of the training split"


CHECKS = (
    Check(
        "held_out_is_apart", "documents of validation and test videos are in held_out.jsonl alone", _held_out_is_apart
    ),
    Check("has_documents_to_learn_from", "at least one document is for training", _has_documents_to_learn_from),
)

expert_annotations = flow_asset("expert_annotations", *CHECKS)
