"""Sound of a video on the picture's timeline: samples, and their level over time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from sv6d.timeline import NS_PER_S, Span, pts_to_ns
from sv6d.video.reader import open_video

RATE_HZ = 16_000  # speech and beats lie below 8 kHz
WINDOW_NS = 100_000_000  # a tenth of a second: shorter than a spoken syllable
SILENCE_DBFS = -60.0  # the level that FFmpeg's silencedetect filter takes for silence by default
_FLOOR = 1e-6  # -120 dBFS: below the noise of 16-bit sound
_WINDOW_SAMPLES = WINDOW_NS * RATE_HZ // NS_PER_S
# Containers round times to a millisecond or to their own frames; only what is farther off is a gap or an overlap.
_JITTER_SAMPLES = RATE_HZ // 50

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Sound:
    """Mono sound at `RATE_HZ`; the first sample lies at the first picture.

    Attributes:
        samples: float32, mostly in [-1, 1]; NaN where the file holds none.
    """

    samples: Samples

    def part(self, span: Span) -> Samples:
        """The samples of a span; NaN where there are none."""
        first, end = (time_ns * RATE_HZ // NS_PER_S for time_ns in (span.start_ns, span.end_ns))
        found = self.samples[first:end]
        return np.concatenate([found, np.full(end - first - len(found), np.nan, np.float32)])

    def only(self, span: Span) -> Sound:
        """The same timeline with nothing outside the span."""
        first = span.start_ns * RATE_HZ // NS_PER_S
        return Sound(np.concatenate([np.full(first, np.nan, np.float32), self.part(span)]))


@dataclass(frozen=True, slots=True)
class Level:
    """Loudness of one window, dB relative to full scale (0 is the loudest), at its middle."""

    time_ns: int
    dbfs: float


def read_sound(path: Path, first_picture_ns: int) -> Sound | None:
    """The first sound stream on the picture's timeline; None where there is none.

    `first_picture_ns` is the presentation time of the first picture; sound before it is left out.

    Raises:
        DecodeError: the sound can not be decoded.
    """
    with open_video(path) as video:
        if not video.container.streams.audio:
            return None
        stream = video.container.streams.audio[0]
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
        parts: list[Samples] = []
        reached = 0
        for start_ns, samples in _samples(video.container.decode(stream), resampler, stream.time_base):
            place = (start_ns - first_picture_ns) * RATE_HZ // NS_PER_S
            if parts and abs(place - reached) <= _JITTER_SAMPLES:
                place = reached
            kept = samples[max(0, reached - place) :]
            if not kept.size:
                continue
            gap = max(0, place - reached)
            parts += [np.full(gap, np.nan, np.float32), kept]
            reached += gap + len(kept)
    return Sound(np.concatenate(parts) if parts else np.empty(0, np.float32))


def levels(path: Path, first_picture_ns: int) -> list[Level] | None:
    """Root-mean-square level of each window of the first sound stream; None where there is none.

    Raises:
        DecodeError: the sound can not be decoded.
    """
    sound = read_sound(path, first_picture_ns)
    return None if sound is None else levels_of(sound)


def levels_of(sound: Sound) -> list[Level]:
    """Root-mean-square level of each window that holds samples."""
    found = []
    for index in range(-(-len(sound.samples) // _WINDOW_SAMPLES)):
        part = sound.samples[index * _WINDOW_SAMPLES : (index + 1) * _WINDOW_SAMPLES].astype(np.float64)
        part = part[~np.isnan(part)]
        if part.size:
            found.append(Level(index * WINDOW_NS + WINDOW_NS // 2, decibels(float(np.mean(part**2)))))
    return found


def decibels(mean_square: float) -> float:
    """Level in dB full scale of a mean square of samples in [-1, 1]."""
    return float(20.0 * np.log10(max(_FLOOR, np.sqrt(mean_square))))


def _samples(
    frames: Iterator[av.AudioFrame], resampler: av.AudioResampler, time_base: Fraction | None
) -> Iterator[tuple[int, Samples]]:
    """(time of the first sample in ns, mono float samples) of each decoded piece."""
    next_ns: int | None = None
    for frame in frames:
        base = frame.time_base or time_base
        if frame.pts is not None and base is not None:
            next_ns = pts_to_ns(frame.pts, base.numerator, base.denominator)
        for piece in resampler.resample(frame):
            samples = np.asarray(piece.to_ndarray(), dtype=np.float32).reshape(-1)
            if next_ns is not None and samples.size:
                yield next_ns, samples
                next_ns += len(samples) * NS_PER_S // RATE_HZ
