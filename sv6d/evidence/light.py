"""Light and colour of pictures: brightness, contrast, warmth, saturation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# ITU-R BT.601 luma of red, green and blue.
LUMA_WEIGHTS = np.array([0.299, 0.587, 0.114])
_FULL = 255.0


@dataclass(frozen=True, slots=True)
class Light:
    """One picture's light and colour.

    Attributes:
        luma_mean: brightness, in [0, 1].
        luma_std: contrast, in [0, 0.5].
        red_minus_blue: warmth, in [-1, 1]; above 0 is warm.
        chroma_mean: colourfulness, the mean of the largest minus the smallest channel, in [0, 1].
    """

    luma_mean: float
    luma_std: float
    red_minus_blue: float
    chroma_mean: float


def luma_of(rgb: np.ndarray) -> np.ndarray:
    """Luma [height, width] in [0, 1] of uint8 RGB [height, width, 3]."""
    return np.asarray(rgb @ LUMA_WEIGHTS / _FULL)


def light_of(rgb: np.ndarray) -> Light:
    """Light and colour of a uint8 RGB picture [height, width, 3]."""
    luma = luma_of(rgb)
    means = rgb.reshape(-1, 3).mean(axis=0) / _FULL
    chroma = (rgb.max(axis=2).astype(float) - rgb.min(axis=2)).mean() / _FULL
    return Light(float(luma.mean()), float(luma.std()), float(means[0] - means[2]), float(chroma))
