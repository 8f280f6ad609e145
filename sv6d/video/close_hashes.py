"""Which of many 256-bit hashes lie within a few bits of which, without comparing all with all."""

from __future__ import annotations

from itertools import combinations

import numpy as np

HASH_WORDS = 4  # 256 bits as four 64-bit words
_PIECES = 16  # of 16 bits each
_PIECE_BITS = 16
_BLOCK = 1 << 20  # ours: candidates compared at a time, some 70 MB


def close_pairs(
    ours_N4: np.ndarray,
    theirs_M4: np.ndarray,
    max_distance_bits: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Indices (i, j) of all pairs of uint64 rows that differ in at most so many bits, sorted by i, then j.

    Of 16 pieces of 16 bits one differs in no more than a sixteenth of the bits that the whole does, so
    only rows that share such a piece are compared (multi-index hashing: Norouzi, Punjani and Fleet,
    "Fast search in Hamming space with multi-index hashing", CVPR 2012).
    """
    if not len(ours_N4) or not len(theirs_M4):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    masks = _masks(max_distance_bits // _PIECES)
    our_pieces, their_pieces = (np.ascontiguousarray(rows).view(np.uint16) for rows in (ours_N4, theirs_M4))
    found = [np.empty(0, np.int64)]
    for piece in range(_PIECES):
        order = np.argsort(their_pieces[:, piece], kind="stable")
        values = their_pieces[order, piece]
        wanted = (our_pieces[:, piece, None] ^ masks).ravel()
        first = np.searchsorted(values, wanted, "left")
        counts = np.searchsorted(values, wanted, "right") - first
        for start, end in _blocks(counts):
            part = counts[start:end]
            i = np.repeat(np.arange(start, end) // len(masks), part)
            within = np.arange(len(i)) - np.repeat(np.cumsum(part) - part, part)
            j = order[np.repeat(first[start:end], part) + within]
            near = np.bitwise_count(ours_N4[i] ^ theirs_M4[j]).sum(axis=1) <= max_distance_bits
            found.append(i[near] * len(theirs_M4) + j[near])
    pairs = np.unique(np.concatenate(found))
    return pairs // len(theirs_M4), pairs % len(theirs_M4)


def _masks(most_bits: int) -> np.ndarray:
    """All 16-bit words with at most so many bits."""
    return np.array(
        [
            sum(1 << bit for bit in bits)
            for num in range(min(most_bits, _PIECE_BITS) + 1)
            for bits in combinations(range(_PIECE_BITS), num)
        ],
        np.uint16,
    )


def _blocks(counts: np.ndarray) -> list[tuple[int, int]]:
    """Ranges of `counts` whose sums stay near the size of a block; a single larger one stands alone."""
    edges = np.searchsorted(np.cumsum(counts), np.arange(_BLOCK, counts.sum() + _BLOCK, _BLOCK), "left") + 1
    ends = np.unique(np.minimum(edges, len(counts)))
    starts = np.concatenate([[0], ends])[:-1]
    return [(int(start), int(end)) for start, end in zip(starts, ends, strict=True) if end > start]
