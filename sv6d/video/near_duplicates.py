"""Clusters of near-duplicates, and the split of each: decided once, in the order of first sight.

Splits by cluster, so that a re-encoded copy of a training clip can not be a test item.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sv6d.video.close_hashes import HASH_WORDS, close_pairs
from sv6d.video.config import SplitsConfig
from sv6d.video.frame_hashes import FrameHashes


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a video belongs. `split` is None where it resembles clusters of two splits: `like` names them."""

    cluster_id: str
    split: str | None
    like: tuple[str, ...] = ()


def place_videos(
    videos: Sequence[tuple[str, FrameHashes]], *, max_distance_bits: int, splits: SplitsConfig
) -> list[Placement]:
    """Cluster and split of each (video_id, hashes), given in the order of first sight.

    A video joins the cluster of the earliest video that it resembles; clusters never merge, so what
    comes later never moves what was placed before. One that resembles clusters of two splits
    belongs to neither, and nothing joins it.
    """
    alike = similar_videos([hashes for _, hashes in videos], max_distance_bits)
    placements: list[Placement] = []
    for index, (video_id, _) in enumerate(videos):
        earlier = [placements[other] for other in sorted(alike[index]) if other < index]
        clusters = {placed.cluster_id: placed for placed in earlier if placed.split is not None}
        if len({placed.split for placed in clusters.values()}) > 1:
            placements.append(Placement(video_id, None, tuple(clusters)))
        else:
            first = next(iter(clusters.values()), None)
            placements.append(first or Placement(video_id, split_of(video_id, splits)))
    return placements


def split_of(cluster_id: str, config: SplitsConfig) -> str:
    """train, validation or test, from the salted SHA-256 of the cluster's first member alone."""
    digest = hashlib.sha256(f"{config.salt}:{cluster_id}".encode()).digest()
    position = int.from_bytes(digest[:8], "big") / 2**64
    if position < config.train:
        return "train"
    return "validation" if position < config.train + config.validation else "test"


def similar_videos(videos: Sequence[FrameHashes], max_distance_bits: int) -> list[set[int]]:
    """For each video the indices of those that it resembles; the relation goes both ways.

    Two videos resemble each other where most usable frames of a row of each match one of the other's:
    a row of frames as shown on one side, any row on the other, so that a crop of one is compared with
    the other as it is, and never a crop with a crop.
    """
    shown = _Frames.of([(index, row) for index, hashes in enumerate(videos) for row in hashes.shown])
    every = _Frames.of([(index, row) for index, hashes in enumerate(videos) for row in (*hashes.shown, *hashes.copied)])
    ours, theirs = close_pairs(shown.words_N4, every.words_N4, max_distance_bits)
    apart = shown.video_R[shown.row_N[ours]] != every.video_R[every.row_N[theirs]]
    ours, theirs = ours[apart], theirs[apart]
    rows = shown.row_N[ours] * len(every.video_R) + every.row_N[theirs]
    enough = _most_frames(rows, ours, shown.size_R[shown.row_N[ours]])
    enough &= _most_frames(rows, theirs, every.size_R[every.row_N[theirs]])
    alike: list[set[int]] = [set() for _ in videos]
    for pair in np.unique(rows[enough]):
        one, other = int(shown.video_R[pair // len(every.video_R)]), int(every.video_R[pair % len(every.video_R)])
        alike[one].add(other)
        alike[other].add(one)
    return alike


@dataclass(frozen=True)
class _Frames:
    """Usable hashes of many rows. N frames, R rows: words of each frame, its row, each row's video and size."""

    words_N4: np.ndarray  # noqa: N815 - shape suffixes are the house style
    row_N: np.ndarray  # noqa: N815
    video_R: np.ndarray  # noqa: N815
    size_R: np.ndarray  # noqa: N815

    @classmethod
    def of(cls, rows: Sequence[tuple[int, Sequence[str]]]) -> _Frames:
        usable = [[text for text in row if text] for _, row in rows]
        data = b"".join(bytes.fromhex(text) for row in usable for text in row)
        sizes = np.array([len(row) for row in usable], np.int64)
        return cls(
            np.frombuffer(data, dtype=np.uint64).reshape(-1, HASH_WORDS),
            np.repeat(np.arange(len(rows)), sizes),
            np.array([video for video, _ in rows], np.int64),
            sizes,
        )


def _most_frames(rows: np.ndarray, frames: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """For each match (pair of rows, frame of one of them, that row's size): whether most of its frames match."""
    distinct = np.unique(np.stack([rows, frames]), axis=1)[0]
    pairs, counts = np.unique(distinct, return_counts=True)
    return 2 * counts[np.searchsorted(pairs, rows)] > sizes
