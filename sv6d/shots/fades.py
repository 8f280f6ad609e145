"""Fades: ramps of contrast down to frames of one flat colour, and up from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import maximum_filter1d, minimum_filter1d

from sv6d.schema.boundaries import ChangeKind
from sv6d.shots.boundary import FrameBoundary
from sv6d.timeline import NS_PER_S

# Standard deviation (levels of 255) of a frame of one colour. Measured: compressed black and white frames stay
# below 1, the frame in the middle of a short fade below 4; a fade shows again above 4 on the next frame.
_FLAT = 4.0
# Rows and columns no brighter than this are bars: they say nothing about whether the picture is flat.
_LIT = 24
_BARS_S = 1.5  # on each side; ours: half of the longest fade
# What fades must fill the picture: at the full end of a ramp, at least this share of the pixels differs from the
# flat colour by this many levels. Measured: a logo on black fills 0.05, the darkest labelled fade 0.51.
_LEAST_FILLED_SHARE = 0.15
_FILLED_LEVELS = 8
_MAX_RAMP_S = 3.5  # measured: the longest fade of the labelled trailers takes 3.1 s
_LEAST_RAMP_FRAMES = 2  # frames between flat and full: with fewer it is a cut
_LEAST_STRAIGHTNESS = 0.9  # R squared of a straight ramp; measured: labelled fades have 0.97 and more
_LEAST_CONTRAST = 8.0  # levels: a picture fainter than this does not fade, it is the noise of darkness
# A picture that the end of the video cuts off as it begins to fade in: frames that rise without a pause, the contrast
# of the last and, as a share of it, of the first. Ours: what compression leaves of black rises neither so long nor so
# far.
_LEAST_FAINT_FRAMES, _LEAST_FAINT, _MOST_FOOT = 3, 2.0, 0.34
# Two faint frames lie in a fade where contrast is so many times theirs within so long on the side of the stronger one.
# Measured: last steps of fades 2.1 and more; a title that pops up on black, which is a cut, 1.0.
_STEPS_S, _LEAST_FALL = 0.5, 1.5
_PLATEAU = 0.97  # a ramp ends where contrast has this share of what follows
_LEAST_REST_FRAMES = 3  # ours: a ramp that has not risen for so long, or a quarter of its length, is over
_EDGE_FRAMES = 4  # ours: by their slope it is told how long the ramp goes on among the flat frames
_PIECE_FRAMES = 512  # at a time as floats: a ten-minute video would take a gigabyte at once
_SLACK = 0.02  # share by which a ramp may fall back: a subject's own movement
# Ours: flat frames shorter than this are the middle of one fade, longer ones are a shot of their own (a black
# screen). Measured: labelled fades through a colour hold it for 1 to 4 frames, separate ones for 6 and more.
_MAX_HOLD_S = 0.2
_BRIGHT = 128.0  # mean luma of a flat frame that is a flash or a fire, no fade
_SUDDEN_SCORE = 0.5  # ours, of one without a ramp: it is told by the pictures beside it alone
MAX_SUDDEN_S = 0.13  # ours: a cut through some flat frames whose ramps take no longer than three frames at 24 a second


@dataclass(frozen=True, slots=True)
class _Ramp:
    """Frames from a flat run's edge to the full picture, and how straight the ramp is, in [0, 1].

    `lead` of the flat frames still belong to the ramp: too faint to be told from flat, by its slope.
    """

    length: int
    lead: int
    straightness: float


def contrasts(planes_TCHW: np.ndarray, frame_ns: int) -> np.ndarray:
    """Standard deviation of each frame within its black bars, in levels of 255, all planes together.

    A bar is a row or column that stays dark for some seconds: in a faint frame of a fade most are dark.
    """
    around = 2 * int(_BARS_S * NS_PER_S / frame_ns) + 1
    luma_THW = planes_TCHW[:, 0]
    rows_TH = _clear_of_bars(luma_THW.max(axis=2), around)
    columns_TW = _clear_of_bars(luma_THW.max(axis=1), around)
    pieces = [slice(begin, begin + _PIECE_FRAMES) for begin in range(0, len(planes_TCHW), _PIECE_FRAMES)]
    return np.concatenate([_deviations(planes_TCHW[piece], rows_TH[piece], columns_TW[piece]) for piece in pieces])


def _deviations(planes_TCHW: np.ndarray, rows_TH: np.ndarray, columns_TW: np.ndarray) -> np.ndarray:
    inside = (rows_TH[:, :, None] & columns_TW[:, None, :])[:, None].astype(np.float32)
    count = np.maximum(inside.sum(axis=(2, 3)), 1.0)
    pixels = planes_TCHW * inside
    mean = pixels.sum(axis=(2, 3)) / count
    variance = (pixels * pixels).sum(axis=(2, 3)) / count - mean * mean
    return np.asarray(np.sqrt(np.maximum(variance, 0.0).sum(axis=1)))


def _clear_of_bars(brightest_TN: np.ndarray, around: int) -> np.ndarray:
    """Which rows (or columns) are lit within `around` frames and do not touch a bar, whose edge they mix in."""
    lit_TN = maximum_filter1d(brightest_TN, around, axis=0) > _LIT
    return np.asarray(minimum_filter1d(lit_TN, 3, axis=1, mode="nearest"))


def find_fades(
    planes_TCHW: np.ndarray, contrast_T: np.ndarray, cuts: Sequence[int], frame_ns: int
) -> tuple[list[FrameBoundary], list[tuple[int, int]]]:
    """Fades in the order of time, and frames [first, pure) of those that open or close the video.

    `contrast_T` as from `contrasts`, `cuts` the first frames after hard cuts. A video that begins or
    ends in a flat colour begins or ends with that fade: no boundary. A fade to and from a colour
    that is held no longer than 0.2 s is one boundary, else two.
    """
    rise = _faint_rise(planes_TCHW, contrast_T)
    last = len(contrast_T) - (rise.length if rise else 0)
    found: list[FrameBoundary] = []
    at_ends: list[tuple[int, int]] = []
    for start, end in _flat_runs(contrast_T[:last]):
        colour = planes_TCHW[(start + end) // 2].mean(axis=(1, 2))
        out = _ramp(contrast_T[:start][::-1], frame_ns, _stop(cuts, start, backwards=True))
        into = rise if rise and end == last else _ramp(contrast_T[end:], frame_ns, _stop(cuts, end, backwards=False))
        if out and not _fills(planes_TCHW[start - out.length], colour, _FILLED_LEVELS):
            out = None
        if into and into is not rise and not _fills(planes_TCHW[end + into.length - 1], colour, _FILLED_LEVELS):
            into = None
        if start == 0 or end == len(contrast_T):
            at_ends.append((start - out.length if out else start, end + into.length if into else end))
        elif out or into:
            found += _boundaries(start, end, out, into, is_bright(colour[0]), frame_ns)
        elif sudden := _sudden_fade(planes_TCHW, contrast_T, (start, end), cuts, frame_ns):
            found.append(sudden)
    return found, at_ends


def is_bright(mean_luma: float) -> bool:
    """Whether a flat frame of this luma, 0 to 255, is one of a flash or a fire, rather than of a fade."""
    return bool(mean_luma > _BRIGHT)


def without_last_steps(cuts: Sequence[FrameBoundary], contrast_T: np.ndarray, frame_ns: int) -> list[FrameBoundary]:
    """Cuts but those between two faint frames of a fade: compression leaves darkness in steps."""
    reach = max(2, round(_STEPS_S * NS_PER_S / frame_ns))
    kept = []
    for cut in cuts:
        old, new = contrast_T[cut.first - 1], contrast_T[cut.first]
        beyond = contrast_T[max(0, cut.first - reach) : cut.first] if old >= new else contrast_T[cut.first :][:reach]
        fainter = max(old, new)
        if fainter >= _LEAST_CONTRAST or beyond.max() <= _LEAST_FALL * fainter:
            kept.append(cut)
    return kept


def joined_halves(found: Sequence[FrameBoundary], frame_ns: int) -> list[FrameBoundary]:
    """A fade out and the dissolve right after it, or a dissolve and the fade in right after, as one fade.

    Half of a fade that is no straight ramp of contrast is seen as a mixture with the flat colour.
    """
    kept: list[FrameBoundary] = []
    for item in found:
        before = kept[-1] if kept else None
        halves = (before.kind, item.kind) if before else None
        if (
            before is not None
            and halves in (("fade_out", "dissolve"), ("dissolve", "fade_in"))
            and (item.first - before.pure) * frame_ns <= _MAX_HOLD_S * NS_PER_S
        ):
            cut = before.cut if before.kind == "fade_out" else item.cut
            score = min(before.score, item.score)
            kept[-1] = FrameBoundary("fade_through_colour", before.first, item.pure, cut, score)
        else:
            kept.append(item)
    return kept


def _boundaries(
    start: int, end: int, out: _Ramp | None, into: _Ramp | None, bright: bool, frame_ns: int
) -> list[FrameBoundary]:
    """What a run of flat frames [start, end) and the ramps beside it amount to."""
    flat_from, flat_to = min(start + out.lead, end) if out else start, max(end - into.lead, start) if into else end
    if out and into and (flat_to - flat_from) * frame_ns <= _MAX_HOLD_S * NS_PER_S:
        score = round(min(out.straightness, into.straightness), 4)
        kind: ChangeKind = "fade_through_colour"
        if bright and max(out.length, into.length) * frame_ns <= MAX_SUDDEN_S * NS_PER_S:
            kind = "flash"
        return [FrameBoundary(kind, start - out.length, end + into.length, (flat_from + flat_to) // 2, score)]
    found = []
    if out:
        found.append(FrameBoundary("fade_out", start - out.length, flat_from, flat_from, round(out.straightness, 4)))
    if into:
        found.append(FrameBoundary("fade_in", flat_to, end + into.length, flat_to, round(into.straightness, 4)))
    return found


def _sudden_fade(
    planes_TCHW: np.ndarray, contrast_T: np.ndarray, run: tuple[int, int], cuts: Sequence[int], frame_ns: int
) -> FrameBoundary | None:
    """Some flat frames [start, end) between full pictures, perhaps one faint one on a side: too short for ramps.

    Whether the pictures are two is asked elsewhere (`without_returns`).
    """
    start, end = run
    first = start - 1 if contrast_T[start - 1] < _PLATEAU * contrast_T[max(0, start - 2)] else start
    pure = end + 1 if contrast_T[end] < _PLATEAU * contrast_T[min(end + 1, len(contrast_T) - 1)] else end
    colour = planes_TCHW[start].mean(axis=(1, 2))
    if (
        (pure - first) * frame_ns > MAX_SUDDEN_S * NS_PER_S
        or any(first <= cut <= pure for cut in cuts)
        or first < 1
        or pure >= len(contrast_T)
        or not all(_fills(planes_TCHW[at], colour, _FILLED_LEVELS) for at in (first - 1, pure))
    ):
        return None
    kind: ChangeKind = "flash" if is_bright(colour[0]) else "fade_through_colour"
    return FrameBoundary(kind, first, pure, (start + end) // 2, _SUDDEN_SCORE)


def _faint_rise(planes_TCHW: np.ndarray, contrast_T: np.ndarray) -> _Ramp | None:
    """The first faint frames of a picture that the end of the video cuts off as it fades in from a flat colour."""
    if contrast_T[-1] >= _LEAST_CONTRAST:
        return None
    falls = np.flatnonzero(np.diff(contrast_T) <= 0.0)
    foot = int(falls[-1]) + 1 if len(falls) else 0
    length, top = len(contrast_T) - 1 - foot, float(contrast_T[-1])
    if length < _LEAST_FAINT_FRAMES or top < _LEAST_FAINT or contrast_T[foot] > _MOST_FOOT * top:
        return None
    straightness = float(np.corrcoef(np.arange(length + 1), contrast_T[foot:])[0, 1]) ** 2
    is_picture = _fills(planes_TCHW[-1], planes_TCHW[foot].mean(axis=(1, 2)), 0.5 * top)
    return _Ramp(length, 0, straightness) if straightness >= _LEAST_STRAIGHTNESS and is_picture else None


def _fills(planes_CHW: np.ndarray, colour: np.ndarray, levels: float) -> bool:
    """Whether the picture is more than a title on the flat colour, from which it differs by more than some levels."""
    differs = np.abs(planes_CHW - colour[:, None, None]).max(axis=0) > levels
    return float(differs.mean()) >= _LEAST_FILLED_SHARE


def _flat_runs(contrast_T: np.ndarray) -> Iterator[tuple[int, int]]:
    """[start, end) of each run of flat frames."""
    edges = np.flatnonzero(np.diff(np.r_[False, contrast_T < _FLAT, False].astype(np.int8)))
    yield from ((int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True))


def _stop(cuts: Sequence[int], edge: int, *, backwards: bool) -> int:
    """Frames from a flat run's edge to the nearest cut beyond it: a ramp does not cross a cut."""
    distances = [edge - cut if backwards else cut - edge for cut in cuts]
    return min((distance for distance in distances if distance >= 0), default=2**31)


def _ramp(contrast_N: np.ndarray, frame_ns: int, stop: int) -> _Ramp | None:
    """The ramp that leads away from a flat run; `contrast_N` starts with the first frame outside it."""
    reach = min(len(contrast_N), stop, int(_MAX_RAMP_S * NS_PER_S / frame_ns))
    top = 0.0
    length = 0
    for index in range(reach):
        if contrast_N[index] < top * (1.0 - _SLACK) or index - length > max(_LEAST_REST_FRAMES, length // 4):
            break
        if contrast_N[index] > top / _PLATEAU:
            length = index
            top = float(contrast_N[index])
    if length < _LEAST_RAMP_FRAMES or top < _LEAST_CONTRAST:
        return None
    heights = contrast_N[: length + 1].astype(np.float64)
    straightness = float(np.corrcoef(np.arange(length + 1), heights)[0, 1]) ** 2
    if straightness < _LEAST_STRAIGHTNESS:
        return None
    steps = min(length, _EDGE_FRAMES)
    slope = (heights[steps] - heights[0]) / steps
    return _Ramp(length, max(0, round(heights[0] / slope) - 1) if slope > 0.0 else 0, straightness)
