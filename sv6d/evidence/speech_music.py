"""Is it speech or music? Told by how the spectrum swells, lasts and repeats; no model is asked.

Syllables make the bands of speech swell and sink two to eight times a second, deeply and at no even pace (four-hertz
modulation, Scheirer and Slaney, ICASSP 1997), and no tone of it lasts. Instruments hold tones, and their swells are
shallow or even. Singing, rap, and speech under loud music lie between and are not told apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import uniform_filter1d

from sv6d.evidence.spectrum import HOP_NS, HOPS_PER_S, Spectrum

_WINDOW_HOPS = 2 * HOPS_PER_S  # ours: about eight syllables
WINDOW_NS = _WINDOW_HOPS * HOP_NS
_HEARD = 0.98  # of a window: the first and the last hops of a file reach beyond its sound
STEP_NS = 500_000_000
_STEP_HOPS = STEP_NS // HOP_NS
_GAIN = 1000.0  # as for onsets: what lies below -60 dB full scale hardly counts
_LEAST_DB = -75.0  # mean energy of the bands, full scale; below it there is nothing to tell
_SWELLS_HZ = (2.5, 8.0)  # syllables: about four a second, a speaker's fastest about eight
_ALL_SWELLS_HZ = (0.5, 25.0)
_LASTING_HOPS = 12  # 120 ms: longer than most vowels stay the same
_NEIGHBOURS = 9  # bands: peaks and valleys against these are what makes a tone
_EVEN_HOPS = (20, 100)  # swells repeat every 0.2 to 1 s
# Measured, medians of (swell share, depth, lasting, even): speech of five languages, with and without music 6 dB below
# it, and a recorded talk 0.48 to 0.64, 0.76 to 1.0, 0.02 to 0.24, 0.17 to 0.29; instruments, songs and film music
# 0.21 to 0.41, 0.15 to 0.53, 0.28 to 0.84, 0.14 to 0.77; noise 0.28, 0.24, 0.0, 0.12. Weights: a step of 0.1 in swell
# share is one unit of the logistic function, the others as their spread compares with it; zero lies in the gap.
_SPEECH_WEIGHTS = (10.0, 5.0, -5.0, -3.0)
_SPEECH_MIDDLE = (0.43, 0.6, 0.3, 0.4)
_MUSIC_WEIGHTS = (0.0, 0.0, 8.0, 8.0)
_MUSIC_MIDDLE = (0.0, 0.0, 0.3, 0.35)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much two seconds of sound are like speech and like music, each in [0, 1], at their middle."""

    time_ns: int
    speech: float
    music: float


def likenesses(spectrum: Spectrum) -> list[Likeness]:
    """Speech and music over time, every half second and at the very end; nothing where there is (almost) no sound."""
    found = []
    last = len(spectrum.bands_TB) - _WINDOW_HOPS
    for first in sorted({*range(0, last + 1, _STEP_HOPS), *([last] if last > 0 else [])}):
        window_TB = spectrum.bands_TB[first : first + _WINDOW_HOPS].astype(np.float64)
        energy = float((window_TB**2).sum(axis=1).mean())
        if spectrum.heard_T[first : first + _WINDOW_HOPS].mean() < _HEARD or energy < 10.0 ** (_LEAST_DB / 10.0):
            continue
        features = np.array(_features(window_TB))
        speech, music = (
            1.0 / (1.0 + np.exp(-float(np.dot(weights, features - middle))))
            for weights, middle in ((_SPEECH_WEIGHTS, _SPEECH_MIDDLE), (_MUSIC_WEIGHTS, _MUSIC_MIDDLE))
        )
        found.append(Likeness((first + _WINDOW_HOPS // 2) * HOP_NS, speech, music))
    return found


def _features(window_TB: np.ndarray) -> tuple[float, float, float, float]:
    """Share of swells at the pace of syllables, their depth, how much tones last, how evenly swells repeat."""
    log_TB = np.log1p(_GAIN * window_TB)
    swells_TB = log_TB - log_TB.mean(axis=0)
    depth_B = swells_TB.std(axis=0)
    power_FB = np.abs(np.fft.rfft(swells_TB * np.hanning(len(swells_TB))[:, None], axis=0)) ** 2
    hz_F = np.fft.rfftfreq(len(swells_TB), 1.0 / HOPS_PER_S)
    share_B = _between(power_FB, hz_F, _SWELLS_HZ) / (_between(power_FB, hz_F, _ALL_SWELLS_HZ) + 1e-9)
    swell_share = float(np.sum(share_B * depth_B) / (np.sum(depth_B) + 1e-9))
    return swell_share, float(depth_B.mean()), _lasting(log_TB, window_TB.sum(axis=1)), _even(log_TB)


def _between(power_FB: np.ndarray, hz_F: np.ndarray, range_hz: tuple[float, float]) -> np.ndarray:
    return np.asarray(power_FB[(hz_F >= range_hz[0]) & (hz_F <= range_hz[1])].sum(axis=0))


def _lasting(log_TB: np.ndarray, loudness_T: np.ndarray) -> float:
    """Correlation of the spectrum's peaks with those 120 ms later, by loudness."""
    fine_TB = log_TB - uniform_filter1d(log_TB, _NEIGHBOURS, axis=1)
    now_TB, later_TB = fine_TB[:-_LASTING_HOPS], fine_TB[_LASTING_HOPS:]
    norm_T = np.sqrt((now_TB**2).sum(axis=1) * (later_TB**2).sum(axis=1)) + 1e-9
    weight_T = loudness_T[:-_LASTING_HOPS]
    return float(np.sum((now_TB * later_TB).sum(axis=1) / norm_T * weight_T) / (np.sum(weight_T) + 1e-9))


def _even(log_TB: np.ndarray) -> float:
    """The largest self-similarity of the growth of the spectrum at a pace of 1 to 5 a second."""
    growth_T = np.maximum(0.0, np.diff(log_TB, axis=0)).mean(axis=1)
    growth_T = growth_T - growth_T.mean()
    similar = np.correlate(growth_T, growth_T, "full")[len(growth_T) - 1 :]
    return float(similar[_EVEN_HOPS[0] : _EVEN_HOPS[1]].max() / (similar[0] + 1e-9))
