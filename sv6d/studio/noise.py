"""Value noise in octaves: one field for all scenes, of which a seed picks a part."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image

from sv6d.studio.seeds import generator

# The field repeats after so many scene pixels: more than any scene is wide or high.
_PERIOD = 1536.0
# Cells per period and weights: coarse ones are seen at 64 pixels, fine ones at 640.
_OCTAVES: tuple[tuple[int, float], ...] = ((9, 0.32), (19, 0.26), (43, 0.20), (102, 0.15), (256, 0.12), (590, 0.10))


def value_noise(seed: int, width_px: int, height_px: int, scale: float) -> npt.NDArray[np.float32]:
    """Noise of height_px x width_px texels, at `scale` texels per scene pixel; about -0.5 .. 0.5."""
    field = _field(scale)
    left, top, turned = generator(seed, 1).random(3).tolist()
    rows = (int(top * len(field)) + np.arange(height_px)) % len(field)
    columns = (int(left * len(field)) + np.arange(width_px)) % len(field)
    return field[rows[:, None], columns[None, :]] if turned < 0.5 else field[columns[None, :], rows[:, None]]


@lru_cache(maxsize=4)
def _field(scale: float) -> npt.NDArray[np.float32]:
    """The whole square field. Octaves below a texel are left out: their area average is nothing."""
    size = max(1, round(_PERIOD * scale))
    rng = generator(0, 4)
    total = np.zeros((size, size), np.float32)
    for cells, weight in _OCTAVES:
        if cells > size:
            break
        lattice = np.pad(rng.integers(0, 256, (cells, cells), np.uint8), 2, mode="wrap")
        box = (2.0, 2.0, 2.0 + cells, 2.0 + cells)
        smooth = Image.fromarray(lattice).resize((size, size), Image.Resampling.BICUBIC, box)
        total += np.float32(weight) * (np.asarray(smooth) / np.float32(255.0) - np.float32(0.5))
    # What interpolation takes from the contrast, given back.
    return total * np.float32(math.sqrt(2.0))
