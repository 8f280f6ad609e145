"""Gradual changes as mixtures: frames between two pictures that are a sum of both, not a movement of either."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sv6d.schema.boundaries import ChangeKind
from sv6d.shots.blocks import moved_difference
from sv6d.shots.boundary import FrameBoundary
from sv6d.shots.ends import compare_ends
from sv6d.timeline import NS_PER_S

# Half lengths tried, in seconds: transitions of editing programs last 0.2 to 3 s; steps of about 4/3.
_HALF_LENGTHS_S = (0.12, 0.17, 0.25, 0.33, 0.46, 0.62, 0.83, 1.1, 1.5)
_LEAST_HALF_FRAMES = 2
_STRIDES_PER_HALF = 4  # windows are tried at every quarter of their half length
SAMPLES = (-2 / 3, -1 / 3, 0.0, 1 / 3, 2 / 3)  # where inside a window the mixture is looked at
# What a window must show before it is looked at closely. Measured: windows on real and rendered transitions differ
# by 11 levels and more between their ends; 87 % of those that match a spliced transition pass the two others.
LEAST_LEVELS = 6.0
MOST_BENT = 0.2
_LEAST_STEP = -0.15
# Logistic regression on 1,900 windows of the trials of `benchmarks.shot_kit` and of real clips, 345 of them on a
# dissolve or a half of a fade (without explosions, which are mixtures). On the half of the sources that it was not
# fitted on: area under the curve 0.999; at the threshold 339 of the 345 pass, and 27 of the others.
WEIGHTS = {"bent": -14.21, "nearer": -0.90, "both": -2.11, "levels": 1.60, "shape": 8.68, "new": 10.20}
_BIAS = -22.50
_THRESHOLD = 1.0
# Logarithm of the mixture's error over that of the better moved end. Measured: labelled transitions of the real
# clips reach -0.49 and below, fast motion -0.2 at best.
_MOST_LOG_ERROR = -0.4
# The same block by block, before any pixel is looked at. Measured: of 1,800 windows taken for mixtures in the trials
# and the real clips none lies above -0.58; two fifths of the others pass.
MOST_BLOCK_LOG_ERROR, BLOCK_NOISE = -0.5, 0.17
_MOST_OVERLAP = 0.35  # share of the shorter of two windows that may overlap: parts of one change under a moving camera
_MAX_GAP_S = 0.2  # ours: between two windows on one change; no picture is shown for less between two changes
_NO_PICTURE = 8.0  # contrast in levels of 255; as in `fades`: fainter than this is the noise of darkness
# A mixture that runs into the end of the video (or out of its start) is a fade that is cut off if the contrast still
# falls there, and much of it is gone. Measured on 124 fades cut off at 0.3 to 0.95 of their way: what was taken for a
# dissolve keeps 0.16 to 0.63; a dissolve that is cut off half-way keeps about 0.7, being the sum of two pictures.
_CUT_OFF_S, _MOST_LEFT = 0.25, 0.65
_FALLS_ON, _FALLS_FRAMES = 0.99, 3
_DIP = 0.5  # ours: a fade is where half of the contrast is gone on the way


@dataclass(frozen=True, slots=True)
class Window:
    """Mixed frames [first, pure), with the evidence for it as a logarithm of odds above the threshold."""

    logit: float
    first: int
    pure: int

    def overlaps(self, other: Window) -> bool:
        shared = min(self.pure, other.pure) - max(self.first, other.first)
        return shared > _MOST_OVERLAP * min(self.pure - self.first, other.pure - other.first)


def find_mixes(
    planes_TCHW: np.ndarray,
    fields_TCBD: np.ndarray,
    contrast_T: np.ndarray,
    taken: Sequence[tuple[int, int]],
    frame_ns: int,
) -> list[FrameBoundary]:
    """Dissolves (and fades that never reach a flat frame) in the order of time.

    `taken` are frames [first, pure) of changes already found: cuts (as [t, t]) and fades. A window
    may touch but not hold any of them. Planes as from `blocks.planes`, fields as their `block_means`, contrast as from
    `fades`.
    """
    windows: list[Window] = []
    for middle, half, features in candidate_windows(planes_TCHW, fields_TCBD, taken, frame_ns):
        windows += likely(middle, half, features)
    return boundaries(windows, contrast_T, taken, frame_ns)


def likely(middle: np.ndarray, half: int, features: Mapping[str, np.ndarray]) -> list[Window]:
    """Windows, given by middle frames, half length and features, that are taken for mixtures."""
    logits = np.asarray(_BIAS - _THRESHOLD + sum(weight * features[name] for name, weight in WEIGHTS.items()))
    good = logits >= 0.0
    return [
        Window(float(logit), int(t) - half + 1, int(t) + half)
        for t, logit in zip(middle[good], logits[good], strict=True)
    ]


def boundaries(
    windows: Sequence[Window], contrast_T: np.ndarray, taken: Sequence[tuple[int, int]], frame_ns: int
) -> list[FrameBoundary]:
    """The likeliest of windows that overlap, as boundaries in the order of time."""
    kept: list[Window] = []
    for window in sorted(windows, key=lambda item: (-item.logit, item.first, item.pure)):
        if not any(window.overlaps(other) for other in kept):
            kept.append(window)
    merged = _merge(sorted(kept, key=lambda item: item.first), contrast_T, frame_ns)
    return [item for item in merged if not any(item.first <= first <= item.pure for first, _ in taken)]


def half_lengths(frame_ns: int) -> list[int]:
    """Half lengths of the windows that are tried, in frames, rising."""
    return sorted({max(_LEAST_HALF_FRAMES, round(s * NS_PER_S / frame_ns)) for s in _HALF_LENGTHS_S})


def candidate_windows(
    planes_TCHW: np.ndarray, fields_TCBD: np.ndarray, taken: Sequence[tuple[int, int]], frame_ns: int
) -> Iterator[tuple[np.ndarray, int, Mapping[str, np.ndarray]]]:
    """Middle frames, half length and features of windows whose middle is better explained as a mixture of
    both ends than as either end moved."""
    fields = fields_TCBD.reshape(len(fields_TCBD), -1)
    for half in half_lengths(frame_ns):
        middle = middles(len(fields), half, taken)
        if middle.size:
            middle, bent = _ramps(fields, middle, half)
        if middle.size:
            middle, features = _features(planes_TCHW, middle, half, bent)
            if middle.size:
                yield middle, half, features


def middles(num: int, half: int, taken: Sequence[tuple[int, int]]) -> np.ndarray:
    """Middle frames of windows whose ends are frames of the video and which hold nothing that is taken."""
    stride = max(1, half // _STRIDES_PER_HALF)
    middle = np.arange(half, num - half, stride)
    free = np.ones(len(middle), dtype=bool)
    for first, pure in taken:
        # Frames middle - half and middle + half are the pure ends.
        free &= (middle + half < first) | (middle - half >= pure)
    return middle[free]


def _ramps(fields: np.ndarray, middle: np.ndarray, half: int) -> tuple[np.ndarray, np.ndarray]:
    """Windows along which the share of the new picture grows as a straight ramp, and the bend of each.

    Those alone whose middle is, block by block, nearer to a mixture of both ends than to either.
    """
    way = fields[middle + half] - fields[middle - half]
    length = np.einsum("nf,nf->n", way, way) + 1e-3 * fields.shape[1]
    levels = np.sqrt(length / fields.shape[1])
    differ = levels > LEAST_LEVELS
    middle, way, length = middle[differ], way[differ], length[differ]
    old = fields[middle - half]
    offsets = [round(share * half) for share in SAMPLES]
    shares = np.stack([np.einsum("nf,nf->n", fields[middle + o] - old, way) / length for o in offsets], axis=1)
    expected = np.array([(offset + half) / (2 * half) for offset in offsets])
    bent = np.abs(shares - expected).mean(axis=1)
    ends = np.zeros((len(middle), 1))
    step = np.minimum(np.diff(np.concatenate([ends, shares, ends + 1.0], axis=1), axis=1).min(axis=1), 0.0)
    keep = (bent < MOST_BENT) & (step > _LEAST_STEP)
    middle, bent, way, old = middle[keep], bent[keep], way[keep], old[keep]
    mixed, share = fields[middle], np.clip(shares[keep, len(SAMPLES) // 2], 0.0, 1.0)[:, None]
    mixture = np.abs(old + share * way - mixed).mean(axis=1)
    ends = np.minimum(np.abs(old - mixed).mean(axis=1), np.abs(old + way - mixed).mean(axis=1))
    keep = np.log((mixture + BLOCK_NOISE) / (ends + BLOCK_NOISE)) <= MOST_BLOCK_LOG_ERROR
    return middle[keep], bent[keep]


def _features(
    planes_TCHW: np.ndarray, middle: np.ndarray, half: int, bent: np.ndarray
) -> tuple[np.ndarray, Mapping[str, np.ndarray]]:
    """What is known of the windows whose middle is a mixture rather than an end moved; those windows alone."""
    old, new, mixed = planes_TCHW[middle - half], planes_TCHW[middle + half], planes_TCHW[middle]
    way = (new - old).astype(np.float32)
    length = np.einsum("nchw,nchw->n", way, way) + 1.0
    share = np.clip(np.einsum("nchw,nchw->n", way, mixed - old, dtype=np.float32) / length, 0.0, 1.0)
    mixture = _distance(way * share[:, None, None, None], mixed - old)
    by_old, by_new = _distance(old, mixed), _distance(new, mixed)
    # Moving an end can only bring it nearer, and so make a mixture less likely: what fails against the ends as they
    # are need not be searched, nor what is still too unlikely when the ends have nothing in common.
    middle, bent, mixture, by_old, by_new, old, new, mixed = _hopeful(
        middle, bent, mixture, by_old, by_new, old, new, mixed
    )
    by_old = moved_difference(old, mixed).mean(axis=(1, 2)) + 0.5
    middle, bent, mixture, by_old, by_new, old, new, mixed = _hopeful(
        middle, bent, mixture, by_old, by_new, old, new, mixed
    )
    by_new = moved_difference(new, mixed).mean(axis=(1, 2)) + 0.5
    middle, bent, mixture, by_old, by_new, old, new, mixed = _hopeful(
        middle, bent, mixture, by_old, by_new, old, new, mixed
    )
    errors = _errors(bent, mixture, by_old, by_new, old, new)
    logits = _without_ends(errors)
    keep, ends = compare_ends(
        old, new, lambda shape: logits + (WEIGHTS["shape"] + WEIGHTS["new"]) * shape >= _THRESHOLD
    )
    return middle[keep], {**{name: values[keep] for name, values in errors.items()}, **ends}


def _distance(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Mean difference of pictures, the planes summed, and half a level; N."""
    distance = np.abs(some - others).sum(axis=1, dtype=some.dtype).mean(axis=(1, 2), dtype=np.float32)
    return np.asarray(distance + np.float32(0.5))


def _errors(
    bent: np.ndarray, mixture: np.ndarray, by_old: np.ndarray, by_new: np.ndarray, old: np.ndarray, new: np.ndarray
) -> dict[str, np.ndarray]:
    """The features that do not compare the ends by structure."""
    return {
        "bent": bent,
        "nearer": np.log(mixture / np.minimum(by_old, by_new)),
        "both": np.log(2.0 * mixture / (by_old + by_new)),
        "levels": np.log1p(_distance(old, new) - 0.5),
    }


def _without_ends(features: Mapping[str, np.ndarray]) -> np.ndarray:
    """Logits by the features that are known, as if the structure of the ends were the same."""
    return np.asarray(_BIAS + sum(WEIGHTS[name] * values for name, values in features.items()))


def _hopeful(
    middle: np.ndarray,
    bent: np.ndarray,
    mixture: np.ndarray,
    by_old: np.ndarray,
    by_new: np.ndarray,
    old: np.ndarray,
    new: np.ndarray,
    mixed: np.ndarray,
) -> list[np.ndarray]:
    """Windows that may still be taken for a mixture, whatever the structure of their ends says."""
    features = _errors(bent, mixture, by_old, by_new, old, new)
    most = _without_ends(features) + WEIGHTS["shape"] + WEIGHTS["new"]
    keep = (features["nearer"] <= _MOST_LOG_ERROR) & (most >= _THRESHOLD)
    return [part[keep] for part in (middle, bent, mixture, by_old, by_new, old, new, mixed)]


def _merge(windows: Sequence[Window], contrast_T: np.ndarray, frame_ns: int) -> list[FrameBoundary]:
    """Windows as boundaries; those that follow each other at once are parts of one change.

    A change whose contrast dips between two parts is a fade through that frame.
    """
    found: list[FrameBoundary] = []
    for window in windows:
        kind: ChangeKind = "dissolve"
        first, pure, score = window.first, window.pure, round(1.0 / (1.0 + math.exp(-window.logit)), 4)
        cut = (first + pure) // 2
        if found and (first - found[-1].pure) * frame_ns <= _MAX_GAP_S * NS_PER_S:
            before = found.pop()
            low = min(before.pure, first) - 1 + int(np.argmin(contrast_T[min(before.pure, first) - 1 : first + 1]))
            dips = contrast_T[low] < _DIP * min(contrast_T[before.first - 1], contrast_T[pure])
            kind, cut = ("fade_through_colour", low) if dips else (before.kind, (before.first + pure) // 2)
            first, score = before.first, max(score, before.score)
        found.append(FrameBoundary(kind, first, pure, cut, score))
    return [item for item in found if not _opens_or_closes(item, contrast_T, frame_ns)]


def _opens_or_closes(item: FrameBoundary, contrast_T: np.ndarray, frame_ns: int) -> bool:
    """Whether there is no picture before the change, or none after it, or an end of the video cuts a fade off."""
    if max(contrast_T[: item.first]) < _NO_PICTURE or max(contrast_T[item.pure :]) < _NO_PICTURE:
        return True
    reach = max(1, round(_CUT_OFF_S * NS_PER_S / frame_ns))
    last = len(contrast_T) - 1
    closes = item.pure + reach > last and _fades_on(contrast_T[item.first - 1 :])
    return closes or (item.first - 1 < reach and _fades_on(contrast_T[: item.pure + 1][::-1]))


def _fades_on(contrast_N: np.ndarray) -> bool:
    """Whether contrast is still falling at the last of these frames, and much of it is gone."""
    falls = contrast_N[-1] < _FALLS_ON * contrast_N[max(0, len(contrast_N) - 1 - _FALLS_FRAMES)]
    return bool(falls and contrast_N[-1] <= _MOST_LEFT * contrast_N[0])
