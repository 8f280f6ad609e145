"""Clusters of near-duplicates, and the split of each: decided once, in the order of first sight.

Splits by cluster, so that a re-encoded copy of a training clip can not be a test item.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sv6d.video.close_hashes import HASH_WORDS, close_pairs, distances
from sv6d.video.config import NearDuplicatesConfig, SplitsConfig
from sv6d.video.frame_hashes import FrameHashes

# Ours: two frames in step happen by chance where a title or a logo is the same.
_LEAST_IN_STEP = 3
# Measured: the same moment is found within two frames of 25 a second in copies that are encoded again.
_IN_STEP_NS = 100_000_000
_MOST_SHIFTS = 3  # ours: a still picture matches under any shift, and one of the first is then as good as any


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a video belongs. `split` is None where it resembles clusters of two splits: `like` names them."""

    cluster_id: str
    split: str | None
    like: tuple[str, ...] = ()


def place_videos(
    videos: Sequence[tuple[str, FrameHashes]], config: NearDuplicatesConfig, *, splits: SplitsConfig
) -> list[Placement]:
    """Cluster and split of each (video_id, hashes), given in the order of first sight.

    A video joins the cluster of the earliest video that it resembles; clusters never merge, so what
    comes later never moves what was placed before. One that resembles clusters of two splits
    belongs to neither, and nothing joins it.
    """
    alike = similar_videos([hashes for _, hashes in videos], config)
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


def similar_videos(videos: Sequence[FrameHashes], config: NearDuplicatesConfig) -> list[set[int]]:
    """For each video the indices of those that it resembles; the relation goes both ways.

    Two videos resemble each other in one of two ways, and in both one frame of each matches closely:
    - as wholes: most usable sampled frames of a row of each match one of the other's, a row of frames as shown on one
      side, any row on the other, so that a crop of one is compared with the other as it is, and never a crop with a
      crop;
    - as parts: under one shift of time at least three moments match, most of those that the one with fewer has where
      both are, and where both are lies most of the shorter one.
    """
    shown = _Frames.of([(index, row, ()) for index, hashes in enumerate(videos) for row in hashes.shown])
    every = _Frames.of([(index, row, ()) for index, each in enumerate(videos) for row in (*each.shown, *each.copied)])
    moments = _Frames.of([(index, row, each.moments_ns) for index, each in enumerate(videos) for row in each.moments])
    alike: list[set[int]] = [set() for _ in videos]
    for ours, theirs, judge in ((shown, every, _are_wholes), (moments, moments, _are_parts)):
        for one, other in _candidates(ours, theirs, config.max_distance_bits):
            videos_of = int(ours.video_R[one]), int(theirs.video_R[other])
            if videos_of[1] in alike[videos_of[0]]:
                continue
            near = distances(ours.words(one)[:, None], theirs.words(other)[None]) <= config.max_distance_beside_bits
            if judge(near, ours.times_ns(one), theirs.times_ns(other)):
                alike[videos_of[0]].add(videos_of[1])
                alike[videos_of[1]].add(videos_of[0])
    return alike


@dataclass(frozen=True)
class _Frames:
    """Usable hashes of many rows. N frames, R rows: words and time of each frame, its row, and each row's video and
    its first frame here.
    """

    words_N4: np.ndarray  # noqa: N815 - shape suffixes are the house style
    time_ns_N: np.ndarray  # noqa: N815
    row_N: np.ndarray  # noqa: N815
    video_R: np.ndarray  # noqa: N815
    first_R: np.ndarray  # noqa: N815

    @classmethod
    def of(cls, rows: Sequence[tuple[int, Sequence[str], Sequence[int]]]) -> _Frames:
        usable = [[index for index, text in enumerate(row) if text] for _, row, _ in rows]
        texts = "".join(rows[row][1][index] for row, kept in enumerate(usable) for index in kept)
        sizes = np.array([len(kept) for kept in usable], np.int64)
        times = [times[index] for kept, (_, _, times) in zip(usable, rows, strict=True) if times for index in kept]
        return cls(
            np.frombuffer(bytes.fromhex(texts), dtype=np.uint64).reshape(-1, HASH_WORDS),
            np.array(times, np.int64),
            np.repeat(np.arange(len(rows)), sizes),
            np.array([video for video, _, _ in rows], np.int64),
            np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        )

    def words(self, row: int) -> np.ndarray:
        return self.words_N4[self.first_R[row] : self.first_R[row + 1]]

    def times_ns(self, row: int) -> np.ndarray:
        return self.time_ns_N[self.first_R[row] : self.first_R[row + 1]]


def _candidates(ours: _Frames, theirs: _Frames, max_distance_bits: int) -> list[tuple[int, int]]:
    """Pairs of rows of different videos in which a frame of one is close to one of the other."""
    i, j = close_pairs(ours.words_N4, theirs.words_N4, max_distance_bits)
    one, other = ours.row_N[i], theirs.row_N[j]
    # Where both are the same kind of row each pair comes twice.
    apart = (
        ours.video_R[one] != theirs.video_R[other] if ours is not theirs else ours.video_R[one] < theirs.video_R[other]
    )
    pairs = np.unique(one[apart] * len(theirs.video_R) + other[apart])
    return [divmod(pair, len(theirs.video_R)) for pair in pairs.tolist()]


def _are_wholes(near_NM: np.ndarray, ours_ns: np.ndarray, theirs_ns: np.ndarray) -> bool:
    ours, theirs = near_NM.any(axis=1), near_NM.any(axis=0)
    return bool(2 * ours.sum() > ours.size and 2 * theirs.sum() > theirs.size)


def _are_parts(near_NM: np.ndarray, ours_ns: np.ndarray, theirs_ns: np.ndarray) -> bool:
    if min(near_NM.shape) < _LEAST_IN_STEP:
        return False
    i, j = np.nonzero(near_NM)
    shifts_ns = ours_ns[i] - theirs_ns[j]
    # By the number of matches; shifts that straddle two steps are caught by looking beyond the step below.
    steps, counts = np.unique(np.round(shifts_ns / _IN_STEP_NS).astype(np.int64), return_counts=True)
    for step in steps[np.argsort(-counts, kind="stable")[:_MOST_SHIFTS]]:
        shift_ns = step * _IN_STEP_NS
        in_step = np.abs(shifts_ns - shift_ns) <= _IN_STEP_NS
        matched = min(len(np.unique(i[in_step])), len(np.unique(j[in_step])))
        if matched >= _LEAST_IN_STEP and _is_most_of_the_shorter(ours_ns, theirs_ns + shift_ns, matched):
            return True
    return False


def _is_most_of_the_shorter(ours_ns: np.ndarray, theirs_ns: np.ndarray, matched: int) -> bool:
    """Whether the time where both are is most of the shorter one's, and these matches most of what one has there."""
    start_ns, end_ns = max(ours_ns[0], theirs_ns[0]), min(ours_ns[-1], theirs_ns[-1])
    shorter_ns = min(np.ptp(ours_ns), np.ptp(theirs_ns))
    first_ns, last_ns = start_ns - _IN_STEP_NS, end_ns + _IN_STEP_NS
    there = min(np.count_nonzero((times >= first_ns) & (times <= last_ns)) for times in (ours_ns, theirs_ns))
    return bool(2 * matched > there and 2 * (end_ns - start_ns) > shorter_ns)
