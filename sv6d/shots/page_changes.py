"""Still pages that give way to others over some frames: slides that dissolve or are wiped into each other.

The part of the picture that stands still before and after tells the way: each of its pixels goes from the old page to
the new one without a detour, all at once (a dissolve) or one after the other (a wipe). What scrolls, pans or passes
makes detours or is found elsewhere; a line, a menu or a caption that fades in takes nothing away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sv6d.schema.boundaries import ChangeKind
from sv6d.shots.blocks import block_means, pixels_of_blocks, structure
from sv6d.shots.boundary import FrameBoundary
from sv6d.shots.cards import LEAST_EXCHANGED
from sv6d.shots.elsewhere import best_shifts
from sv6d.shots.exchanges import TEXTURED
from sv6d.timeline import NS_PER_S

_STILL_LEVELS = 0.6  # summed over planes; blocks of still, compressed pages stay below
_LEAST_MOVING = 0.1  # share of the blocks at once; ours: a pointer, a face beside the page or a word is less
_MOST_GAP_FRAMES = 2  # with less in the midst of a change
_LEAST_STEP = 0.05  # share of the blocks, those of the page alone, by which its ends are told
_EDGE_FRAMES = 4  # at either end with less: its first and last steps are small
_REST_S = 0.3  # on each side; ours: no page is shown for less
_MOST_STIRS = 1  # pairs of frames in which a block of a page that rests may change: key frames
_LEAST_PAGE = 0.4  # share of the blocks; ours: a page has more of the picture than what moves beside it
_BACK_S = 3.0  # ours: a page that is seen again after less was covered, by a menu or a caption
_LEAST_FRAMES = 2  # that show neither page alone: fewer are a cut
_MAX_S = 3.5  # as for fades
_LEAST_CHANGE = 6.0  # levels, summed over planes, by which pixels of both pages differ that are followed
_LEAST_PIXELS = 0.05  # share of them; ours: less is a line of text
_MOST_DETOUR = 1.5  # sum of a pixel's steps by its whole way
_MOST_AT_ONCE = 0.6  # share of the way in one step; ours: more is a cut beside some movement
_ALONE, _MOST_BETWEEN = 0.2, 0.4  # of its way, beside its ends, where a pixel shows one page; share of frames where not
_SAME_LEVELS = 0.4  # of luma: two small pictures of one page
_CHANGED_SHARE, _CHANGED_LEVELS = 0.5, 1.0  # of a block's texture, its mean taken out
_BLOCK_PX = 4


@dataclass(frozen=True, slots=True)
class _Change:
    """Frames [first, pure) between two rests, and the pixels that belong to the page."""

    first: int
    pure: int
    page_HW: np.ndarray  # noqa: N815 - shape suffixes are the house style


def find_page_changes(
    planes_TCHW: np.ndarray,
    change_TBD: np.ndarray,
    taken: Sequence[tuple[int, int]],
    stills: Mapping[int, np.ndarray],
    frame_ns: int,
) -> list[FrameBoundary]:
    """Dissolves and wipes between still pages in the order of time.

    `change_TBD` as from `blocks.activity`, `stills` as in `Pictures`, `taken` as elsewhere.
    """
    found: list[FrameBoundary] = []
    if len(stills) < 2 or len(planes_TCHW) < 3:
        return found
    for change in _changes(change_TBD, frame_ns):
        first, pure = change.first, change.pure
        if any(a <= pure and first <= b for a, b in taken):
            continue
        kind = _way(planes_TCHW, change)
        if kind is None:
            continue
        pages = [_still_of(planes_TCHW, stills, at, change.page_HW) for at in (first - 1, pure)]
        if pages[0] is None or pages[1] is None:
            continue
        if _comes_back(planes_TCHW, change, frame_ns):
            continue
        exchanged = exchanged_structure(pages[0], pages[1])
        if exchanged >= LEAST_EXCHANGED:
            score = 0.5 + 0.5 * (exchanged - LEAST_EXCHANGED) / (1.0 - LEAST_EXCHANGED)
            found.append(FrameBoundary(kind, first, pure, (first + pure) // 2, round(score, 4)))
    return found


def _changes(change_TBD: np.ndarray, frame_ns: int) -> Iterator[_Change]:
    moves = change_TBD > _STILL_LEVELS
    at = np.flatnonzero(moves.mean(axis=(1, 2)) >= _LEAST_MOVING)
    rest = max(_MOST_STIRS + 2, round(_REST_S * NS_PER_S / frame_ns))
    most = _MAX_S * NS_PER_S / frame_ns
    for run in np.split(at, np.flatnonzero(np.diff(at) > _MOST_GAP_FRAMES + 1) + 1):
        if not run.size or run[-1] - run[0] > most:
            continue
        begin, end = int(run[0]) - _EDGE_FRAMES, int(run[-1]) + 1 + _EDGE_FRAMES
        if begin < rest or end + rest > len(moves):
            continue
        rests = [side.sum(axis=0) <= _MOST_STIRS for side in (moves[begin - rest : begin], moves[end : end + rest])]
        page = rests[0] & rests[1]
        steps = begin + np.flatnonzero((moves[begin:end] & page).mean(axis=(1, 2)) >= _LEAST_STEP)
        if page.mean() < _LEAST_PAGE or not steps.size:
            continue
        # Pair t is of frames t and t + 1.
        first, pure = int(steps[0]) + 1, int(steps[-1]) + 1
        if _LEAST_FRAMES <= pure - first <= most:
            yield _Change(first, pure, pixels_of_blocks(page[None])[0])


def _way(planes_TCHW: np.ndarray, change: _Change) -> ChangeKind | None:
    """How the pixels of the page go from the old to the new one; None where they do not go straight."""
    values = planes_TCHW[change.first - 1 : change.pure + 1]
    followed = change.page_HW & (np.abs(values[-1] - values[0]).sum(axis=0) > _LEAST_CHANGE)
    if followed.mean() < _LEAST_PIXELS:
        return None
    values = values[:, :, followed]
    length = np.abs(values[-1] - values[0]).sum(axis=0)
    steps = np.abs(np.diff(values, axis=0)).sum(axis=1)
    if steps.sum() > _MOST_DETOUR * length.sum() or steps.sum(axis=1).max() > _MOST_AT_ONCE * length.sum():
        return None
    gone = np.abs(values[1:-1] - values[0]).sum(axis=1) / length
    between = ((gone > _ALONE) & (gone < 1.0 - _ALONE)).mean()
    return "dissolve" if between > _MOST_BETWEEN else "wipe"


def _comes_back(planes_TCHW: np.ndarray, change: _Change, frame_ns: int) -> bool:
    """Whether the old page is seen again soon after, or the new one was seen shortly before."""
    luma, reach = planes_TCHW[:, 0], round(_BACK_S * NS_PER_S / frame_ns)
    old, new = luma[change.first - 1], luma[change.pure]
    sides = (old, luma[change.pure : change.pure + reach]), (new, luma[max(0, change.first - reach) : change.first])
    return any(
        bool((np.abs(near - picture)[:, change.page_HW].mean(axis=1) <= _SAME_LEVELS).any()) for picture, near in sides
    )


def _still_of(
    planes_TCHW: np.ndarray, stills: Mapping[int, np.ndarray], at: int, page_HW: np.ndarray
) -> np.ndarray | None:
    """The larger picture nearest to frame `at` that shows the same page."""
    luma = planes_TCHW[:, 0]
    for t in sorted(stills, key=lambda t: (abs(t - at), t)):
        if np.abs(luma[t] - luma[at])[page_HW].mean() <= _SAME_LEVELS:
            return stills[t]
    return None


def exchanged_structure(old_HW: np.ndarray, new_HW: np.ndarray) -> float:
    """As `Exchange.share`, but light changes nothing, and a picture that was moved aside is the same one."""
    shapes = structure(np.stack([old_HW, new_HW]))[:, 0]
    dy, dx = best_shifts(shapes[:1], shapes[1:])[0].tolist()
    height, width = old_HW.shape
    old = old_HW[max(0, -dy) : height - max(0, dy), max(0, -dx) : width - max(0, dx)]
    new = new_HW[max(0, dy) : height + min(0, dy), max(0, dx) : width + min(0, dx)]
    return min(_exchanged(old_HW, new_HW), _exchanged(old, new))


def _exchanged(old_HW: np.ndarray, new_HW: np.ndarray) -> float:
    height, width = (size // _BLOCK_PX * _BLOCK_PX for size in old_HW.shape)
    old, new = (_without_means(picture[:height, :width].astype(np.float32)) for picture in (old_HW, new_HW))
    deviations = [np.sqrt(block_means(picture * picture, _BLOCK_PX)) for picture in (old, new)]
    limit = _CHANGED_SHARE * np.maximum(*deviations) + _CHANGED_LEVELS
    changed = block_means(np.abs(old - new), _BLOCK_PX) > limit
    held = [deviation > TEXTURED for deviation in deviations]
    return min(float(changed[side].mean()) if side.any() else 0.0 for side in held)


def _without_means(picture_HW: np.ndarray) -> np.ndarray:
    return np.asarray(picture_HW - pixels_of_blocks(block_means(picture_HW, _BLOCK_PX)[None])[0])
