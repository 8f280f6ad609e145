"""What changes from one shot to the next, told from the labels on both sides. Why it does is another question."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from sv6d.annotate.sides import changed_fields, fields_on_both_sides, labels_of_shot
from sv6d.corpus.extension import Change, CutChange, extension_id
from sv6d.schema.document import Document, Label, Shot
from sv6d.tasks.cut_time import cut_ns
from sv6d.tasks.supported import boundary_labels
from sv6d.timeline import seconds

# What the change of a field is one of, and how a sentence calls the field.
_FIELDS: Mapping[str, tuple[Change, str]] = {
    "subject_type": ("subject", "the subject"),
    "packaging": ("text", "the overlay text"),
    "camera_movement": ("movement", "the camera movement"),
    "lighting_key": ("light", "the light"),
    "colour_tone": ("light", "the colour"),
}


def cut_changes(document: Document) -> tuple[list[CutChange], int]:
    """What changes at the cuts of a document of kept labels, and the number of cuts of which that is not known.

    It is not known where its boundary bears no kept label, or where no field is labelled on both
    sides: a missing label says nothing about the picture, so it is never read as a change.
    """
    found = []
    for before, after in pairwise(document.shots):
        change = _change(document, before, after)
        if change is not None:
            found.append(change)
    return found, len(document.shots) - 1 - len(found)


def _change(document: Document, before: Shot, after: Shot) -> CutChange | None:
    at_cut = boundary_labels(document, after, min_confidence=0.0)
    old, new = labels_of_shot(document.labels, before), labels_of_shot(document.labels, after)
    compared = fields_on_both_sides(old, new)
    if not at_cut or not compared:
        return None
    changes = changed_fields(old, new)
    # With changes, they are what the statement rests on; without, everything compared is.
    rests_on = [*at_cut, *(label for field in changes or compared for label in (*old[field], *new[field]))]
    span = after.span if after.boundary_in is None else after.boundary_in.span
    video_id = document.video.sha256
    time = f"{seconds(cut_ns(after)):.1f} s"
    told = [f"{_FIELDS[f][1]} changes from {_words(old[f])} to {_words(new[f])}" for f in changes]
    return CutChange(
        extension_id=extension_id("change", video_id, cut_ns(after)),
        video_id=video_id,
        start_ns=span.start_ns,
        end_ns=span.end_ns,
        shot=after.id,
        cut_ns=cut_ns(after),
        change=_FIELDS[changes[0]][0] if changes else "nothing",
        changes=tuple(changes),
        compared=tuple(compared),
        text=f"At {time} {' and '.join(told)}." if told else f"At {time} nothing that is labelled changes.",
        labels=tuple(sorted({label.id for label in rests_on})),
        evidence=tuple(sorted({name for label in rests_on for name in label.evidence})),
    )


def _words(labels: list[Label]) -> str:
    return ", ".join(label.value.replace("_", " ") for label in labels)
