"""The pictures before and after a gradual change, and whether they are two."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sv6d.shots.blocks import (
    STRUCTURE_NOISE,
    moved_difference,
    speaking_weights,
    structure,
    textures,
    unlike,
    weighted_mean,
)
from sv6d.shots.boundary import FrameBoundary
from sv6d.shots.elsewhere import unlike_elsewhere
from sv6d.shots.fades import MAX_SUDDEN_S, is_bright
from sv6d.timeline import NS_PER_S

_CHANGED = 0.35  # ours, as for hard cuts: share of a block's structure above which it has changed entirely
_REACH_S, _STEP_S = 1.5, 0.12  # ours: what comes back later is a shot of its own; looked for at these steps
_FLASH_FRAMES = 6  # ours: in which what moves by an eighth of a pixel a frame is a whole one further once
_SAME_NEW = 0.5  # share of the picture that is new; measured: dissolves of the trials have 0.67 and more


def compare_ends(
    old: np.ndarray, new: np.ndarray, may_be: Callable[[np.ndarray], np.ndarray] | None = None
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Which pairs of pictures may be two shots, and how far these differ in structure, which light does not change.

    Pictures are N x C x H x W. shape: share of the picture that has changed; new: of it, what is nowhere in the old
    one, so no more than `shape`; both in [0, 1]. `may_be` says by `shape` which pairs are worth the longer search for
    `new`; all of them without it.
    """
    (detail_old, mean_old), (detail_new, mean_new) = textures(old), textures(new)
    shift = np.abs(mean_old - mean_new).sum(axis=1)
    weight = speaking_weights(detail_old, detail_new, shift, shift)
    shape_old, shape_new = structure(old[:, 0]), structure(new[:, 0])
    difference = np.maximum(moved_difference(shape_old, shape_new), moved_difference(shape_new, shape_old))
    detail = 0.5 * (textures(shape_old)[0] + textures(shape_new)[0])
    changed = np.minimum(unlike(difference, detail, STRUCTURE_NOISE) / _CHANGED, 1.0)
    shape = weighted_mean(weight, changed)
    keep = np.ones(len(shape), dtype=bool) if may_be is None else may_be(shape)
    elsewhere = np.minimum(unlike_elsewhere(shape_old[keep], shape_new[keep]) / _CHANGED, 1.0)
    return keep, {
        "shape": shape[keep],
        "new": weighted_mean(weight[keep], np.minimum(changed[keep], elsewhere)),
    }


def without_returns(found: Sequence[FrameBoundary], planes_TCHW: np.ndarray, frame_ns: int) -> list[FrameBoundary]:
    """Changes but those that lead back to the picture they came from: a fire that burns out, a light, a flash.

    A fade by way of a bright colour, or of any within some frames, between two alike pictures, and a dissolve to a
    picture that was there shortly before, or from one that is there again shortly after.
    """
    return [item for item in found if not _returns(item, planes_TCHW, frame_ns)]


def _returns(item: FrameBoundary, planes_TCHW: np.ndarray, frame_ns: int) -> bool:
    before, after = max(0, item.first - 1), min(item.pure, len(planes_TCHW) - 1)
    if item.kind in ("fade_through_colour", "flash"):
        # A picture may fade to black and come in again; one that is gone for some frames alone has not changed.
        sudden = (item.pure - item.first) * frame_ns <= MAX_SUDDEN_S * NS_PER_S
        may_return = sudden or is_bright(planes_TCHW[item.cut, 0].mean())
        # Some frames more, since fine patterns that move by half a pixel are hardly known again.
        later = list(range(after, min(after + _FLASH_FRAMES, len(planes_TCHW))))
        return may_return and _is_seen(planes_TCHW, before, later, _SAME_NEW)
    return item.kind == "dissolve" and comes_back(planes_TCHW, before, after, frame_ns, _SAME_NEW)


def comes_back(planes_TCHW: np.ndarray, before: int, after: int, frame_ns: int, most_new: float) -> bool:
    """Whether frame `after` was seen shortly before frame `before`, or that one is seen again shortly after.

    A picture of which a share of `most_new` is new has not been seen.
    """
    step = max(1, round(_STEP_S * NS_PER_S / frame_ns))
    reach = max(1, round(_REACH_S * NS_PER_S / frame_ns))
    earlier = list(range(before, max(-1, before - reach), -step))
    later = list(range(after, min(len(planes_TCHW), after + reach), step))
    return any(
        _is_seen(planes_TCHW, picture, among, most_new) for picture, among in ((after, earlier), (before, later))
    )


def least_new(planes_TCHW: np.ndarray, picture: int, among: Sequence[int]) -> float:
    """Share of a frame that is new beside the one of some others that is most like it, in [0, 1]."""
    places = np.asarray(among)
    _, ends = compare_ends(planes_TCHW[np.full_like(places, picture)], planes_TCHW[places])
    return float(ends["new"].min())


def _is_seen(planes_TCHW: np.ndarray, picture: int, among: Sequence[int], most_new: float) -> bool:
    """Whether a frame is much the same picture as one of some others."""
    return least_new(planes_TCHW, picture, among) < most_new
