"""Music from a seed: a beat, a bass and chords; levels."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

# Degrees of the minor pentatonic scale in semitones: any two of them sound well together.
_SCALE = (0, 3, 5, 7, 10, 12)


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
