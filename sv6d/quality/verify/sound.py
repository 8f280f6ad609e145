"""Whether anything is heard: peaks of short windows. The evidence takes root mean squares of other windows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import av
import av.error
import numpy as np

from sv6d.errors import DecodeError
from sv6d.quality.verify.answer import Answer, left_open
from sv6d.schema.document import Document
from sv6d.timeline import NS_PER_S, Span, pts_to_ns
from sv6d.video.reader import open_video

if TYPE_CHECKING:
    from sv6d.quality.verify.look import Look

_WINDOW_NS = 70_000_000  # ours: two cycles of the lowest tone of a voice, and no divisor of the evidence's 100 ms
# Peaks of full scale. Silence is below -60 dB as a root mean square; noise of that level peaks 12 dB higher.
_QUIET, _LOUD = 10 ** (-46 / 20), 10 ** (-36 / 20)
_NEARLY_ALL = 0.98  # share of the time: the bound of `silence` (sv6d/schema/editing.py)
_OFTEN = 0.1
_LEAST_WINDOWS = 3
_HEARD = ("music", "voice_over", "on_screen_speech", "sound_effect", "ambience")


@dataclass(frozen=True)
class Sound:
    """Peaks of full scale by window.

    Attributes:
        has_track: whether the file holds sound at all.
        is_whole: whether all of it could be decoded.
        peaks: (start of the window in ns since the first picture, peak in [0, 1]), in the order of time.
    """

    has_track: bool
    is_whole: bool
    peaks: tuple[tuple[int, float], ...]


def listen(path: Path, first_picture_ns: int) -> Sound:
    """Decode the first sound stream of a file. What can not be decoded makes it not whole."""
    peaks: dict[int, float] = {}
    is_whole = True
    with open_video(path) as video:
        if not video.container.streams.audio:
            return Sound(has_track=False, is_whole=True, peaks=())
        stream = video.container.streams.audio[0]
        resampler = av.AudioResampler(format="fltp", layout="mono")
        try:
            for frame in video.container.decode(stream):
                if frame.pts is None or frame.time_base is None:
                    is_whole = False
                    continue
                start_ns = pts_to_ns(frame.pts, frame.time_base.numerator, frame.time_base.denominator)
                for piece in resampler.resample(frame):
                    level = float(np.abs(piece.to_ndarray()).max(initial=0.0))
                    window = (start_ns - first_picture_ns) // _WINDOW_NS
                    peaks[window] = max(peaks.get(window, 0.0), level)
        except (av.error.FFmpegError, DecodeError):
            is_whole = False
    return Sound(True, is_whole, tuple((window * _WINDOW_NS, peak) for window, peak in sorted(peaks.items())))


def audio_edit(claimed: str, span: Span, document: Document, seen: Look) -> Answer:
    """Whether there is silence. What it is that sounds is not measured again."""
    if not seen.sound.has_track:
        return _answer(claimed, "silence", "the file holds no sound")
    if not seen.sound.is_whole:
        return left_open(claimed, "undecodable", "sound could not be decoded")
    inside = [peak for start_ns, peak in seen.sound.peaks if span.contains(start_ns)]
    wanted = max(_LEAST_WINDOWS, int(_NEARLY_ALL * span.length_ns / _WINDOW_NS) - 1)
    if len(inside) < wanted:
        return left_open(claimed, "too_short", f"{len(inside)} windows of sound in {span.length_ns / NS_PER_S:.2f} s")
    quiet, loud = (float(share) for share in (np.mean(np.less(inside, _QUIET)), np.mean(np.greater(inside, _LOUD))))
    detail = f"{quiet:.2f} of the time quiet, {loud:.2f} loud"
    if quiet >= _NEARLY_ALL:
        return _answer(claimed, "silence", detail)
    if claimed == "silence" and loud >= _OFTEN:
        return Answer("contradicted", claimed, None, None, detail)
    return left_open(claimed, "no_estimator", f"something is heard ({detail}); what it is, nothing measures again")


def _answer(claimed: str, measured: str, detail: str) -> Answer:
    if claimed == measured:
        return Answer("verified", claimed, measured, None, detail)
    if claimed in _HEARD:
        return Answer("contradicted", claimed, measured, None, detail)
    return left_open(claimed, "no_estimator", f"nothing measures {claimed} again")
