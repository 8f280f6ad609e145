"""The spectrum of sound over time, from which onsets, beats and speech are told: one transform for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from sv6d.evidence.sound import RATE_HZ, Samples
from sv6d.timeline import NS_PER_S

HOP_NS = 10_000_000
HOPS_PER_S = NS_PER_S // HOP_NS
_HOP = RATE_HZ // HOPS_PER_S
_WINDOW = 512  # 32 ms: two periods of the lowest voices
_NUM_BANDS = 40  # mel bands, as in Dan Ellis's tempo code and in speech recognition
_LOWEST_HZ, _HIGHEST_HZ = 40.0, 7600.0
_BLOCK = 4096  # hops transformed at a time: 20 MB


@dataclass(frozen=True)
class Spectrum:
    """Magnitudes of the sound in mel bands, one row per hop; row i is centred on time i * HOP_NS.

    Attributes:
        bands_TB: root of the energy in each band, float32, hops x bands; 0 where there is no sound.
        heard_T: whether the file holds sound all over the hop's window; the end of a file is no sound of its own.
    """

    bands_TB: np.ndarray  # noqa: N815 - shape suffixes are the house style
    heard_T: np.ndarray  # noqa: N815


def spectrum_of(samples: Samples) -> Spectrum:
    """The spectrum of mono samples at `RATE_HZ`; NaN counts as not heard."""
    num_hops = len(samples) // _HOP + 1 if len(samples) else 0
    known = ~np.isnan(samples)
    half = _WINDOW // 2
    padded = np.pad(np.where(known, samples, np.float32(0.0)), (half, half + _HOP))
    window = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    views = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP][:num_hops]
    blocks = [
        np.abs(np.fft.rfft(views[first : first + _BLOCK] * window, axis=1)) ** 2 @ _mel_bands()
        for first in range(0, num_hops, _BLOCK)
    ]
    energy = np.concatenate(blocks) if blocks else np.zeros((0, _NUM_BANDS))
    sums = np.concatenate([[0], np.cumsum(known)])
    middles = np.arange(num_hops) * _HOP
    first, end = np.maximum(0, middles - half), np.minimum(len(samples), middles + half)
    return Spectrum(np.sqrt(energy / np.sum(window) ** 2).astype(np.float32), sums[end] - sums[first] == _WINDOW)


@cache
def _mel_bands() -> np.ndarray:
    """Weights of triangular bands at equal steps of the mel scale (O'Shaughnessy 1987), bins x bands."""
    edges_mel = np.linspace(_mel(_LOWEST_HZ), _mel(_HIGHEST_HZ), _NUM_BANDS + 2)
    edges_hz = 700.0 * (10.0 ** (edges_mel / 2595.0) - 1.0)
    bins_hz = np.arange(_WINDOW // 2 + 1) * RATE_HZ / _WINDOW
    rising = (bins_hz[:, None] - edges_hz[:-2]) / (edges_hz[1:-1] - edges_hz[:-2])
    falling = (edges_hz[2:] - bins_hz[:, None]) / (edges_hz[2:] - edges_hz[1:-1])
    weights = np.maximum(0.0, np.minimum(rising, falling))
    # The lowest bands are narrower than a bin: each gets at least the nearest one.
    nearest = np.rint(edges_hz[1:-1] * _WINDOW / RATE_HZ).astype(int)
    weights[nearest, np.arange(_NUM_BANDS)] = np.maximum(weights[nearest, np.arange(_NUM_BANDS)], 0.5)
    return np.asarray(weights, dtype=np.float32)


def _mel(frequency_hz: float) -> float:
    return float(2595.0 * np.log10(1.0 + frequency_hz / 700.0))
