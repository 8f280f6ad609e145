"""Changes of card: a page that stands still gives way to another, such as the slides of a deck.

Two pages of text are nearly the same small picture, and any block of one is found somewhere in the
other, so the comparison of moving shots is blind here. Where nothing moves before and after, the
two frames are looked at larger, place by place: a new page takes away what was there, a further
line on the same page, a caption or a sticker does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sv6d.shots.blocks import LEAST_LIVE, SILENT_SHARE, SPEAKING, block_means, liveness, textures
from sv6d.shots.boundary import FrameBoundary
from sv6d.timeline import NS_PER_S

_STILL_S = 0.5  # on each side; ours: no page is shown for less
_LEAST_STILL_PAIRS = 3  # pairs of frames that must be still on each side
_LEAST_LEVELS = 0.3  # of the small pictures; measured: pages of text differ by 1 and more
_MOST_AROUND = 0.25  # share of that change which still frames may show: what a key frame's coding does
_BLOCK_PX = 4
TEXTURED = 4.0  # standard deviation in levels of 255 from which a block holds something
_CHANGED_SHARE, _CHANGED_LEVELS = 0.35, 1.5  # of its texture, plus noise: then a block has changed
# Share of what was there that must go, and of what is there that must be new. Measured on rendered decks: pages with
# heading and frame in common have 0.29 to 0.87, a further line 0.00, captions and stickers on real pictures up to 0.24.
LEAST_EXCHANGED = 0.28
# Where less than this goes or comes, something was only added or taken away; measured: another picture in a window of
# a still page exchanges 0.06 and more.
_MOST_ADDITION = 0.05
# Where half of what a picture shows stays as it is, a change that exchanges less is something that was laid over it.
# Measured on trials and reels: menus, dialogs and stickers 0.00 to 0.21, pictures in a window of a page 0.27 and more.
_MOST_STAYS, _LEAST_COVERED = 0.5, 0.25
_SAME_LEVELS = 1.0  # summed over planes, by which a block of a small picture may differ and be the same


def find_card_changes(
    change_TBD: np.ndarray,
    taken: Sequence[tuple[int, int]],
    looks: Mapping[int, tuple[np.ndarray, np.ndarray]],
    frame_ns: int,
) -> list[FrameBoundary]:
    """Hard cuts between still pages, in the order of time.

    `change_TBD` as from `blocks.activity`; `looks` holds the luma of frames t - 1 and t, larger, by t; `taken` are
    frames [first, pure) of what is already found.
    """
    found = []
    for t in _between_stills(change_TBD, looks, frame_ns):
        if any(first <= t <= pure for first, pure in taken):
            continue
        exchanged = exchanged_share(*looks[t])
        if exchanged >= LEAST_EXCHANGED:
            score = 0.5 + 0.5 * (exchanged - LEAST_EXCHANGED) / (1.0 - LEAST_EXCHANGED)
            found.append(FrameBoundary("hard_cut", t, t, t, round(score, 4)))
    return found


def without_additions(
    cuts: Sequence[FrameBoundary],
    planes_TCHW: np.ndarray,
    change_TBD: np.ndarray,
    looks: Mapping[int, tuple[np.ndarray, np.ndarray]],
    frame_ns: int,
) -> list[FrameBoundary]:
    """Hard cuts but those where a still page only gets something more: a further line, a menu, a sticker.

    What covers some of a picture of which the most stays as it is, beside a pointer that moves, is such a thing too.
    """
    still = set(_between_stills(change_TBD, looks, frame_ns))
    kept = [cut for cut in cuts if cut.first not in still or _gone_or_come(*looks[cut.first]) >= _MOST_ADDITION]
    return [cut for cut in kept if not _is_laid_over(planes_TCHW, change_TBD, looks, cut.first, frame_ns)]


def _is_laid_over(
    planes_TCHW: np.ndarray,
    change: np.ndarray,
    looks: Mapping[int, tuple[np.ndarray, np.ndarray]],
    t: int,
    frame_ns: int,
) -> bool:
    """Whether most of the picture stays in frame `t`, and what changes neither takes much away nor moves."""
    if t not in looks:
        return False
    detail = textures(planes_TCHW[t - 1 : t + 1])[0].max(axis=0)
    weight = np.where(detail < SILENT_SHARE * SPEAKING, 0.0, np.minimum(detail / SPEAKING, 1.0))
    same = change[t - 1] <= _SAME_LEVELS
    if (weight * same).sum() < _MOST_STAYS * weight.sum() or exchanged_share(*looks[t]) >= _LEAST_COVERED:
        return False
    reach = max(_LEAST_STILL_PAIRS, round(_STILL_S * NS_PER_S / frame_ns))
    return (
        max(liveness(change, (slice(max(0, t - 1 - reach), t - 1), slice(t, t + reach)), ~same), default=1.0)
        < LEAST_LIVE
    )


def _between_stills(
    change_TBD: np.ndarray, looks: Mapping[int, tuple[np.ndarray, np.ndarray]], frame_ns: int
) -> list[int]:
    """Frames, of those that were looked at closer, that differ from the one before while all around stands still."""
    difference = change_TBD.mean(axis=(1, 2), dtype=np.float64)
    reach = max(_LEAST_STILL_PAIRS, round(_STILL_S * NS_PER_S / frame_ns))
    found = []
    for t in sorted(looks):
        at = t - 1
        before, after = difference[max(0, at - reach) : at], difference[at + 1 : at + 1 + reach]
        if difference[at] <= _LEAST_LEVELS or min(len(before), len(after)) < _LEAST_STILL_PAIRS:
            continue
        if max(before.max(), after.max()) <= _MOST_AROUND * difference[at]:
            found.append(t)
    return found


def exchanged_share(old_HW: np.ndarray, new_HW: np.ndarray) -> float:
    """The lesser of: share of the old picture's textured blocks that changed, and of the new one's; in [0, 1].

    0 where one of them has none.
    """
    return min(0.0 if share is None else share for share in _changed_shares(old_HW, new_HW))


def _gone_or_come(old_HW: np.ndarray, new_HW: np.ndarray) -> float:
    """As `exchanged_share`, by the one picture where the other has no textured blocks."""
    return min((share for share in _changed_shares(old_HW, new_HW) if share is not None), default=0.0)


def _changed_shares(old_HW: np.ndarray, new_HW: np.ndarray) -> tuple[float | None, float | None]:
    """Share of each picture's textured blocks that changed; None where it has none."""
    height, width = old_HW.shape[0] // _BLOCK_PX * _BLOCK_PX, old_HW.shape[1] // _BLOCK_PX * _BLOCK_PX
    old, new = (picture[:height, :width].astype(np.float32) for picture in (old_HW, new_HW))
    deviation_old, deviation_new = (_deviations(picture) for picture in (old, new))
    limit = _CHANGED_SHARE * np.maximum(deviation_old, deviation_new) + _CHANGED_LEVELS
    changed = block_means(np.abs(old - new), _BLOCK_PX) > limit
    held, holds = deviation_old > TEXTURED, deviation_new > TEXTURED
    return (
        float(changed[held].mean()) if held.any() else None,
        float(changed[holds].mean()) if holds.any() else None,
    )


def _deviations(picture: np.ndarray) -> np.ndarray:
    means = block_means(picture, _BLOCK_PX)
    return np.asarray(np.sqrt(np.maximum(block_means(picture * picture, _BLOCK_PX) - means * means, 0.0)))
