"""Light and colour of a shot: between two values lies a band in which nothing is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sv6d.quality.verify.answer import Answer, left_open, undecodable
from sv6d.quality.verify.light import Light
from sv6d.quality.verify.look import Look
from sv6d.schema.document import Document
from sv6d.timeline import Span

# Between values, and how far from that an answer is clear. The middle of the gaps between classes as measured by
# tiles on 136 shots of 48 rendered clips: luma 0.258 to 0.387 and 0.584 to 0.703, colour 0.040 to 0.077.
_LUMA_EDGES, _LUMA_MARGINS = (0.32, 0.64), (0.03, 0.03)
_LEAN_EDGES, _LEAN_MARGINS = (-0.058, 0.058), (0.010, 0.010)
# The bounds of `saturation` (sv6d/schema/aesthetics.py), where 14 shots of real clips are named; margins ours: less
# than half of the way to the nearest of them.
_CHROMA_EDGES, _CHROMA_MARGINS = (0.004, 0.05), (0.002, 0.015)
_VIVID_EDGE, _VIVID_MARGIN = 0.12, 0.02
# The bounds of `contrast`; the margin is ours: what small pictures lose of the spread. Nobody labelled contrast yet.
_SPREAD_EDGES, _SPREAD_MARGINS = (0.12, 0.28), (0.03, 0.03)


def lighting(claimed: str, span: Span, document: Document, seen: Look) -> Answer:
    """Brightness by tiles' medians and as a mean."""
    scale = Scale(("low_key", "mid_key", "high_key"), _LUMA_EDGES, _LUMA_MARGINS)
    return _on_scale(claimed, scale, span, document, seen, lambda light: (light.luma_tiles, light.luma_mean))


def tone(claimed: str, span: Span, document: Document, seen: Look) -> Answer:
    """Red minus blue, likewise."""
    scale = Scale(("cool", "neutral", "warm"), _LEAN_EDGES, _LEAN_MARGINS)
    return _on_scale(claimed, scale, span, document, seen, lambda light: (light.lean_tiles, light.lean_mean))


def saturation(claimed: str, span: Span, document: Document, seen: Look) -> Answer:
    """Largest minus smallest colour channel, likewise."""
    scale = Scale(
        ("black_and_white", "desaturated", "natural", "saturated"),
        (*_CHROMA_EDGES, _VIVID_EDGE),
        (*_CHROMA_MARGINS, _VIVID_MARGIN),
    )
    return _on_scale(claimed, scale, span, document, seen, lambda light: (light.chroma_tiles, light.chroma_mean))


def contrast(claimed: str, span: Span, document: Document, seen: Look) -> Answer:
    """How far brightness is spread, of pixels and of tiles' medians. Small details spread pixels alone."""
    scale = Scale(("low_contrast", "medium_contrast", "high_contrast"), _SPREAD_EDGES, _SPREAD_MARGINS)
    return _on_scale(claimed, scale, span, document, seen, lambda light: (light.spread_mean, light.spread_tiles))


@dataclass(frozen=True, slots=True)
class Scale:
    """Values in rising order, the edges between them, and how far from an edge an answer is clear."""

    values: tuple[str, ...]
    edges: tuple[float, ...]
    margins: tuple[float, ...]

    def is_outside(self, value: str, number: float) -> bool:
        """Whether a number is clearly not of that value."""
        low, high, below, above = self._place(value)
        return not low - below <= number <= high + above

    def is_inside(self, value: str, number: float) -> bool:
        """Whether it clearly is."""
        low, high, below, above = self._place(value)
        return low + below <= number <= high - above

    def _place(self, value: str) -> tuple[float, float, float, float]:
        i = self.values.index(value)
        edges, margins = (-np.inf, *self.edges, np.inf), (0.0, *self.margins, 0.0)
        return edges[i], edges[i + 1], margins[i], margins[i + 1]


def _on_scale(
    claimed: str,
    scale: Scale,
    span: Span,
    document: Document,
    seen: Look,
    numbers: Callable[[Light], tuple[float, float]],
) -> Answer:
    """By the medians over pictures: both statistics must speak against a claim, and none of them for another."""
    if not seen.is_whole(span):
        return undecodable(claimed)
    lights = _lights(span, document, seen)
    if not lights:
        return left_open(claimed, "too_short", "no picture of the span outside transitions")
    by_tiles, by_mean = (float(number) for number in np.median([numbers(light) for light in lights], axis=0))
    edges = ", ".join(str(edge) for edge in scale.edges)
    detail = f"{by_tiles:.3f} by tiles, {by_mean:.3f} as a mean, of {len(lights)} pictures; edges {edges}"
    measured = scale.values[int(np.searchsorted(scale.edges, by_tiles))]
    if scale.is_outside(claimed, by_tiles) and scale.is_outside(claimed, by_mean):
        return Answer("contradicted", claimed, measured, None, detail)
    # The mean may lie in the band, but not beyond it.
    if scale.is_inside(claimed, by_tiles) and not scale.is_outside(claimed, by_mean):
        return Answer("verified", claimed, claimed, None, detail)
    return left_open(claimed, "between_values", detail, measured)


def _lights(span: Span, document: Document, seen: Look) -> list[Light]:
    closed = mixed(document)
    return [
        light
        for time_ns, light in seen.lights
        if span.contains(time_ns) and not any(other.contains(time_ns) for other in closed)
    ]


def mixed(document: Document) -> list[Span]:
    """Spans in which two shots are seen, as the document has them."""
    return [shot.boundary_in.span for shot in document.shots if shot.boundary_in is not None]
