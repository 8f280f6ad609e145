"""Light and colour: one tone curve per channel, solved so that a shot's means are those planned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sv6d.studio.plan import Look

# Luma of BT.601, which is what 8-bit standard-definition video and Pillow's "L" mean by brightness.
LUMA_WEIGHTS = np.array([0.299, 0.587, 0.114])
_LEVELS = np.arange(256) / 255.0
_BISECTIONS = 11  # 2^-11 of the range is below one level of 255
_ROUNDS = 2  # the tone shifts the luma a little; measured: the second round brings it within 0.005


@dataclass(frozen=True, slots=True)
class Grade:
    """A curve per channel over levels 0..255."""

    table: tuple[int, ...]

    @property
    def with_alpha(self) -> tuple[int, ...]:
        """For RGBA pictures: transparency stays."""
        return (*self.table, *range(256))


def solve_grade(histogram: npt.NDArray[np.float64], look: Look) -> Grade:
    """The curve that brings a picture to the look's mean luma and red minus blue.

    `histogram` has shape (3, 256) and counts the levels of R, G and B. Contrast follows from the
    key: a low key is pressed down as a whole, so that few highlights stay.
    """
    share = histogram / histogram.sum(axis=1, keepdims=True)
    ceiling = {"low_key": 0.62, "mid_key": 0.95, "high_key": 1.0}[look.lighting_key]
    gamma, lean = 1.0, 0.0
    for _ in range(_ROUNDS):
        gamma = _bisect(lambda g, at=lean: look.luma - _means(share, _curves(ceiling, g, at)) @ LUMA_WEIGHTS, 0.12, 6.0)
        lean = _bisect(
            lambda at, g=gamma: _lean_of(_means(share, _curves(ceiling, g, at))) - look.red_minus_blue, -0.9, 0.9
        )
    curves = np.rint(255.0 * _curves(ceiling, gamma, lean)).astype(int)
    return Grade(tuple(int(v) for v in curves.ravel()))


def _curves(ceiling: float, gamma: float, lean: float) -> npt.NDArray[np.float64]:
    """(3, 256) curves in [0, 1]; larger gamma is darker, larger lean is redder."""
    base = ceiling * _LEVELS**gamma
    return np.clip(np.stack([base * (1.0 + lean), base, base * (1.0 - lean)]), 0.0, 1.0)


def _means(share: npt.NDArray[np.float64], curves: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    means: npt.NDArray[np.float64] = np.einsum("cv,cv->c", share, curves)
    return means


def _lean_of(means: npt.NDArray[np.float64]) -> float:
    return float(means[0] - means[2])


def _bisect(rising, low: float, high: float) -> float:  # type: ignore[no-untyped-def]
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2.0
        if rising(middle) < 0.0:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0
