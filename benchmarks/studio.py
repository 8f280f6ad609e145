"""How fast the studio renders, per format: seconds of clip per second of one core.

    python -m benchmarks.studio [--formats slides,talk] [--clips N] [--params PARAMS] [--json OUT]

Renders clips 0 .. N - 1 of each format (`feed` is the clips of `sv6d studio`) at the size of PARAMS' section `studio`
into a folder that is removed again, in this process. Processor seconds, so that a busy machine hardly changes them.
`painted` is painting alone, `rendered` painting, sound and encoding, `whole` with reading the file back and writing
its truth. Each is measured with nothing drawn before, so that a folder of clips comes a little cheaper.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import _lru_cache_wrapper
from pathlib import Path

from sv6d.io import dump_json
from sv6d.params import read_config
from sv6d.studio.config import StudioConfig
from sv6d.studio.encode import encode_clip
from sv6d.studio.formats import FORMATS, plan_reel
from sv6d.studio.planner import plan_clip
from sv6d.studio.reel_frame import ReelPainter
from sv6d.studio.reels import encode_reel, write_reel
from sv6d.studio.render import render_frame
from sv6d.studio.seeds import corpus_seed
from sv6d.studio.studio import write_clip
from sv6d.timeline import NS_PER_S

FEED = "feed"


@dataclass(frozen=True, slots=True)
class Speed:
    """Clips of one format: their number, frames and seconds, and the processor seconds that they took."""

    format: str
    num_clips: int
    num_frames: int
    clip_s: float
    painted_s: float
    rendered_s: float
    whole_s: float


def measure(name: str, num_clips: int, config: StudioConfig, out: Path) -> Speed:
    """Render clips of a format, each three times: painted, encoded, and with its truth."""
    num_frames, clip_s, painted_s, rendered_s, whole_s = 0, 0.0, 0.0, 0.0, 0.0
    for index in range(num_clips):
        clip = _feed(index, config, out) if name == FEED else _reel(name, index, config, out)
        num_frames, clip_s = num_frames + clip.num_frames, clip_s + clip.clip_s
        painted_s, rendered_s = painted_s + clip.painted_s, rendered_s + clip.rendered_s
        whole_s += clip.whole_s
    return Speed(name, num_clips, num_frames, clip_s, painted_s, rendered_s, whole_s)


def _feed(index: int, config: StudioConfig, out: Path) -> Speed:
    plan = plan_clip(corpus_seed(config, index), config)
    size = (config.short_side_px, config.long_side_px)
    width_px, height_px = size if plan.orientation == "vertical" else size[::-1]

    def paint() -> None:
        for time_ns in plan.frame_times_ns:
            render_frame(plan, time_ns, width_px, height_px)

    clip = out / "clip.mp4"
    seconds = [
        _cold_s(paint),
        _cold_s(lambda: encode_clip(plan, config, clip)),
        _cold_s(lambda: write_clip(plan, config, clip, out / "clip.json")),
    ]
    return Speed(FEED, 1, plan.num_frames, plan.duration_ns / NS_PER_S, *seconds)


def _reel(name: str, index: int, config: StudioConfig, out: Path) -> Speed:
    reel = plan_reel(name, index, config)
    size = (config.short_side_px, config.long_side_px)
    width_px, height_px = size if reel.vertical else size[::-1]

    def paint() -> None:
        painter = ReelPainter(reel, width_px, height_px)
        for frame in range(len(reel.time.grid)):
            painter.paint(frame)

    seconds = [
        _cold_s(paint),
        _cold_s(lambda: encode_reel(reel, config, out / "clip.mp4")),
        _cold_s(lambda: write_reel(reel, config, out, "clip")),
    ]
    return Speed(name, 1, len(reel.time.grid), reel.num_frames / reel.time.fps, *seconds)


def _cold_s(work: Callable[[], object]) -> float:
    """Processor seconds of some work with nothing kept from before."""
    for kept in gc.get_objects():
        if type(kept) is _lru_cache_wrapper:
            kept.cache_clear()
    started = time.process_time()
    work()
    return time.process_time() - started


def total(speeds: Sequence[Speed]) -> Speed:
    """All formats together."""
    return Speed(
        "all",
        sum(each.num_clips for each in speeds),
        sum(each.num_frames for each in speeds),
        sum(each.clip_s for each in speeds),
        sum(each.painted_s for each in speeds),
        sum(each.rendered_s for each in speeds),
        sum(each.whole_s for each in speeds),
    )


def line(speed: Speed) -> str:
    """A row of the table: times real time, and milliseconds a frame of what is rendered."""
    rates = "".join(f"{speed.clip_s / each:9.2f}" for each in (speed.painted_s, speed.rendered_s, speed.whole_s))
    return (
        f"{speed.format:8} {speed.num_clips:5} {speed.num_frames:7} {speed.clip_s:8.1f}{rates}"
        f"{1000.0 * speed.rendered_s / speed.num_frames:10.2f}"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--formats", default=",".join((FEED, *FORMATS)))
    parser.add_argument("--clips", type=int, default=2, help="of each format")
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    config = read_config(given.params, "studio")
    assert isinstance(config, StudioConfig)
    print(
        f"{'format':8} {'clips':>5} {'frames':>7} {'seconds':>8}  painted rendered    whole  ms/frame   (x real time)"
    )
    speeds = []
    with tempfile.TemporaryDirectory() as folder:
        for name in given.formats.split(","):
            speeds.append(measure(name, given.clips, config, Path(folder)))
            print(line(speeds[-1]), flush=True)
    print(line(total(speeds)))
    if given.json is not None:
        size = f"{config.short_side_px}x{config.long_side_px}"
        told = {"size": size, "formats": [asdict(each) for each in speeds], "total": asdict(total(speeds))}
        given.json.write_bytes(dump_json(told))


if __name__ == "__main__":
    main()
