"""Records that follow from what was measured and labelled, and from what was published beside the video.

What a viewer has to judge stays open: why there is a cut, what a hook promises. A record is by a rule, pinned by its
code and settings, and rests on evidence like a label.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from sv6d.annotate import sides
from sv6d.annotate.sides import changed_fields, labels_of_shot
from sv6d.evidence import tension
from sv6d.evidence.config import TensionConfig
from sv6d.evidence.tension import tension_points
from sv6d.fingerprint import code_version, fingerprint
from sv6d.schema.document import Context, Evidence, Label, Shot, Source
from sv6d.schema.records import CutRationale, PackagingCue, PackagingKind, TensionCurve
from sv6d.timeline import Span

_NAME = "sv6d.annotate.records"
_DIGITS = 4  # of stored numbers: more would only be noise
# What platforms and creators write where one video of several is meant: "Part 2", "ep. 3/5", the same in Chinese.
_SERIES = re.compile(r"\b(?:part|pt\.?|episode|ep\.?)\s*#?\d+(?:\s*/\s*\d+)?\b|第\s*\d+\s*[集话期回部]", re.IGNORECASE)


@dataclass(frozen=True)
class Records:
    """Records of one document, and the evidence that they add to it: what stands in the sidecar."""

    cut_rationales: tuple[CutRationale, ...]
    tension: TensionCurve | None
    packaging_cues: tuple[PackagingCue, ...]
    evidence: tuple[Evidence, ...]


def record_source(config: TensionConfig) -> Source:
    """Who the records are by: the code that writes them and the scales of tension, by their digest."""
    code = code_version([Path(__file__), Path(sides.__file__), Path(tension.__file__)])
    return Source(producer="rule", name=_NAME, digest=fingerprint({"code": code, "tension": config}))


def write_records(
    shots: Sequence[Shot],
    evidence: Sequence[Evidence],
    labels: Sequence[Label],
    context: Context | None,
    config: TensionConfig,
    source: Source,
) -> Records:
    """The records of one video."""
    cues, told = _published(context, shots[-1].end_ns, source) if context is not None else ((), ())
    return Records(
        cut_rationales=_cut_rationales(shots, evidence, labels, source),
        tension=_tension(shots, evidence, config, source),
        packaging_cues=cues,
        evidence=told,
    )


def _tension(
    shots: Sequence[Shot], evidence: Sequence[Evidence], config: TensionConfig, source: Source
) -> TensionCurve | None:
    """The curve, its confidence the share of shots with tension; None where no shot's was measured."""
    points, used = tension_points(shots, evidence, config)
    num_measured = sum(point.tension is not None for point in points)
    if not num_measured:
        return None
    return TensionCurve(
        id="tension",
        start_ns=0,
        end_ns=shots[-1].end_ns,
        confidence=round(num_measured / len(points), _DIGITS),
        source=source,
        evidence=used,
        points=points,
    )


def _cut_rationales(
    shots: Sequence[Shot], evidence: Sequence[Evidence], labels: Sequence[Label], source: Source
) -> tuple[CutRationale, ...]:
    found = (_cut_rationale(before, after, evidence, labels, source) for before, after in pairwise(shots))
    return tuple(record for record in found if record is not None)


def _cut_rationale(
    before: Shot, after: Shot, evidence: Sequence[Evidence], labels: Sequence[Label], source: Source
) -> CutRationale | None:
    """What changes at a cut by the labels on both sides; None where nothing does that evidence there supports.

    As sure as the least sure label it rests on.
    """
    if after.boundary_in is None:
        return None
    old, new = labels_of_shot(labels, before), labels_of_shot(labels, after)
    # The boundary, and as much as one instant of either shot, so that what was measured of them can be cited.
    cut, instant = after.boundary_in, after.start_ns
    span = Span(min(cut.start_ns, instant - 1), max(cut.end_ns, instant + 1))
    kinds = CutRationale.EVIDENCE
    citable = {item.id for item in evidence if item.kind in kinds and item.span.overlap_ns(span)}
    changes = [
        field
        for field in changed_fields(old, new)
        if all(set(label.evidence) <= citable for label in (*old[field], *new[field]))
    ]
    if not changes:
        return None
    told = [label for field in changes for label in (*old[field], *new[field])]
    scores = {item.id for item in evidence if item.kind == "boundary" and item.span == cut.span}
    return CutRationale(
        id=f"{after.id}.changes",
        start_ns=span.start_ns,
        end_ns=span.end_ns,
        confidence=min(label.confidence for label in told),
        source=source,
        evidence=tuple(sorted(scores | {name for label in told for name in label.evidence})),
        shot=after.id,
        rationale=None,
        changes=tuple(changes),
        text="",
    )


def _published(
    context: Context, duration_ns: int, source: Source
) -> tuple[tuple[PackagingCue, ...], tuple[Evidence, ...]]:
    """The cover, and the mark of a series in the title, each with the sidecar's entry that it stands in."""
    cues, told = [], []
    series = _SERIES.search(context.title)
    found: list[tuple[PackagingKind, str, str, str]] = []
    if context.cover:
        found.append(("cover", "", "cover", context.cover))
    if series is not None:
        found.append(("series_marker", series.group(), "title", context.title))
    for kind, text, stat, value in found:
        entry = Evidence(
            id=f"sidecar.{stat}",
            kind="sidecar",
            stat=stat,
            value=value,
            unit="text",
            method="raw_videos",
            start_ns=0,
            end_ns=duration_ns,
        )
        told.append(entry)
        cues.append(
            PackagingCue(
                id=f"cue.{kind}",
                start_ns=0,
                end_ns=duration_ns,
                confidence=1.0,
                source=source,
                evidence=(entry.id,),
                kind=kind,
                text=text,
            )
        )
    return tuple(cues), tuple(told)
