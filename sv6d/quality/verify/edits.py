"""How shots give way to each other, and how fast."""

from __future__ import annotations

from sv6d.quality.verify.answer import Answer, left_open, settled, undecodable
from sv6d.quality.verify.changes import judge
from sv6d.quality.verify.look import Look
from sv6d.schema.document import Document
from sv6d.timeline import NS_PER_S, Span

_FAST_BELOW_S = 2.0  # the definition of `pacing`, sv6d/schema/fields.py
_PACING_MARGIN = 0.05  # ours: a twentieth, two frames of a shot of two seconds


def change(claimed: str, span: Span, seen: Look) -> Answer:
    """Whether what happens over the span is a change of shot of the claimed kind."""
    if not seen.is_whole(span):
        return undecodable(claimed)
    finding = judge(seen.story, span)
    if finding.kind is None and claimed == "hard_cut" and finding.is_gradual:
        return Answer("contradicted", claimed, None, None, finding.detail)
    if finding.kind is None:
        return left_open(claimed, "unclear", finding.detail)
    return settled(claimed, finding.kind, finding.detail)


def boundary_kind(claimed: str, span: Span, document: Document, seen: Look) -> Answer:
    """The same of a label."""
    return change(claimed, span, seen)


def pacing(claimed: str, span: Span, document: Document, seen: Look) -> Answer:
    """By the boundaries found again: the fewest and the most shots that there may be."""
    if not seen.is_whole(span):
        return undecodable(claimed)
    found = seen.boundaries
    fewest = 1 + sum(span.contains(ns) for ns in (*found.cuts_ns, *found.gradual_ns))
    most = fewest + sum(span.contains(ns) for ns in found.doubtful_ns)
    longest_s, shortest_s = span.length_ns / NS_PER_S / fewest, span.length_ns / NS_PER_S / most
    detail = f"{fewest} to {most} shots, {shortest_s:.2f} to {longest_s:.2f} s each on average"
    if longest_s < _FAST_BELOW_S * (1.0 - _PACING_MARGIN):
        return settled(claimed, "fast", detail)
    if shortest_s >= _FAST_BELOW_S * (1.0 + _PACING_MARGIN):
        return settled(claimed, "slow", detail)
    return left_open(claimed, "unclear", detail)
