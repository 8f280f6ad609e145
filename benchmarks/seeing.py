"""What measuring a video costs: the share of each cue, times real time, and memory.

    python -m benchmarks.seeing FILE... [--params PARAMS] [--json OUT]

Each file is divided into shots and measured as the stages `shots` and `evidence` do it, in a process of its own with
one thread. Prints, for each file and for all, processor seconds per second of video by cue, and how many times real
time two cores do that work, one file each; wall seconds beside it tell how busy the machine was. Memory is the largest
resident size of that process.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sv6d.cli.measure import find_shots
from sv6d.evidence import measure as measuring
from sv6d.evidence import motion_cue, shot_cues, sound_rows, transcript
from sv6d.evidence.box_cue import FaceCue, PersonCue
from sv6d.evidence.config import EvidenceConfig
from sv6d.evidence.layout import LayoutMeter
from sv6d.evidence.pictures import Look
from sv6d.evidence.text_rows import TextCue
from sv6d.io import dump_json
from sv6d.params import nearest_params, read_config
from sv6d.shots.config import ShotsConfig
from sv6d.timeline import NS_PER_S

CORES = 2
_REST = "decoding"
# What each cue is made of; where one calls another, the outer one pays.
_PARTS: tuple[tuple[str, Any, str], ...] = (
    ("text", TextCue, "__init__"),
    ("text", TextCue, "take"),
    ("text", TextCue, "rows"),
    ("motion", motion_cue, "align"),
    ("motion", motion_cue, "poses_if_still"),
    ("motion", shot_cues, "shrink"),
    ("motion", shot_cues, "luma_of"),
    ("shake", motion_cue, "shake_rms"),
    ("light and colour", shot_cues, "light_of"),
    ("sharpness", shot_cues, "sharpness_ratio"),
    ("layout", LayoutMeter, "take"),
    ("layout", LayoutMeter, "found"),
    ("layout", measuring, "subtitle_bands"),
    ("faces", FaceCue, "take"),
    ("faces", FaceCue, "conclude"),
    ("people", PersonCue, "take"),
    ("people", PersonCue, "conclude"),
    ("keyframes", shot_cues, "sharpness"),
    ("keyframes", shot_cues, "_jpeg"),
    ("sound level", sound_rows, "read_sound"),
    ("sound level", sound_rows, "levels_of"),
    ("onsets and beats", sound_rows, "spectrum_of"),
    ("onsets and beats", sound_rows, "onset_envelope"),
    ("onsets and beats", sound_rows, "onsets"),
    ("onsets and beats", sound_rows, "beat_envelope"),
    ("onsets and beats", sound_rows, "find_pulse"),
    ("onsets and beats", sound_rows, "cuts_on_beat"),
    ("speech and music", sound_rows, "likenesses"),
    ("transcript", transcript, "transcript_rows"),
    ("scaling", Look, "picture"),
)


class Stopwatch:
    """Processor seconds by cue."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._is_running = False

    def put_on(self, cue: str, owner: Any, name: str) -> None:
        """Count what `owner.name` takes to a cue, unless another cue called it."""
        inner: Callable[..., Any] = getattr(owner, name)

        def timed(*args: Any, **named: Any) -> Any:
            if self._is_running:
                return inner(*args, **named)
            self._is_running, started = True, time.process_time()
            try:
                return inner(*args, **named)
            finally:
                self.seconds[cue] += time.process_time() - started
                self._is_running = False

        setattr(owner, name, timed)


def see(path: Path, params: Path) -> dict[str, Any]:
    """Costs of one file. Runs in a process of its own, whose functions it wraps."""
    shots_config, config = read_config(params, "shots"), read_config(params, "evidence")
    assert isinstance(shots_config, ShotsConfig)
    assert isinstance(config, EvidenceConfig)
    started = time.process_time()
    found = find_shots(path, shots_config)
    shots_s = time.process_time() - started
    watch = Stopwatch()
    for cue, owner, name in _PARTS:
        watch.put_on(cue, owner, name)
    started, wall = time.process_time(), time.perf_counter()
    rows = measuring.measure(path, found.shots, config, None, found.changes)
    total_s, wall_s = time.process_time() - started, time.perf_counter() - wall
    seconds = dict(watch.seconds)
    seconds[_REST] = total_s - sum(seconds.values())
    return {
        "name": path.name,
        "video_s": found.shots[-1].end_ns / NS_PER_S,
        "frames": found.num_frames,
        "shots_s": shots_s,
        "evidence_s": total_s,
        "wall_s": wall_s,
        "cues_s": dict(sorted(seconds.items())),
        "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        **{name: rows["text_reads"][0][name] for name in ("looks", "searches", "readings")},
        "texts": len(rows["texts"]),
    }


def summary(files: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """All files together: processor seconds a second of video, and times real time on two cores."""
    video_s = sum(one["video_s"] for one in files)
    evidence_s = sum(one["evidence_s"] for one in files)
    cues = sorted({cue for one in files for cue in one["cues_s"]})
    by_cue = {cue: sum(one["cues_s"].get(cue, 0.0) for one in files) for cue in cues}
    return {
        "video_s": video_s,
        "cpu_per_video_s": evidence_s / video_s,
        "shots_cpu_per_video_s": sum(one["shots_s"] for one in files) / video_s,
        "times_real_time": CORES * video_s / evidence_s,
        "times_real_time_one_core": video_s / evidence_s,
        "cue_cpu_per_video_s": {cue: value / video_s for cue, value in by_cue.items()},
        "cue_share": {cue: value / evidence_s for cue, value in by_cue.items()},
        "peak_memory_bytes": max(one["peak_memory_bytes"] for one in files),
    }


def _print(files: Sequence[dict[str, Any]], total: dict[str, Any]) -> None:
    for one in files:
        told = f"{one['video_s']:.1f} s, {one['frames']} frames, {one['texts']} texts"
        work = f"{one['searches']} searches, {one['readings']} readings"
        speed = f"{CORES * one['video_s'] / one['evidence_s']:.2f} x real time on {CORES} cores"
        memory = f"{one['peak_memory_bytes'] / 1e6:.0f} MB"
        print(f"{one['name']}: {told}, {work}: {speed}, {one['wall_s']:.1f} s of wall time, {memory}")
    print(f"{'cue':18} cpu s/s   share")
    for cue, cost in sorted(total["cue_cpu_per_video_s"].items(), key=lambda item: -item[1]):
        print(f"{cue:18} {cost:7.3f} {total['cue_share'][cue]:7.1%}")
    print(
        f"evidence           {total['cpu_per_video_s']:7.3f}: {total['times_real_time']:.2f} x real time on two cores"
    )
    print(f"shots, before it   {total['shots_cpu_per_video_s']:7.3f}")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--params", type=Path, help="by default params.yaml here, else the checkout's")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    params = given.params or nearest_params()
    # A process for each file: what it wraps and the memory it took die with it.
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        files = pool.starmap(see, [(path, params) for path in given.files], chunksize=1)
    total = summary(files)
    _print(files, total)
    if given.json:
        given.json.write_bytes(dump_json({"all": total, "files": files}))


if __name__ == "__main__":
    main()
