"""What happens between shots: how far levels and places change from frame to frame, and what that amounts to.

The detector compares blocks after motion and models mixtures; here whole pictures are compared at native
frame rate (`story`), and contrast says whether the way leads through one flat colour (fade) or through a
mixture, which has less contrast than either side (dissolve; Alattar 1993).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from sv6d.quality.verify.story import AROUND, Story
from sv6d.timeline import NS_PER_S, Span

Kind = Literal["hard_cut", "dissolve", "fade", "none"]

# Figures are of 88 boundaries of 48 rendered clips, 232 windows inside their shots, and two film trailers.
_NOISE = 0.002  # a step of a still picture is below it after compression
_LEAST_CHANGE = 0.02  # measured: dark cuts of the trailers have 0.028 and more
_CUT_SHARE, _CUT_ISOLATION = 0.7, 3.0  # measured: cuts 0.77 and 2.9 and more, all else up to 0.65 and 1.9
_GRADUAL_ISOLATION = 1.6  # measured: gradual changes up to 1.3, 1.86 once in film
_GRADUAL_SHARE = 0.3  # ours: less than half of what a cut has
_FLAT_SHARE, _NOT_FLAT_SHARE = 0.12, 0.4  # of the contrast beside; measured: fades up to 0.09, dissolves from 0.69
_LEAST_CONTRAST = 6.0  # levels: a fainter picture does not fade
_RAMP = (0.1, 0.9)
_LEAST_RAMP_FRAMES = 2
_SAME, _OTHER = 0.05, 0.12  # measured: windows inside shots up to 0.11, 0.05 in nine of ten; dissolves from 0.19
_DOUBTFUL = 0.08  # measured: the faintest of 49 dissolves has 0.107
_DIP = 0.93  # measured: dissolves up to 0.87, inside shots from 0.95
_SCAN_S = 0.3  # on each side; ours: together as long as the gradual changes of short videos mostly are
_MAX_HOLD_S = 0.3  # ours: a colour held for longer is a shot of its own, and lies between two boundaries
_VALLEY = 0.5  # of a hump's height, below which the next one is another change
# A picture of one colour with something on it; measured: title cards of the trailers 0.89 and more, shots up to 0.77.
_GROUND_SHARE = 0.83
# A change that is no boundary: its middle is no mixture of its ends, has as much contrast, and is not made of parts of
# both. Measured: dissolves 0.44 and less from a mixture with 0.83 of the contrast and less; hands and pans 0.35, 0.85.
_NO_MIXTURE, _NO_DIP = 0.35, 0.87
_PARTS = 0.3  # measured: with the other two, 153 of 168 wipes between real clips (8 to 30 frames) stay doubtful


@dataclass(frozen=True, slots=True)
class Finding:
    """What a window of frames holds.

    Attributes:
        kind: None where it is not clear.
        detail: the numbers.
        is_gradual: there is no cut in it, whatever else it is.
    """

    kind: Kind | None
    detail: str
    is_gradual: bool = False


def judge(story: Story, span: Span) -> Finding:
    """What happens over `span` and just beside it."""
    first, last = story.window(span)
    if last - first < AROUND:
        return Finding(None, "too few frames")
    finding = _judge(story, first, last)
    if finding.kind != "none" or span.length_ns > NS_PER_S * _SCAN_S:
        return finding
    # A gradual change that is only touched looks like nothing; farther apart it shows.
    wide_first, wide_last = story.window(span, int(_SCAN_S * NS_PER_S))
    across = _between(story, wide_first, wide_last)
    if across >= _OTHER and story.steps[first:last].max() >= _NOISE:
        return Finding(None, f"{finding.detail}; {across:.3f} farther apart")
    return finding


def _between(story: Story, first: int, last: int) -> float:
    return float(story.change(np.array([first]), np.array([last]))[0])


def _judge(story: Story, first: int, last: int) -> Finding:
    total = _between(story, first, last)
    steps = np.sort(story.steps[first:last])
    peak, isolation = float(steps[-1]), float(steps[-1] / (steps[-2] + _NOISE))
    contrast = story.contrast[first : last + 1]
    fullest, ends = float(max(contrast[0], contrast[-1])), float(min(contrast[0], contrast[-1]))
    flat = float(contrast.min() / max(fullest, _LEAST_CONTRAST))
    dip = float(contrast[1:-1].min() / max(ends, _LEAST_CONTRAST))
    detail = f"change {total:.3f}, largest step {peak:.3f}, {isolation:.1f} times the next, least contrast {flat:.2f}"
    if _by_way_of_flat(contrast, int(story.steps[first:last].argmax())):
        return Finding("fade", detail)
    if total >= _LEAST_CHANGE and peak >= _CUT_SHARE * total and isolation >= _CUT_ISOLATION:
        return Finding("hard_cut", detail)
    if isolation > _GRADUAL_ISOLATION and peak >= _LEAST_CHANGE:
        return Finding(None, detail)
    is_gradual = total >= _OTHER and peak <= _GRADUAL_SHARE * total
    on_ramp = (contrast > _RAMP[0] * fullest) & (contrast < _RAMP[1] * fullest)
    if flat <= _FLAT_SHARE and fullest >= _LEAST_CONTRAST and on_ramp.sum() >= _LEAST_RAMP_FRAMES:
        return Finding("fade", detail, is_gradual)
    # Between a full picture and a faint one the faint one is the least, and nothing flat lies on the way.
    if flat < _NOT_FLAT_SHARE and (dip < _NOT_FLAT_SHARE or story.off_mixture(first, last) >= _NO_MIXTURE):
        return Finding(None, detail, is_gradual)
    if total < _SAME:
        return Finding("none", detail)
    if max(story.ground_share[first], story.ground_share[last]) >= _GROUND_SHARE:
        # A picture that fades while writing comes up on the ground looks like one that dissolves into the card.
        return Finding(None, f"{detail}, to or from one colour", is_gradual)
    # Measured: without the comparison 40 of 168 wipes drawn between real clips are taken for dissolves.
    is_mixed = story.off_mixture(first, last) < story.off_parts(first, last)
    return Finding("dissolve" if total >= _OTHER and dip <= _DIP and is_mixed else None, detail, is_gradual)


def _by_way_of_flat(contrast_T: np.ndarray, jump: int) -> bool:
    """Whether there is a ramp to a flat picture before the step from frame `jump` to the next, or one from it after."""
    sides = (contrast_T[: jump + 1][::-1], contrast_T[jump + 1 :])
    for side in sides:
        fullest = float(side.max())
        on_ramp = (side > _RAMP[0] * fullest) & (side < _RAMP[1] * fullest)
        if fullest >= _LEAST_CONTRAST and side[0] <= _FLAT_SHARE * fullest and on_ramp.sum() >= _LEAST_RAMP_FRAMES:
            return True
    return False


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Boundaries found again: middles (ns) of hard cuts, of clear gradual ones, and of what may be one."""

    cuts_ns: tuple[int, ...]
    gradual_ns: tuple[int, ...]
    doubtful_ns: tuple[int, ...]


def find_again(story: Story) -> Boundaries:
    """The boundaries of the whole video, without looking at any claim."""
    frame_ns = float(np.median(np.diff(story.times_ns))) if len(story.times_ns) > 1 else 1.0
    reach, last = max(2, round(_SCAN_S * NS_PER_S / frame_ns)), len(story.times_ns) - 1
    begin, stop = _lit(story)
    cuts, jumps = ([t for t in found if begin < t <= stop] for found in _jumps(story))
    hold = max(1, round(_MAX_HOLD_S * NS_PER_S / frame_ns))
    gradual: list[int] = []
    doubtful: list[int] = []
    for t in _humps(story, cuts, reach):
        first, end = max(0, t - reach - AROUND), min(last, t + reach + AROUND)
        kind = _judge(story, first, end).kind
        # A fade through a colour has a hump on each side of it.
        place = _flat_moment(story, first, end, hold) if kind == "fade" else t
        # Out of a flat opening, or into a flat end: nothing was there before, or comes after.
        if not begin < place <= stop:
            continue
        if kind in ("dissolve", "fade") and all(abs(place - other) > hold for other in gradual):
            gradual.append(place)
        elif kind is None and not _is_one_shot(story, first, end):
            doubtful.append(t)
    known = (*cuts, *gradual, *doubtful)
    doubtful += [t for t in (*jumps, *_flat_middles(story)) if all(abs(t - other) > reach for other in known)]
    at = story.times_ns
    return Boundaries(*(tuple(int(at[t]) for t in sorted(found)) for found in (cuts, gradual, doubtful)))


def _is_one_shot(story: Story, first: int, last: int) -> bool:
    """Whether what changes between two frames is neither mixed nor put together from both."""
    contrast = story.contrast[first : last + 1]
    line = np.maximum(np.linspace(contrast[0], contrast[-1], len(contrast)), _LEAST_CONTRAST)
    return (
        float((contrast / line)[1:-1].min()) >= _NO_DIP
        and story.off_mixture(first, last) >= _NO_MIXTURE
        and story.off_parts(first, last) >= _PARTS
    )


def _jumps(story: Story) -> tuple[list[int], list[int]]:
    """First frames after hard cuts, and after other steps as large as a change of shot."""
    cuts, others = [], []
    for t in np.flatnonzero(story.steps >= _LEAST_CHANGE):
        first, last = max(0, int(t) - AROUND), min(len(story.times_ns) - 1, int(t) + 1 + AROUND)
        if story.steps[t] < story.steps[first:last].max():
            continue
        # A frame or two beside the edge of the video may be strays of another recording.
        is_whole = last - first == 2 * AROUND + 1
        is_cut = _judge(story, first, last).kind == "hard_cut"
        if is_cut and is_whole:
            cuts.append(int(t) + 1)
        elif is_cut or story.steps[t] >= _OTHER:
            others.append(int(t) + 1)
    return cuts, others


def _flat(story: Story) -> np.ndarray:
    return np.asarray(story.contrast < min(_LEAST_CONTRAST, _FLAT_SHARE * float(story.contrast.max())))


def _lit(story: Story) -> tuple[int, int]:
    """First and last frame that is not flat; all frames where none is."""
    lit = np.flatnonzero(~_flat(story))
    return (int(lit[0]), int(lit[-1])) if len(lit) else (0, len(story.times_ns) - 1)


def _flat_middles(story: Story) -> list[int]:
    """Middles of runs of flat frames between others: dark pictures may fade with little change."""
    flat = _flat(story)
    edges = np.flatnonzero(np.diff(flat.astype(np.int8)))
    return [int(a + b + 1) // 2 for a, b in pairwise(edges) if flat[a + 1]]


def _flat_moment(story: Story, first: int, last: int, most_frames: int) -> int:
    """Middle of the flat frames in a window; where they are held for long, the side that lies in the window."""
    contrast = story.contrast
    flattest = first + int(contrast[first : last + 1].argmin())
    edge = max(_FLAT_SHARE * float(contrast[first : last + 1].max()), float(contrast[flattest]))
    begin = end = flattest
    while begin > 0 and contrast[begin - 1] <= edge:
        begin -= 1
    while end < len(contrast) - 1 and contrast[end + 1] <= edge:
        end += 1
    if end - begin <= most_frames:
        return (begin + end) // 2
    return begin if begin > first else end


def _humps(story: Story, cuts: list[int], reach: int) -> list[int]:
    """Middles of the strongest changes across `2 * reach` frames that no cut explains, apart from each other."""
    last = len(story.times_ns) - 1
    at = np.arange(last + 1)
    across = story.change(np.clip(at - reach, 0, last), np.clip(at + reach, 0, last))
    for cut in cuts:
        across[max(0, cut - reach) : cut + reach] = 0.0
    found: list[int] = []
    for t in np.argsort(-across, kind="stable"):
        if across[t] < _DOUBTFUL:
            break
        # A hump of its own: the way to every other one leads through a valley.
        if all(across[min(t, other) : max(t, other)].min() < _VALLEY * across[t] for other in found):
            found.append(int(t))
    return found
