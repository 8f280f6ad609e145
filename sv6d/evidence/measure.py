"""One video: every cue, in one pass over the pictures and one over the sound."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from sv6d.errors import DecodeError
from sv6d.evidence.config import EvidenceConfig
from sv6d.evidence.light import light_of, luma_of, sharpness
from sv6d.evidence.motion import align, shrink
from sv6d.evidence.pictures import read_looks
from sv6d.evidence.sound import SILENCE_DBFS, decibels, levels
from sv6d.schema.document import Shot
from sv6d.timeline import NS_PER_S, FrameTime, Span, seconds
from sv6d.video.frames import Frame

if TYPE_CHECKING:
    from sv6d.evidence.text_rows import TextCue

_NS_PER_MS = 1_000_000
Rows = dict[str, list[dict[str, Any]]]
_DIGITS = 6  # of stored numbers: finer than any of these measurements


@dataclass
class _ShotMeasures:
    """What is gathered of one shot, outside its transitions."""

    span: Span
    motions: list[tuple[int, float, float, float, float]] = field(default_factory=list)
    lights: list[tuple[int, float, float, float, float]] = field(default_factory=list)
    before: tuple[int, np.ndarray] | None = None
    next_light_ns: int = 0
    best: tuple[float, Frame] | None = None
    edge_frames: list[FrameTime] = field(default_factory=list)


def measure(path: Path, shots: Sequence[Shot], config: EvidenceConfig) -> Rows:
    """Rows (without video_id) of the tables of `evidence` for one video.

    Shots that cover a part of the video give the measurements of that part: nothing outside is looked
    at. Motion, light and keyframes are taken from the frames of a shot that no transition touches; no
    pair of frames straddles a boundary. What could not be measured has a null value.

    Raises:
        DecodeError: the file can not be read.
    """
    from sv6d.evidence.ocr import reader
    from sv6d.evidence.text_rows import TextCue

    gathered = [_ShotMeasures(span) for span in pure_spans(shots)]
    text = TextCue(reader(config.text.find_px), config.text)
    whole = Span(shots[0].start_ns, shots[-1].end_ns)
    first_ns = _look(path, gathered, whole, text, config)
    rows: Rows = {"evidence": [], "tracks": [], "keyframes": [], **text.rows(whole.end_ns)}
    for shot, measures in zip(shots, gathered, strict=True):
        _conclude(shot, measures, config, rows)
    _boundaries(shots, rows)
    _sound(path, first_ns, shots, rows)
    rows["evidence"].sort(key=lambda row: row["evidence_id"])
    rows["tracks"].sort(key=lambda row: (row["cue"], row["time_ns"]))
    return rows


def pure_spans(shots: Sequence[Shot]) -> list[Span]:
    """Of each shot the part that no gradual transition touches; the whole shot where nothing is left."""
    spans = []
    for index, shot in enumerate(shots):
        start_ns, end_ns = shot.start_ns, shot.end_ns
        if shot.boundary_in is not None:
            start_ns = max(start_ns, shot.boundary_in.end_ns)
        if index + 1 < len(shots) and (following := shots[index + 1].boundary_in) and following.kind != "hard_cut":
            end_ns = min(end_ns, following.start_ns)
        spans.append(Span(start_ns, end_ns) if start_ns < end_ns else shot.span)
    return spans


def _look(path: Path, gathered: Sequence[_ShotMeasures], whole: Span, text: TextCue, config: EvidenceConfig) -> int:
    """One pass over the pictures; returns the first picture's presentation time in ns."""
    shot_of = iter(gathered)
    current = next(shot_of)
    first_ns = 0
    for number, look in enumerate(read_looks(path)):
        if number == 0:
            first_ns = look.time.time_ns
        if whole.contains(look.time_ns):
            text.take(look)
        frame = Frame(look.time, look.time_ns, look.picture(config.picture_px, "rgb24"))
        while frame.time_ns >= current.span.end_ns and (following := next(shot_of, None)) is not None:
            current = following
        if current.span.contains(frame.time_ns):
            _take(current, frame, config)
    return first_ns


def _take(shot: _ShotMeasures, frame: Frame, config: EvidenceConfig) -> None:
    shot.edge_frames = [*shot.edge_frames[:1], frame.time]
    if shot.before is None or frame.time_ns - shot.before[0] >= config.motion_step_ms * _NS_PER_MS:
        small = shrink(luma_of(frame.pixels), config.motion_px)
        if shot.before is not None:
            _take_motion(shot, shot.before, (frame.time_ns, small))
        shot.before = (frame.time_ns, small)
        crispness = sharpness(small)
        if shot.best is None or crispness > shot.best[0]:
            shot.best = (crispness, frame)
    if frame.time_ns >= shot.next_light_ns:
        light = light_of(frame.pixels)
        shot.lights.append((frame.time_ns, light.luma_mean, light.luma_std, light.red_minus_blue, light.chroma_mean))
        shot.next_light_ns = frame.time_ns + config.light_step_ms * _NS_PER_MS


def _take_motion(shot: _ShotMeasures, before: tuple[int, np.ndarray], after: tuple[int, np.ndarray]) -> None:
    motion = align(before[1], after[1])
    if motion is not None:
        height, width = before[1].shape
        elapsed_s = (after[0] - before[0]) / NS_PER_S
        shot.motions.append(
            (
                (before[0] + after[0]) // 2,
                # The camera turns against the way that the picture shifts.
                -motion.right_px / width / elapsed_s,
                motion.down_px / height / elapsed_s,
                motion.log_scale / elapsed_s,
                motion.residual_share,
            )
        )


MOTION_STATS = (
    ("pan_speed", "frame_widths_per_s"),
    ("tilt_speed", "frame_heights_per_s"),
    ("zoom_speed", "log_scale_per_s"),
    ("residual", "share"),
)
LIGHT_STATS = (
    ("light", "luma_mean", "share"),
    ("light", "luma_std", "share"),
    ("colour", "red_minus_blue", "share"),
    ("colour", "chroma_mean", "share"),
)

LOUDNESS = ("loudness", "dbfs")
# Units of the curves, by the name of their cue.
CURVES = {
    f"{stat}_{unit}": unit for stat, unit in (*MOTION_STATS, *((stat, unit) for _, stat, unit in LIGHT_STATS), LOUDNESS)
}


def _conclude(shot: Shot, measures: _ShotMeasures, config: EvidenceConfig, rows: Rows) -> None:
    edges = measures.edge_frames
    for index, (stat, unit) in enumerate(MOTION_STATS, start=1):
        values = [entry[index] for entry in measures.motions]
        middle = float(np.median(values)) if values else None
        rows["evidence"].append(
            _row(f"motion.{stat}.{shot.id}", "motion", stat, shot.span, middle, unit, "evidence.motion", edges)
        )
        rows["tracks"] += _track(f"{stat}_{unit}", [(entry[0], entry[index]) for entry in measures.motions])
    for index, (kind, stat, unit) in enumerate(LIGHT_STATS, start=1):
        values = [entry[index] for entry in measures.lights]
        mean = float(np.mean(values)) if values else None
        rows["evidence"].append(
            _row(f"{kind}.{stat}.{shot.id}", kind, stat, shot.span, mean, unit, "evidence.light", edges)
        )
        rows["tracks"] += _track(f"{stat}_{unit}", [(entry[0], entry[index]) for entry in measures.lights])
    if measures.best is not None:
        crispness, frame = measures.best
        name = f"keyframe.{shot.id}"
        rows["evidence"].append(
            _row(name, "keyframe", "sharpness", shot.span, crispness, "luma_squared", "evidence.light", [frame.time])
        )
        rows["keyframes"].append(
            {
                "evidence_id": name,
                "shot_id": shot.id,
                "pts": frame.time.pts,
                "time_base_num": frame.time.time_base_num,
                "time_base_den": frame.time.time_base_den,
                "time_ns": frame.time_ns,
                "jpeg": _jpeg(frame.pixels, config.jpeg_quality),
            }
        )


def _boundaries(shots: Sequence[Shot], rows: Rows) -> None:
    """The detector's certainty of each boundary, and how long shots last on average."""
    for shot in shots:
        if shot.boundary_in is not None:
            found = shot.boundary_in
            name = f"boundary.score.{shot.id}"
            rows["evidence"].append(
                _row(name, "boundary", "score", found.span, found.score, "share", found.detector, ())
            )
    whole = Span(shots[0].start_ns, shots[-1].end_ns)
    mean_s = seconds(whole.length_ns) / len(shots)
    rows["evidence"].append(
        _row("boundary.mean_shot_length", "boundary", "mean_shot_length", whole, mean_s, "s", "evidence.measure", ())
    )


def _sound(path: Path, first_ns: int, shots: Sequence[Shot], rows: Rows) -> None:
    """Level of each shot and the share of it that is silent; null without sound that can be decoded."""
    try:
        found = levels(path, first_ns)
    except DecodeError:
        found = None  # the pictures are whole all the same; the stage counts such videos
    rows["tracks"] += _track("loudness_dbfs", [(level.time_ns, level.dbfs) for level in found or ()])
    for shot in shots:
        inside = [level.dbfs for level in found or () if shot.span.contains(level.time_ns)]
        mean = decibels(float(np.mean([10.0 ** (value / 10.0) for value in inside]))) if inside else None
        silent = float(np.mean([value < SILENCE_DBFS for value in inside])) if inside else None
        for stat, value, unit in (("loudness", mean, "dbfs"), ("silence", silent, "share")):
            rows["evidence"].append(
                _row(f"sound.{stat}.{shot.id}", "sound", stat, shot.span, value, unit, "evidence.sound", ())
            )


def _row(
    name: str, kind: str, stat: str, span: Span, value: float | None, unit: str, method: str, cited: Sequence[FrameTime]
) -> dict[str, Any]:
    return {
        "evidence_id": name,
        "kind": kind,
        "stat": stat,
        "start_ns": span.start_ns,
        "end_ns": span.end_ns,
        "value": None if value is None else round(value, _DIGITS),
        "unit": unit,
        "method": method,
        "pts": [time.pts for time in cited],
        "time_base_num": cited[0].time_base_num if cited else 1,
        "time_base_den": cited[0].time_base_den if cited else 1,
    }


def _track(cue: str, points: Sequence[tuple[int, float]]) -> Iterator[dict[str, Any]]:
    return ({"cue": cue, "time_ns": time_ns, "value": round(value, _DIGITS)} for time_ns, value in points)


def _jpeg(pixels: np.ndarray, quality: int) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=quality, subsampling=0)
    return stream.getvalue()
