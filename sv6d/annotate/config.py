"""Settings of the sections `expert_annotations` and `annotations` of `params.yaml`."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sv6d.evidence.config import TensionConfig
from sv6d.fingerprint import Config

Positive = Annotated[float, Field(gt=0.0)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class ExpertAnnotationsConfig(Config):
    """Which documents count as expert truth.

    Attributes:
        producers: who may have made the labels of an accepted document. A document with a label by
            anybody else is refused; rules and adapters can never be accepted.
    """

    producers: Annotated[tuple[Literal["expert", "studio"], ...], Field(min_length=1)]


class RulesConfig(Config):
    """Thresholds between values that rules read from evidence, and the scales of their confidence.

    A scale is a distance from the threshold: at it, confidence is 0.82 (1 - 0.5 / e).

    Attributes:
        low_key_below, high_key_from: mean luma, in [0, 1].
        luma_scale: in units of luma.
        neutral_within: absolute mean of red minus blue, in [0, 1].
        colour_scale: in the same unit.
        fast_below_s: mean length of shots, seconds.
        pacing_scale: natural logarithm of the ratio to `fast_below_s`.
        movement_scale: multiples of the speed at which `sv6d.evidence.motion` decides.
        least_wipe_s: seconds; a shorter wipe may be a whip.
        roll_from: radians a second from which the camera rolls; `roll_scale` in the same unit.
        shaky_from, stable_below, fixed_below: shake in frame heights; between `stable_below` and `shaky_from` it is
            neither, and a camera that rests is fixed below `fixed_below` alone.
        shake_scale: natural logarithm of the ratio to the threshold.
        letterbox_from: share of the picture in bars; `letterbox_scale` in the same unit.
        page_from: share of flat pixels from which a still page is a slide, whatever moves on it.
        page_residual_below: share of the pixels that move on a page, below which any page is a slide.
        page_scale: share of flat pixels beyond what makes a page at all (`sv6d.evidence.layout`).
        division_confidence: of every label that the picture is split or bears an inset.
        silent_from: share of the time without sound; `silence_scale` in decibels below -60 dB full scale.
        music_from: mean likeness of music; `music_scale` in the same unit.
        luck_below: probability that as many random cuts would lie on the beat; `luck_scale` in natural logarithms.
    """

    low_key_below: Share
    high_key_from: Share
    luma_scale: Positive
    neutral_within: Share
    colour_scale: Positive
    fast_below_s: Positive
    pacing_scale: Positive
    movement_scale: Positive
    least_wipe_s: Positive
    roll_from: Positive
    roll_scale: Positive
    shaky_from: Positive
    stable_below: Positive
    fixed_below: Positive
    shake_scale: Positive
    letterbox_from: Share
    letterbox_scale: Positive
    page_from: Share
    page_residual_below: Share
    page_scale: Positive
    division_confidence: Share
    silent_from: Share
    silence_scale: Positive
    music_from: Share
    music_scale: Positive
    luck_below: Share
    luck_scale: Positive

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low_key_below >= self.high_key_from:
            raise ValueError("low_key_below must be below high_key_from")
        if not self.fixed_below <= self.stable_below <= self.shaky_from:
            raise ValueError("fixed_below, stable_below and shaky_from must rise")
        return self


class AnnotationsConfig(Config):
    """How a document is written for a video.

    Attributes:
        rules: what evidence says by itself.
        adapter_fields: fields that the adapter labels; a field that a rule reads is never one.
        max_new_tokens: of the adapter's answer about one shot.
        batch_size: shots of one video that are asked about at once. It bears on the result by the
            rounding of sums, so it is written down here.
        tension: scales and weights of the curve.
    """

    rules: RulesConfig
    adapter_fields: Annotated[tuple[Literal["subject_type", "beat", "packaging"], ...], Field(min_length=1)]
    max_new_tokens: Annotated[int, Field(ge=1)]
    batch_size: Annotated[int, Field(ge=1)]
    tension: TensionConfig
