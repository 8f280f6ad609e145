"""Sentences about records: their words, and that each cites its record and what that rests on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sv6d.corpus import dense_reports, structural_extensions
from sv6d.corpus.changes import cut_changes
from sv6d.corpus.config import DenseReportsConfig, StructuralExtensionsConfig
from sv6d.corpus.record_text import record_sentences
from sv6d.corpus.report_text import read_reports, write_report
from sv6d.corpus.tension import tension_curve
from sv6d.schema.document import Document, Report
from sv6d.schema.records import (
    CutRationale,
    Hook,
    ImageTextLayout,
    PackagingCue,
    Region,
    TensionCurve,
    TensionPoint,
)
from sv6d.tasks.config import QuestionLimits
from tests.sv6d.handmade import RULE, document, ns, video_id
from tests.sv6d.handmade_tables import job, write_inputs

SHOTS = ({"subject_type": "food", "camera_movement": "pan_left"}, {"subject_type": "vehicle"})


def bare() -> Document:
    return document("a", [0.0, 2.0, 5.0], SHOTS)


def recorded() -> Document:
    """Every kind of record, resting on the evidence of labels."""
    made = bare()
    first: dict[str, Any] = {
        "start_ns": 0,
        "end_ns": ns(2.0),
        "confidence": 1.0,
        "source": RULE,
        "evidence": ("e0.subject_type",),
    }
    second = {**first, "start_ns": ns(2.0), "end_ns": ns(5.0), "evidence": ("e1.subject_type",)}
    at_cut = {**first, "start_ns": ns(1.96), "evidence": ("e1.boundary",)}
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
        for shot, level in zip(made.shots, (0.25, 0.75), strict=True)
    )
    whole = {**first, "end_ns": ns(5.0), "evidence": ("e0.camera_movement",)}
    records = {
        "hooks": (
            Hook(
                id="hook",
                types=("question",),
                modalities=("on_screen_text",),
                promise="You will see",
                payoff_ns=ns(4.0),
                **first,
            ),
            Hook(id="later", types=("emotion",), modalities=("sound",), promise="", payoff_ns=None, **second),
        ),
        "cut_rationales": (
            CutRationale(id="why", shot="s1", rationale="emphasis", changes=("subject_type",), text="", **at_cut),
        ),
        "tension": TensionCurve(id="tension", points=points, **whole),
        "packaging_cues": (
            PackagingCue(id="price", kind="price", text="$9", **second),
            PackagingCue(id="sticker", kind="sticker", **second),
        ),
        "layouts": (
            ImageTextLayout(
                id="layout",
                layout="gap_text",
                regions=(
                    Region(role="image", box=(0.0, 0.0, 1.0, 0.5)),
                    Region(role="text", box=(0.0, 0.5, 1.0, 1.0), text="Hi"),
                ),
                **first,
            ),
        ),
    }
    return Document.model_validate({**made.model_dump(), **records})


def report_of(made: Document) -> Report:
    return write_report(made, cut_changes(made)[0], tension_curve(made))[0]


def test_each_record_is_told_with_what_it_cites() -> None:
    told = {sentence.records[0]: sentence for group in record_sentences(recorded()).values() for sentence in group}
    assert {name: sentence.text for name, sentence in told.items()} == {
        "hook": "From 0.0 to 2.0 s a hook (question) wins attention by on screen text; it promises “You will see”, "
        "which is kept at 4.0 s.",
        "later": "From 2.0 to 5.0 s a hook (emotion) wins attention by sound; it promises nothing.",
        "why": "At 2.0 s the cut serves emphasis.",
        "price": "From 2.0 to 5.0 s a price says “$9”.",
        "sticker": "From 2.0 to 5.0 s there is a sticker.",
        "layout": "From 0.0 to 2.0 s the picture is laid out as gap text: image, text “Hi”.",
    }
    assert told["why"].evidence == ("e1.boundary",)
    assert told["hook"].evidence == ("e0.subject_type",)


def test_every_citation_of_a_report_resolves_and_every_record_is_cited() -> None:
    made = recorded()
    report = report_of(made)
    Document.model_validate({**made.model_dump(), "report": report.model_dump()})
    cited = {name for sentence in report.sentences for name in sentence.records}
    assert cited == {record.id for record in made.records}
    by_id = {record.id: record for record in made.records}
    for sentence in report.sentences:
        assert sentence.evidence
        for name in sentence.records:
            assert set(sentence.evidence) & set(by_id[name].evidence) or sentence.id.startswith("cut.")


def test_records_are_told_in_their_shot_and_tension_at_the_end() -> None:
    order = [sentence.id for sentence in report_of(recorded()).sentences]
    assert order == [
        *("pacing", "shot.s0", "record.1", "record.5"),
        *("cut.s1", "shot.s1", "record.0", "record.2", "record.3", "record.4", "tension.peak"),
    ]


def test_a_citation_of_a_record_that_is_not_there_is_refused() -> None:
    report = report_of(recorded())
    with pytest.raises(ValueError, match="cites what is not there"):
        Document.model_validate({**bare().model_dump(), "report": report.model_dump()})


def test_the_report_of_a_document_without_records_has_no_sentence_about_any() -> None:
    told = report_of(recorded()).sentences
    plain = report_of(bare()).sentences
    assert [sentence.id for sentence in plain] == ["pacing", "shot.s0", "cut.s1", "shot.s1"]
    assert [sentence.text for sentence in plain] == [
        sentence.text for sentence in told if not sentence.id.startswith(("record", "tension"))
    ]


def test_the_stage_writes_them_beside_the_rest(tmp_path: Path) -> None:
    folders = write_inputs(tmp_path, [recorded()], {video_id("a"): "train"})
    limits = QuestionLimits(min_window_s=0.8, max_window_s=12.0)
    folders["structural_extensions"] = tmp_path / "extensions"
    config = StructuralExtensionsConfig(limits=limits, min_confidence=0.5)
    structural_extensions.run(config, job("structural_extensions", folders, folders["structural_extensions"]))
    dense_reports.run(DenseReportsConfig(max_summary_shots=5), job("dense_reports", folders, tmp_path / "reports"))
    (line,) = read_reports(tmp_path / "reports")
    assert {"hook", "tension", "why"} <= {name for sentence in line.report.sentences for name in sentence.records}
