"""The sound of a plan: music or a voice over a floor of noise, with silent passages."""

from __future__ import annotations

import math

import numpy as np

from sv6d.studio.plan import ClipPlan
from sv6d.studio.seeds import generator
from sv6d.studio.sound import Samples, gain, music
from sv6d.studio.speech import speak
from sv6d.timeline import NS_PER_S

_RAMP_S = 0.02  # ours: level changes without a click
_CEILING = 0.89  # -1 dBFS, the headroom that platforms ask of lossy sound


def synthesise(plan: ClipPlan, rate_hz: int) -> Samples:
    """Mono samples in [-1, 1] for the whole clip, as float32.

    Each shot's passage has the planned level (root mean square, decibels below full scale) before
    peaks are rounded off; where the plan has None it is exact silence but for the ramps.
    """
    num_samples = plan.duration_ns * rate_hz // NS_PER_S
    sound = plan.sound
    rng = generator(sound.seed, 5)
    tune = _tune(plan, num_samples, rate_hz, rng)
    noise = rng.standard_normal(num_samples, np.float32) * np.float32(gain(sound.noise_db))
    mixed = np.zeros(num_samples, np.float32)
    for index, level_db in enumerate(sound.levels_db):
        first, end = _passage(plan, index, rate_hz)
        if level_db is None or end <= first:
            continue
        passage = speak(sound.seed + index, end - first, rate_hz) if index in sound.voiced else tune[first:end]
        loudness = math.sqrt(float(np.mean(passage.astype(np.float64) ** 2)))
        part = passage * np.float32(gain(level_db) / loudness) + noise[first:end]
        ramp = np.minimum(np.arange(len(part)) / (_RAMP_S * rate_hz), 1.0).astype(np.float32)
        mixed[first:end] = part * np.minimum(ramp, ramp[::-1])
    rounded: Samples = np.float32(_CEILING) * np.tanh(mixed / np.float32(_CEILING))
    return rounded


def _tune(plan: ClipPlan, num_samples: int, rate_hz: int, rng: np.random.Generator) -> Samples:
    """Music that has a beat at `first_beat_s`."""
    sound = plan.sound
    early = round((60.0 / sound.beats_per_minute - sound.first_beat_s) * rate_hz) if sound.first_beat_s else 0
    return music(sound.beats_per_minute, sound.root_hz, num_samples + early, rate_hz, rng)[early:]


def _passage(plan: ClipPlan, index: int, rate_hz: int) -> tuple[int, int]:
    """[first, end) of a shot's sound in samples."""
    span, levels = plan.shot_span(index), plan.sound.levels_db
    first, end = (ns * rate_hz // NS_PER_S for ns in (span.start_ns, span.end_ns))
    hush = round(plan.sound.hush_s * rate_hz)
    after_silence = index > 0 and levels[index - 1] is None
    before_silence = index + 1 < len(levels) and levels[index + 1] is None
    return first + hush * after_silence, end - hush * before_silence
