"""What measured evidence says by itself: a value, the evidence it rests on, and how far from doubt it is.

A rule looks at nothing but evidence and shots, so whoever holds these can check it again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from sv6d.annotate.config import RulesConfig
from sv6d.evidence.layout import LEAST_CARD
from sv6d.evidence.motion import classify_movement
from sv6d.evidence.sound import SILENCE_DBFS
from sv6d.schema.boundaries import TRANSITION_STYLES
from sv6d.schema.document import Boundary, Evidence
from sv6d.schema.fields import EvidenceKind
from sv6d.timeline import Span, seconds

# Confidence at a threshold, where either value is as good as the other.
_DOUBT = 0.5
_HALF = 0.5
# What the measurement can not tell from nothing: a twentieth of a pixel at 360, one chance in a million.
_LEAST_SHAKE, _LEAST_LUCK = 0.0001, 1e-6
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

    The detector's certainty, 0.5 where it decides, is the confidence. A wipe that is as short as a whip is left open:
    one shot pushes the other aside in both.
    """
    told = [(style, _measured(evidence, "boundary", style)) for style in TRANSITION_STYLES.values()]
    return tuple(
        Finding(style, round(score.number, _DIGITS), (score.id,))
        for style, score in told
        if score is not None and (style != "wipe" or score.seconds >= config.least_wipe_s)
    )


def camera_roll(evidence: Sequence[Evidence], config: RulesConfig) -> tuple[Finding, ...]:
    """Whether the camera rolls, and which way; nothing where it was not measured, and of a frame that shakes."""
    roll, shake = _measured(evidence, "motion", "roll_speed"), _measured(evidence, "motion", "shake_rms")
    if roll is None or (shake is not None and shake.number >= config.shaky_from):
        return ()
    beyond = abs(roll.number) - config.roll_from
    # The camera turns against its picture.
    value = "roll_none" if beyond < 0 else "roll_counterclockwise" if roll.number > 0 else "roll_clockwise"
    cited = (roll.id,) if shake is None else (roll.id, shake.id)
    return (Finding(value, _confidence(abs(beyond) / config.roll_scale), cited),)


def steadiness(evidence: Sequence[Evidence], config: RulesConfig) -> tuple[Finding, ...]:
    """How quietly the frame is held; nothing where it was not measured, and between quiet and shaky."""
    stats = ("shake_rms", "pan_speed", "tilt_speed", "zoom_speed", "roll_speed")
    found = [item for stat in stats if (item := _measured(evidence, "motion", stat)) is not None]
    if len(found) < len(stats):
        return ()
    shake, *_, roll = found
    pan, tilt, zoom = (item.number for item in found[1:4])
    rests = classify_movement(pan, tilt, zoom)[0] == "static" and abs(roll.number) < config.roll_from
    quiet_below = config.fixed_below if rests else config.stable_below
    if config.shaky_from > shake.number >= quiet_below:
        return ()
    value = "shaky" if shake.number >= config.shaky_from else "fixed" if rests else "stable"
    edge = config.shaky_from if value == "shaky" else quiet_below
    margin = abs(log(max(shake.number, _LEAST_SHAKE) / edge))
    return (Finding(value, _confidence(margin / config.shake_scale), tuple(item.id for item in found)),)


def layout(evidence: Sequence[Evidence], config: RulesConfig) -> tuple[Finding, ...]:
    """Parts, an inset, a picture between bars or a still page; nothing else is told reliably enough (docs/evidence.md).

    An inset or parts have no distance from a threshold: their confidence is the same of all.
    """
    for stat in ("split_screen", "picture_in_picture"):
        divided = _measured(evidence, "layout", stat)
        if divided is not None and divided.number > 0.0:
            return (Finding(stat, config.division_confidence, (divided.id,)),)
    bars, page = _measured(evidence, "layout", "letterbox"), _measured(evidence, "layout", "card")
    moving = _measured(evidence, "motion", "residual")
    if bars is not None and bars.number >= config.letterbox_from:
        beyond = (bars.number - config.letterbox_from) / config.letterbox_scale
        return (Finding("letterbox", _confidence(beyond), (bars.id,)),)
    if page is None or page.number <= 0.0:
        return ()
    beyond = (page.number - LEAST_CARD) / config.page_scale
    if page.number >= config.page_from:
        return (Finding("slide", _confidence(beyond), (page.id,)),)
    if moving is not None and moving.number < config.page_residual_below:
        return (Finding("slide", _confidence(beyond), (page.id, moving.id)),)
    return ()


def heard(evidence: Sequence[Evidence], config: RulesConfig) -> tuple[Finding, ...]:
    """Music or silence, where every stretch that was measured says so."""
    by_span: dict[Span, list[Evidence]] = {}
    for item in evidence:
        by_span.setdefault(item.span, []).append(item)
    found = [finding for span in sorted(by_span) for finding in _heard_once(by_span[span], config)]
    values = {finding.value for finding in found}
    if len(values) != 1 or len(found) != len(by_span):
        return ()
    cited = tuple(name for finding in found for name in finding.evidence)
    return (Finding(found[0].value, min(finding.confidence for finding in found), cited),)


def _heard_once(evidence: Sequence[Evidence], config: RulesConfig) -> tuple[Finding, ...]:
    silent, level = _measured(evidence, "sound", "silence"), _measured(evidence, "sound", "loudness")
    music = _measured(evidence, "sound", "music_likeness")
    if silent is None or level is None:
        return ()
    if silent.number >= config.silent_from and level.number < SILENCE_DBFS:
        beyond = (SILENCE_DBFS - level.number) / config.silence_scale
        return (Finding("silence", _confidence(beyond), (silent.id, level.id)),)
    # What sounds for less than half of the time is no music under the picture.
    if music is None or music.number < config.music_from or silent.number >= _HALF:
        return ()
    beyond = (music.number - config.music_from) / config.music_scale
    return (Finding("music", _confidence(beyond), (silent.id, level.id, music.id)),)


def beat_sync(evidence: Sequence[Evidence], config: RulesConfig) -> tuple[Finding, ...]:
    """Whether cuts lie on the beat, and more of them than by chance."""
    share, luck = _measured(evidence, "sound", "cuts_on_beat"), _measured(evidence, "sound", "cuts_on_beat_luck")
    if share is None or luck is None or luck.number >= config.luck_below or share.number < _HALF:
        return ()
    beyond = log(config.luck_below / max(luck.number, _LEAST_LUCK)) / config.luck_scale
    return (Finding("beat_sync", _confidence(beyond), (share.id, luck.id)),)


def audio_edit(evidence: Sequence[Evidence], config: RulesConfig) -> tuple[Finding, ...]:
    """Music, silence and cuts on the beat; of speech it is not known whether who speaks is seen."""
    return (*heard(evidence, config), *beat_sync(evidence, config))


# Fields whose value follows from the numbers of cited evidence alone.
RULES: Mapping[str, Rule] = {
    "lighting_key": lighting_key,
    "colour_tone": colour_tone,
    "camera_movement": camera_movement,
    "pacing": pacing,
    "transition_style": transition_style,
    "camera_roll": camera_roll,
    "steadiness": steadiness,
    "layout": layout,
    "audio_edit": audio_edit,
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
    seconds: float


def _measured(evidence: Sequence[Evidence], kind: EvidenceKind, stat: str) -> _Number | None:
    """The first number of that kind and stat; None where there is none or it was not measured."""
    for item in evidence:
        if (item.kind, item.stat) == (kind, stat) and isinstance(item.value, float):
            return _Number(item.id, item.value, seconds(item.span.length_ns))
    return None


def _confidence(margin_in_scales: float) -> float:
    return round(1.0 - _DOUBT * exp(-margin_in_scales), _DIGITS)
