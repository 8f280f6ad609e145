"""Labels that follow from evidence, for the shots, the boundaries and the whole of a video."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from sv6d.annotate import rules
from sv6d.annotate.config import RulesConfig
from sv6d.annotate.rules import RULES, Finding, beat_sync, boundary_kind, heard
from sv6d.fingerprint import code_version, fingerprint
from sv6d.schema.boundaries import TRANSITION_STYLES
from sv6d.schema.document import Evidence, Label, Shot, Source
from sv6d.schema.fields import field_of
from sv6d.timeline import Span

# Fields that a rule reads, so that nobody else's word is taken for them.
RULE_FIELDS = frozenset({*RULES, "boundary_kind"})

# Fields that every shot, boundary or video has a value of.
_EVERYWHERE = frozenset({"lighting_key", "colour_tone", "camera_movement", "boundary_kind", "pacing"})
# Values that rules give wherever they are true, of the fields of which they leave others open. They also tell insets
# and parts where these are clear, and miss half of those that are drawn (docs/evidence.md).
_SPOKEN: Mapping[str, frozenset[str]] = {
    "transition_style": frozenset(TRANSITION_STYLES.values()),
    "layout": frozenset({"letterbox", "slide"}),
    "audio_edit": frozenset({"music", "silence", "beat_sync"}),
}
_NAME = "sv6d.annotate.rules"


def is_ruled(field: str, value: str) -> bool:
    """Whether a rule gives that value wherever it is true."""
    return field in RULE_FIELDS and (field not in _SPOKEN or value in _SPOKEN[field])


def rule_source(config: RulesConfig) -> Source:
    """Who the labels are by: the rules' code and thresholds, by their digest."""
    code = code_version([Path(rules.__file__)])
    return Source(producer="rule", name=_NAME, digest=fingerprint({"code": code, "thresholds": config}))


def rule_labels(
    shots: Sequence[Shot], evidence: Sequence[Evidence], config: RulesConfig, source: Source
) -> tuple[list[Label], int]:
    """Labels of every field that a rule can read, by time, and the number of places without a measurement.

    Places count for the fields that have a value everywhere; that there are no bars or no music is no gap.
    """
    by_span: dict[Span, list[Evidence]] = {}
    for item in evidence:
        by_span.setdefault(item.span, []).append(item)
    found: list[_Found] = []
    for shot in shots:
        if shot.boundary_in is not None:
            span = shot.boundary_in.span
            told = by_span.get(span, ())
            found.append(_Found("boundary_kind", shot.id, span, boundary_kind(shot.boundary_in, told)))
            found.append(_Found("transition_style", shot.id, span, RULES["transition_style"](told, config)))
        found += _of_shot(shot, by_span, config)
    whole = Span(0, shots[-1].end_ns)
    found.append(_Found("pacing", "video", whole, RULES["pacing"](by_span.get(whole, ()), config)))
    found.append(_Found("audio_edit", "video", whole, beat_sync(by_span.get(whole, ()), config)))
    found += _heard(shots, by_span, config)
    labels = [_label(item, finding, source) for item in found for finding in item.findings]
    return labels, sum(not item.findings for item in found if item.field in _EVERYWHERE)


@dataclass(frozen=True, slots=True)
class _Found:
    """What the rule of a field finds at a place."""

    field: str
    place: str
    span: Span
    findings: tuple[Finding, ...]


def _of_shot(shot: Shot, by_span: Mapping[Span, Sequence[Evidence]], config: RulesConfig) -> list[_Found]:
    measured = by_span.get(shot.span, ())
    names = [name for name in RULES if (field := field_of(name)) is not None and field.extent == "shot"]
    return [_Found(name, shot.id, shot.span, RULES[name](measured, config)) for name in names]


def _heard(shots: Sequence[Shot], by_span: Mapping[Span, Sequence[Evidence]], config: RulesConfig) -> Iterator[_Found]:
    """Music and silence: one label over neighbouring shots in which the same is heard."""

    def sounds_of(shot: Shot) -> tuple[str, ...]:
        return tuple(finding.value for finding in heard(by_span.get(shot.span, ()), config))

    for values, group in groupby(shots, key=sounds_of):
        run = list(group)
        if values:
            together = [item for shot in run for item in by_span[shot.span] if item.kind == "sound"]
            span = Span(run[0].start_ns, run[-1].end_ns)
            yield _Found("audio_edit", run[0].id, span, heard(together, config))


def _label(found: _Found, finding: Finding, source: Source) -> Label:
    field = field_of(found.field)
    assert field is not None  # rules are about fields of the vocabulary
    return Label(
        id=f"{found.place}.{found.field}.{finding.value}",
        dimension=field.dimension,
        field=found.field,
        value=finding.value,
        start_ns=found.span.start_ns,
        end_ns=found.span.end_ns,
        confidence=finding.confidence,
        source=source,
        evidence=finding.evidence,
    )
