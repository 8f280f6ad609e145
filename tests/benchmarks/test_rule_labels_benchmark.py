"""Labels are right, wrong or of a place of which the truth says nothing, and true ones are missed."""

from __future__ import annotations

from pathlib import Path

from benchmarks.rule_labels import MISSED, RIGHT, UNJUDGED, WRONG, judge, table
from sv6d.annotate.config import AnnotationsConfig
from sv6d.cli.measure import FoundShots
from sv6d.evidence.rows import Rows, evidence_row
from sv6d.params import read_config
from sv6d.schema.document import Boundary, Shot
from sv6d.timeline import Span
from tests.sv6d.objective.made_documents import made_document, to_ns

CONFIG = read_config(Path(__file__).parents[2] / "params.yaml", "annotations")
assert isinstance(CONFIG, AnnotationsConfig)


def test_each_label_is_judged_where_the_truth_speaks() -> None:
    truth = made_document(
        [(0.0, 2.0, "", 0.0, 0.0), (2.0, 4.0, "dissolve", 1.8, 2.2)],
        [
            ("layout", "letterbox", 0.0, 2.0),
            ("layout", "full_bleed", 2.0, 4.0),
            ("audio_edit", "voice_over", 0.0, 4.0),
            ("transition_style", "wipe", 1.8, 2.2),
        ],
    )
    rows: Rows = {"evidence": []}
    for index in range(2):
        span = truth.shots[index].span
        for kind, stat, value in (("layout", "letterbox", 0.3), ("motion", "roll_speed", 0.0)):
            rows["evidence"].append(evidence_row(f"{stat}{index}", kind, stat, span, value, "", "made"))
    heard = Span(0, to_ns(4.0))
    for stat, value in (("cuts_on_beat", 1.0), ("cuts_on_beat_luck", 0.0)):
        rows["evidence"].append(evidence_row(stat, "sound", stat, heard, value, "", "made"))
    boundary = Boundary(start_ns=to_ns(1.7), end_ns=to_ns(2.2), kind="dissolve", score=0.9, detector="made")
    shots = (
        Shot(id="s0", start_ns=0, end_ns=to_ns(2.0)),
        Shot(id="s1", start_ns=to_ns(2.0), end_ns=to_ns(4.0), boundary_in=boundary),
    )
    counts = judge(truth, rows, FoundShots(shots, {"s1": "wipe"}, 100), CONFIG)
    assert counts == {
        ("layout", "letterbox", RIGHT): 1,
        ("layout", "letterbox", WRONG): 1,
        ("layout", "full_bleed", MISSED): 1,
        ("camera_roll", "roll_none", UNJUDGED): 2,
        ("audio_edit", "beat_sync", WRONG): 1,  # the studio knows all that is heard
        ("transition_style", "wipe", RIGHT): 1,
    }
    assert table(counts)[1].split() == ["audio_edit", "beat_sync", "0", "1", "0", "0"]
