"""What is gathered of one shot while its frames pass, and what it says when they have passed."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image

from sv6d.evidence.box_cue import BoxCue
from sv6d.evidence.config import EvidenceConfig
from sv6d.evidence.layout import Layout, LayoutMeter
from sv6d.evidence.light import light_of, luma_of
from sv6d.evidence.motion import shrink
from sv6d.evidence.motion_cue import MOTION_STATS, SHAKE_STAT, camera_motion
from sv6d.evidence.pictures import Look
from sv6d.evidence.rows import Rows, evidence_row, track_rows
from sv6d.evidence.shake import FRAME_PX
from sv6d.evidence.sharpness import sharpness, sharpness_ratio
from sv6d.schema.document import Shot
from sv6d.schema.fields import EvidenceKind
from sv6d.timeline import FrameTime, Span

_NS_PER_MS = 1_000_000

LIGHT_STATS: tuple[tuple[EvidenceKind, str, str], ...] = (
    ("light", "luma_mean", "share"),
    ("light", "luma_std", "share"),
    ("colour", "red_minus_blue", "share"),
    ("colour", "chroma_mean", "share"),
)
SHARPNESS_STAT = ("sharpness_ratio", "ratio")
# Attributes of `Layout` with their units, and those that hold their boxes.
LAYOUT_BOXES: Mapping[tuple[str, str], str | None] = {
    ("letterbox", "share"): "image",
    ("window", "share"): "window_box",
    ("picture_in_picture", "share"): "inset",
    ("split_screen", "parts"): "part",
    ("blurred_fill", "share"): "copied",
    ("card", "share"): None,
}
# Curves by name, with the unit of their values.
CURVES: Mapping[str, str] = {
    f"{stat}_{unit}": unit
    for stat, unit in (*MOTION_STATS, *((stat, unit) for _, stat, unit in LIGHT_STATS), SHARPNESS_STAT)
}


class ShotCues:
    """The pictures of one shot outside its transitions: motion, light, sharpness, layout, faces, people, keyframe."""

    def __init__(self, span: Span, config: EvidenceConfig, boxes: Sequence[BoxCue]) -> None:
        self.span = span
        self._config, self._boxes = config, boxes
        self._lights: list[tuple[int, float, float, float, float]] = []
        self._sharpness: list[tuple[int, float]] = []
        # Pictures to align when all have been seen: which part of them moves is known only then. Half precision
        # holds luma to an eighth of a level of 8-bit video.
        self._steps: list[tuple[int, np.ndarray]] = []
        self._frames: list[tuple[int, np.ndarray]] = []
        self._layout = LayoutMeter()
        self._next_light_ns = 0
        self._best: tuple[float, FrameTime, int, np.ndarray] | None = None
        self._edges: list[FrameTime] = []

    def take(self, look: Look) -> None:
        """The next frame of the shot."""
        config, now_ns = self._config, look.time_ns
        rgb = look.picture(config.picture_px, "rgb24")
        luma = luma_of(rgb)
        self._edges = [*self._edges[:1], look.time]
        self._frames.append((now_ns, _levels(shrink(luma, FRAME_PX))))
        if not self._steps or now_ns - self._steps[-1][0] >= config.motion_step_ms * _NS_PER_MS:
            small = shrink(luma, config.motion_px)
            self._steps.append((now_ns, small.astype(np.float16)))
            self._layout.take(rgb, luma)
            crispness = sharpness(small)
            if self._best is None or crispness > self._best[0]:
                self._best = (crispness, look.time, now_ns, rgb)
        if now_ns >= self._next_light_ns:
            light = light_of(rgb)
            self._lights.append((now_ns, light.luma_mean, light.luma_std, light.red_minus_blue, light.chroma_mean))
            ratio = sharpness_ratio(luma)
            if ratio is not None:
                self._sharpness.append((now_ns, ratio))
            self._next_light_ns = now_ns + config.light_step_ms * _NS_PER_MS
        for cue in self._boxes:
            cue.take(look)

    def conclude(self, shot: Shot, rows: Rows) -> None:
        """Add everything that was measured of the shot; null where nothing could be."""
        layout = self._layout.found()
        self._motion(shot, layout, rows)
        for index, (kind, stat, unit) in enumerate(LIGHT_STATS, start=1):
            self._curve(
                shot, (kind, stat, unit), "evidence.light", [(one[0], one[index]) for one in self._lights], rows
            )
        self._curve(shot, ("keyframe", *SHARPNESS_STAT), "evidence.sharpness", self._sharpness, rows)
        self._layout_rows(shot, layout, rows)
        for cue in self._boxes:
            cue.conclude(shot, rows)
        self._keyframe(shot, rows)

    def _curve(
        self,
        shot: Shot,
        what: tuple[EvidenceKind, str, str],
        method: str,
        points: Sequence[tuple[int, float]],
        rows: Rows,
        middle: bool = False,
    ) -> None:
        """A curve, and its mean (or middle) over the shot."""
        kind, stat, unit = what
        values = [value for _, value in points]
        value = float(np.median(values) if middle else np.mean(values)) if values else None
        # `keyframe.<shot>` is the record that cites the picture itself.
        name = f"{kind if kind != 'keyframe' else 'sharpness'}.{stat}.{shot.id}"
        rows["evidence"].append(evidence_row(name, kind, stat, shot.span, value, unit, method, cited=self._edges))
        rows["tracks"] += track_rows(f"{stat}_{unit}", points)

    def _motion(self, shot: Shot, layout: Layout | None, rows: Rows) -> None:
        box = (layout.window_box or layout.copied or layout.image) if layout is not None else None
        motion = camera_motion(self._steps, self._frames, box)
        for (stat, unit), points in zip(MOTION_STATS, motion.curves, strict=True):
            self._curve(shot, ("motion", stat, unit), "evidence.motion", points, rows, middle=True)
        stat, unit = SHAKE_STAT
        name = f"motion.{stat}.{shot.id}"
        rows["evidence"].append(
            evidence_row(name, "motion", stat, shot.span, motion.shake_rms, unit, "evidence.shake", cited=self._edges)
        )

    def _layout_rows(self, shot: Shot, layout: Layout | None, rows: Rows) -> None:
        for (stat, unit), box_of in LAYOUT_BOXES.items():
            value = None if layout is None else getattr(layout, stat)
            box = None if layout is None or box_of is None else getattr(layout, box_of)
            name = f"layout.{stat}.{shot.id}"
            rows["evidence"].append(
                evidence_row(
                    name, "layout", stat, shot.span, value, unit, "evidence.layout", cited=self._edges, box=box
                )
            )

    def _keyframe(self, shot: Shot, rows: Rows) -> None:
        if self._best is None:
            return
        crispness, time, time_ns, rgb = self._best
        name = f"keyframe.{shot.id}"
        rows["evidence"].append(
            evidence_row(
                name, "keyframe", "sharpness", shot.span, crispness, "luma_squared", "evidence.sharpness", cited=[time]
            )
        )
        rows["keyframes"].append(
            {
                "evidence_id": name,
                "shot_id": shot.id,
                "pts": time.pts,
                "time_base_num": time.time_base_num,
                "time_base_den": time.time_base_den,
                "time_ns": time_ns,
                "jpeg": _jpeg(rgb, self._config.jpeg_quality),
            }
        )


def _levels(luma: np.ndarray) -> np.ndarray:
    return np.asarray(np.rint(luma * 255.0), dtype=np.uint8)


def _jpeg(pixels: np.ndarray, quality: int) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=quality, subsampling=0)
    return stream.getvalue()
