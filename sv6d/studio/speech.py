"""A voice without words: syllables of voiced sound with the tones of vowels, in phrases with pauses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.signal import lfilter

from sv6d.studio.seeds import generator
from sv6d.studio.sound import Samples

# Syllables a second and lengths of phrases as in English conversation (Greenberg 1999: 4 to 5 a second).
_SYLLABLE_S = (0.14, 0.28)
_PHRASE_S, _PAUSE_S = (1.2, 2.6), (0.25, 0.5)
# First and second formant in hertz of a, e, i, o, u (Peterson and Barney 1952, men, rounded).
_FORMANTS_HZ = ((730.0, 1090.0), (530.0, 1840.0), (270.0, 2290.0), (570.0, 840.0), (300.0, 870.0))
_FORMANT_WIDTH_HZ = 110.0
_PITCH_HZ = (100.0, 210.0)  # low men's to high women's voices


@dataclass(frozen=True, slots=True)
class Syllable:
    """A stretch of voice: seconds from the passage's start, strength in (0, 1], vowel by index."""

    start_s: float
    length_s: float
    strength: float
    vowel: int


@lru_cache(maxsize=64)
def syllables(seed: int, seconds: float) -> tuple[Syllable, ...]:
    """What is said in a passage of that length; phrases with pauses of a quarter to half a second between."""
    rng = generator(seed, 14)
    found: list[Syllable] = []
    now = 0.05
    phrase_end = now + rng.uniform(*_PHRASE_S)
    while True:
        length = rng.uniform(*_SYLLABLE_S)
        if now + length > seconds - 0.05:
            return tuple(found)
        found.append(Syllable(now, 0.85 * length, rng.uniform(0.5, 1.0), int(rng.integers(len(_FORMANTS_HZ)))))
        now += length
        if now > phrase_end:
            now += rng.uniform(*_PAUSE_S)
            phrase_end = now + rng.uniform(*_PHRASE_S)


def openness(seed: int, length_s: float, seconds: float) -> float:
    """How far the mouth is open at a time of the passage, in [0, 1)."""
    for part in syllables(seed, length_s):
        share = (seconds - part.start_s) / part.length_s
        if 0.0 <= share < 1.0:
            return 0.99 * part.strength * float(np.sin(np.pi * share))
    return 0.0


def speak(seed: int, num_samples: int, rate_hz: int) -> Samples:
    """The passage's sound; of no planned level."""
    voice = np.zeros(num_samples, np.float32)
    rng = generator(seed, 15)
    base_hz = rng.uniform(*_PITCH_HZ)
    for part in syllables(seed, num_samples / rate_hz):
        first, count = int(part.start_s * rate_hz), int(part.length_s * rate_hz)
        share = np.arange(count) / count
        pitch = base_hz * (1.0 + 0.12 * rng.standard_normal() - 0.1 * share)
        phase = np.cumsum(pitch / rate_hz) % 1.0
        # A pulse at each closing of the vocal folds, and some breath.
        source = np.diff(phase, prepend=0.0) < 0.0
        sound = source + 0.02 * rng.standard_normal(count)
        for formant_hz in _FORMANTS_HZ[part.vowel]:
            sound = _resonant(sound, formant_hz, rate_hz)
        end = min(first + count, num_samples)
        shaped = part.strength * np.sin(np.pi * share) ** 0.5 * sound
        voice[first:end] += shaped[: end - first].astype(np.float32)
    return voice


def _resonant(sound: np.ndarray, centre_hz: float, rate_hz: int) -> np.ndarray:
    """Two poles: a peak of `_FORMANT_WIDTH_HZ` at the centre."""
    radius = np.exp(-np.pi * _FORMANT_WIDTH_HZ / rate_hz)
    turn = 2.0 * np.pi * centre_hz / rate_hz
    return np.asarray(lfilter([1.0 - radius], [1.0, -2.0 * radius * np.cos(turn), radius * radius], sound))
