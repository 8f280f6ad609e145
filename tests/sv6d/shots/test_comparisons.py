"""Searching in small pictures against searching place by place, and that what is left out decides nothing."""

from __future__ import annotations

import numpy as np
import pytest

from sv6d.shots.blocks import moved_difference
from sv6d.shots.ends import compare_ends
from sv6d.shots.insets import of_neighbours


def drawn(seed: int, num: int, num_planes: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (num, num_planes, 16, 32)).astype(np.int16)


@pytest.mark.parametrize(("num", "num_planes", "reach"), [(1, 3, 3), (8, 3, 3), (2, 1, 1), (40, 1, 3)])
def test_the_least_difference_is_that_of_the_best_place(num: int, num_planes: int, reach: int) -> None:
    before, after = drawn(1, num, num_planes), drawn(2, num, num_planes)
    before[:, :, 3:, 2:] = after[:, :, :-3, :-2]
    padded = np.pad(before, ((0, 0), (0, 0), (reach, reach), (reach, reach)), mode="edge")
    sums = [
        np.abs(padded[:, :, dy : dy + 16, dx : dx + 32] - after).sum(axis=1).reshape(num, 4, 4, 8, 4).sum(axis=(2, 4))
        for dy in range(2 * reach + 1)
        for dx in range(2 * reach + 1)
    ]
    found = moved_difference(before, after, reach)
    assert np.array_equal(found, np.min(sums, axis=0) / np.float32(16))
    assert bool((found[:, :3, :7] == 0.0).all()) == (reach >= 3)


def test_pairs_that_need_no_longer_search_change_nothing_for_the_others() -> None:
    old = drawn(1, 6)
    new = np.where(np.arange(6)[:, None, None, None] % 2 == 0, old, drawn(2, 6))
    everywhere, all_ends = compare_ends(old, new)
    keep, ends = compare_ends(old, new, lambda shape: shape > 0.5)
    assert everywhere.all()
    assert keep.tolist() == [False, True] * 3
    assert all(np.array_equal(values, all_ends[name][keep]) for name, values in ends.items())
    assert bool((all_ends["new"] <= all_ends["shape"]).all())
    nothing, none = compare_ends(old, new, lambda shape: shape > 1.0)
    assert not nothing.any()
    assert none["new"].shape == (0,)


def test_the_greatest_and_the_least_of_neighbours_are_those_of_each_window() -> None:
    pictures = drawn(1, 3)
    edged = np.pad(pictures, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(edged, (3, 3), axis=(2, 3))
    assert np.array_equal(of_neighbours(np.maximum, pictures), windows.max(axis=(4, 5)))
    assert np.array_equal(of_neighbours(np.minimum, pictures), windows.min(axis=(4, 5)))
