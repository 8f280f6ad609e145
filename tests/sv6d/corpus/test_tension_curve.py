"""The tension curve as an extension: the record's points, and the kept labels that rest on the same evidence."""

from __future__ import annotations

from sv6d.corpus.tension import tension_curve
from sv6d.schema.document import Document
from sv6d.schema.records import TensionCurve, TensionPoint
from tests.sv6d.handmade import RULE, document, ns


def curved(levels: tuple[float | None, ...] = (0.25, 0.75)) -> Document:
    made = document("a", [0.0, 2.0, 5.0], [{"camera_movement": "pan_left"}, {"subject_type": "food"}])
    points = tuple(
        TensionPoint(
            start_ns=shot.start_ns,
            end_ns=shot.end_ns,
            shot=shot.id,
            tension=level,
            pace=0.5,
            motion=level,
            light_change=None,
        )
        for shot, level in zip(made.shots, levels, strict=True)
    )
    curve = TensionCurve(
        id="tension",
        start_ns=0,
        end_ns=ns(5.0),
        confidence=1.0,
        source=RULE,
        evidence=("e0.camera_movement",),
        points=points,
    )
    return Document.model_validate({**made.model_dump(), "tension": curve.model_dump()})


def test_it_cites_its_record_and_the_labels_that_rest_on_the_same_evidence() -> None:
    made = curved()
    curve = tension_curve(made)
    assert curve is not None
    assert made.tension is not None
    assert (curve.record, curve.points) == ("tension", made.tension.points)
    assert curve.evidence == ("e0.camera_movement",)
    assert curve.labels == ("l0.camera_movement.pan_left",)


def test_without_a_kept_label_on_its_evidence_or_a_record_there_is_no_curve() -> None:
    made = curved()
    bare = made.model_copy(update={"labels": tuple(label for label in made.labels if label.field == "pacing")})
    assert tension_curve(bare) is None
    assert tension_curve(made.model_copy(update={"tension": None})) is None
