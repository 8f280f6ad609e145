"""How sharp a picture is: fine structure, as such and against the picture's contrast."""

from __future__ import annotations

import numpy as np

_LEAST_VARIANCE = 1e-4  # of luma in [0, 1]: 2.5 levels of 8-bit video; a flatter picture has nothing to be sharp


def sharpness(luma: np.ndarray) -> float:
    """Variance of the Laplacian (Pech-Pacheco et al., ICPR 2000); higher is sharper."""
    inner = luma[1:-1, 1:-1]
    laplacian = luma[:-2, 1:-1] + luma[2:, 1:-1] + luma[1:-1, :-2] + luma[1:-1, 2:] - 4.0 * inner
    return float(laplacian.var())


def sharpness_ratio(luma: np.ndarray) -> float | None:
    """`sharpness` by the variance of luma, so that neither light nor contrast changes it; None for a flat picture."""
    variance = float(luma.var())
    return sharpness(luma) / variance if variance >= _LEAST_VARIANCE else None
