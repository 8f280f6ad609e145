"""What measured evidence says by itself: a value, the evidence it rests on, and how far from doubt it is.

A rule looks at nothing but evidence and shots, so whoever holds these can check it again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from sv6d.annotate.config import RulesConfig
from sv6d.evidence.motion import classify_movement
from sv6d.schema.boundaries import TRANSITION_STYLES
from sv6d.schema.document import Boundary, Evidence
from sv6d.schema.fields import EvidenceKind

# Confidence at a threshold, where either value is as good as the other.
_DOUBT = 0.5
# Stored numbers keep four digits: more would only be noise of the measurement.
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Finding:
    """A value that follows from evidence.

    `confidence` is in [0.5, 1]: `1 - 0.5 * exp(-margin / scale)`, so 0.5 at the threshold. `evidence`
    holds the ids it rests on.
    """

    value: str
    confidence: float
    evidence: tuple[str, ...]


Rule = Callable[[Sequence[Evidence], RulesConfig], tuple[Finding, ...]]


def lighting_key(evidence: Sequence[Evidence], config: RulesConfig) -> tuple[Finding, ...]:
    """Low, mid or high key by the mean luma of the shot; nothing where it was not measured."""
    luma = _measured(evidence, "light", "luma_mean")
    if luma is None:
        return ()
    edges = (config.low_key_below, config.high_key_from)
    value = "low_key" if luma.number < edges[0] else "high_key" if luma.number >= edges[1] else "mid_key"
    margin = min(abs(luma.number - edge) for edge in edges)
    return (Finding(value, _confidence(margin / config.luma_scale), (luma.id,)),)


def colour_tone(evidence: Sequence[Evidence], config: RulesConfig) -> tuple[Finding, ...]:
    """Cool, neutral or warm by the mean of red minus blue; nothing where it was not measured."""
    lean = _measured(evidence, "colour", "red_minus_blue")
    if lean is None:
        return ()
    beyond = abs(lean.number) - config.neutral_within
    value = "neutral" if beyond < 0 else "warm" if lean.number > 0 else "cool"
    return (Finding(value, _confidence(abs(beyond) / config.colour_scale), (lean.id,)),)


def pacing(evidence: Sequence[Evidence], config: RulesConfig) -> tuple[Finding, ...]:
    """Fast or slow by the mean length of the shots; nothing where it was not measured."""
    length = _measured(evidence, "boundary", "mean_shot_length")
    if length is None:
        return ()
    ratio = log(length.number / config.fast_below_s)
    return (Finding("fast" if ratio < 0 else "slow", _confidence(abs(ratio) / config.pacing_scale), (length.id,)),)


def camera_movement(evidence: Sequence[Evidence], config: RulesConfig) -> tuple[Finding, ...]:
    """The movement of the camera by its speeds; nothing where one of them was not measured."""
    pan = _measured(evidence, "motion", "pan_speed")
    tilt = _measured(evidence, "motion", "tilt_speed")
    zoom = _measured(evidence, "motion", "zoom_speed")
    if pan is None or tilt is None or zoom is None:
        return ()
    value, margin = classify_movement(pan.number, tilt.number, zoom.number)
    return (Finding(value, _confidence(margin / config.movement_scale), (pan.id, tilt.id, zoom.id)),)


def transition_style(evidence: Sequence[Evidence], config: RulesConfig) -> tuple[Finding, ...]:
    """The effect by which a shot begins, where the shot detector tells one; nothing where it tells none.

    The detector's certainty, 0.5 where it decides, is the confidence.
    """
    told = ((style, _measured(evidence, "boundary", style)) for style in TRANSITION_STYLES.values())
    return tuple(
        Finding(style, round(score.number, _DIGITS), (score.id,)) for style, score in told if score is not None
    )


# Fields whose value follows from the numbers of cited evidence alone.
RULES: Mapping[str, Rule] = {
    "lighting_key": lighting_key,
    "colour_tone": colour_tone,
    "camera_movement": camera_movement,
    "pacing": pacing,
    "transition_style": transition_style,
}


def boundary_kind(boundary: Boundary, evidence: Sequence[Evidence]) -> tuple[Finding, ...]:
    """How a shot begins, as its detector found it; nothing where its certainty was not measured.

    The detector's certainty, 0.5 where it decides, is the confidence.
    """
    score = _measured(evidence, "boundary", "score")
    if score is None:
        return ()
    return (Finding(boundary_value(boundary), round(score.number, _DIGITS), (score.id,)),)


def boundary_value(boundary: Boundary) -> str:
    """The value of the field `boundary_kind` for a boundary: a fade in or out is a fade."""
    return "fade" if boundary.kind in ("fade_in", "fade_out") else boundary.kind


@dataclass(frozen=True, slots=True)
class _Number:
    id: str
    number: float


def _measured(evidence: Sequence[Evidence], kind: EvidenceKind, stat: str) -> _Number | None:
    """The first number of that kind and stat; None where there is none or it was not measured."""
    for item in evidence:
        if (item.kind, item.stat) == (kind, stat) and isinstance(item.value, float):
            return _Number(item.id, item.value)
    return None


def _confidence(margin_in_scales: float) -> float:
    return round(1.0 - _DOUBT * exp(-margin_in_scales), _DIGITS)
