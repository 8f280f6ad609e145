"""Split screens by small pictures: one half goes on at another place, unscaled, the other half is new."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sv6d.shots.blocks import structure, textures
from sv6d.shots.boundary import FrameBoundary
from sv6d.shots.elsewhere import best_shifts, unlike_elsewhere

_CHANGED = 0.35  # ours, as for hard cuts: share of a block's structure above which it has changed entirely
_TEXTURED = 30.0  # deviation of structure, about one local deviation: the block speaks fully
_LEAST_SHIFT_PX = 3  # of 32; ours: less is the same framing
_LEAST_TEXTURE = 0.3  # ours: a half with less on it has nothing to go on
# Share of a half that is new. Measured on cuts that were found in the trials and real clips: in 16 of 37 split screens
# the half that goes on has 0.38 and less; of 542 true changes, pages of decks among them, none below 0.48.
_MOST_NEW_IN_OLD_HALF = 0.4
_LEAST_NEW_IN_NEW_HALF = 0.75  # ours: where both halves go on the picture was reframed, which is a cut


def without_moved_halves(cuts: Sequence[FrameBoundary], planes_TCHW: np.ndarray) -> list[FrameBoundary]:
    """Hard cuts but those where half of one picture is a part of the other, moved, beside a half that is not."""
    if not cuts:
        return []
    at = np.array([cut.first for cut in cuts])
    old, new = structure(planes_TCHW[at - 1, 0]), structure(planes_TCHW[at, 0])
    is_split = _half_goes_on(old, new) | _half_goes_on(new, old)
    return [cut for cut, split in zip(cuts, is_split, strict=True) if not split]


def _half_goes_on(whole_N1HW: np.ndarray, halved_N1HW: np.ndarray) -> np.ndarray:
    """Whether one half of the second picture alone is the first one moved; bool N."""
    shift = np.abs(best_shifts(whole_N1HW[:, 0], halved_N1HW[:, 0])).max(axis=1)
    new = np.minimum(unlike_elsewhere(whole_N1HW, halved_N1HW) / _CHANGED, 1.0)
    detail, _ = textures(halved_N1HW)
    weight = np.minimum(detail / _TEXTURED, 1.0)
    found = np.zeros(len(shift), dtype=bool)
    for axis in (1, 2):
        size = new.shape[axis]
        sides = tuple((slice(None),) * axis + (part,) for part in (slice(size // 2), slice(size - size // 2, size)))
        (share_a, texture_a), (share_b, texture_b) = (_new_share(new[side], weight[side]) for side in sides)
        for old, texture, other in ((share_a, texture_a, share_b), (share_b, texture_b, share_a)):
            found |= (old <= _MOST_NEW_IN_OLD_HALF) & (texture > _LEAST_TEXTURE) & (other >= _LEAST_NEW_IN_NEW_HALF)
    return np.asarray(found & (shift >= _LEAST_SHIFT_PX))


def _new_share(new_NBD: np.ndarray, weight_NBD: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weighted mean over the blocks of a half, and the mean weight."""
    total = np.maximum(weight_NBD.sum(axis=(1, 2)), 1e-6)
    return (new_NBD * weight_NBD).sum(axis=(1, 2)) / total, weight_NBD.mean(axis=(1, 2))
