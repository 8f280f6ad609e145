"""A planted fault is found, named and rejected; what is sound stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from sv6d.annotate.config import AnnotationsConfig
from sv6d.params import read_config
from sv6d.quality.calibration import Trust
from sv6d.quality.config import FilteredCorpusConfig
from sv6d.quality.decisions import LabelDecision, decide_document, decide_labels
from sv6d.quality.verify.answer import Answer
from sv6d.schema.document import Document, Evidence, Label, Source
from tests.sv6d.objective.made_documents import made_document, to_ns

SHIPPED = read_config(Path(__file__).parents[3] / "params.yaml", "annotations")
assert isinstance(SHIPPED, AnnotationsConfig)
RULES = SHIPPED.rules.model_copy(
    update={
        "low_key_below": 0.3,
        "high_key_from": 0.6,
        "luma_scale": 0.05,
        "neutral_within": 0.04,
        "colour_scale": 0.02,
        "pacing_scale": 0.2,
    }
)
CONFIG = FilteredCorpusConfig(
    rules=RULES,
    min_evidence_cover=0.5,
    min_confidence=0.6,
    confidence_thresholds=(0.5, 0.7, 0.9),
    z=1.96,
    min_document_score=0.5,
    limit_s=60.0,
    min_agreement=0.3,
)
TRUSTED = Trust("subject_type", 50, 48, 0.4, 0.7, 0.86)
UNTRUSTED = Trust("beat", 50, 20, 0.5, None, 0.28)
TRUST = {"adapter": {"subject_type": TRUSTED, "beat": UNTRUSTED}, "rule": {}}

Change = Callable[[Document], Document]


def sound_document() -> Document:
    """Two shots, each with a light label by a rule and a subject by the adapter, all as measured."""
    rows = [
        ("lighting_key", "low_key", 0.0, 4.0),
        ("lighting_key", "high_key", 4.0, 8.0),
        ("subject_type", "human", 0.0, 4.0),
        ("subject_type", "product", 4.0, 8.0),
    ]
    document = made_document([(0.0, 4.0, "", 0.0, 0.0), (4.0, 8.0, "hard_cut", 3.96, 4.0)], rows)
    lumas = {"e0": 0.1, "e1": 0.9}
    evidence = tuple(
        item.model_copy(update={"stat": "luma_mean", "value": lumas[item.id]}) if item.id in lumas else item
        for item in document.evidence
    )
    labels = tuple(
        label.model_copy(update={"source": Source(producer=producer, name="made"), "confidence": 0.9})
        for label, producer in zip(document.labels, ("rule", "rule", "adapter", "adapter"), strict=True)
    )
    return document.model_copy(update={"evidence": evidence, "labels": labels})


SOUND = sound_document()
MEASURED = {item.id: item for item in SOUND.evidence}


def with_label(name: str, **changes: Any) -> Change:
    def change(document: Document) -> Document:
        labels = tuple(item.model_copy(update=changes) if item.id == name else item for item in document.labels)
        return document.model_copy(update={"labels": labels})

    return change


def with_evidence(name: str, **changes: Any) -> Change:
    def change(document: Document) -> Document:
        items = tuple(item.model_copy(update=changes) if item.id == name else item for item in document.evidence)
        return document.model_copy(update={"evidence": items})

    return change


def with_more(template: str, **changes: Any) -> Change:
    def change(document: Document) -> Document:
        (label,) = [item for item in document.labels if item.id == template]
        return document.model_copy(update={"labels": (*document.labels, label.model_copy(update=changes))})

    return change


def unchecked(document: Document) -> dict[str, Answer]:
    """Measuring again says nothing."""
    return {label.id: Answer("not_checkable", label.value, None, "unclear", "") for label in document.labels}


def test_what_measuring_again_contradicts_is_rejected_and_says_what_was_measured() -> None:
    answer = Answer("contradicted", "low_key", "high_key", None, "0.8 by tiles")
    decisions = decide_labels(SOUND, MEASURED, {**unchecked(SOUND), "l0": answer}, TRUST, CONFIG)
    (rejected,) = [decision for decision in decisions if not decision.kept]
    assert rejected.label.id == "l0"
    assert [(reason.code, reason.detail) for reason in rejected.reasons] == [
        ("remeasured_otherwise", "claimed low_key, measured again high_key: 0.8 by tiles")
    ]


LABELLED = frozenset(label.field for label in SOUND.labels)


def decide(document: Document, measured: Mapping[str, Evidence] = MEASURED) -> dict[str, LabelDecision]:
    return {
        decision.label.id: decision
        for decision in decide_labels(document, measured, unchecked(document), TRUST, CONFIG)
    }


def codes(decision: LabelDecision) -> Sequence[str]:
    return [reason.code for reason in decision.reasons]


def test_a_sound_document_is_kept_whole() -> None:
    decisions = decide_labels(SOUND, MEASURED, unchecked(SOUND), TRUST, CONFIG)
    assert all(decision.kept for decision in decisions)
    assert [decision.measured for decision in decisions] == [("low_key",), ("high_key",), None, None]
    assert [decision.score for decision in decisions] == [0.9, 0.9, 0.86, 0.86]
    decided = decide_document(SOUND, decisions, SOUND, LABELLED, CONFIG)
    assert not decided.reasons
    assert (decided.score, decided.quality, decided.agreement) == (1.0, 1.0, 1.0)


PLANTED: dict[str, tuple[Change, str, str, str]] = {
    "a value that the evidence contradicts": (
        with_label("l0", value="high_key"),
        "l0",
        "contradicted",
        "claimed high_key, measured low_key",
    ),
    "evidence altered to fit the value": (
        with_evidence("e0", value=0.2),
        "l0",
        "evidence_altered",
        "e0: value 0.2 instead of 0.1",
    ),
    "evidence that was never measured": (with_evidence("e0", value=None), "l0", "evidence_unmeasured", "e0"),
    "evidence about another part of the shot": (
        with_evidence("e0", start_ns=to_ns(3.5), end_ns=to_ns(8.0)),
        "l0",
        "evidence_outside",
        "covers 0.12 of the label's span, 0.50 is wanted",
    ),
    "a doubtful label": (with_label("l0", confidence=0.55), "l0", "low_confidence", "0.550, 0.600 is wanted"),
    "an adapter's label below the confidence it is trusted from": (
        with_label("l2", confidence=0.65),
        "l2",
        "low_confidence",
        "subject_type is trusted from 0.700 on",
    ),
    "a field that the adapter does not know": (
        with_label("l2", field="beat", dimension="narrative", value="hook"),
        "l2",
        "field_not_trusted",
        "20 of 50 labels, for sure in 0.280",
    ),
    "a field that no expert labels": (
        with_label("l2", field="packaging", dimension="dissemination", value="caption"),
        "l2",
        "field_not_trusted",
        "never compared",
    ),
    "a label said twice": (with_more("l2", id="l9", confidence=0.8), "l9", "duplicate", "repeats l2"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_rejected_with_its_reason_and_the_others_stay(name: str) -> None:
    change, label_id, code, detail = PLANTED[name]
    document = change(SOUND)
    decisions = decide(document)
    assert code in codes(decisions[label_id])
    assert any(detail in reason.detail for reason in decisions[label_id].reasons)
    assert decisions[label_id].score == 0.0
    assert all(decision.kept for other, decision in decisions.items() if other != label_id)


def test_evidence_that_is_not_in_the_artifact_is_unknown() -> None:
    decisions = decide(SOUND, {name: item for name, item in MEASURED.items() if name != "e1"})
    assert codes(decisions["l1"]) == ["evidence_unknown"]


@pytest.mark.parametrize("kind", ["keyframe", "text", "box"])
def test_what_shows_a_thing_once_speaks_for_the_whole_span(kind: str) -> None:
    brief = {"kind": kind, "start_ns": to_ns(1.0), "end_ns": to_ns(1.2), "value": "a sign"}
    document = with_evidence("e2", **brief)(SOUND)
    assert decide(document, {item.id: item for item in document.evidence})["l2"].kept


def test_of_two_conflicting_labels_the_better_one_stays() -> None:
    """Both pass alone: each cites evidence of its own that says what it says."""
    second = SOUND.evidence[0].model_copy(update={"id": "e8", "value": 0.45})
    change = with_more("l0", id="l8", value="mid_key", confidence=0.95, evidence=("e8",))
    document = change(SOUND.model_copy(update={"evidence": (*SOUND.evidence, second)}))
    decisions = decide(document, {**MEASURED, "e8": second})
    assert decisions["l8"].kept
    assert [(r.code, r.detail) for r in decisions["l0"].reasons] == [
        ("conflicting", "l8 says mid_key at the same place")
    ]


@pytest.mark.parametrize(
    ("value", "start_s", "end_s", "detail"),
    [
        ("hard_cut", 3.96, 4.0, None),
        ("dissolve", 3.96, 4.0, "claimed dissolve, measured hard_cut"),
        ("hard_cut", 1.0, 1.04, "claimed hard_cut, measured nothing"),
    ],
)
def test_a_boundary_is_read_again_from_the_shots(value: str, start_s: float, end_s: float, detail: str | None) -> None:
    document = made_document(
        [(0.0, 4.0, "", 0.0, 0.0), (4.0, 8.0, "hard_cut", 3.96, 4.0)], [("boundary_kind", value, start_s, end_s)]
    )
    (decision,) = decide_labels(
        document, {item.id: item for item in document.evidence}, unchecked(document), TRUST, CONFIG
    )
    assert [reason.detail for reason in decision.reasons] == ([] if detail is None else [detail])


def test_a_rejected_label_takes_no_other_with_it() -> None:
    decisions = decide(with_more("l0", id="l8", value="high_key", confidence=0.99)(SOUND))
    assert codes(decisions["l8"]) == ["contradicted"]
    assert decisions["l0"].kept


def test_a_seen_frame_speaks_for_the_whole_shot() -> None:
    brief = with_evidence("e2", start_ns=to_ns(2.0), end_ns=to_ns(2.04))(SOUND)
    assert decide(brief, {item.id: item for item in brief.evidence})["l2"].kept


def test_a_field_that_no_expert_labels_is_not_held_against_a_document() -> None:
    more = with_more("l0", id="l8", field="camera_roll", dimension="camera", value="roll_none")(SOUND)
    decisions = decide_labels(SOUND, MEASURED, unchecked(SOUND), TRUST, CONFIG)
    extra = LabelDecision(more.labels[-1], None, None, 0.9, ())
    decided = decide_document(more, [*decisions, extra], SOUND, LABELLED, CONFIG)
    assert len(decided.kept_document.labels) == len(SOUND.labels) + 1
    assert decided.agreement == 1.0
    asked = decide_document(more, [*decisions, extra], SOUND, LABELLED | {"camera_roll"}, CONFIG)
    assert asked.agreement is not None
    assert asked.agreement < 1.0


def reasons_of(document: Document, expert: Document | None = None) -> list[str]:
    decisions = decide_labels(document, MEASURED, unchecked(document), TRUST, CONFIG)
    return [reason.code for reason in decide_document(document, decisions, expert, LABELLED, CONFIG).reasons]


def test_a_document_without_a_kept_label_is_rejected() -> None:
    assert reasons_of(SOUND.model_copy(update={"labels": ()})) == ["nothing_kept", "low_score"]


def test_a_document_most_of_which_is_contradicted_is_rejected() -> None:
    wrong = tuple(
        label.model_copy(update={"value": "mid_key"}) if label.field == "lighting_key" else label
        for label in SOUND.labels[:3]
    )
    assert reasons_of(SOUND.model_copy(update={"labels": wrong})) == ["low_score"]


def test_labels_of_an_untrusted_field_do_not_speak_against_the_document() -> None:
    beats = tuple(
        label.model_copy(update={"id": f"b{label.id}", "field": "beat", "dimension": "narrative", "value": "hook"})
        for label in SOUND.labels[2:]
    )
    document = SOUND.model_copy(update={"labels": (*SOUND.labels, *beats)})
    decisions = decide_labels(document, MEASURED, unchecked(document), TRUST, CONFIG)
    decided = decide_document(document, decisions, None, LABELLED, CONFIG)
    assert len(decided.kept_document.labels) == 4
    assert decided.score == 1.0
    assert decided.agreement is None


def test_a_document_that_disagrees_with_its_expert_is_rejected() -> None:
    def other_value(label: Label) -> Label:
        value = {"lighting_key": "mid_key", "subject_type": "animal"}[label.field]
        return label.model_copy(update={"value": value, "start_ns": to_ns(0.0), "end_ns": to_ns(1.0)})

    expert = SOUND.model_copy(
        update={
            "labels": tuple(other_value(label) for label in SOUND.labels),
            "shots": (SOUND.shots[0].model_copy(update={"end_ns": to_ns(8.0)}),),
        }
    )
    assert reasons_of(SOUND, expert) == ["disagrees_with_expert"]
