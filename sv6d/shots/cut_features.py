"""What a pair of neighbouring frames shows about a hard cut between them.

Everything is a mean over blocks, weighted by what they have to say. Two weights: all blocks that show
anything, and among them the live ones, which were moving before and go on moving after. By the live
ones a cut inside a window of a still page, or of a speaker before a still wall, weighs as much as one of the
whole picture, and a sticker that pops up over a moving picture does not.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.ndimage import maximum_filter

from sv6d.shots.blocks import (
    NOISE,
    STRUCTURE_NOISE,
    STRUCTURE_UNIT,
    moved_difference,
    speaking_weights,
    structure,
    textures,
    unlike,
    weighted_mean,
)
from sv6d.shots.elsewhere import unlike_elsewhere

# Pairs of frames about t, besides t - 1 and t: neighbours, and pairs across up to three frames, by which a flash
# (the same picture before and after) is told from a cut.
_NEIGHBOURS = ((-2, -1), (-3, -2), (0, 1), (1, 2))
_ACROSS = ((-2, 1), (-1, 3), (-4, 0))
_EARLIEST, _LATEST = -4, 3
# Ours: share of a block's texture, or structure, above which it has changed entirely.
_CHANGED, _CHANGED_STRUCTURE = 0.25, 0.35
_LIVE_FROM, _LIVE_RANGE = 0.5, 1.5  # levels of plain difference; measured: still parts stay below half a level
_LEAST_LIVE_BLOCKS = 1.5  # with fewer nothing moves, and all blocks speak
_LEAST_TEXTURE = 0.15  # of `SPEAKING`: structure of less is noise
_BEFORE, _AFTER = (-2, -3, -4, -6), (0, 1, 2, 4)  # places of `activity` about t where movement is looked for


def cut_features(planes_TCHW: np.ndarray, activity: np.ndarray, at: np.ndarray) -> Mapping[str, np.ndarray]:
    """Features by name, one value for each first frame of a possible new shot in `at`.

    `planes_TCHW` as from `blocks.planes`, `activity` as from `blocks.activity`.
    """
    looked = _Frames(planes_TCHW, at)
    (detail_old, mean_old), (detail_new, mean_new) = looked.texture(-1), looked.texture(0)
    # Both ways: text that vanishes on black is found nowhere, though black is found beside the text.
    levels = np.maximum(looked.levels(-1, 0), looked.levels(0, -1))
    shape = np.maximum(looked.shape(-1, 0), looked.shape(0, -1))
    weight = speaking_weights(detail_old, detail_new, np.abs(mean_old - mean_new).sum(axis=1), levels)
    texture = np.minimum(np.maximum(detail_old, detail_new) / 12.0, 1.0)
    texture = np.where(texture < _LEAST_TEXTURE, 0.0, texture)
    live = weight * _liveness(activity, at)
    live_area = live.mean(axis=(1, 2))
    live = np.where((live.sum(axis=(1, 2)) < _LEAST_LIVE_BLOCKS)[:, None, None], weight, live)

    around_levels = np.max([looked.levels(i, j) for i, j in _NEIGHBOURS], axis=0)
    around_shape = np.max([looked.shape(i, j) for i, j in _NEIGHBOURS], axis=0)
    across = np.min([looked.unlike_both_ways(i, j) for i, j in _ACROSS], axis=0)
    changed = looked.as_unlike_levels(levels, -1, 0)
    changed_shape = looked.as_unlike_shape(shape, -1, 0)
    spread = np.minimum(changed / _CHANGED, 1.0)
    elsewhere = np.minimum(changed_shape, looked.unlike_elsewhere())
    new = np.minimum(elsewhere / _CHANGED_STRUCTURE, 1.0)
    rise = np.log((levels + 2.0) / (around_levels + 2.0))
    rise_shape = np.log((shape + 0.1 * STRUCTURE_UNIT) / (around_shape + 0.1 * STRUCTURE_UNIT))
    plain, plain_around = _at(activity, at - 1), _greatest(activity, at, (-2, -3, 0, 1))
    return {
        "changed": weighted_mean(weight, changed),
        "changed_live": weighted_mean(live, changed),
        "changed_shape_live": weighted_mean(live, changed_shape),
        "spread": weighted_mean(weight, spread),
        "across": weighted_mean(weight, across),
        "new": weighted_mean(texture, new),
        "new_live": weighted_mean(live, new),
        "rise": np.log1p(weighted_mean(weight, levels)) - np.log1p(weighted_mean(weight, around_levels)),
        "rise_shape": weighted_mean(texture, rise_shape),
        "jump": weighted_mean(live, spread * np.clip(rise, 0.0, 1.0)),
        "plain_rise_live": weighted_mean(live, np.log((plain + 1.0) / (plain_around + 1.0))),
        "whole": np.log1p(plain.mean(axis=(1, 2))),
        "live_area": live_area,
    }


class _Frames:
    """Frames about the places that are looked at, with their structure and texture, by their distance from them."""

    def __init__(self, planes_TCHW: np.ndarray, at: np.ndarray) -> None:
        last = len(planes_TCHW) - 1
        needed = np.unique(np.clip(at[:, None] + np.arange(_EARLIEST, _LATEST + 1), 0, last))
        self._place = np.full(last + 1, -1)
        self._place[needed] = np.arange(len(needed))
        self._at, self._last = at, last
        self._planes = planes_TCHW[needed]
        self._structure = structure(self._planes[:, 0])
        self._texture, self._mean = textures(self._planes)
        self._detail, _ = textures(self._structure)

    def _index(self, offset: int) -> np.ndarray:
        return np.asarray(self._place[np.clip(self._at + offset, 0, self._last)])

    def texture(self, offset: int) -> tuple[np.ndarray, np.ndarray]:
        index = self._index(offset)
        return self._texture[index], self._mean[index]

    def levels(self, i: int, j: int) -> np.ndarray:
        return moved_difference(self._planes[self._index(i)], self._planes[self._index(j)])

    def shape(self, i: int, j: int) -> np.ndarray:
        return moved_difference(self._structure[self._index(i)], self._structure[self._index(j)])

    def as_unlike_levels(self, difference: np.ndarray, i: int, j: int) -> np.ndarray:
        return unlike(difference, 0.5 * (self._texture[self._index(i)] + self._texture[self._index(j)]), NOISE)

    def as_unlike_shape(self, difference: np.ndarray, i: int, j: int) -> np.ndarray:
        detail = 0.5 * (self._detail[self._index(i)] + self._detail[self._index(j)])
        return unlike(difference, detail, STRUCTURE_NOISE)

    def unlike_both_ways(self, i: int, j: int) -> np.ndarray:
        return self.as_unlike_levels(np.maximum(self.levels(i, j), self.levels(j, i)), i, j)

    def unlike_elsewhere(self) -> np.ndarray:
        return unlike_elsewhere(self._structure[self._index(-1)], self._structure[self._index(0)])


def _at(activity: np.ndarray, places: np.ndarray) -> np.ndarray:
    return np.asarray(activity[np.clip(places, 0, len(activity) - 1)])


def _greatest(activity: np.ndarray, at: np.ndarray, offsets: tuple[int, ...]) -> np.ndarray:
    return np.asarray(np.max([_at(activity, at + offset) for offset in offsets], axis=0))


def _liveness(activity: np.ndarray, at: np.ndarray) -> np.ndarray:
    """How far each block, or one beside it, moves both before and after, in [0, 1]."""
    before, after = (maximum_filter(_greatest(activity, at, offsets), (0, 3, 3)) for offsets in (_BEFORE, _AFTER))
    return np.asarray(np.clip((np.minimum(before, after) - _LIVE_FROM) / _LIVE_RANGE, 0.0, 1.0))
