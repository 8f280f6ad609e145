"""What a pair of neighbouring frames shows about a hard cut between them.

Everything is a mean over blocks, weighted by what they have to say. Two weights: all blocks that show
anything, and among them the live ones, which were moving before and go on moving after. By the live
ones a cut inside a window of a still page, or of a speaker before a still wall, weighs as much as one of the
whole picture, and a sticker that pops up over a moving picture does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
_BOTH_WAYS = ((-1, 0), (0, -1))
_NEIGHBOURS = ((-2, -1), (-3, -2), (0, 1), (1, 2))
_ACROSS = ((-2, 1), (-1, 3), (-4, 0))
_EARLIEST, _LATEST = -4, 3
# Ours: share of a block's texture, or structure, above which it has changed entirely.
_CHANGED, _CHANGED_STRUCTURE = 0.25, 0.35
_LIVE_FROM, _LIVE_RANGE = 0.5, 1.5  # levels of plain difference; measured: still parts stay below half a level
_LEAST_LIVE_BLOCKS = 1.5  # with fewer nothing moves, and all blocks speak
_LEAST_TEXTURE = 0.15  # of `SPEAKING`: structure of less is noise
_BEFORE, _AFTER = (-2, -3, -4, -6), (0, 1, 2, 4)  # places of `activity` about t where movement is looked for


class CutPlaces:
    """First frames of possible new shots, in `at`, and what shows about each.

    `planes_TCHW` as from `blocks.planes`.
    """

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

    def features(self, activity: np.ndarray) -> Mapping[str, np.ndarray]:
        """All features by name but `across`, one value for each place; `activity` as from `blocks.activity`."""
        (detail_old, mean_old), (detail_new, mean_new) = self._texture_at(-1), self._texture_at(0)
        # Both ways: text that vanishes on black is found nowhere, though black is found beside the text.
        levels = self._greatest_difference(self._planes, _BOTH_WAYS)
        shape = self._greatest_difference(self._structure, _BOTH_WAYS)
        weight = speaking_weights(detail_old, detail_new, np.abs(mean_old - mean_new).sum(axis=1), levels)
        texture = np.minimum(np.maximum(detail_old, detail_new) / 12.0, 1.0)
        texture = np.where(texture < _LEAST_TEXTURE, 0.0, texture)
        live = weight * _liveness(activity, self._at)
        live_area = live.mean(axis=(1, 2))
        live = np.where((live.sum(axis=(1, 2)) < _LEAST_LIVE_BLOCKS)[:, None, None], weight, live)

        around_levels = self._greatest_difference(self._planes, _NEIGHBOURS)
        around_shape = self._greatest_difference(self._structure, _NEIGHBOURS)
        changed, changed_shape = self._as_unlike(levels, -1, 0), self._as_unlike_shape(shape)
        spread = np.minimum(changed / _CHANGED, 1.0)
        before, after = self._structure[self._index(-1)], self._structure[self._index(0)]
        new = np.minimum(np.minimum(changed_shape, unlike_elsewhere(before, after)) / _CHANGED_STRUCTURE, 1.0)
        rise = np.log((levels + 2.0) / (around_levels + 2.0))
        rise_shape = np.log((shape + 0.1 * STRUCTURE_UNIT) / (around_shape + 0.1 * STRUCTURE_UNIT))
        plain, plain_around = _at(activity, self._at - 1), _greatest(activity, self._at, (-2, -3, 0, 1))
        return {
            "changed": weighted_mean(weight, changed),
            "changed_live": weighted_mean(live, changed),
            "changed_shape_live": weighted_mean(live, changed_shape),
            "spread": weighted_mean(weight, spread),
            "new": weighted_mean(texture, new),
            "new_live": weighted_mean(live, new),
            "rise": np.log1p(weighted_mean(weight, levels)) - np.log1p(weighted_mean(weight, around_levels)),
            "rise_shape": weighted_mean(texture, rise_shape),
            "jump": weighted_mean(live, spread * np.clip(rise, 0.0, 1.0)),
            "plain_rise_live": weighted_mean(live, np.log((plain + 1.0) / (plain_around + 1.0))),
            "whole": np.log1p(plain.mean(axis=(1, 2))),
            "live_area": live_area,
        }

    def across(self) -> np.ndarray:
        """How far the pictures some frames before and after each place differ, in [0, 1)."""
        (detail_old, mean_old), (detail_new, mean_new) = self._texture_at(-1), self._texture_at(0)
        levels = self._greatest_difference(self._planes, _BOTH_WAYS)
        weight = speaking_weights(detail_old, detail_new, np.abs(mean_old - mean_new).sum(axis=1), levels)
        there = self._differences(self._planes, _ACROSS)
        back = self._differences(self._planes, [(j, i) for i, j in _ACROSS])
        found = [self._as_unlike(np.maximum(there[k], back[k]), i, j) for k, (i, j) in enumerate(_ACROSS)]
        return weighted_mean(weight, np.min(found, axis=0))

    def _index(self, offset: int) -> np.ndarray:
        return np.asarray(self._place[np.clip(self._at + offset, 0, self._last)])

    def _texture_at(self, offset: int) -> tuple[np.ndarray, np.ndarray]:
        index = self._index(offset)
        return self._texture[index], self._mean[index]

    def _differences(self, pictures: np.ndarray, pairs: Sequence[tuple[int, int]]) -> np.ndarray:
        """Of each pair of frames about each place, pairs x N x B x D."""
        # All pairs in one call: where places are few, most of the time is spent on calling.
        before, after = (np.concatenate([self._index(pair[side]) for pair in pairs]) for side in (0, 1))
        found = moved_difference(pictures[before], pictures[after])
        return found.reshape(len(pairs), len(self._at), *found.shape[1:])

    def _greatest_difference(self, pictures: np.ndarray, pairs: Sequence[tuple[int, int]]) -> np.ndarray:
        return np.asarray(self._differences(pictures, pairs).max(axis=0))

    def _as_unlike(self, difference: np.ndarray, i: int, j: int) -> np.ndarray:
        return unlike(difference, 0.5 * (self._texture[self._index(i)] + self._texture[self._index(j)]), NOISE)

    def _as_unlike_shape(self, difference: np.ndarray) -> np.ndarray:
        detail = 0.5 * (self._detail[self._index(-1)] + self._detail[self._index(0)])
        return unlike(difference, detail, STRUCTURE_NOISE)


def _at(activity: np.ndarray, places: np.ndarray) -> np.ndarray:
    return np.asarray(activity[np.clip(places, 0, len(activity) - 1)])


def _greatest(activity: np.ndarray, at: np.ndarray, offsets: tuple[int, ...]) -> np.ndarray:
    return np.asarray(np.max([_at(activity, at + offset) for offset in offsets], axis=0))


def _liveness(activity: np.ndarray, at: np.ndarray) -> np.ndarray:
    """How far each block, or one beside it, moves both before and after, in [0, 1]."""
    before, after = (maximum_filter(_greatest(activity, at, offsets), (0, 3, 3)) for offsets in (_BEFORE, _AFTER))
    return np.asarray(np.clip((np.minimum(before, after) - _LIVE_FROM) / _LIVE_RANGE, 0.0, 1.0))
