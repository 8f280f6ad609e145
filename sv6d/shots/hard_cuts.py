"""Hard cuts: a change between two frames that neither motion nor light explains, shared by what is live in it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sv6d.shots.blocks import activity, weighted_mean
from sv6d.shots.boundary import FrameBoundary
from sv6d.shots.cut_features import CutPlaces

# Candidates: the plain difference exceeds both neighbours' by this factor. Measured: one of 518 cuts of the trials
# and labelled clips falls below.
_LEAST_RISE = 1.15
_LEAST_LEVELS = 0.2  # ours: below a fifth of a level nothing has changed
# A first look at candidates by their plain difference alone, as a logistic regression, keeps a third of them and all
# cuts of the trials and labelled clips (one is lost at -4).
_FIRST_LOOK: Mapping[str, float] = {"rise": 1.74, "area": 2.54, "levels": 1.23}
_FIRST_LOOK_BIAS = -9.0
_FIRST_LOOK_THRESHOLD = -5.0
_FIRST_LOOK_LEVELS = 8.0  # a block that changes by as much speaks fully
_RISEN = 0.5  # logarithm: a block whose change is 1.65 times its neighbours' in time
# Logistic regression on the candidates of the trials of `benchmarks.shot_kit` (145 each in two halves by source, five
# rounds) and of three labelled clips. Fitted on one half and read on the other: F1 of cuts 0.91 and 0.96.
WEIGHTS: Mapping[str, float] = {
    "changed_live": -10.01,
    "changed_shape_live": -31.57,
    "spread": -11.98,
    "new": 19.69,
    "new_live": 11.67,
    "rise_shape": -4.06,
    "jump": 13.39,
    "plain_rise_live": 0.84,
    "whole": 0.83,
    "live_area": -3.20,
}
_BIAS = -7.34
# Where it decides. Measured out of sample: of 149 cuts of the labelled clips four lie below 0.7 under zero; of all
# else in 60 real clips the highest lies at -1.0 and the next at -3.5.
_THRESHOLD = -0.7
# Fast motion hides a cut from the live parts, which change from frame to frame anyway. A second regression, on whole
# pictures (4,900 candidates in sequences spliced from 50 single shots), decides where the first is not sure against it
# and most of the picture was nowhere before. Measured out of sample: two of 149 cuts more, no false one in real clips.
WHOLE_WEIGHTS: Mapping[str, float] = {"changed": 3.21, "rise": 3.29, "across": 5.80, "spread": 5.07}
_WHOLE_BIAS = -13.11
_WHOLE_THRESHOLD = -3.2
_WHOLE_LEAST: Mapping[str, float] = {"rise": 0.35, "changed": 0.3, "new": 0.7}
_DOUBTFUL = -3.0  # logit of the first regression from which the second is heard
# A flash leaves the picture before and after it alike: across it less than this share of the change remains.
_LEAST_ACROSS = 0.35


def find_hard_cuts(planes_TCHW: np.ndarray, change: np.ndarray) -> list[FrameBoundary]:
    """Hard cuts in the order of time. Planes as from `blocks.planes`, their change as from `blocks.activity`."""
    at = _candidates(change)
    if not at.size:
        return []
    features = CutPlaces(planes_TCHW, at).features(change)
    logits = _logits(features, WEIGHTS, _BIAS)
    # Neither regression is heard below both thresholds, so that nothing more need be looked at there.
    open_to = logits >= min(_THRESHOLD, _DOUBTFUL)
    at, logits = at[open_to], logits[open_to]
    if not at.size:
        return []
    features = {name: values[open_to] for name, values in features.items()}
    features["across"] = CutPlaces(planes_TCHW, at).across()
    by_whole = _logits(features, WHOLE_WEIGHTS, _WHOLE_BIAS) - _WHOLE_THRESHOLD
    heard = np.all([features[name] >= least for name, least in _WHOLE_LEAST.items()], axis=0)
    odds = np.maximum(logits - _THRESHOLD, np.where(heard, by_whole, -np.inf))
    scores = 1.0 / (1.0 + np.exp(-odds))
    is_cut = (odds >= 0.0) & (features["across"] >= _LEAST_ACROSS * features["changed"])
    return [
        FrameBoundary("hard_cut", int(t), int(t), int(t), round(float(score), 4))
        for t, score in zip(at[is_cut], scores[is_cut], strict=True)
    ]


def candidate_features(planes_TCHW: np.ndarray) -> tuple[np.ndarray, Mapping[str, np.ndarray]]:
    """First frames of possible new shots, and all that the regressions may use about them."""
    change = activity(planes_TCHW)
    at = _candidates(change)
    if not at.size:
        return at, {}
    places = CutPlaces(planes_TCHW, at)
    return at, {**places.features(change), "across": places.across()}


def _logits(features: Mapping[str, np.ndarray], weights: Mapping[str, float], bias: float) -> np.ndarray:
    return np.asarray(bias + sum(weight * features[name] for name, weight in weights.items()))


def _candidates(change: np.ndarray) -> np.ndarray:
    """First frames after differences that stand out, as a whole and on a first look at their blocks."""
    if not len(change):
        return np.zeros(0, dtype=np.int64)
    whole = change.mean(axis=(1, 2))
    around = np.maximum(np.r_[0.0, whole[:-1]], np.r_[whole[1:], 0.0])
    pairs = np.flatnonzero((whole >= _LEAST_RISE * around) & (whole > _LEAST_LEVELS))
    before, after = change[np.maximum(pairs - 1, 0)], change[np.minimum(pairs + 1, len(change) - 1)]
    rise = np.log((change[pairs] + 1.0) / (np.maximum(before, after) + 1.0))
    weight = np.minimum(change[pairs] / _FIRST_LOOK_LEVELS, 1.0)
    looks = {
        "rise": weighted_mean(weight, rise),
        "area": (rise > _RISEN).mean(axis=(1, 2)),
        "levels": np.log1p(whole[pairs]),
    }
    logits = _FIRST_LOOK_BIAS + sum(_FIRST_LOOK[name] * value for name, value in looks.items())
    return np.asarray(pairs[logits > _FIRST_LOOK_THRESHOLD] + 1)
