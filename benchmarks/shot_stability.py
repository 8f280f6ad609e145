"""Whether the same changes are found when a film is shown otherwise: backward, mirrored, darker, faster, noisy.

    python -m benchmarks.shot_stability FOLDER TRUTH.json [--json OUT]

FOLDER and TRUTH.json as for `benchmarks.shots`, scored alike. What is altered are the small pictures that the detector
goes by, and its larger looks at still pages; so nothing is decoded or encoded twice, and labels carry over exactly. Of
films shown faster, looks at frames that are left out go to the next frame that stays. Prints one row for each way.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.shot_scores import SLACK, Tally, match, tally
from sv6d.io import dump_json
from sv6d.shots.block_detector import BlockDetector
from sv6d.shots.boundary import Pictures
from sv6d.shots.pictures import read_pictures

_GAIN, _BLACK, _CHROMA_GAIN = 0.55, 4.0, 0.6  # ours: an evening grade
_GREY = 128.0
_NOISE_LEVELS = 1.5  # ours: of small pictures, which are means of many pixels; a very bad camera


@dataclass(frozen=True)
class Shown:
    """Pictures shown in another way, and where frame t of the film is then: of a cut, its first new frame."""

    pictures: Pictures
    cut_of: Callable[[int], int]
    span_of: Callable[[int, int], tuple[int, int]]


def as_it_is(film: Pictures) -> Shown:
    return Shown(film, lambda t: t, lambda a, b: (a, b))


def backward(film: Pictures) -> Shown:
    num = len(film.yuv_TCHW)
    last_ns = film.times_ns[-1]
    pictures = replace(
        film,
        yuv_TCHW=np.ascontiguousarray(film.yuv_TCHW[::-1]),
        times_ns=tuple(last_ns - time for time in reversed(film.times_ns)),
        looks={num - t: (new, old) for t, (old, new) in film.looks.items()},
        stills={num - 1 - t: still for t, still in sorted(film.stills.items(), reverse=True)},
    )
    return Shown(pictures, lambda t: num - t, lambda a, b: (num - 1 - b, num - 1 - a))


def mirrored(film: Pictures) -> Shown:
    return as_it_is(_altered(film, lambda luma: luma[..., ::-1], lambda yuv: yuv[..., ::-1]))


def darker(film: Pictures) -> Shown:
    def darken(luma: np.ndarray) -> np.ndarray:
        return np.asarray(np.rint(luma.astype(np.float32) * _GAIN + _BLACK), dtype=np.uint8)

    def darken_all(yuv_TCHW: np.ndarray) -> np.ndarray:
        chroma = np.rint(_GREY + (yuv_TCHW[:, 1:].astype(np.float32) - _GREY) * _CHROMA_GAIN).astype(np.uint8)
        return np.concatenate([darken(yuv_TCHW[:, :1]), chroma], axis=1)

    return as_it_is(_altered(film, darken, darken_all))


def noisy(film: Pictures) -> Shown:
    noise = np.random.default_rng(1).normal(0.0, _NOISE_LEVELS, film.yuv_TCHW.shape)
    pixels = np.clip(film.yuv_TCHW + np.rint(noise), 0, 255).astype(np.uint8)
    return as_it_is(replace(film, yuv_TCHW=pixels))


def faster(times: int) -> Callable[[Pictures], Shown]:
    """Every so many frames alone, at the same rate."""

    def show(film: Pictures) -> Shown:
        kept = range(0, len(film.yuv_TCHW), times)
        pictures = replace(
            film,
            yuv_TCHW=np.ascontiguousarray(film.yuv_TCHW[::times]),
            times_ns=tuple(film.times_ns[t] // times for t in kept),
            duration_ns=film.duration_ns // times,
            looks={up: look for t, look in film.looks.items() if (up := -(-t // times)) < len(kept)},
            stills={t // times: still for t, still in film.stills.items()},
        )
        return Shown(pictures, lambda t: -(-t // times), lambda a, b: (a // times, -(-b // times)))

    return show


WAYS: Mapping[str, Callable[[Pictures], Shown]] = {
    "as it is": as_it_is,
    "backward": backward,
    "mirrored": mirrored,
    "darker": darker,
    "every second frame": faster(2),
    "every third frame": faster(3),
    "noisy": noisy,
}


def _altered(
    film: Pictures, luma: Callable[[np.ndarray], np.ndarray], yuv: Callable[[np.ndarray], np.ndarray]
) -> Pictures:
    """The film with each larger picture altered by `luma`, and the small ones by `yuv`."""
    return replace(
        film,
        yuv_TCHW=np.ascontiguousarray(yuv(film.yuv_TCHW)),
        looks={t: (luma(old), luma(new)) for t, (old, new) in film.looks.items()},
        stills={t: luma(still) for t, still in film.stills.items()},
    )


def measure(film: Pictures, truth: Mapping[str, Any]) -> dict[str, Tally]:
    """What is found of the changes of a film, by way of showing it."""
    found = {}
    for name, show in WAYS.items():
        shown = show(film)
        cuts = [shown.cut_of(t) for t in truth["hard_cuts"]]
        gradual = [shown.span_of(first, last) for first, last in truth["gradual"]]
        frames = [item.cut for item in BlockDetector().find(shown.pictures)]
        num_cuts, num_gradual, wrong = match(frames, {"hard_cuts": cuts, "gradual": gradual}, SLACK)
        found[name] = Tally(
            hard_cuts=len(cuts),
            hard_cuts_found=num_cuts,
            gradual=len(gradual),
            gradual_found=num_gradual,
            false_alarms=len(wrong),
        )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    labelled = json.loads(arguments.truth.read_text())["videos"].values()
    videos = [measure(read_pictures(arguments.folder / item["file"], None), item) for item in labelled]
    totals = {name: tally([video[name] for video in videos]) for name in WAYS}
    for name, sums in totals.items():
        f1 = "-" if sums.f1 is None else f"{sums.f1:.3f}"
        print(
            f"{name:20} cuts {sums.hard_cuts_found:4} of {sums.hard_cuts:4}, "
            f"gradual {sums.gradual_found:4} of {sums.gradual:4}, invented {sums.false_alarms:4}  F1 {f1}"
        )
    if arguments.json:
        told = {name: {**asdict(sums), "f1": sums.f1} for name, sums in totals.items()}
        arguments.json.write_bytes(dump_json({"detector": BlockDetector.name, "num_videos": len(videos), **told}))


if __name__ == "__main__":
    main()
