"""Seeds: those of corpora and those of pretraining never meet, so a test clip was never trained on."""

from __future__ import annotations

import numpy as np

from sv6d.errors import ConfigError
from sv6d.studio.config import CORPUS_STRIDE, StudioConfig

# Above every corpus seed, (2^31 - 1) * 2^20 + 2^20 - 1 < 2^51, and within a signed 64-bit integer.
_PRETRAINING_BASE = 1 << 62


def corpus_seed(config: StudioConfig, index: int) -> int:
    """Seed of clip `index` of the corpus of `config`; below 2^51.

    Raises:
        ConfigError: the index is no index of a corpus.
    """
    _check(index, CORPUS_STRIDE)
    return config.seed * CORPUS_STRIDE + index


def pretraining_seed(index: int) -> int:
    """Seed of pretraining clip `index`; at least 2^62, so of no corpus."""
    _check(index, _PRETRAINING_BASE)
    return _PRETRAINING_BASE + index


def generator(*key: int) -> np.random.Generator:
    """The random numbers of one purpose: same integers, same stream."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(key)))


def _check(index: int, limit: int) -> None:
    if not 0 <= index < limit:
        raise ConfigError(
            "there is no clip of that index",
            found=str(index),
            wanted=f"0 .. {limit - 1}",
            next_step="correct the index",
        )
