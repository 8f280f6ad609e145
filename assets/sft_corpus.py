"""`sft_corpus`: chat samples, from the training split alone, with the stated share of replay."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from assets.resources.checks import Check
from assets.resources.conditions import lines, named, only_split
from assets.resources.flow_asset import flow_asset
from sv6d.artifacts import read_record

_SAMPLES = "samples.jsonl"


def _replay_share_is_as_set(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    samples = lines(folder, _SAMPLES)
    replayed = sum(line["video_id"] is None for line in samples)
    wanted = read_record(folder).config["replay_share"]
    # Rounded to whole samples, at most one away.
    if abs(replayed - wanted * len(samples)) <= 1:
        return None
    return f"{replayed} of {len(samples)} samples are replayed; the setting asks for a share of {wanted:g}"


def _every_sample_cites(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    return named(
        "samples about a video that cite no label or no evidence",
        {
            line["sample_id"]
            for line in lines(folder, _SAMPLES)
            if line["video_id"] is not None and not (line["labels"] and line["evidence"])
        },
    )


CHECKS = (
    only_split(_SAMPLES, "train"),
    Check("replay_share_is_as_set", "general data is replayed in the stated share", _replay_share_is_as_set),
    Check("every_sample_cites", "every sample about a video names labels and evidence", _every_sample_cites),
)

sft_corpus = flow_asset("sft_corpus", *CHECKS)
