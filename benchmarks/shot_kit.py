"""Write trials for shot detectors: real footage, cut and disguised in known ways, in two halves by source file.

    python -m benchmarks.shot_kit FOLDER TRUTH.json OUT [--rounds N] [--seed S]

FOLDER holds clips. Those that TRUTH.json lists are divided at their boundaries, the others are taken as
single shots. OUT gets `tuning/` and `validation/` with videos, and `tuning.json` and `validation.json`, truths
as `benchmarks.shots` reads them, with the files that each half was made from. No file of FOLDER is used in both
halves. The same clips and seed give the same frames; each round makes every kind of trial once.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from benchmarks import shot_pages, shot_parts, shot_splits, shot_traps, shot_trials
from benchmarks.shot_footage import Footage, read_footage
from benchmarks.shot_trials import Size, Trial
from sv6d.io import dump_json

Maker = Callable[[np.random.Generator, Footage, Size], Trial]
MAKERS: Mapping[str, Maker] = {
    maker.__name__: maker
    for maker in (
        shot_trials.montage,
        shot_trials.quick_montage,
        shot_trials.same_place,
        shot_trials.dark_cuts,
        shot_trials.barred,
        shot_trials.dissolves,
        shot_trials.fades,
        shot_trials.wipes,
        shot_trials.flash_cuts,
        shot_trials.zoom_transitions,
        shot_trials.jump_cuts,
        shot_trials.window,
        shot_trials.slides,
        shot_traps.single_take,
        shot_traps.flashes,
        shot_traps.pulses,
        shot_traps.light_steps,
        shot_traps.overlays,
        shot_traps.split_screen,
        shot_traps.passing,
        shot_traps.shaken,
        shot_traps.whipped,
        shot_traps.stutter,
        shot_traps.explosion,
        shot_traps.screen,
        shot_traps.window_take,
        shot_traps.punched_in,
        shot_traps.rushed,
        shot_traps.brief_tint,
        # New kinds at the end: the others keep their frames.
        shot_parts.window_dissolves,
        shot_parts.page_dissolves,
        shot_parts.faded_lines,
        shot_parts.cut_off,
        shot_splits.scaled_splits,
        shot_splits.cuts_to_splits,
        shot_splits.reframed,
        shot_pages.presented_pages,
        shot_pages.photo_pages,
        shot_pages.switched_screens,
        shot_pages.noted_pages,
        shot_pages.scrolled_pages,
    )
}
_SIZES: tuple[Size, ...] = ((216, 384), (216, 384), (384, 216), (240, 320))
_RATES = (24, 25, 30)
_RATE_FACTORS = (21, 27, 33)  # x264: as cut, as uploaded, as shared again


def write_kit(halves: Mapping[str, Footage], out: Path, rounds: int, seed: int) -> None:
    """`out`/NAME/ with videos and `out`/NAME.json for each named half."""
    for number, (name, footage) in enumerate(halves.items()):
        videos = {}
        (out / name).mkdir(parents=True, exist_ok=True)
        for round_number in range(rounds):
            for kind_number, (kind, maker) in enumerate(MAKERS.items()):
                rng = np.random.default_rng([seed, number, round_number, kind_number])
                size = _SIZES[int(rng.integers(len(_SIZES)))]
                trial = maker(rng, footage, size)
                file = f"{kind}-{round_number}.mp4"
                rate, factor = (int(rng.choice(values)) for values in (_RATES, _RATE_FACTORS))
                _encode(out / name / file, trial, rate, factor)
                videos[file] = {
                    "file": f"{name}/{file}",
                    "kind": kind,
                    "hard_cuts": trial.hard_cuts,
                    "gradual": [[first, last] for first, last, _ in trial.gradual],
                    "gradual_kinds": [kind for _, _, kind in trial.gradual],
                }
        (out / f"{name}.json").write_bytes(dump_json({"sources": sorted(footage.shots), "videos": videos}))


def _encode(path: Path, trial: Trial, rate: int, factor: int) -> None:
    height, width = trial.frames[0].shape[:2]
    with av.open(str(path), "w", container_options={"fflags": "+bitexact"}) as container:
        options = {"threads": "1", "crf": str(factor), "preset": "veryfast", "mbtree": "0"}
        stream = container.add_stream("libx264", rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.gop_size = 2 * rate
        stream.codec_context.time_base = Fraction(1, rate)
        for index, picture in enumerate(trial.frames):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), "rgb24")
            frame.time_base, frame.pts = Fraction(1, rate), index
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    truth: dict[str, Any] = json.loads(arguments.truth.read_bytes())
    tuning, validation = read_footage(arguments.folder, truth)
    for name, half in (("tuning", tuning), ("validation", validation)):
        print(f"{name}: {', '.join(sorted(half.shots))}")
    write_kit({"tuning": tuning, "validation": validation}, arguments.out, arguments.rounds, arguments.seed)


if __name__ == "__main__":
    main()
