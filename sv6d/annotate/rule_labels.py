"""Labels that follow from evidence, for the shots, the boundaries and the whole of a video."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sv6d.annotate import rules
from sv6d.annotate.config import RulesConfig
from sv6d.annotate.rules import RULES, Finding, boundary_kind
from sv6d.fingerprint import code_version, fingerprint
from sv6d.schema.document import Evidence, Label, Shot, Source
from sv6d.schema.fields import field_of
from sv6d.timeline import Span

# Fields that a rule reads, so that nobody else's word is taken for them.
RULE_FIELDS = frozenset({*RULES, "boundary_kind"})

_NAME = "sv6d.annotate.rules"


def rule_source(config: RulesConfig) -> Source:
    """Who the labels are by: the rules' code and thresholds, by their digest."""
    code = code_version([Path(rules.__file__)])
    return Source(producer="rule", name=_NAME, digest=fingerprint({"code": code, "thresholds": config}))


def rule_labels(
    shots: Sequence[Shot], evidence: Sequence[Evidence], config: RulesConfig, source: Source
) -> tuple[list[Label], int]:
    """Labels of every field that a rule can read, by time, and the number of places without a measurement."""
    by_span: dict[Span, list[Evidence]] = {}
    for item in evidence:
        by_span.setdefault(item.span, []).append(item)
    found: list[tuple[str, str, Span, tuple[Finding, ...]]] = []
    for shot in shots:
        if shot.boundary_in is not None:
            span = shot.boundary_in.span
            told = by_span.get(span, ())
            found.append(("boundary_kind", shot.id, span, boundary_kind(shot.boundary_in, told)))
            found += [
                ("transition_style", shot.id, span, (style,)) for style in RULES["transition_style"](told, config)
            ]
        found += _shot_findings(shot, by_span, config)
    whole = Span(0, shots[-1].end_ns)
    found.append(("pacing", "video", whole, RULES["pacing"](by_span.get(whole, ()), config)))
    labels = [
        _label(field, place, span, finding, source) for field, place, span, findings in found for finding in findings
    ]
    return labels, sum(not findings for _, _, _, findings in found)


def _shot_findings(
    shot: Shot, by_span: Mapping[Span, Sequence[Evidence]], config: RulesConfig
) -> list[tuple[str, str, Span, tuple[Finding, ...]]]:
    measured = by_span.get(shot.span, ())
    names = [name for name in RULES if (field := field_of(name)) is not None and field.extent == "shot"]
    return [(name, shot.id, shot.span, RULES[name](measured, config)) for name in names]


def _label(name: str, place: str, span: Span, finding: Finding, source: Source) -> Label:
    field = field_of(name)
    assert field is not None  # rules are about fields of the vocabulary
    return Label(
        id=f"{place}.{name}.{finding.value}",
        dimension=field.dimension,
        field=name,
        value=finding.value,
        start_ns=span.start_ns,
        end_ns=span.end_ns,
        confidence=finding.confidence,
        source=source,
        evidence=finding.evidence,
    )
