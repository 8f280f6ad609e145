"""Changes of card: a page that stands still gives way to another, such as the slides of a deck.

Two pages of text are nearly the same small picture, and any block of one is found somewhere in the
other, so the comparison of moving shots is blind here. Where a page stands still before and after,
beside a speaker or under a pointer that move, the two frames are looked at larger, place by place:
a new page takes away what was there; a further line on the same page, a caption or a sticker does
not, and a page that is scrolled goes on elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sv6d.shots.blocks import LEAST_LIVE, SILENT_SHARE, SPEAKING, liveness, textures
from sv6d.shots.boundary import FrameBoundary
from sv6d.shots.exchanges import Exchange, exchange
from sv6d.shots.scrolls import scrolled
from sv6d.timeline import NS_PER_S

_STILL_S = 0.5  # on each side; ours: no page is shown for less
_LEAST_STILL_PAIRS = 3  # pairs of frames that must be still on each side
_LEAST_LEVELS = 0.3  # of the small pictures; measured: pages of text differ by 1 and more
_MOST_AROUND = 0.25  # share of that change which still frames may show: what a key frame's coding does
# A pixel rests where it changes by more than this, summed over planes, in no more than so many pairs of a side: a line
# that comes up, a key frame. Measured: pages under x264 at rate factors 21 to 33.
_REST_LEVELS, _MOST_STIRS = 2, 1
_LEAST_PAGE = 0.4  # share of the pixels that rest on both sides; ours, as for pages that change over some frames
_LEAST_INSIDE = 0.7  # share of all change that they show; measured: windows in a page 0.00 to 0.57, pages 0.73 and more
_MOST_BACK = 0.25  # share of the change that is left shortly after where the old page is back: a flash
# Share of what was there that must go, and of what is there that must be new. Measured on rendered decks: pages with
# heading and frame in common have 0.29 to 0.87, a further line 0.00, captions and stickers on real pictures up to 0.24.
LEAST_EXCHANGED = 0.28
# Text that is exchanged on one ground, over some rows: what is laid over a page brings a ground of its own, a caption
# is a line or two. Measured: pages that share heading and lines 0.15 to 0.25, notes on a page on its ground 0.08.
_LEAST_TEXT_EXCHANGED, _MOST_OTHER_GROUND, _LEAST_TEXT_ROWS = 0.12, 0.002, 0.15
_LEAST_GROUND = 0.5  # share of the page that holds nothing; measured: decks 0.6 and more, drawn scenes 0.4 and less
_LEAST_CHANGED_LEVELS = 10.0  # measured: key frames of calm shots 4.4 to 5.1, pages of text 27 and more
# Where less than this goes or comes, something was only added or taken away; measured: another picture in a window of
# a still page exchanges 0.06 and more; of the pixels that rest, lines beside a speaker 0.01, such a picture 0.04.
_MOST_ADDITION, _MOST_ADDITION_AT_REST = 0.05, 0.02
# Where half of what a picture shows stays as it is, a change that exchanges less is something that was laid over it.
# Measured on trials and reels: menus, dialogs and stickers 0.00 to 0.21, pictures in a window of a page 0.27 and more.
_MOST_STAYS, _LEAST_COVERED = 0.5, 0.25
_SAME_LEVELS = 1.0  # summed over planes, by which a block of a small picture may differ and be the same
_LEAST_OWN_GROUND = 0.005  # of flat blocks; measured: dialogs 0.005 to 0.06, a page that ends in its heading 0.004
_COVERED_S = 10.0  # ours: what covers some of a page for longer is taken for a new one
# Share of the pixels that a change concerns that are still others where what was covered is seen again, by levels
# summed over planes: a pointer, less than a heading. Set on trials of recorded screens.
_MOST_UNCOVERED, _APART_LEVELS = 0.05, 12
_SCREEN_LEVELS = 0.5  # summed over planes; measured: pages under a pointer up to 0.3; asking of films costs time
_SCROLLED = 0.95  # of the largest correlation, see `scrolled`

Looks = Mapping[int, tuple[np.ndarray, np.ndarray]]


def find_card_changes(
    planes_TCHW: np.ndarray,
    taken: Sequence[tuple[int, int]],
    looks: Looks,
    pages: Mapping[int, np.ndarray],
    frame_ns: int,
) -> list[FrameBoundary]:
    """Hard cuts between still pages, in the order of time.

    `looks` holds the luma of frames t - 1 and t, larger, by t; `pages` is from `still_pages`; `taken` are frames
    [first, pure) of what is already found.
    """
    found = []
    for t, page in pages.items():
        if any(first <= t <= pure for first, pure in taken) or _is_back(planes_TCHW, t, page, frame_ns):
            continue
        found_there = exchange(*looks[t], page)
        if _is_turned(found_there) and scrolled(*looks[t]) < _SCROLLED:
            more = max(0.0, found_there.share - LEAST_EXCHANGED) / (1.0 - LEAST_EXCHANGED)
            found.append(FrameBoundary("hard_cut", t, t, t, round(0.5 + 0.5 * more, 4)))
    return found


def without_additions(
    cuts: Sequence[FrameBoundary],
    planes_TCHW: np.ndarray,
    change_TBD: np.ndarray,
    looks: Looks,
    pages: Mapping[int, np.ndarray],
    frame_ns: int,
) -> list[FrameBoundary]:
    """Hard cuts but those where a still page is scrolled, or gets something more: a further line, a menu, a sticker.

    What covers some of a picture of which the most stays as it is, beside a pointer that moves, is such a thing too.
    `change_TBD` is from `blocks.activity`, `pages` from `still_pages`.
    """
    return [
        cut
        for cut in cuts
        if not (cut.first in pages and _is_same_page(planes_TCHW, looks, cut.first, pages[cut.first], frame_ns))
        and not (_is_screen(change_TBD, looks, cut.first) and scrolled(*looks[cut.first]) >= _SCROLLED)
        and not _is_laid_over(planes_TCHW, change_TBD, looks, cut.first, frame_ns)
    ]


def _is_turned(found: Exchange) -> bool:
    if found.levels < _LEAST_CHANGED_LEVELS:
        return False
    is_on_ground = found.flat >= _LEAST_GROUND and found.ground <= _MOST_OTHER_GROUND
    is_text = is_on_ground and found.rows >= _LEAST_TEXT_ROWS
    return found.share >= (_LEAST_TEXT_EXCHANGED if is_text else LEAST_EXCHANGED)


def _is_same_page(planes_TCHW: np.ndarray, looks: Looks, t: int, page_HW: np.ndarray, frame_ns: int) -> bool:
    """Whether a page that changes in frame `t` only gets something more, or is covered for a while."""
    at_rest = exchange(*looks[t], page_HW)
    return (
        at_rest.largest_addition < _MOST_ADDITION_AT_REST
        or exchange(*looks[t]).largest_addition < _MOST_ADDITION
        or _is_covered(planes_TCHW, at_rest, t, page_HW, frame_ns)
    )


def _is_screen(change_TBD: np.ndarray, looks: Looks, t: int) -> bool:
    """Whether what changes in frame `t` stood as still as no filmed picture does: a page that may be scrolled."""
    if t not in looks or t <= _LEAST_STILL_PAIRS:
        return False
    return bool(change_TBD[t - 1 - _LEAST_STILL_PAIRS : t - 1].mean() <= _SCREEN_LEVELS)


def _is_covered(planes_TCHW: np.ndarray, found: Exchange, t: int, page_HW: np.ndarray, frame_ns: int) -> bool:
    """Whether a part of a page is covered in frame `t` and seen again soon after, or seen again in it: a dialog.

    The most of the page stays; a title on nothing covers no page. `found` is what the page exchanges.
    """
    if found.share >= LEAST_EXCHANGED or found.ground < _LEAST_OWN_GROUND:
        return False
    reach = round(_COVERED_S * NS_PER_S / frame_ns)
    old, new = planes_TCHW[t - 1], planes_TCHW[t]
    most = _MOST_UNCOVERED * _apart(old[None], new, page_HW)[0]
    opens = found.gone is not None and found.gone < _MOST_STAYS
    closes = found.come is not None and found.come < _MOST_STAYS
    later, earlier = planes_TCHW[t + 1 : t + 1 + reach], planes_TCHW[max(0, t - 1 - reach) : t - 1]
    return (opens and bool((_apart(later, old, page_HW) <= most).any())) or (
        closes and bool((_apart(earlier, new, page_HW) <= most).any())
    )


def _apart(near_TCHW: np.ndarray, picture_CHW: np.ndarray, page_HW: np.ndarray) -> np.ndarray:
    """Share of the page's pixels by which each of some pictures differs from another one."""
    difference = np.abs(near_TCHW - picture_CHW).sum(axis=1, dtype=np.int16)
    return np.asarray((difference[:, page_HW] > _APART_LEVELS).mean(axis=1))


def _is_laid_over(planes_TCHW: np.ndarray, change: np.ndarray, looks: Looks, t: int, frame_ns: int) -> bool:
    """Whether most of the picture stays in frame `t`, and what changes neither takes much away nor moves."""
    if t not in looks:
        return False
    detail = textures(planes_TCHW[t - 1 : t + 1])[0].max(axis=0)
    weight = np.where(detail < SILENT_SHARE * SPEAKING, 0.0, np.minimum(detail / SPEAKING, 1.0))
    same = change[t - 1] <= _SAME_LEVELS
    if (weight * same).sum() < _MOST_STAYS * weight.sum() or exchange(*looks[t]).share >= _LEAST_COVERED:
        return False
    reach = _reach(frame_ns)
    return (
        max(liveness(change, (slice(max(0, t - 1 - reach), t - 1), slice(t, t + reach)), ~same), default=1.0)
        < LEAST_LIVE
    )


def _reach(frame_ns: int) -> int:
    """Pairs of frames on each side in which a page stands still."""
    return max(_LEAST_STILL_PAIRS, round(_STILL_S * NS_PER_S / frame_ns))


def still_pages(planes_TCHW: np.ndarray, change_TBD: np.ndarray, looks: Looks, frame_ns: int) -> dict[int, np.ndarray]:
    """Frames that were looked at closer at which a page changes that stands still around: its pixels, H x W, bool.

    All of them where what rests is too little and all stands still but for a share of the change itself. `change_TBD`
    as from `blocks.activity`.
    """
    difference = change_TBD.mean(axis=(1, 2), dtype=np.float64)
    reach = _reach(frame_ns)
    found = {}
    for t in sorted(looks):
        at = t - 1
        around = difference[max(0, at - reach) : at], difference[t : t + reach]
        if difference[at] <= _LEAST_LEVELS or min(map(len, around)) < _LEAST_STILL_PAIRS:
            continue
        near_TCHW = planes_TCHW[max(0, at - reach) : t + reach + 1]
        change_THW = np.abs(np.diff(near_TCHW, axis=0)).sum(axis=1, dtype=np.int16)
        num_before = len(around[0])
        sides, now = (change_THW[:num_before], change_THW[num_before + 1 :]), change_THW[num_before]
        stirs = [(side > _REST_LEVELS).sum(axis=0) for side in sides]
        page = (stirs[0] <= _MOST_STIRS) & (stirs[1] <= _MOST_STIRS)
        inside = now[page].sum()
        # In a wipe each pixel changes once, but always some do.
        steps = [(side[:, page].sum(axis=1) > _MOST_AROUND * inside).sum() for side in sides]
        is_page = page.mean() >= _LEAST_PAGE and max(steps) <= _MOST_STIRS
        if is_page and inside >= _LEAST_INSIDE * now.sum():
            found[t] = page
        elif max(side.max() for side in around) <= _MOST_AROUND * difference[at]:
            found[t] = np.ones_like(page)
    return found


def _is_back(planes_TCHW: np.ndarray, t: int, page_HW: np.ndarray, frame_ns: int) -> bool:
    """Whether the page from before frame `t` is seen again soon after."""
    after = np.abs(planes_TCHW[t : t + _reach(frame_ns)] - planes_TCHW[t - 1]).sum(axis=1, dtype=np.int16)
    left = after[:, page_HW].mean(axis=1)
    return bool(left.min() <= _MOST_BACK * left[0])
