"""A reference document, honest answers to it, and answers that a model could give without looking."""

from __future__ import annotations

from sv6d.schema.document import Document, Report, Sentence
from sv6d.schema.fields import FIELDS, OTHER
from tests.sv6d.objective.made_documents import LabelRow, ShotRow, made_document

SHOTS: list[ShotRow] = [
    (0.0, 2.0, "", 0.0, 0.0),
    (2.0, 3.5, "hard_cut", 1.96, 2.0),
    (3.5, 6.0, "dissolve", 3.2, 3.5),
    (6.0, 8.0, "hard_cut", 5.96, 6.0),
]
BY_SHOT: list[list[tuple[str, str]]] = [
    [("subject_type", "human"), ("lighting_key", "high_key"), ("colour_tone", "warm"), ("camera_movement", "pan_left"),
     ("beat", "hook"), ("packaging", "hook_line")],
    [("subject_type", "product"), ("lighting_key", "mid_key"), ("colour_tone", "warm"), ("camera_movement", "static"),
     ("beat", "context"), ("packaging", "caption")],
    [("subject_type", "product"), ("lighting_key", "low_key"), ("colour_tone", "cool"), ("camera_movement", "zoom_in"),
     ("beat", "product_display"), ("packaging", "price_tag")],
    [("subject_type", "text_graphic"), ("lighting_key", "mid_key"), ("colour_tone", "cool"),
     ("camera_movement", "tilt_up"), ("beat", "call_to_action"), ("packaging", "call_to_action_text")],
]  # fmt: skip


def truth_labels() -> list[LabelRow]:
    labels = [
        (field, value, shot[0], shot[1]) for shot, row in zip(SHOTS, BY_SHOT, strict=True) for field, value in row
    ]
    cuts = [("boundary_kind", kind, start_s, end_s) for _, _, kind, start_s, end_s in SHOTS[1:]]
    return [*labels, *cuts, ("pacing", "slow", 0.0, 8.0)]


TRUTH = made_document(SHOTS, truth_labels())
# The hardest case: who answers without looking still knows which fields the reference labels.
ASKED = [field for field in FIELDS if field.name in {row[0] for row in truth_labels()}]
ONE_SHOT: list[ShotRow] = [(0.0, 8.0, "", 0.0, 0.0)]


def endless_text() -> Document:
    """The right shots, under each a free text for every question about it, and a report that does not end."""
    told = made_document(SHOTS, [(field, OTHER, row[0], row[1]) for row in SHOTS for field, _ in BY_SHOT[0]])
    labels = tuple(label.model_copy(update={"other_text": "and so on " * 500}) for label in told.labels)
    sentences = tuple(
        Sentence(id=f"r{i}", start_ns=0, end_ns=1, text="and so on " * 500, labels=("l0",), evidence=())
        for i in range(40)
    )
    return told.model_copy(update={"labels": labels, "report": Report(sentences=sentences)})


# The answers that a model could give without looking, by name; docs/objective.md lists what they score.
DEGENERATE: dict[str, Document] = {
    "empty": made_document(ONE_SHOT, []),
    "right shots, no labels": made_document(SHOTS, []),
    "one segment over everything": made_document(
        ONE_SHOT, [(f, v, 0.0, 8.0) for f, v in sorted({(row[0], row[1]) for row in truth_labels()})]
    ),
    "every label on every shot": made_document(
        SHOTS, [(f.name, v, s[0], s[1]) for s in SHOTS for f in ASKED if f.extent == "shot" for v in f.values]
    ),
    "every label over everything": made_document(ONE_SHOT, [(f.name, v, 0.0, 8.0) for f in ASKED for v in f.values]),
    "right shots, endless text": endless_text(),
    "a cut and a label every 0.5 s": made_document(
        [(i / 2, (i + 1) / 2, "hard_cut" if i else "", i / 2 - 0.04, i / 2) for i in range(16)],
        [("subject_type", "human", i / 2, (i + 1) / 2) for i in range(16)],
    ),
}
HONEST = made_document(SHOTS, [row for i, row in enumerate(truth_labels()) if i % 2 == 0])
TWICE = made_document(SHOTS, [*truth_labels(), *truth_labels()])
