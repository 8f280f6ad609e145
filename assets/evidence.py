"""`evidence`: what was measured in each video, with null where nothing could be."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from assets.resources.checks import Check
from assets.resources.conditions import FEW, named
from assets.resources.flow_asset import flow_asset
from sv6d.evidence.tables import EVIDENCE, TEXT_READS
from sv6d.shots.tables import SHOTS


def _every_video_with_shots_is_measured(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    wanted = {row["video_id"] for row in SHOTS.read(inputs["shots"])}
    return named("videos with shots but without evidence", wanted - {row["video_id"] for row in EVIDENCE.read(folder)})


def _most_records_have_a_value(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    # Of sound, most may be null: a clip without sound is none that could not be measured.
    values = [row["value"] for row in EVIDENCE.read(folder) if row["kind"] != "sound"]
    num_null = sum(value is None for value in values)
    if num_null <= FEW * len(values):
        return None
    return f"{num_null} of {len(values)} records about pictures could not be measured"


def _text_was_looked_for(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    wanted = {row["video_id"] for row in SHOTS.read(inputs["shots"])}
    read = {row["video_id"] for row in TEXT_READS.read(folder) if row["failure"] is None}
    if len(wanted - read) <= FEW * len(wanted):
        return None
    return named("videos whose text could not be read", wanted - read)


CHECKS = (
    Check("every_video_is_measured", "each video with shots has evidence", _every_video_with_shots_is_measured),
    Check(
        "most_records_have_a_value",
        f"at most {FEW:.0%} of the records about pictures hold no number",
        _most_records_have_a_value,
    ),
    Check("text_was_looked_for", f"the text of at most {FEW:.0%} of the videos is unknown", _text_was_looked_for),
)

evidence = flow_asset("evidence", *CHECKS)
