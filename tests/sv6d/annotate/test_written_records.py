"""Records that follow from measurements, labels and the sidecar, and nothing beyond them."""

from __future__ import annotations

import pytest

from sv6d.annotate.records import Records, record_source, write_records
from sv6d.evidence.config import TensionConfig
from sv6d.schema.document import Context, Document
from tests.sv6d.handmade import document

CONFIG = TensionConfig(
    full_pace_per_s=1.0,
    full_motion_per_s=0.4,
    full_light_change=0.5,
    weight_pace=0.4,
    weight_motion=0.4,
    weight_light=0.2,
)
SOURCE = record_source(CONFIG)
SHOTS = (
    {"subject_type": "food", "lighting_key": "low_key", "camera_movement": "static"},
    {"subject_type": "food", "lighting_key": "high_key"},
    {"subject_type": "human", "lighting_key": "high_key", "colour_tone": "warm"},
)


def made(**options: object) -> Document:
    return document("a", [0.0, 2.0, 4.5, 7.0], SHOTS, **options)  # type: ignore[arg-type]


def records(whole: Document, context: Context | None = None) -> Records:
    return write_records(whole.shots, whole.evidence, whole.labels, context, CONFIG, SOURCE)


def as_document(whole: Document, written: Records) -> Document:
    """The document with its records, through the door."""
    return Document.model_validate(
        {
            **whole.model_dump(),
            "evidence": [*whole.evidence, *written.evidence],
            "cut_rationales": written.cut_rationales,
            "tension": written.tension,
            "packaging_cues": written.packaging_cues,
        }
    )


@pytest.mark.parametrize("kind", ["hard_cut", "dissolve"])
def test_a_cut_rationale_says_what_changes_and_never_why(kind: str) -> None:
    whole = made(boundary_kinds=[kind, kind])
    written = records(whole)
    first, second = as_document(whole, written).cut_rationales
    assert (first.shot, first.changes) == ("s1", ("lighting_key",))
    assert (second.shot, second.changes) == ("s2", ("subject_type",))  # the tone is labelled on one side only
    assert {record.rationale for record in written.cut_rationales} == {None}
    assert first.evidence == ("e0.lighting_key", "e1.boundary", "e1.lighting_key")
    assert first.source.producer == "rule"
    assert len(first.source.digest) == 64


def test_a_cut_rationale_is_as_sure_as_the_least_sure_label() -> None:
    whole = made()
    labels = tuple(
        label.model_copy(update={"confidence": 0.6}) if label.id == "l1.lighting_key.high_key" else label
        for label in whole.labels
    )
    first, second = records(whole.model_copy(update={"labels": labels})).cut_rationales
    assert (first.confidence, second.confidence) == (0.6, 0.9)


def test_where_nothing_that_is_labelled_changes_there_is_no_record() -> None:
    whole = document("a", [0.0, 2.0, 4.0], [SHOTS[0], SHOTS[0]])
    assert records(whole).cut_rationales == ()


def test_tension_is_told_where_motion_was_measured() -> None:
    assert records(made()).tension is None
    stats = [{("motion", "pan_speed"): speed} for speed in (0.2, None, 0.4)]
    whole = made(stats=stats)
    moving = tuple(
        item.model_copy(update={"unit": "frame_widths_per_s"}) if item.stat == "pan_speed" else item
        for item in whole.evidence
    )
    whole = whole.model_copy(update={"evidence": moving})
    curve = as_document(whole, records(whole)).tension
    assert curve is not None
    assert [point.tension is None for point in curve.points] == [False, True, False]
    assert curve.evidence == ("e0.pan_speed", "e2.pan_speed")
    assert curve.confidence == pytest.approx(2 / 3, abs=1e-3)


def test_the_cover_is_a_packaging_cue_that_cites_the_sidecar() -> None:
    whole = made()
    (cue,) = as_document(whole, records(whole, Context(cover="cover.jpg"))).packaging_cues
    assert (cue.kind, cue.start_ns, cue.end_ns) == ("cover", 0, whole.video.duration_ns)
    (entry,) = records(whole, Context(cover="cover.jpg")).evidence
    assert (cue.evidence, entry.kind, entry.value) == ((entry.id,), "sidecar", "cover.jpg")


@pytest.mark.parametrize(
    ("title", "mark"),
    [
        ("How I built it, Part 2", "Part 2"),
        ("ep. 3/5: the roof", "ep. 3/5"),
        ("回家的路 第12集", "第12集"),
        ("Partly 2 cloudy", None),
        ("10 parts of a clock", None),
        ("My first video", None),
    ],
)
def test_a_series_is_read_from_the_title_only_where_it_is_numbered(title: str, mark: str | None) -> None:
    cues = records(made(), Context(title=title)).packaging_cues
    assert [(cue.kind, cue.text) for cue in cues] == ([] if mark is None else [("series_marker", mark)])


def test_hashtags_and_comments_stay_context() -> None:
    context = Context(title="A clip", hashtags=("#fyp",), comments=("part 2 please",))
    written = records(made(), context)
    assert (written.packaging_cues, written.evidence) == ((), ())
