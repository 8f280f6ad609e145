"""Value noise in octaves, drawn once per seed and sampled at any scale."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PIL import Image

from sv6d.studio.seeds import generator

# Cell sizes in scene pixels and their weights: coarse ones are seen at 64 pixels, fine ones at 640.
_OCTAVES: tuple[tuple[float, float], ...] = (
    (170.0, 0.34),
    (80.0, 0.26),
    (36.0, 0.20),
    (15.0, 0.14),
    (6.0, 0.10),
    (2.6, 0.08),
)


def value_noise(seed: int, width: float, height: float, scale: float) -> npt.NDArray[np.float32]:
    """Noise over a scene of width x height, at `scale` texels per scene pixel; about -0.5 .. 0.5.

    Octaves below one texel are left out: their area average is nothing.
    """
    rng = generator(seed, 1)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    total = np.zeros((size[1], size[0]), np.float32)
    for cell, weight in _OCTAVES:
        if cell * scale < 1.0:
            break
        lattice = rng.integers(0, 256, (math.ceil(height / cell) + 2, math.ceil(width / cell) + 2), np.uint8)
        box = (0.5, 0.5, 0.5 + width / cell, 0.5 + height / cell)
        smooth = Image.fromarray(lattice).resize(size, Image.Resampling.BICUBIC, box)
        total += np.float32(weight / 255.0) * np.asarray(smooth, np.float32)
        total -= np.float32(weight / 2.0)
    return total
