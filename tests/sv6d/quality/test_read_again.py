"""What rules say can be read again from the evidence that they cite, and from nothing else."""

from __future__ import annotations

from pathlib import Path

from sv6d.annotate.config import AnnotationsConfig
from sv6d.annotate.rule_labels import rule_labels, rule_source
from sv6d.params import read_config
from sv6d.quality.checks import read_again
from sv6d.schema.document import Document, Evidence, EvidenceKind
from sv6d.timeline import Span
from tests.sv6d.objective.made_documents import made_document

SHIPPED = read_config(Path(__file__).parents[3] / "params.yaml", "annotations")
assert isinstance(SHIPPED, AnnotationsConfig)


def test_what_a_rule_says_is_read_again_from_what_it_cites() -> None:
    document = made_document([(0.0, 2.0, "", 0.0, 0.0), (2.0, 4.0, "dissolve", 1.8, 2.2)], [])
    stats: list[tuple[EvidenceKind, str, float]] = [
        ("motion", "shake_rms", 0.0004),
        ("motion", "pan_speed", 0.0),
        ("motion", "tilt_speed", 0.0),
        ("motion", "zoom_speed", 0.0),
        ("motion", "roll_speed", 0.0),
        ("motion", "residual", 0.0),
        ("layout", "letterbox", 0.0),
        ("layout", "card", 0.88),
        ("sound", "silence", 0.0),
        ("sound", "loudness", -20.0),
        ("sound", "music_likeness", 0.99),
    ]
    cut, whole = document.shots[1].boundary_in, Span(0, document.video.duration_ns)
    assert cut is not None
    places = [
        (f"{stat}{i}", kind, stat, value, shot.span)
        for i, shot in enumerate(document.shots)
        for kind, stat, value in stats
    ]
    places += [
        ("whip", "boundary", "whip_pan", 0.9, cut.span),
        ("share", "sound", "cuts_on_beat", 1.0, whole),
        ("luck", "sound", "cuts_on_beat_luck", 0.001, whole),
    ]
    evidence = tuple(
        Evidence(
            id=name,
            kind=kind,
            stat=stat,
            value=value,
            unit="",
            method="made",
            start_ns=span.start_ns,
            end_ns=span.end_ns,
        )
        for name, kind, stat, value, span in places
    )
    labels, _ = rule_labels(document.shots, evidence, SHIPPED.rules, rule_source(SHIPPED.rules))
    document = Document.model_validate({**dict(document), "evidence": evidence, "labels": tuple(labels)})
    told = {(label.field, label.value): read_again(label, document, SHIPPED.rules) for label in labels}
    assert told.keys() == {
        ("steadiness", "fixed"),
        ("camera_movement", "static"),
        ("camera_roll", "roll_none"),
        ("layout", "slide"),
        ("audio_edit", "music"),
        ("audio_edit", "beat_sync"),
        ("transition_style", "whip_pan"),
    }
    assert all(values == (value,) for (_, value), values in told.items())
