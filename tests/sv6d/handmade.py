"""Small documents written by hand: shots of given lengths, and labels with the evidence they need."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import pairwise

from sv6d.schema.document import Boundary, Document, Evidence, Label, Shot, Source, Video
from sv6d.schema.fields import EvidenceKind, field_of
from sv6d.studio.labels import true_label
from sv6d.timeline import NS_PER_S

RULE = Source(producer="rule", name="handmade")


def ns(seconds: float) -> int:
    return round(seconds * NS_PER_S)


def video_id(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def document(
    name: str,
    edges_s: Sequence[float],
    values: Sequence[Mapping[str, str | tuple[str, ...]]],
    *,
    boundary_kinds: Sequence[str] | None = None,
    pacing: str | None = "slow",
    confidence: float = 0.9,
    stats: Sequence[Mapping[tuple[str, str], float | None]] = (),
) -> Document:
    """A document with a shot between each two edges, labelled with `values` by field.

    Boundaries are hard cuts unless named otherwise (a gradual one lasts 0.4 s around its edge);
    `stats` adds evidence per shot: {(kind, stat): value}.
    """
    shots, labels, evidence = [], [], []
    kinds = boundary_kinds if boundary_kinds is not None else ["hard_cut"] * (len(edges_s) - 2)
    for i, (start_s, end_s) in enumerate(pairwise(edges_s)):
        boundary = None
        if i:
            before_s, after_s = (0.04, 0.0) if kinds[i - 1] == "hard_cut" else (0.2, 0.2)
            boundary = Boundary(
                start_ns=ns(start_s - before_s),
                end_ns=ns(start_s + after_s),
                kind=kinds[i - 1],  # type: ignore[arg-type]
                score=1.0,
                detector="handmade",
            )
            span = (boundary.start_ns, boundary.end_ns)
            evidence.append(_evidence(f"e{i}.boundary", "boundary", "boundary.score", 1.0, span))
            labels.append(
                _label(f"l{i}.boundary", "boundary_kind", kinds[i - 1], span, (f"e{i}.boundary",), confidence)
            )
        shots.append(Shot(id=f"s{i}", start_ns=ns(start_s), end_ns=ns(end_s), boundary_in=boundary))
        span = (ns(start_s), ns(end_s))
        for (kind, stat), value in (stats[i] if stats else {}).items():
            evidence.append(_evidence(f"e{i}.{stat}", kind, stat, value, span))
        for field_name, chosen in values[i].items():
            field = field_of(field_name)
            assert field is not None
            measured = f"e{i}.{field_name}"
            evidence.append(_evidence(measured, field.evidence[0], f"{field_name}.stat", 1.0, span))
            for value in (chosen,) if isinstance(chosen, str) else chosen:
                labels.append(_label(f"l{i}.{field_name}.{value}", field_name, value, span, (measured,), confidence))
    if pacing is not None:
        whole = (0, ns(edges_s[-1]))
        evidence.append(_evidence("e.pacing", "boundary", "mean_shot_length", edges_s[-1] / len(shots), whole))
        labels.append(_label("l.pacing", "pacing", pacing, whole, ("e.pacing",), confidence))
    return Document(
        video=Video(
            sha256=video_id(name),
            duration_ns=ns(edges_s[-1]),
            width_px=360,
            height_px=640,
            num_frames=int(edges_s[-1] * 25),
            has_sound=False,
        ),
        shots=tuple(shots),
        evidence=tuple(evidence),
        labels=tuple(labels),
    )


def with_label(asked: Document, field: str, value: str, shot: int, kind: EvidenceKind, stat: str) -> Document:
    """The document with a label of a shot, and evidence for it."""
    span = asked.shots[shot].span
    item = Evidence(
        id=f"{stat}{shot}",
        kind=kind,
        stat=stat,
        value=0.2,
        unit="share",
        method="made",
        start_ns=span.start_ns,
        end_ns=span.end_ns,
    )
    label = true_label(field, value, span, (item.id,), shot)
    return asked.model_copy(update={"evidence": (*asked.evidence, item), "labels": (*asked.labels, label)})


def _evidence(name: str, kind: str, stat: str, value: float | None, span: tuple[int, int]) -> Evidence:
    return Evidence(
        id=name,
        kind=kind,
        stat=stat,
        value=value,
        unit="1",
        method="handmade",
        start_ns=span[0],
        end_ns=span[1],  # type: ignore[arg-type]
    )


def _label(
    name: str, field_name: str, value: str, span: tuple[int, int], evidence: tuple[str, ...], confidence: float
) -> Label:
    field = field_of(field_name)
    assert field is not None
    return Label(
        id=name,
        dimension=field.dimension,
        field=field_name,
        value=value,
        confidence=confidence,
        source=RULE,
        evidence=evidence,
        start_ns=span[0],
        end_ns=span[1],
    )
