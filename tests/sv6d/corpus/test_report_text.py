"""Reports and summaries: their words, and that every sentence cites what is there."""

from __future__ import annotations

from sv6d.corpus.changes import cut_changes
from sv6d.corpus.report_text import write_report, write_summary
from sv6d.schema.document import Document
from tests.sv6d.handmade import document, ns

SHOTS = (
    {
        "subject_type": "food",
        "camera_movement": "pan_left",
        "lighting_key": "low_key",
        "colour_tone": "warm",
        "packaging": ("caption", "hook_line"),
        "beat": "hook",
    },
    {"subject_type": "vehicle", "camera_movement": "static"},
)


def made(*, values: tuple[dict[str, object], ...] = SHOTS) -> Document:
    return document("a", [0.0, 2.0, 5.0], values)  # type: ignore[arg-type]


def test_the_report_tells_pacing_shots_and_cuts_in_order() -> None:
    whole = made()
    report, num_silent = write_report(whole, cut_changes(whole)[0], None)
    assert num_silent == 0
    assert [sentence.text for sentence in report.sentences] == [
        "The editing is slow.",
        "From 0.0 to 2.0 s the shot shows food; the camera moves: pan left; the look is low key and warm colour; "
        "overlays are caption and hook line; it serves as hook.",
        "At 2.0 s the subject changes from food to vehicle and the camera movement changes from pan left to static.",
        "From 2.0 to 5.0 s the shot shows vehicle; the camera is static.",
    ]
    Document.model_validate({**whole.model_dump(), "report": report.model_dump()})


def test_a_sentence_cites_exactly_the_labels_that_it_tells() -> None:
    report, _ = write_report(made(), [], None)
    told = next(sentence for sentence in report.sentences if sentence.id == "shot.s1")
    assert told.labels == ("l1.camera_movement.static", "l1.subject_type.vehicle")
    assert told.evidence == ("e1.camera_movement", "e1.subject_type")
    assert (told.start_ns, told.end_ns) == (ns(2.0), ns(5.0))


def test_a_shot_without_kept_labels_is_counted_and_not_told() -> None:
    report, num_silent = write_report(made(values=(SHOTS[0], {})), [], None)
    assert num_silent == 1
    assert [sentence.id for sentence in report.sentences] == ["pacing", "shot.s0"]


def test_the_summary_is_one_line_that_cites_what_it_tells() -> None:
    summary = write_summary(made(), max_shots=5)
    assert summary is not None
    assert summary.text == "2 shots: 0.0 s food, pan_left; 2.0 s vehicle, static."
    assert "l1.boundary" in summary.labels
    assert "l0.lighting_key.low_key" not in summary.labels


def test_there_is_no_summary_where_it_would_rest_on_nothing() -> None:
    whole = made()
    assert write_summary(whole, max_shots=1) is None
    assert write_summary(made(values=(SHOTS[0], {"lighting_key": "low_key"})), max_shots=5) is None
    unbound = whole.model_copy(update={"labels": tuple(x for x in whole.labels if x.field != "boundary_kind")})
    assert write_summary(unbound, max_shots=5) is None
