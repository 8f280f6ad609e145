"""Sounds whose beats and kind are known: clicks, kicks, chords, syllables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.signal import lfilter

from sv6d.evidence.sound import RATE_HZ, Samples


def struck(times_s: Sequence[float], length_s: float, frequency_hz: float, fall_per_s: float) -> Samples:
    """A tone that is struck at each time and dies away, over a floor of noise at -60 dB."""
    samples = 0.001 * np.random.default_rng(0).standard_normal(round(length_s * RATE_HZ))
    time_s = np.arange(RATE_HZ // 4) / RATE_HZ
    tone = 0.5 * np.sin(2 * np.pi * frequency_hz * time_s) * np.exp(-fall_per_s * time_s)
    for at_s in times_s:
        first = round(at_s * RATE_HZ)
        part = tone[: len(samples) - first]
        samples[first : first + len(part)] += part
    return np.asarray(samples, dtype=np.float32)


def chords(length_s: float) -> Samples:
    """Four chords of held tones, one every two seconds, with a kick every half second."""
    time_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    roots = np.array([220.0, 174.6, 261.6, 196.0])[(time_s // 2).astype(int) % 4]
    phase = 2 * np.pi * np.cumsum(roots) / RATE_HZ
    held = sum(np.sin(ratio * phase) / ratio for ratio in (1.0, 1.25, 1.5, 2.0, 3.0))
    return np.asarray(0.1 * held + struck(np.arange(0.2, length_s, 0.5).tolist(), length_s, 60.0, 12.0), np.float32)


def syllables(length_s: float, seed: int) -> Samples:
    """Buzzing and hissing syllables of uneven length with pauses: two formants that change from one to the next."""
    rng = np.random.default_rng(seed)
    parts: list[np.ndarray] = []
    while sum(map(len, parts)) < length_s * RATE_HZ:
        num = int(rng.uniform(0.1, 0.26) * RATE_HZ)
        pitch_hz = rng.uniform(95, 180) * (1.0 + np.linspace(0.1, -0.15, num))
        buzz = (np.cumsum(pitch_hz) / RATE_HZ % 1.0 < 0.15) - 0.15
        for formant_hz in (rng.uniform(300, 900), rng.uniform(1000, 2600)):
            turn = 2 * np.pi * formant_hz / RATE_HZ
            buzz = lfilter([1.0], [1.0, -1.94 * np.cos(turn), 0.94], buzz)
        voiced = buzz / np.abs(buzz).max() * np.hanning(num)
        hiss = np.diff(rng.standard_normal(int(rng.uniform(0.03, 0.09) * RATE_HZ)), prepend=0.0) * 0.05
        parts += [hiss, 0.4 * voiced, np.zeros(int(rng.choice([0.01, 0.04, 0.3], p=[0.5, 0.35, 0.15]) * RATE_HZ))]
    return np.asarray(np.concatenate(parts)[: round(length_s * RATE_HZ)], dtype=np.float32)
