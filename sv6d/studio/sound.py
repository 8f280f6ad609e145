"""The sound of a plan: a beat, a bass and chords over a floor of noise, with silent passages."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from sv6d.studio.plan import ClipPlan
from sv6d.studio.seeds import generator
from sv6d.timeline import NS_PER_S

Samples = npt.NDArray[np.float32]

# Degrees of the minor pentatonic scale in semitones: any two of them sound well together.
_SCALE = (0, 3, 5, 7, 10, 12)
_RAMP_S = 0.02  # ours: level changes without a click
_CEILING = 0.89  # -1 dBFS, the headroom that platforms ask of lossy sound


def synthesise(plan: ClipPlan, rate_hz: int) -> Samples:
    """Mono samples in [-1, 1] for the whole clip, as float32.

    Each shot's passage has the planned level (root mean square, decibels below full scale) before
    peaks are rounded off; where the plan has None it is exact silence but for the ramps.
    """
    num_samples = plan.duration_ns * rate_hz // NS_PER_S
    rng = generator(plan.sound.seed, 5)
    tune = music(plan.sound.beats_per_minute, plan.sound.root_hz, num_samples, rate_hz, rng)
    noise = rng.standard_normal(num_samples, np.float32) * np.float32(gain(plan.sound.noise_db))
    mixed = np.zeros(num_samples, np.float32)
    for index, level_db in enumerate(plan.sound.levels_db):
        span = plan.shot_span(index)
        first, end = (ns * rate_hz // NS_PER_S for ns in (span.start_ns, span.end_ns))
        if level_db is None or end <= first:
            continue
        passage = tune[first:end]
        loudness = math.sqrt(float(np.mean(passage.astype(np.float64) ** 2)))
        part = passage * np.float32(gain(level_db) / loudness) + noise[first:end]
        ramp = np.minimum(np.arange(len(part)) / (_RAMP_S * rate_hz), 1.0).astype(np.float32)
        mixed[first:end] = part * np.minimum(ramp, ramp[::-1])
    rounded: Samples = np.float32(_CEILING) * np.tanh(mixed / np.float32(_CEILING))
    return rounded


def level_db(samples: Samples) -> float:
    """Root mean square in decibels below full scale; -120 for silence."""
    loudness = math.sqrt(float(np.mean(samples.astype(np.float64) ** 2)))
    return 20.0 * math.log10(max(loudness, 1e-6))


def gain(decibels: float) -> float:
    return float(10.0 ** (decibels / 20.0))


def beat_samples(beats_per_minute: float, rate_hz: int) -> int:
    """Samples from beat to beat: a drum is struck at each multiple of it."""
    return round(rate_hz * 60.0 / beats_per_minute)


def music(beats_per_minute: float, root_hz: float, num_samples: int, rate_hz: int, rng: np.random.Generator) -> Samples:
    """A drum on every beat, a bass and chords; of no planned level."""
    beat = beat_samples(beats_per_minute, rate_hz)
    tune = np.zeros(num_samples + 2 * beat, np.float32)
    time_s = np.arange(2 * beat, dtype=np.float32) / np.float32(rate_hz)
    kick = np.sin(2.0 * np.pi * (50.0 * time_s + 6.0 * (1.0 - np.exp(-18.0 * time_s)))) * np.exp(-9.0 * time_s)
    tones = [_tone(root_hz * 2.0 ** (degree / 12.0), time_s) for degree in _SCALE]
    bass = _tone(root_hz / 2.0, time_s)
    hat = rng.standard_normal(2 * beat, np.float32) * np.exp(-60.0 * time_s)
    for number, first in enumerate(range(0, num_samples, beat)):
        notes = rng.integers(len(_SCALE), size=2)
        tune[first : first + 2 * beat] += 0.8 * kick + 0.35 * bass * (number % 2)
        tune[first : first + 2 * beat] += 0.22 * tones[notes[0]] + 0.22 * tones[notes[1]]
        half = first + beat // 2
        if half + 2 * beat <= len(tune):
            tune[half : half + 2 * beat] += 0.10 * hat + 0.16 * tones[notes[0]]
    return tune[:num_samples]


def _tone(frequency_hz: float, time_s: Samples) -> Samples:
    """A plucked note: three harmonics that die away."""
    phase = np.float32(2.0 * np.pi * frequency_hz) * time_s
    note: Samples = (np.sin(phase) + 0.4 * np.sin(2.0 * phase) + 0.2 * np.sin(3.0 * phase)) * np.exp(-4.0 * time_s)
    return note
