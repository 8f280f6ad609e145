"""Beats: the pulse of music, and which cuts fall on it.

Tempo and beats by Ellis, "Beat Tracking by Dynamic Programming" (Journal of New Music Research 36, 2007): the period
with the strongest self-similarity of the onset envelope, weighted towards 120 a minute, and the train of times that
trades strong onsets for an even pace.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft
from scipy.ndimage import gaussian_filter1d
from scipy.stats import binom

from sv6d.evidence.spectrum import HOP_NS, HOPS_PER_S
from sv6d.timeline import NS_PER_S

# The most likely period is Ellis's, half a second; likelihood falls on either side of it, in octaves, about as fast as
# in librosa's implementation (1.0). Ours: a little faster, for what is twice as fast is judged by itself below.
_LIKELY_PERIOD_S, _SPREAD_OCTAVES = 0.5, 0.9
_PERIODS_S = (0.25, 1.5)  # 240 to 40 beats a minute
_LEAST_HALVED_S, _AS_EVEN = 0.3, 0.9  # ours: 200 beats a minute at most, and nearly as much self-similarity
_TIGHTNESS = 100.0  # how much an even pace weighs; the value of librosa's implementation of that paper
_SMOOTH_HOPS = 2.0  # 20 ms: players are not more even
# Ours: fewer beats are no pulse.
_LEAST_BEATS = 6
_LEAST_SPREAD = 1e-3  # of an envelope whose peaks are about 1: below it nothing begins to sound
# Share of the envelope's variance that repeats at the period, below which no beat is told. Measured: speech of five
# languages up to 0.32, the studio's music from 0.41, clicks 1.
_LEAST_STRENGTH = 0.35
# MIREX's audio beat tracking counts a beat as found within 70 ms; a cut is on the beat by the same measure.
TOLERANCE_NS = 70_000_000


@dataclass(frozen=True, slots=True)
class Pulse:
    """The beat of a stretch of sound.

    Attributes:
        strength: share of the onset envelope's variance that repeats at the period, in [0, 1].
        beats_per_min: tempo; None where there is no beat that holds.
        beats_ns: time of each beat; empty where there is none.
    """

    strength: float
    beats_per_min: float | None
    beats_ns: tuple[int, ...]


def find_pulse(envelope: np.ndarray) -> Pulse | None:
    """The beat in an onset envelope (one value a hop); None where too little sounds to tell."""
    smooth = gaussian_filter1d(envelope, _SMOOTH_HOPS) if envelope.size else envelope
    if len(smooth) < _LEAST_BEATS * _PERIODS_S[1] / 2 * HOPS_PER_S or float(smooth.std()) < _LEAST_SPREAD:
        return None
    period, strength = _period(smooth)
    beats = _train(smooth / smooth.std(), period) if strength >= _LEAST_STRENGTH else []
    if len(beats) < _LEAST_BEATS:
        return Pulse(strength, None, ())
    pace = float(np.polyfit(np.arange(len(beats)), beats, 1)[0])
    return Pulse(strength, 60.0 * HOPS_PER_S / pace, tuple(round(beat * HOP_NS) for beat in beats))


def _period(envelope: np.ndarray) -> tuple[float, float]:
    """Hops from beat to beat, and the self-similarity there."""
    centred = envelope - envelope.mean()
    size = next_fast_len(2 * len(centred))
    similar = irfft(np.abs(rfft(centred, size)) ** 2, size)[: len(centred)]
    lags = np.arange(1, len(centred))
    similar = similar[1:] / similar[0] * len(centred) / (len(centred) - lags)  # as much evidence for each lag
    low, high = (round(period_s * HOPS_PER_S) for period_s in _PERIODS_S)
    high = min(high, len(centred) // 3)  # a period that is seen at least three times
    window = np.arange(low, high + 1)
    likely = np.exp(-0.5 * (np.log2(window / HOPS_PER_S / _LIKELY_PERIOD_S) / _SPREAD_OCTAVES) ** 2)
    best = int(window[np.argmax(similar[window - 1] * likely)])
    # Of a beat and every second one the former, where both are even: cuts fall on each of them.
    half = round(best / 2)
    if half >= _LEAST_HALVED_S * HOPS_PER_S:
        half += int(similar[half - 2 : half + 1].argmax()) - 1
        if similar[half - 1] >= _AS_EVEN * similar[best - 1]:
            best = half
    return float(best), float(max(0.0, similar[best - 1]))


def _train(envelope: np.ndarray, period: float) -> list[float]:
    """The best train of beats about a period apart, in hops: dynamic programming over where the last one was."""
    steps = np.arange(-round(2.0 * period), -round(period / 2.0) + 1)
    cost = -_TIGHTNESS * np.log(-steps / period) ** 2
    score = envelope.copy()
    before = np.full(len(envelope), -1)
    for hop in range(len(envelope)):
        reach = hop + steps
        first = int(np.searchsorted(reach, 0))
        if first < len(steps):
            options = score[reach[first:]] + cost[first:]
            best = int(options.argmax())
            if options[best] > 0.0:  # a train may begin anywhere: it need not go on one that costs more than it brings
                score[hop] = envelope[hop] + options[best]
                before[hop] = reach[first + best]
    last = len(envelope) - round(period) + int(score[-round(period) :].argmax())
    train = [last]
    while before[train[-1]] >= 0:
        train.append(int(before[train[-1]]))
    train.reverse()
    return _without_silent_ends(train, envelope)


def _without_silent_ends(train: list[int], envelope: np.ndarray) -> list[float]:
    """Beats from the first to the last one that is heard at all, to a part of a hop."""
    heard = [envelope[beat] for beat in train]
    least = 0.5 * float(np.sqrt(np.mean(np.square(heard))))
    loud = [index for index, value in enumerate(heard) if value >= least]
    return [_vertex(envelope, beat) for beat in train[loud[0] : loud[-1] + 1]] if loud else []


def _vertex(envelope: np.ndarray, hop: int) -> float:
    """The top of the parabola through a hop and its neighbours, where there is one."""
    if not 0 < hop < len(envelope) - 1:
        return float(hop)
    left, middle, right = envelope[hop - 1 : hop + 2]
    bend = left - 2.0 * middle + right
    return hop + float(np.clip(0.5 * (left - right) / bend, -0.5, 0.5)) if bend < 0.0 else float(hop)


@dataclass(frozen=True, slots=True)
class CutsOnBeat:
    """How cuts lie to beats.

    Attributes:
        share: of the cuts that lie within `TOLERANCE_NS` of a beat, in [0, 1].
        by_chance: share of the time that does, which is what cuts at random would give.
        luck: probability that as many or more of as many random cuts would.
        distances_s: by cut (its time in ns) to the nearest beat, positive where the cut is later.
    """

    share: float
    by_chance: float
    luck: float
    distances_s: dict[int, float]


def cuts_on_beat(cuts_ns: Sequence[int], pulse: Pulse) -> CutsOnBeat | None:
    """Cuts against the beats of the stretch that has any; None where no cut lies in it, or there is no beat."""
    if not pulse.beats_ns:
        return None
    beats = np.array(pulse.beats_ns)
    first, last = beats[0] - TOLERANCE_NS, beats[-1] + TOLERANCE_NS
    inside = [cut for cut in cuts_ns if first <= cut <= last]
    if not inside:
        return None
    distances = [int(cut - beats[np.abs(beats - cut).argmin()]) for cut in inside]
    hits = sum(abs(distance) <= TOLERANCE_NS for distance in distances)
    # Windows about beats overlap only where beats are nearer than two tolerances, which 240 a minute are not.
    by_chance = min(1.0, 2.0 * TOLERANCE_NS * len(beats) / float(last - first))
    luck = float(binom.sf(hits - 1, len(inside), by_chance))
    return CutsOnBeat(
        hits / len(inside),
        by_chance,
        luck,
        {cut: distance / NS_PER_S for cut, distance in zip(inside, distances, strict=True)},
    )
