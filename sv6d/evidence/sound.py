"""Sound level over time, on the picture's timeline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from sv6d.timeline import NS_PER_S, pts_to_ns
from sv6d.video.reader import open_video

RATE_HZ = 16_000  # speech and beats lie below 8 kHz
WINDOW_NS = 100_000_000  # a tenth of a second: shorter than a spoken syllable
SILENCE_DBFS = -60.0  # the level that FFmpeg's silencedetect filter takes for silence by default
_FLOOR = 1e-6  # -120 dBFS: below the noise of 16-bit sound


@dataclass(frozen=True, slots=True)
class Level:
    """Loudness of one window, dB relative to full scale (0 is the loudest), at its middle."""

    time_ns: int
    dbfs: float


def levels(path: Path, first_picture_ns: int) -> list[Level] | None:
    """Root-mean-square level of each window of the first sound stream; None where there is none.

    Times are since the first picture, whose presentation time is `first_picture_ns`; sound before
    it is left out.

    Raises:
        DecodeError: the sound can not be decoded.
    """
    with open_video(path) as video:
        if not video.container.streams.audio:
            return None
        stream = video.container.streams.audio[0]
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
        sums: dict[int, tuple[float, int]] = {}
        for start_ns, samples in _samples(video.container.decode(stream), resampler, stream.time_base):
            times_ns = start_ns - first_picture_ns + np.arange(len(samples)) * NS_PER_S // RATE_HZ
            index = times_ns // WINDOW_NS
            for window in np.unique(index[times_ns >= 0]):
                part = samples[index == window]
                total, count = sums.get(int(window), (0.0, 0))
                sums[int(window)] = (total + float(np.sum(part.astype(np.float64) ** 2)), count + len(part))
    return [
        Level(window * WINDOW_NS + WINDOW_NS // 2, decibels(total / count))
        for window, (total, count) in sorted(sums.items())
    ]


def decibels(mean_square: float) -> float:
    """Level in dB full scale of a mean square of samples in [-1, 1]."""
    return float(20.0 * np.log10(max(_FLOOR, np.sqrt(mean_square))))


def _samples(
    frames: Iterator[av.AudioFrame], resampler: av.AudioResampler, time_base: Fraction | None
) -> Iterator[tuple[int, np.ndarray]]:
    """(time of the first sample in ns, mono float samples) of each decoded piece."""
    next_ns: int | None = None
    for frame in frames:
        base = frame.time_base or time_base
        if frame.pts is not None and base is not None:
            next_ns = pts_to_ns(frame.pts, base.numerator, base.denominator)
        for piece in resampler.resample(frame):
            samples = piece.to_ndarray().reshape(-1)
            if next_ns is not None and samples.size:
                yield next_ns, samples
                next_ns += len(samples) * NS_PER_S // RATE_HZ
