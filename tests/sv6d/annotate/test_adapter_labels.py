"""What the adapter says becomes labels where no rule can see; elsewhere the rule's word stands and is compared."""

from __future__ import annotations

from sv6d.annotate.adapter_labels import COUNTS, adapter_labels
from sv6d.model.answer import Answer
from sv6d.schema.document import Evidence, FrameRef, Label, Shot, Source
from tests.sv6d.objective.made_documents import made_label, to_ns

ADAPTER = Source(producer="adapter", name="annotator", digest="d" * 64, prompt_id="shot_labels_1")
SHOTS = (Shot(id="s0", start_ns=0, end_ns=to_ns(2.0)), Shot(id="s1", start_ns=to_ns(2.0), end_ns=to_ns(4.0)))


def keyframe(shot: Shot) -> Evidence:
    frame = FrameRef(pts=1, time_base_num=1, time_base_den=25)
    return Evidence(
        id=f"keyframe.{shot.id}",
        kind="keyframe",
        stat="sharpness",
        value=0.1,
        unit="made",
        method="made",
        frames=(frame,),
        start_ns=shot.start_ns,
        end_ns=shot.end_ns,
    )


def answer(text: str, chance: float = 0.9) -> Answer:
    """One token per word, so that a value's probability is `chance`."""
    words = text.replace(" ", "\0 ").split("\0")
    return Answer(text, tuple(words), (chance,) * len(words))


def rule(value: str, shot: int) -> Label:
    return made_label(shot, ("lighting_key", value, 2.0 * shot, 2.0 * shot + 2.0))


def say(*texts: str, evidence: list[Evidence] | None = None, ruled: tuple[Label, ...] = ()):
    found = [keyframe(shot) for shot in SHOTS] if evidence is None else evidence
    answers = [answer(text) for text in texts]
    return adapter_labels(SHOTS, answers, found, ruled, fields=("subject_type", "beat"), source=ADAPTER)


def test_values_become_labels_that_cite_the_shots_keyframe() -> None:
    said = say("subject_type human; beat context,hook", "subject_type product")
    assert [(label.id, label.confidence, label.evidence) for label in said.labels[:1]] == [
        ("s0.subject_type.human", 0.9, ("keyframe.s0",))
    ]
    assert [label.id for label in said.labels] == [
        "s0.subject_type.human",
        "s0.beat.context",
        "s0.beat.hook",
        "s1.subject_type.product",
    ]
    assert said.labels[3].span == SHOTS[1].span
    assert {label.source for label in said.labels} == {ADAPTER}
    assert said.counts == dict.fromkeys(COUNTS, 0)


def test_where_a_rule_speaks_its_word_stands_and_the_adapters_is_compared() -> None:
    said = say("lighting_key low_key", "lighting_key low_key", ruled=(rule("low_key", 0), rule("high_key", 1)))
    assert said.labels == ()
    assert (said.counts["rules_agree"], said.counts["rules_disagree"], said.counts["rules_silent"]) == (1, 1, 0)


def test_where_a_rule_could_measure_nothing_the_adapter_does_not_step_in() -> None:
    said = say("lighting_key low_key", "", ruled=())
    assert said.labels == ()
    assert (said.counts["rules_silent"], said.counts["unread"]) == (1, 1)


def test_fields_that_were_not_asked_for_and_shots_without_a_keyframe_are_counted() -> None:
    said = say("packaging caption", "subject_type human", evidence=[keyframe(SHOTS[0])])
    assert said.labels == ()
    assert (said.counts["unwanted"], said.counts["unsupported"]) == (1, 1)
