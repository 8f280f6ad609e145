"""How far a proportion that was seen in a few trials may be from the true one."""

from __future__ import annotations

from math import sqrt

# Normal quantile of a two-sided 95 % interval.
Z_95 = 1.959963984540054


def wilson_interval(num_hits: int, num_trials: int, z: float) -> tuple[float, float]:
    """(low, high) of Wilson's score interval of a proportion, both in [0, 1].

    `z` is the normal quantile (`Z_95` for 95 %, two-sided). Holds for few trials, where the plain
    normal interval does not (Wilson 1927; Brown, Cai and DasGupta 2001).
    """
    share = num_hits / num_trials
    centre = share + z * z / (2 * num_trials)
    spread = z * sqrt(share * (1 - share) / num_trials + z * z / (4 * num_trials * num_trials))
    scale = 1 + z * z / num_trials
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)
