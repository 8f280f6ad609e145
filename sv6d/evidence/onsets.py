"""Onsets: where something begins to sound, by the growth of the spectrum (spectral flux)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from sv6d.evidence.spectrum import HOP_NS, HOPS_PER_S, Spectrum

# Levels are compressed as log(1 + gain * magnitude). Ours: -60 dB full scale, the level of silence, is where it starts
# to count.
_GAIN = 1000.0
# Growth is measured over two hops: a window of 32 ms sees the beginning of a sound in three of them.
_LAG = 2
_MEAN_HOPS = HOPS_PER_S // 2 + 1  # Ours: what is louder than the half second around it stands out
_NEAR_HOPS = 5  # 50 ms on either side: nearer onsets are heard as one (flams)
# Over the mean, in the envelope's unit. Measured: kicks under held chords rise by 0.1 to 0.2, alone by 0.55, plucked
# notes and clicks by 1.2 and 1.6; loud white noise (-20 dB full scale) reaches 0.15 once in five seconds.
_LEAST_RISE = 0.1
# Low, middle and high bands meet at about 200 Hz and 2 kHz.
_BAND_EDGES = (4, 24)
_BAND_WEIGHTS = (1.0, 0.5, 0.25)


@dataclass(frozen=True, slots=True)
class Onset:
    """Something begins to sound.

    Attributes:
        time_ns: on the timeline.
        rise: growth of log magnitude, mean over bands, above what is usual there; about 0.1 to 3.
    """

    time_ns: int
    rise: float


def onset_envelope(spectrum: Spectrum) -> np.ndarray:
    """Half-wave rectified growth of log magnitude, mean over bands, at each hop; 0 before the first sound."""
    return np.asarray(_growth(spectrum).mean(axis=1), dtype=np.float64)


def beat_envelope(spectrum: Spectrum) -> np.ndarray:
    """Growth as in `onset_envelope`, with a third of the say each for low, middle and high bands, and more for the low.

    A bass drum sounds in few bands, a cymbal in most of them; beats are where the former is.
    """
    grown_TB = _growth(spectrum)
    total = np.zeros(len(grown_TB))
    for part, weight in zip(np.split(grown_TB, _BAND_EDGES, axis=1), _BAND_WEIGHTS, strict=True):
        envelope = part.mean(axis=1, dtype=np.float64)
        loudest = float(envelope.max(initial=0.0))
        if loudest > _LEAST_RISE:
            total += weight * envelope / loudest
    return total


def _growth(spectrum: Spectrum) -> np.ndarray:
    log_TB = np.log1p(_GAIN * spectrum.bands_TB)
    grown_TB = np.zeros_like(log_TB)
    # The neighbouring bands before count too, so that a gliding tone is no onset (Böck and Widmer, DAFx 2013).
    before_TB = maximum_filter1d(log_TB, 3, axis=1)
    grown_TB[_LAG:] = np.maximum(0.0, log_TB[_LAG:] - before_TB[:-_LAG])
    heard_T = spectrum.heard_T.copy()
    # Where the file's sound starts or resumes, nothing is known of what was before.
    heard_T[_LAG:] &= spectrum.heard_T[:-_LAG]
    heard_T[:_LAG] = False
    return np.asarray(np.where(heard_T[:, None], grown_TB, 0.0))


def onsets(envelope: np.ndarray) -> list[Onset]:
    """The peaks of an envelope that stand out of the half second around them."""
    if not envelope.size:
        return []
    rise = envelope - uniform_filter1d(envelope, _MEAN_HOPS, mode="nearest")
    peaks = (envelope == maximum_filter1d(envelope, 2 * _NEAR_HOPS + 1)) & (rise >= _LEAST_RISE)
    found: list[Onset] = []
    for hop in np.flatnonzero(peaks):
        time_ns = int(hop) * HOP_NS
        if not found or time_ns - found[-1].time_ns > _NEAR_HOPS * HOP_NS:  # a plateau is one onset
            found.append(Onset(time_ns, float(rise[hop])))
    return found
