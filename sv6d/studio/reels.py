"""`render_reels`: reels of chosen formats as a folder of clips, with documents, scripts, sidecars and labelled cuts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import PIL
from PIL import Image

from sv6d.batch.keyed_map import Item, keyed_map
from sv6d.errors import WorkerError
from sv6d.events import Events
from sv6d.fingerprint import code_version, fingerprint, import_closure
from sv6d.io import dump_json, fsync_path, write_bytes, write_json
from sv6d.schema.document import Context, Video
from sv6d.schema.versions import dump_document
from sv6d.studio.config import StudioConfig
from sv6d.studio.encode import Take, encode_take
from sv6d.studio.file_times import FileTimes
from sv6d.studio.formats import plan_reel
from sv6d.studio.read_back import read_back
from sv6d.studio.reel import Reel
from sv6d.studio.reel_document import reel_document
from sv6d.studio.reel_facts import ReelFacts, Seen, Turn
from sv6d.studio.reel_frame import ReelPainter
from sv6d.studio.reel_sound import beats_ns, synthesise_reel
from sv6d.video.reader import decoder_build

DOCUMENTS, SCRIPTS, LABELLED_CUTS = "documents", "truth", "truth_cuts.json"
_SCRATCH = ".rendering"
_LIMIT_S = 600.0  # ours: a clip takes seconds; a hundred times that is a hang
_LICENCE = "rendered by this library; no third-party content"
_ABOUT = (
    "Boundaries of rendered clips, exact. hard_cuts: first frame of the new shot. gradual: [first, last] frame that is "
    "neither shot alone; gradual_kinds names them in order. Frames are counted from 0 as they are decoded."
)
# Pillow turns counterclockwise; a player that turns by so many degrees gets the picture turned back by as many.
_TURNED_BACK = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}


@dataclass(frozen=True, slots=True)
class _Job:
    """One reel to render: picklable, for a worker."""

    format: str
    index: int
    config: StudioConfig
    out: Path
    name: str


def render_reels(
    config: StudioConfig, formats: Sequence[str], num_each: int, out: Path, workers: int, events: Events
) -> int:
    """Render reels 0 .. num_each - 1 of each format into `out`; returns how many.

    For NAME = FORMAT_0000 ...: `NAME.mp4`; `NAME.json`, its sidecar; `documents/NAME.json`, the exact SV6D document;
    `truth/NAME.json`, all that the script knows (see docs/studio.md); and `truth_cuts.json` over all clips, as
    `benchmarks.shots` reads it. Of `config` the seed, sizes and encoding count. The same arguments give the same
    bytes. A killed run goes on where it was.

    Raises:
        ConfigError: there is no such format.
        WorkerError: a reel could not be rendered.
    """
    names = [(name, index) for name in formats for index in range(num_each)]
    code = code_version(tuple({*import_closure("sv6d.studio.reels"), Path(__file__).resolve()}))
    build = {**decoder_build(), "pillow": PIL.__version__}
    items = []
    for name, index in names:
        reel = plan_reel(name, index, config)
        settings = config.model_dump(exclude={"num_clips"})
        key = fingerprint({"reel": reel.as_json(), "settings": settings, "build": build, "code": code})
        items.append(Item(key, _Job(name, index, config, out, f"{name}_{index:04d}")))
    (out / DOCUMENTS).mkdir(parents=True, exist_ok=True)
    cache = out / _SCRATCH
    outcomes = keyed_map(_render, items, cache=cache, workers=workers, limit_s=_LIMIT_S, events=events)
    videos: dict[str, Any] = {}
    for item, outcome in zip(items, outcomes, strict=True):
        if outcome.value is None:
            failure = outcome.failure
            raise WorkerError(
                f"{item.payload.name} could not be rendered",
                found=f"{failure.code}: {failure.message}" if failure else "nothing",
                wanted="every reel of the formats",
                next_step="run again: what is whole is kept",
            )
        videos[f"{item.payload.name}.mp4"] = orjson.loads(outcome.value)
    write_json(out / LABELLED_CUTS, {"about": _ABOUT, "videos": videos})
    shutil.rmtree(cache)
    return len(items)


def _render(job: _Job) -> bytes:
    """Render one reel and what belongs to it into place; returns its entry of `truth_cuts.json`."""
    return orjson.dumps(write_reel(plan_reel(job.format, job.index, job.config), job.config, job.out, job.name))


def write_reel(reel: Reel, config: StudioConfig, out: Path, name: str) -> dict[str, Any]:
    """Write clip, sidecar, document and script of a reel into `out`; returns its labelled cuts."""
    partial = out / f".{name}.mp4.partial"
    encode_reel(reel, config, partial)
    context = Context(title=reel.told.title, hashtags=reel.told.hashtags, comments=reel.told.comments)
    video, frame_times = read_back(partial, context)
    facts = ReelFacts(reel, FileTimes(frame_times, video.duration_ns))
    turns = facts.turns(config.sound_rate_hz)
    document = reel_document(reel, video, frame_times, turns)
    fsync_path(partial)
    write_bytes(out / DOCUMENTS / f"{name}.json", dump_json(dump_document(document)))
    write_json(out / SCRIPTS / f"{name}.json", _script(reel, video, facts, turns, config))
    told = {"title": reel.told.title, "hashtags": reel.told.hashtags, "comments": reel.told.comments}
    write_json(out / f"{name}.json", {**told, "licence": _LICENCE, "source": f"sv6d studio, seed {reel.seed}"})
    partial.replace(out / f"{name}.mp4")
    fsync_path(out)
    return _labelled_cuts(reel, video, turns, name)


def encode_reel(reel: Reel, config: StudioConfig, path: Path) -> None:
    """Paint and write the reel to `path` as MP4. Equal reels, equal bytes."""
    time = reel.time
    width_px, height_px = _shown_size(reel, config)
    num, den = reel.pixel_aspect
    coded_width = 2 * round(width_px * den / num / 2)
    size = (height_px, coded_width) if reel.turn in {90, 270} else (coded_width, height_px)
    take = Take(
        width_px=size[0],
        height_px=size[1],
        rate=Fraction(time.fps_num, time.fps_den),
        time_base=Fraction(time.fps_den, time.fps_num * time.ticks_per_frame),
        pictures=_pictures(reel, width_px, height_px, coded_width),
        num_frames=len(time.grid),
        samples=synthesise_reel(reel, config.sound_rate_hz),
        turn=reel.turn,
        pixel_aspect=Fraction(num, den),
    )
    encode_take(take, config, path)


def _pictures(
    reel: Reel, width_px: int, height_px: int, coded_width: int
) -> Iterator[tuple[int, npt.NDArray[np.uint8]]]:
    """Coded pictures with their ticks."""
    painter = ReelPainter(reel, width_px, height_px)
    for index, tick in enumerate(reel.time.ticks):
        picture = painter.paint(index)
        if coded_width != width_px:
            picture = picture.resize((coded_width, height_px), Image.Resampling.BILINEAR)
        if reel.turn:
            picture = picture.transpose(_TURNED_BACK[reel.turn])
        yield tick, np.asarray(picture)


def _shown_size(reel: Reel, config: StudioConfig) -> tuple[int, int]:
    long, short = config.long_side_px, config.short_side_px
    return (short, long) if reel.vertical else (long, short)


def _labelled_cuts(reel: Reel, video: Video, turns: Sequence[Turn], name: str) -> dict[str, Any]:
    gradual = [turn for turn in turns if turn.kind != "hard_cut"]
    return {
        "file": f"{name}.mp4",
        "source": name,
        "kind": reel.format,
        "sha256": video.sha256,
        "n_frames": video.num_frames,
        "hard_cuts": [turn.cut for turn in turns if turn.kind == "hard_cut"],
        "jump_cuts": [turn.cut for turn in turns if turn.jump],
        "gradual": [[turn.first, turn.last] for turn in gradual],
        "gradual_kinds": [turn.kind for turn in gradual],
    }


def _script(reel: Reel, video: Video, facts: ReelFacts, turns: Sequence[Turn], config: StudioConfig) -> dict[str, Any]:
    """All that is true of the file, as plain JSON values."""
    time = reel.time
    return {
        "format": reel.format,
        "seed": reel.seed,
        "sha256": video.sha256,
        "num_frames": video.num_frames,
        "duration_ns": video.duration_ns,
        "frame_rate": {"num": time.fps_num, "den": time.fps_den, "is_variable": time.is_variable},
        "turned_counterclockwise_deg": reel.turn,
        "pixel_aspect": list(reel.pixel_aspect),
        "shots": [_shot(facts, reel, index) for index in range(len(reel.shots))],
        "boundaries": [_boundary(turn) for turn in turns],
        "distractors": [_seen(seen) for seen in facts.distractors()],
        "texts": [_seen(seen) for seen in facts.texts()],
        "sound": [_seen(seen) for seen in facts.passages()],
        "beats_per_minute": reel.sound.beats_per_minute,
        "beats_ns": beats_ns(reel, config.sound_rate_hz),
    }


def _shot(facts: ReelFacts, reel: Reel, index: int) -> dict[str, Any]:
    shot = reel.shots[index]
    first, end = facts.edges(shot)
    camera = facts.camera(shot)
    layout, regions = facts.layout(shot)
    return {
        "first_frame": first,
        "last_frame": end - 1,
        "picture": type(shot.picture).__name__.lower(),
        "fills_frame": camera.fills_frame,
        "camera_movement": camera.movement,
        "pan_speed": camera.speeds[0],
        "tilt_speed": camera.speeds[1],
        "zoom_speed": camera.speeds[2],
        "shake_rms": camera.shake_rms,
        "layout": layout,
        "regions": [{"role": role, "box": list(box)} for role, box in regions],
    }


def _boundary(turn: Turn) -> Mapping[str, Any]:
    return {
        "kind": turn.kind,
        "style": turn.style,
        "is_jump_cut": turn.jump,
        "first_frame": turn.first,
        "last_frame": turn.last,
        "cut_frame": turn.cut,
        "start_ns": turn.span.start_ns,
        "end_ns": turn.span.end_ns,
        "after_beat_ns": turn.beat_ns,
    }


def _seen(seen: Seen) -> Mapping[str, Any]:
    told = {"kind": seen.kind, "first_frame": seen.first, "last_frame": seen.last}
    told |= {"start_ns": seen.span.start_ns, "end_ns": seen.span.end_ns}
    if seen.box is not None:
        told["box"] = list(seen.box)
    return {**told, "text": seen.text} if seen.text else told
