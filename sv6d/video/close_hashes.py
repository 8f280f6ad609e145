"""Which of many 256-bit hashes lie within a few bits of which, without comparing all with all."""

from __future__ import annotations

import numpy as np

HASH_WORDS = 4  # 256 bits as four 64-bit words
_PIECES = 16  # of 16 bits each
_BLOCK = 1 << 20  # ours: candidates compared at a time, some 70 MB


def close_pairs(
    ours_N4: np.ndarray,
    theirs_M4: np.ndarray,
    max_distance_bits: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Indices (i, j) of pairs of uint64 rows that differ in at most so many bits, sorted by i, then j.

    Only rows with an equal piece of 16 bits at the same place are compared (multi-index hashing: Norouzi, Punjani and
    Fleet, "Fast search in Hamming space with multi-index hashing", CVPR 2012). So all pairs of up to 15 bits are
    found, and of those of 31 bits, at random places, nine in ten: enough for a caller that asks for one of several.
    Also comparing pieces of one bit's difference finds all of these, and takes 17 times as long.
    """
    if not len(ours_N4) or not len(theirs_M4):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    our_pieces, their_pieces = (np.ascontiguousarray(rows).view(np.uint16) for rows in (ours_N4, theirs_M4))
    found = [np.empty(0, np.int64)]
    for piece in range(_PIECES):
        order = np.argsort(their_pieces[:, piece], kind="stable")
        values, wanted = their_pieces[order, piece], our_pieces[:, piece]
        first = np.searchsorted(values, wanted, "left")
        counts = np.searchsorted(values, wanted, "right") - first
        for start, end in _blocks(counts):
            part = counts[start:end]
            i = np.repeat(np.arange(start, end), part)
            within = np.arange(len(i)) - np.repeat(np.cumsum(part) - part, part)
            j = order[np.repeat(first[start:end], part) + within]
            near = distances(ours_N4[i], theirs_M4[j]) <= max_distance_bits
            found.append(i[near] * len(theirs_M4) + j[near])
    pairs = np.unique(np.concatenate(found))
    return pairs // len(theirs_M4), pairs % len(theirs_M4)


def distances(ours_4: np.ndarray, theirs_4: np.ndarray) -> np.ndarray:
    """In how many bits hashes differ: uint64 words last, the other axes as numpy broadcasts them."""
    bits: np.ndarray = np.bitwise_count(ours_4 ^ theirs_4).sum(axis=-1, dtype=np.int64)
    return bits


def _blocks(counts: np.ndarray) -> list[tuple[int, int]]:
    """Ranges of `counts` whose sums stay near the size of a block; a single larger one stands alone."""
    edges = np.searchsorted(np.cumsum(counts), np.arange(_BLOCK, counts.sum() + _BLOCK, _BLOCK), "left") + 1
    ends = np.unique(np.minimum(edges, len(counts)))
    starts = np.concatenate([[0], ends])[:-1]
    return [(int(start), int(end)) for start, end in zip(starts, ends, strict=True) if end > start]
