"""What later stages read: kept labels of kept documents, and only decisions about these documents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from sv6d.annotate.documents import DOCUMENTS_NAME, write_documents
from sv6d.annotate.records import record_source, write_records
from sv6d.errors import ArtifactError
from sv6d.evidence.config import TensionConfig
from sv6d.quality.kept import read_kept
from sv6d.quality.tables import DOCUMENT_DECISIONS, LABEL_DECISIONS
from sv6d.schema.document import Document
from tests.sv6d.handmade import document
from tests.sv6d.objective.made_documents import made_document

FIRST, SECOND = (
    made_document([(0.0, 4.0, "", 0.0, 0.0)], [("beat", "hook", 0.0, 4.0), ("pacing", "slow", 0.0, 4.0)], sha256=c * 64)
    for c in "ab"
)


TENSION = TensionConfig(
    full_pace_per_s=1.0,
    full_motion_per_s=0.4,
    full_light_change=0.5,
    weight_pace=0.4,
    weight_motion=0.4,
    weight_light=0.2,
)


def decide(folder: Path, documents: Sequence[Document], rejected: set[tuple[str, str]], lost: set[str]) -> None:
    """Decisions that keep all but the named labels and documents."""
    labels = [
        {
            "video_id": document.video.sha256,
            "label_id": label.id,
            "field": label.field,
            "value": label.value,
            "measured": None,
            "producer": "rule",
            "confidence": 1.0,
            "trust": None,
            "score": 1.0,
            "decision": "reject" if (document.video.sha256, label.id) in rejected else "keep",
            "reasons": [],
            "details": [],
        }
        for document in documents
        for label in document.labels
    ]
    rows = [
        {
            "video_id": document.video.sha256,
            "split": "train",
            "score": 1.0,
            "quality": 1.0,
            "agreement": None,
            "num_labels": 2,
            "num_kept": 2,
            "decision": "reject" if document.video.sha256 in lost else "keep",
            "reasons": [],
            "details": [],
        }
        for document in documents
    ]
    LABEL_DECISIONS.write(folder, labels)
    DOCUMENT_DECISIONS.write(folder, rows)


def test_rejected_labels_and_documents_are_left_out(tmp_path: Path) -> None:
    write_documents(tmp_path / DOCUMENTS_NAME, [SECOND, FIRST])
    decide(tmp_path, [FIRST, SECOND], {("a" * 64, "l0")}, {"b" * 64})
    (kept,) = read_kept(tmp_path, tmp_path)
    assert kept.video == FIRST.video
    assert [label.id for label in kept.labels] == ["l1"]
    assert (kept.shots, kept.evidence) == (FIRST.shots, FIRST.evidence)


def test_all_that_is_kept_comes_sorted_by_video(tmp_path: Path) -> None:
    write_documents(tmp_path / DOCUMENTS_NAME, [SECOND, FIRST])
    decide(tmp_path, [FIRST, SECOND], set(), set())
    assert read_kept(tmp_path, tmp_path) == [FIRST, SECOND]


@pytest.mark.parametrize("decided", [[FIRST], [FIRST, SECOND.model_copy(update={"labels": SECOND.labels[:1]})]])
def test_decisions_about_other_documents_are_refused(tmp_path: Path, decided: list[Document]) -> None:
    write_documents(tmp_path / DOCUMENTS_NAME, [FIRST, SECOND])
    decide(tmp_path, decided, set(), set())
    with pytest.raises(ArtifactError, match="not about these documents"):
        read_kept(tmp_path, tmp_path)


def test_cut_rationales_keep_what_kept_labels_show(tmp_path: Path) -> None:
    sides = [
        {"subject_type": "food", "lighting_key": "low_key"},
        {"subject_type": "human", "lighting_key": "high_key"},
        {"subject_type": "food", "lighting_key": "high_key"},
    ]
    whole = document("a", [0.0, 2.0, 4.0, 6.0], sides)
    written = write_records(whole.shots, whole.evidence, whole.labels, None, TENSION, record_source(TENSION))
    whole = whole.model_copy(update={"cut_rationales": written.cut_rationales})
    assert [record.changes for record in whole.cut_rationales] == [("subject_type", "lighting_key"), ("subject_type",)]
    write_documents(tmp_path / DOCUMENTS_NAME, [whole])
    decide(tmp_path, [whole], {(whole.video.sha256, "l1.subject_type.human")}, set())
    (kept,) = read_kept(tmp_path, tmp_path)
    # the subject of the middle shot is not known any more; the second record said nothing else
    assert [(record.shot, record.changes) for record in kept.cut_rationales] == [("s1", ("lighting_key",))]
