"""Fit the weights of the shot detector anew, and say how well they carry to sources that they did not see.

    python -m benchmarks.shot_fit KIT FOLDER TRUTH.json [--json OUT]

KIT is what `benchmarks.shot_kit` wrote from the clips of FOLDER with TRUTH.json: `tuning.json` and `validation.json`,
with the files that each half was made from. The labelled clips of TRUTH.json take part beside the trials. The same
files give the same weights: nothing is drawn.

Out of sample, each labelled clip is decided by weights fitted without it and without the half of the trials that
shows parts of it; each half by weights fitted on the other half and its clips. F1 counts true changes that are no
candidate, or no window, as missed. Candidates inside a gradual change, and windows that hold a part of one, say
nothing and are left out.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sv6d.io import dump_json
from sv6d.shots.blocks import block_means, planes
from sv6d.shots.hard_cuts import WEIGHTS as CUT_WEIGHTS
from sv6d.shots.hard_cuts import WHOLE_WEIGHTS, candidate_features
from sv6d.shots.mixes import WEIGHTS as MIX_WEIGHTS
from sv6d.shots.mixes import candidate_windows
from sv6d.shots.pictures import read_pictures

_PENALTY = 1.0  # on the squares of standardised weights; ours: a thousandth of the number of candidates
_STEPS = 60  # of Newton's method; measured: weights no longer change after 15
_CUT_SLACK, _GRADUAL_MARGIN = 1, 3  # frames
_LEAST_SHARE_OF_MIX = 0.7  # ours: overlap by union from which a window lies on a dissolve
_MIXTURES_BY_NATURE = "explosion"  # trials whose frames are sums of two pictures without a change of shot
_MIXES = ("dissolve", "fade_out", "fade_in", "fade_through_colour")
_REGRESSIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "hard_cuts.WEIGHTS": ("cuts", tuple(CUT_WEIGHTS)),
    "hard_cuts.WHOLE_WEIGHTS": ("cuts", tuple(WHOLE_WEIGHTS)),
    "mixes.WEIGHTS": ("mixes", tuple(MIX_WEIGHTS)),
}


@dataclass
class Samples:
    """Rows of features by name, whether each is a true change, and how many true changes have no row."""

    features: dict[str, list[float]]
    is_true: list[bool]
    num_lost: int = 0

    def matrix(self, names: Sequence[str]) -> np.ndarray:
        return np.array([self.features[name] for name in names], dtype=np.float64).T.reshape(-1, len(names))


@dataclass(frozen=True)
class Source:
    """The samples of one clip, or of one half of the trials; `half` is where its files were used."""

    name: str
    half: int
    samples: Mapping[str, Samples]


def collect(videos: Sequence[tuple[Path, Mapping[str, Any]]]) -> Mapping[str, Samples]:
    """Candidates for cuts and windows of dissolves of some videos, with their truth."""
    cuts, mixes = Samples({}, []), Samples({}, [])
    for path, truth in videos:
        pictures = read_pictures(path, None)
        small = planes(pictures.yuv_TCHW)
        _add_cuts(cuts, small, truth)
        _add_mixes(mixes, small, pictures.frame_ns(), truth)
    return {"cuts": cuts, "mixes": mixes}


def _add_cuts(samples: Samples, small: np.ndarray, truth: Mapping[str, Any]) -> None:
    at, features = candidate_features(small)
    unmet = set(truth["hard_cuts"])
    for number, frame in enumerate(at.tolist()):
        near = [cut for cut in truth["hard_cuts"] if abs(cut - frame) <= _CUT_SLACK]
        unmet -= set(near)
        if not near and any(a - _GRADUAL_MARGIN <= frame <= b + _GRADUAL_MARGIN for a, b in truth["gradual"]):
            continue
        _append(samples, features, number, bool(near))
    samples.num_lost += len(unmet)


def _add_mixes(samples: Samples, small: np.ndarray, frame_ns: int, truth: Mapping[str, Any]) -> None:
    if truth.get("kind") == _MIXTURES_BY_NATURE:
        return
    kinds = truth.get("gradual_kinds", ["dissolve"] * len(truth["gradual"]))
    spans = [(a, b + 1) for (a, b), kind in zip(truth["gradual"], kinds, strict=True) if kind in _MIXES]
    changes = [(a, b + 1) for a, b in truth["gradual"]]
    unmet = set(spans)
    for middle, half, features in candidate_windows(
        small, block_means(small), [(cut, cut) for cut in truth["hard_cuts"]], frame_ns
    ):
        for number, frame in enumerate(middle.tolist()):
            first, pure = frame - half + 1, frame + half
            met = {span for span in spans if _overlap(span, (first, pure)) >= _LEAST_SHARE_OF_MIX}
            unmet -= met
            if met or not any(a <= pure and b >= first for a, b in changes):
                _append(samples, features, number, bool(met))
    samples.num_lost += len(unmet)


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> float:
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return max(0, shared) / (max(one[1], other[1]) - min(one[0], other[0]))


def _append(samples: Samples, features: Mapping[str, np.ndarray], number: int, is_true: bool) -> None:
    for name, values in features.items():
        samples.features.setdefault(name, []).append(float(values[number]))
    samples.is_true.append(is_true)


def fit(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and bias of a logistic regression on features as they are, by Newton's method on standardised ones."""
    mean, deviation = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-9)
    rows = np.column_stack([(x - mean) / deviation, np.ones(len(x))])
    penalty = np.diag([*[_PENALTY] * x.shape[1], 0.0])
    weights = np.zeros(rows.shape[1])
    for _ in range(_STEPS):
        chance = 1.0 / (1.0 + np.exp(-np.clip(rows @ weights, -30.0, 30.0)))
        curve = (rows * (chance * (1.0 - chance))[:, None]).T @ rows + penalty + 1e-9 * np.eye(len(weights))
        weights -= np.linalg.solve(curve, rows.T @ (chance - y) + penalty @ weights)
    plain = weights[:-1] / deviation
    return plain, float(weights[-1] - plain @ mean)


def _fit_on(sources: Sequence[Source], what: str, names: Sequence[str]) -> tuple[np.ndarray, float]:
    parts = [source.samples[what] for source in sources if source.samples[what].is_true]
    return fit(np.concatenate([part.matrix(names) for part in parts]), np.concatenate([part.is_true for part in parts]))


def out_of_sample(sources: Sequence[Source], what: str, names: Sequence[str]) -> dict[str, dict[str, float]]:
    """True changes, those found and false ones, at even odds, by source; `total` with their F1."""
    told: dict[str, dict[str, float]] = {}
    for left_out in sources:
        others = [item for item in sources if item.half != left_out.half]
        if not left_out.name.startswith("trials "):
            clips = [item for item in sources if not item.name.startswith("trials ") and item is not left_out]
            others = [*others, *(item for item in clips if item.half == left_out.half)]
        weights, bias = _fit_on(others, what, names)
        samples = left_out.samples[what]
        is_true = np.array(samples.is_true, dtype=bool)
        taken = samples.matrix(names) @ weights + bias >= 0.0 if len(is_true) else is_true
        told[left_out.name] = {
            "wanted": int(is_true.sum()) + samples.num_lost,
            "found": int((taken & is_true).sum()),
            "false": int((taken & ~is_true).sum()),
            "of": len(is_true),
        }
    total = {key: sum(item[key] for item in told.values()) for key in ("wanted", "found", "false", "of")}
    return {**told, "total": {**total, "f1": 2 * total["found"] / (total["wanted"] + total["found"] + total["false"])}}


def read_sources(kit: Path, folder: Path, truth: Mapping[str, Any]) -> list[Source]:
    """Both halves of the trials and the labelled clips that they were made from."""
    listed = {Path(item["file"]).name: item for item in truth["videos"].values()}
    sources = []
    for half, name in enumerate(("tuning", "validation")):
        trials = json.loads((kit / f"{name}.json").read_bytes())
        videos = [(kit / item["file"], item) for _, item in sorted(trials["videos"].items())]
        sources.append(Source(f"trials {name}", half, collect(videos)))
        for file in sorted(set(trials["sources"]) & set(listed)):
            sources.append(Source(file, half, collect([(folder / file, listed[file])])))
    return sources


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kit", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    sources = read_sources(arguments.kit, arguments.folder, json.loads(arguments.truth.read_bytes()))
    report: dict[str, Any] = {}
    for name, (what, features) in _REGRESSIONS.items():
        weights, bias = _fit_on(sources, what, features)
        fitted = dict(zip(features, np.round(weights, 2).tolist(), strict=True))
        report[name] = {
            "weights": fitted,
            "bias": round(bias, 2),
            "out_of_sample": out_of_sample(sources, what, features),
        }
        print(f"{name}: {fitted}, bias {bias:.2f}")
        for source, item in report[name]["out_of_sample"].items():
            f1 = f", F1 {item['f1']:.3f}" if "f1" in item else ""
            print(f"  {source:28} {item['found']:4} of {item['wanted']:<4} {item['false']:4} false of {item['of']}{f1}")
    if arguments.json:
        arguments.json.write_bytes(dump_json(report))


if __name__ == "__main__":
    main()
