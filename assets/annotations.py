"""`annotations`: an SV6D document per video."""
# No postponed annotations here: they would be a second meaning of this asset's name.

from collections.abc import Mapping
from pathlib import Path

from assets.resources.checks import Check
from assets.resources.conditions import lines, named
from assets.resources.flow_asset import flow_asset
from sv6d.shots.tables import SHOTS

_DOCUMENTS = "documents.jsonl"


def _every_video_with_shots_has_a_document(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    wanted = {row["video_id"] for row in SHOTS.read(inputs["shots"])}
    return named("videos without a document", wanted ^ {line["video"]["sha256"] for line in lines(folder, _DOCUMENTS)})


def _every_label_cites_evidence(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    bare = {
        line["video"]["sha256"]
        for line in lines(folder, _DOCUMENTS)
        if any(not label["evidence"] for label in line["labels"])
    }
    return named("documents with a label that cites no evidence", bare)


CHECKS = (
    Check("one_document_per_video", "each video with shots has one document", _every_video_with_shots_has_a_document),
    Check("every_label_cites_evidence", "no label stands without evidence", _every_label_cites_evidence),
)

annotations = flow_asset("annotations", *CHECKS)
