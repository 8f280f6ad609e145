"""Clusters and splits: decided once, by what was seen before."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sv6d.video.config import SplitsConfig
from sv6d.video.near_duplicates import place_videos, split_of

SPLITS = SplitsConfig(salt="a", train=0.6, validation=0.15, test=0.25)


def hashes(seed: int, *, flipped_bits: int = 0, num: int = 5) -> list[str]:
    """Hashes of a clip; the same seed with bits flipped is a re-encoded copy."""
    bits = np.random.default_rng(seed).integers(0, 2, (num, 256), dtype=np.uint8)
    bits[:, :flipped_bits] ^= 1
    return [np.packbits(row).tobytes().hex() for row in bits]


def first_of(split: str) -> str:
    """A video_id whose own cluster falls into that split."""
    return next(f"{i:064x}" for i in range(1000) if split_of(f"{i:064x}", SPLITS) == split)


def place(videos: list[tuple[str, list[str]]]) -> list[tuple[str, str | None]]:
    return [(p.cluster_id, p.split) for p in place_videos(videos, max_distance_bits=31, splits=SPLITS)]


def test_a_copy_joins_the_earliest() -> None:
    placed = place(
        [("a", hashes(1)), ("b", hashes(2)), ("c", hashes(1, flipped_bits=31)), ("d", hashes(1, flipped_bits=32))]
    )
    assert [cluster for cluster, _ in placed] == ["a", "b", "a", "a"]  # d is far from a, but near c


def test_half_of_the_frames_are_not_enough() -> None:
    mixed = [*hashes(1)[:2], *hashes(3)[2:]]
    assert place([("a", hashes(1)), ("b", mixed)])[1][0] == "b"
    most = [*hashes(1)[:3], *hashes(3)[3:]]
    assert place([("a", hashes(1)), ("b", most)])[1][0] == "a"


def test_flat_frames_say_nothing() -> None:
    assert place([("a", ["", "", ""]), ("b", ["", "", ""])]) == [
        ("a", split_of("a", SPLITS)),
        ("b", split_of("b", SPLITS)),
    ]
    with_one = ["", "", hashes(1)[0]]
    assert place([("a", hashes(1)[:1]), ("b", with_one)])[1][0] == "a"


def test_what_resembles_two_splits_belongs_to_neither() -> None:
    train, test = first_of("train"), first_of("test")
    # Frames that are near both: 20 bits from each of two clips that are 40 apart.
    far = hashes(1, flipped_bits=40)
    between = place_videos(
        [(train, hashes(1)), (test, far), ("x", hashes(1, flipped_bits=20))], max_distance_bits=31, splits=SPLITS
    )
    assert between[2].split is None
    assert set(between[2].like) == {train, test}


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 60)), min_size=1, max_size=25), st.integers(0, 24))
def test_later_clips_never_move_earlier_ones(clips: list[tuple[int, int]], kept: int) -> None:
    videos = [(f"{i:064x}", hashes(seed, flipped_bits=bits)) for i, (seed, bits) in enumerate(clips)]
    assert place(videos)[:kept] == place(videos[:kept])


def test_shares_of_splits() -> None:
    counts = Counter(split_of(f"{i:064x}", SPLITS) for i in range(4000))
    assert abs(counts["train"] / 4000 - 0.6) < 0.03
    assert abs(counts["validation"] / 4000 - 0.15) < 0.03
    other = SplitsConfig(salt="b", train=0.6, validation=0.15, test=0.25)
    assert any(split_of(f"{i:064x}", SPLITS) != split_of(f"{i:064x}", other) for i in range(50))
