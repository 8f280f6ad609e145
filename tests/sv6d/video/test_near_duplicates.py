"""Clusters and splits: decided once, by what was seen before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sv6d.video.close_hashes import close_pairs
from sv6d.video.config import LimitsConfig, SplitsConfig
from sv6d.video.frame_hashes import FrameHashes, frame_hashes
from sv6d.video.moments import Seen
from sv6d.video.near_duplicates import place_videos, similar_videos, split_of
from sv6d.video.probe import probe
from tests.sv6d.video.made_videos import NEAR_DUPLICATES, Picture, scene, shot, write_video

SPLITS = SplitsConfig(salt="a", train=0.6, validation=0.15, test=0.25)

LIMITS = LimitsConfig(
    max_pixels=1_000_000, max_duration_s=60, max_streams=4, max_memory_bytes=2_147_483_648, max_seconds=60
)


def hashes(seed: int, *, flipped_bits: int = 0, num: int = 5) -> list[str]:
    """Hashes of a clip; the same seed with bits flipped is a re-encoded copy."""
    bits = np.random.default_rng(seed).integers(0, 2, (num, 256), dtype=np.uint8)
    bits[:, :flipped_bits] ^= 1
    return [np.packbits(row).tobytes().hex() for row in bits]


def as_shown(videos: list[tuple[str, list[str]]]) -> list[tuple[str, FrameHashes]]:
    return [(video_id, FrameHashes.of([row], [])) for video_id, row in videos]


def hashes_of(path: Path) -> FrameHashes:
    seen = Seen()
    return frame_hashes(path, probe(path, LIMITS, seen), seen, NEAR_DUPLICATES)


def with_moments(seed: int, times_s: Sequence[float], *, start: int = 0) -> FrameHashes:
    """A clip with moments at these times: those of `seed`, from the one with that number on."""
    rows = hashes(seed, num=start + len(times_s))[start:]
    return FrameHashes.of([], [], [rows], [round(time * 1e9) for time in times_s])


def first_of(split: str) -> str:
    """A video_id whose own cluster falls into that split."""
    return next(f"{i:064x}" for i in range(1000) if split_of(f"{i:064x}", SPLITS) == split)


def place(videos: list[tuple[str, list[str]]]) -> list[tuple[str, str | None]]:
    return [(p.cluster_id, p.split) for p in place_videos(as_shown(videos), NEAR_DUPLICATES, splits=SPLITS)]


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
    videos = as_shown([(train, hashes(1)), (test, far), ("x", hashes(1, flipped_bits=20))])
    between = place_videos(videos, NEAR_DUPLICATES, splits=SPLITS)
    assert between[2].split is None
    assert set(between[2].like) == {train, test}


def test_what_a_copy_could_be_is_compared_with_what_the_other_is_and_never_with_another_copy() -> None:
    cropped = FrameHashes.of([hashes(1)], [hashes(2)])
    assert similar_videos([cropped, FrameHashes.of([hashes(2)], [])], NEAR_DUPLICATES) == [{1}, {0}]
    assert similar_videos([FrameHashes.of([hashes(2)], []), cropped], NEAR_DUPLICATES) == [{1}, {0}]
    assert similar_videos([cropped, FrameHashes.of([hashes(3)], [hashes(2)])], NEAR_DUPLICATES) == [set(), set()]


def test_a_part_resembles_the_whole_under_one_shift_of_time() -> None:
    times = [0.0, 0.4, 1.3, 2.0, 2.2, 3.1, 3.9, 4.4]
    whole = with_moments(1, times)
    part = with_moments(1, [time - 1.3 for time in times[2:6]], start=2)
    out_of_step = with_moments(1, [0.0, 1.7, 4.9, 9.8], start=2)
    of_another = with_moments(2, [time - 1.3 for time in times[2:6]], start=2)
    too_short = with_moments(1, [0.0, 0.7], start=2)
    found = similar_videos([whole, part, out_of_step, of_another, too_short], NEAR_DUPLICATES)
    assert found == [{1}, {0}, set(), set(), set()]


def test_what_shares_the_lesser_part_of_both_is_no_part() -> None:
    """A common title: the last four moments of one, the first four of the other, and nine of each apart."""
    times = [0.5 * number for number in range(13)]
    ends_with = with_moments(1, times)
    begins_with = with_moments(1, times, start=9)
    mostly = with_moments(1, times, start=5)
    assert similar_videos([ends_with, begins_with], NEAR_DUPLICATES) == [set(), set()]
    assert similar_videos([ends_with, mostly], NEAR_DUPLICATES) == [{1}, {0}]


def test_moments_do_not_depend_on_what_is_around_them() -> None:
    values = np.random.default_rng(3).integers(0, 200, 60)

    def seen(part: np.ndarray) -> Seen:
        kept = Seen()
        for number, value in enumerate(part):
            picture = np.full((32, 32), 100, np.uint8)
            picture[:, 20:] = value
            kept.add(number, av.VideoFrame.from_ndarray(picture, "gray"))
        return kept

    whole, part = seen(values).moments(3, 60), seen(values[20:50]).moments(3, 60)
    inside = [index - 20 for index in whole if 24 <= index < 46]
    assert inside
    assert [index for index in part if 4 <= index < 26] == inside
    few = seen(values).moments(3, 5)
    assert len(few) == 5
    assert set(few) < set(whole)


@given(st.integers(0, 2**32 - 1), st.integers(0, 60))
def test_close_hashes_are_among_those_that_comparing_all_finds(seed: int, max_distance_bits: int) -> None:
    rng = np.random.default_rng(seed)
    ours = rng.integers(0, 2**64, (12, 4), dtype=np.uint64)
    flips = rng.random((30, 256)) < rng.choice([0.02, 0.1, 0.2, 0.5], (30, 1))
    theirs = ours[rng.integers(0, 12, 30)] ^ np.packbits(flips, axis=1).view(np.uint64)
    apart = np.bitwise_count(ours[:, None] ^ theirs[None]).sum(axis=2)
    found = list(zip(*(part.tolist() for part in close_pairs(ours, theirs, max_distance_bits)), strict=True))
    assert found == sorted(set(found))
    assert set(map(tuple, np.argwhere(apart <= min(max_distance_bits, 15)).tolist())) <= set(found)
    assert all(apart[pair] <= max_distance_bits for pair in found)


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


@pytest.mark.parametrize(
    "change",
    [
        lambda picture: picture[8:-8, 13:-13],
        lambda picture: picture[:, ::-1],
        lambda picture: np.pad(picture, ((48, 48), (0, 0), (0, 0))),
        lambda picture: np.pad(picture[:, ::-1], ((0, 0), (40, 40), (0, 0))),
    ],
    ids=["cropped", "mirrored", "framed", "mirrored and framed"],
)
def test_a_changed_copy_of_a_file_joins_its_cluster(tmp_path: Path, change: Callable[[Picture], Picture]) -> None:
    pictures = shot(4, 20)
    copies = [np.ascontiguousarray(change(picture)) for picture in pictures]
    files = {"original": pictures, "copy": copies, "other": shot(5, 20)}
    videos = []
    for name, frames in files.items():
        path = write_video(tmp_path / f"{name}.mp4", frames)
        videos.append((name, hashes_of(path)))
    placed = place_videos(videos, NEAR_DUPLICATES, splits=SPLITS)
    assert [placement.cluster_id for placement in placed] == ["original", "original", "other"]


@pytest.mark.parametrize(("start", "end"), [(12, 75), (0, 50), (20, 60)], ids=["start cut", "end cut", "middle"])
def test_a_part_of_a_file_joins_its_cluster(tmp_path: Path, start: int, end: int) -> None:
    pictures = swaying(4)
    files = {"whole": pictures, "part": pictures[start:end], "other": swaying(5)}
    videos = [(name, hashes_of(write_video(tmp_path / f"{name}.mp4", frames))) for name, frames in files.items()]
    placed = place_videos(videos, NEAR_DUPLICATES, splits=SPLITS)
    assert [placement.cluster_id for placement in placed] == ["whole", "whole", "other"]


def swaying(seed: int) -> list[Picture]:
    """Three seconds of a camera that swings wide over a scene and never stands still."""
    whole = scene(seed, 144, 700)
    lefts = [round(220 + 200 * np.sin(number / 4.0) + 20 * np.sin(number / 1.7)) for number in range(75)]
    return [np.ascontiguousarray(whole[:, left : left + 256]) for left in lefts]
