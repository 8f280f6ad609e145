"""Clusters of near-duplicates, and the split of each: decided once, in the order of first sight.

Splits by cluster, so that a re-encoded copy of a training clip can not be a test item.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sv6d.video.config import SplitsConfig

_HASH_WORDS = 4  # 256 bits as four 64-bit words


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a video belongs. `split` is None where it resembles clusters of two splits: `like` names them."""

    cluster_id: str
    split: str | None
    like: tuple[str, ...] = ()


def place_videos(
    videos: Sequence[tuple[str, Sequence[str]]], *, max_distance_bits: int, splits: SplitsConfig
) -> list[Placement]:
    """Cluster and split of each (video_id, PDQ hashes), given in the order of first sight.

    A video joins the cluster of the earliest video that it resembles; clusters never merge, so what
    comes later never moves what was placed before. One that resembles clusters of two splits
    belongs to neither, and nothing joins it.
    """
    placements: list[Placement] = []
    known: list[tuple[np.ndarray, Placement]] = []
    for video_id, hashes in videos:
        words = _words(hashes)
        clusters = {placed.cluster_id: placed for their, placed in known if resembles(words, their, max_distance_bits)}
        if len({placed.split for placed in clusters.values()}) > 1:
            placements.append(Placement(video_id, None, tuple(clusters)))
            continue
        first = next(iter(clusters.values()), None)
        placement = first or Placement(video_id, split_of(video_id, splits))
        placements.append(placement)
        if words.size:
            known.append((words, placement))
    return placements


def split_of(cluster_id: str, config: SplitsConfig) -> str:
    """train, validation or test, from the salted SHA-256 of the cluster's first member alone."""
    digest = hashlib.sha256(f"{config.salt}:{cluster_id}".encode()).digest()
    position = int.from_bytes(digest[:8], "big") / 2**64
    if position < config.train:
        return "train"
    return "validation" if position < config.train + config.validation else "test"


def resembles(ours: np.ndarray, theirs: np.ndarray, max_distance_bits: int) -> bool:
    """Whether most usable frames of each video match one of the other's. Words as from `_words`."""
    if not ours.size or not theirs.size:
        return False
    distances = np.bitwise_count(ours[:, None, :] ^ theirs[None, :, :]).sum(axis=2)
    close = distances <= max_distance_bits
    return bool(2 * close.any(axis=1).sum() > len(ours) and 2 * close.any(axis=0).sum() > len(theirs))


def _words(hashes: Sequence[str]) -> np.ndarray:
    """Usable hashes as uint64 words, frames x 4; frames that were too flat are left out."""
    data = b"".join(bytes.fromhex(text) for text in hashes if text)
    return np.frombuffer(data, dtype=np.uint64).reshape(-1, _HASH_WORDS)
