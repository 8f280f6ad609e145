"""Training histories as points of a small picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 14, 30
_NUM_TICKS = 4
# Of all steps: the running mean that is drawn over the noisy curve. Ours.
_SMOOTHING_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: place in the picture and what it says."""

    place: float
    text: str


@dataclass(frozen=True, slots=True)
class Curve:
    """One metric over the steps, ready to draw in a picture of WIDTH x HEIGHT.

    `raw` and `smooth` are the points of two polylines ("x,y x,y ..."); `first` and `last` are the
    running mean at both ends.
    """

    title: str
    raw: str
    smooth: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    first: str
    last: str


def curve_of(title: str, points: Sequence[tuple[int, float]]) -> Curve | None:
    """The curve of (step, value) points in the order of steps; None for fewer than two."""
    if len(points) < 2:
        return None
    steps, values = [step for step, _ in points], [value for _, value in points]
    smooth = _running_mean(values, max(1, round(_SMOOTHING_SHARE * len(values))))
    low, high = min(values), max(values)
    if low == high:
        low, high = low - 0.5, high + 0.5
    xs = [_scaled(step, steps[0], steps[-1], _LEFT, WIDTH - _RIGHT) for step in steps]
    x_ticks = [Tick(xs[i], str(steps[i])) for i in _spread(len(steps))]
    levels = [low + (high - low) * i / (_NUM_TICKS - 1) for i in range(_NUM_TICKS)]
    return Curve(
        title=title,
        raw=_polyline(xs, values, low, high),
        smooth=_polyline(xs, smooth, low, high),
        x_ticks=tuple(x_ticks),
        y_ticks=tuple(Tick(_y(level, low, high), f"{level:.2f}") for level in levels),
        first=f"{smooth[0]:.3f}",
        last=f"{smooth[-1]:.3f}",
    )


def _running_mean(values: Sequence[float], width: int) -> list[float]:
    sums = [0.0]
    for value in values:
        sums.append(sums[-1] + value)
    edges = [(max(0, i - width + 1), i + 1) for i in range(len(values))]
    return [(sums[end] - sums[start]) / (end - start) for start, end in edges]


def _polyline(xs: Sequence[float], values: Sequence[float], low: float, high: float) -> str:
    return " ".join(f"{x:.1f},{_y(value, low, high):.1f}" for x, value in zip(xs, values, strict=True))


def _y(value: float, low: float, high: float) -> float:
    return round(_scaled(value, low, high, HEIGHT - _BOTTOM, _TOP), 1)


def _scaled(value: float, low: float, high: float, start: float, end: float) -> float:
    return round(start + (value - low) / (high - low) * (end - start), 1)


def _spread(count: int) -> list[int]:
    """About _NUM_TICKS indexes from the first to the last, each once."""
    return sorted({round(i * (count - 1) / (_NUM_TICKS - 1)) for i in range(_NUM_TICKS)})
