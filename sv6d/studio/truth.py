"""The exact SV6D document of a plan: every label and record with what was scripted or measured for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from sv6d.errors import InputError
from sv6d.schema.document import Boundary, Document, Evidence, Label, Shot, Video
from sv6d.schema.fields import EvidenceKind
from sv6d.studio.camera import path_of
from sv6d.studio.file_times import FileTimes
from sv6d.studio.grade import LUMA_WEIGHTS
from sv6d.studio.labels import SOURCE, true_label
from sv6d.studio.layout import spots
from sv6d.studio.overlays import place
from sv6d.studio.plan import ClipPlan
from sv6d.studio.plan_sound import synthesise
from sv6d.studio.render import Paint, render_frame
from sv6d.studio.sound import level_db
from sv6d.studio.truth_records import truth_records
from sv6d.timeline import NS_PER_S, FrameTime, Span

# The fields that the studio's documents label; it draws and scripts nothing that others speak of.
STUDIO_FIELDS: frozenset[str] = frozenset(
    ["subject_type", "lighting_key", "colour_tone", "camera_movement", "boundary_kind", "pacing", "beat", "packaging"]
)

METHOD = "studio"
# `pacing` turns here: sv6d/schema/editing.py.
_FAST_BELOW_NS = 2 * NS_PER_S
_MEASURED_FRAMES = 5  # of each shot; ours: the camera's way changes the means smoothly
_MEASURED_SCALE = 0.2
# Speed stats: its unit, and the movements that make it positive and negative.
_SPEEDS = (
    ("pan_speed", "frame_widths_per_s", "pan_right", "pan_left"),
    ("tilt_speed", "frame_heights_per_s", "tilt_up", "tilt_down"),
    ("zoom_speed", "log_scale_per_s", "zoom_in", "zoom_out"),
)
_SOUND_RATE_HZ = 16_000  # a level needs no more


def shot_values(plan: ClipPlan, shot_index: int) -> dict[str, tuple[str, ...]]:
    """Values by field that hold over the whole shot, for `sv6d.schema.phrases.write_phrase`.

    Fields of extent "shot" only; `packaging` is missing where the shot has no overlay.
    """
    shot = plan.shots[shot_index]
    values: dict[str, tuple[str, ...]] = {
        "subject_type": (shot.subject.kind,),
        "lighting_key": (shot.look.lighting_key,),
        "colour_tone": (shot.look.colour_tone,),
        "camera_movement": (shot.camera.movement,),
        "beat": shot.beats,
    }
    if shot.overlays:
        values["packaging"] = tuple(sorted(overlay.kind for overlay in shot.overlays))
    return values


def pacing(plan: ClipPlan) -> str:
    """The value of `pacing`: fast where shots last less than 2 s on average."""
    return "fast" if plan.duration_ns < _FAST_BELOW_NS * len(plan.shots) else "slow"


def boundary_kinds(plan: ClipPlan) -> tuple[str, ...]:
    """The value of `boundary_kind` at each of `plan.cuts_ns`."""
    return tuple(shot.transition.kind for shot in plan.shots if shot.transition is not None)


def truth(plan: ClipPlan, video: Video, frame_times: Sequence[FrameTime], paint: Paint | None = None) -> Document:
    """The document of the clip that was rendered from `plan`.

    `frame_times` are those of the encoded file, one per planned frame; spans follow them. `paint` gives the
    pictures that were encoded; None: those of the plan.

    Raises:
        InputError: the file does not hold the planned frames.
    """
    if len(frame_times) != plan.num_frames:
        raise InputError(
            "the file is not the one that was planned",
            found=f"{len(frame_times)} frames",
            wanted=f"{plan.num_frames} frames",
            next_step="render the clip again",
        )
    return _Truth(plan, video, frame_times, paint or partial(render_frame, plan)).document()


@dataclass(slots=True)
class _Parts:
    """Evidence and labels in the making."""

    evidence: list[Evidence]
    labels: list[Label]


class _Truth:
    def __init__(self, plan: ClipPlan, video: Video, frame_times: Sequence[FrameTime], paint: Paint) -> None:
        self._plan, self._video, self._times = plan, video, FileTimes(frame_times, video.duration_ns)
        self._paint = paint
        self._sound = synthesise(plan, _SOUND_RATE_HZ)
        self._parts = _Parts([], [])

    def document(self) -> Document:
        shots = tuple(self._shot(index) for index in range(len(self._plan.shots)))
        for index in range(len(shots)):
            self._label_shot(index, Span(shots[index].start_ns, shots[index].end_ns))
        self._label_pacing(len(shots))
        records = truth_records(self._plan, shots, self._parts.evidence, SOURCE)
        return Document(
            video=self._video,
            shots=shots,
            evidence=tuple(self._parts.evidence),
            labels=tuple(self._parts.labels),
            hooks=records.hooks,
            packaging_cues=records.packaging_cues,
            layouts=records.layouts,
        )

    def _shot(self, index: int) -> Shot:
        shot = self._plan.shots[index]
        boundary = None
        if shot.transition is not None:
            first, pure = shot.mixed_frames
            # A hard cut lies between the last frame of the old shot and the first of the new one.
            begin = first if pure > first else first - 1
            span = Span(self._times.edge_ns(begin), self._times.edge_ns(pure))
            boundary = Boundary(
                start_ns=span.start_ns, end_ns=span.end_ns, kind=shot.transition.kind, score=1.0, detector=METHOD
            )
            evidence = self._add_evidence(
                f"boundary{index}",
                "boundary",
                span,
                stat="num_mixed_frames",
                value=float(pure - first),
                unit="frames",
                frames=(begin, pure),
            )
            self._add_label("boundary_kind", shot.transition.kind, span, (evidence,), index)
        return Shot(
            id=f"shot{index}",
            start_ns=self._times.edge_ns(shot.first_frame),
            end_ns=self._times.edge_ns(shot.end_frame),
            boundary_in=boundary,
        )

    def _label_shot(self, index: int, span: Span) -> None:
        shot = self._plan.shots[index]
        subject = self._subject_evidence(index, span)
        light, colour = self._measured(index, span)
        motion = self._motion_evidence(index, span)
        self._sound_evidence(index, span)
        texts = [self._overlay_evidence(index, number, span) for number in range(len(shot.overlays))]
        self._add_label("subject_type", shot.subject.kind, span, (subject,), index)
        self._add_label("lighting_key", shot.look.lighting_key, span, (light,), index)
        self._add_label("colour_tone", shot.look.colour_tone, span, (colour,), index)
        self._add_label("camera_movement", shot.camera.movement, span, motion, index)
        for beat in shot.beats:
            self._add_label("beat", beat, span, (subject, *texts), index)
        for overlay, text in zip(shot.overlays, texts, strict=True):
            self._add_label("packaging", overlay.kind, span, (text,), index)

    def _subject_evidence(self, index: int, span: Span) -> str:
        plan, shot, path = self._plan, self._plan.shots[index], path_of(self._plan, index)
        frame = shot.first_frame + shot.num_frames // 2
        time_ns = plan.frame_time_ns(frame)
        view = path.view(time_ns)
        spot = min(spots(shot.subject, path, time_ns), key=lambda s: (abs(s.x - view.x) + abs(s.y - view.y), s.x, s.y))
        x = ((spot.x - view.x) * view.scale / plan.width + 0.5, spot.size * view.scale / plan.width / 2.0)
        y = ((spot.y - view.y) * view.scale / plan.height + 0.5, spot.size * view.scale / plan.height / 2.0)
        box = (_share(x[0] - x[1]), _share(y[0] - y[1]), _share(x[0] + x[1]), _share(y[0] + y[1]))
        return self._add_evidence(
            f"shot{index}.subject",
            "keyframe",
            span,
            stat="subject",
            value=shot.subject.variant,
            unit="name",
            frames=(frame,),
            box=box,
        )

    def _measured(self, index: int, span: Span) -> tuple[str, str]:
        """Light and colour, measured on rendered frames of the shot alone."""
        plan = self._plan
        first, end = plan.pure_frames(index)
        frames = tuple(first + (end - first) * (2 * i + 1) // (2 * _MEASURED_FRAMES) for i in range(_MEASURED_FRAMES))
        size = (round(plan.width * _MEASURED_SCALE), round(plan.height * _MEASURED_SCALE))
        means = (
            np.mean(
                [self._paint(plan.frame_time_ns(f), *size).mean(axis=(0, 1), dtype=np.float64) for f in frames],
                axis=0,
            )
            / 255.0
        )
        light = self._add_evidence(
            f"shot{index}.light",
            "light",
            span,
            stat="luma_mean",
            value=round(float(means @ LUMA_WEIGHTS), 4),
            unit="share",
            frames=frames,
        )
        colour = self._add_evidence(
            f"shot{index}.colour",
            "colour",
            span,
            stat="red_minus_blue",
            value=round(float(means[0] - means[2]), 4),
            unit="share",
            frames=frames,
        )
        return light, colour

    def _motion_evidence(self, index: int, span: Span) -> tuple[str, ...]:
        """The scripted mean speed along each way that the camera can go, 0 along all but one."""
        camera = self._plan.shots[index].camera
        return tuple(
            self._add_evidence(
                f"shot{index}.{stat}",
                "motion",
                span,
                stat=stat,
                value=camera.speed * ((camera.movement == positive) - (camera.movement == negative)),
                unit=unit,
            )
            for stat, unit, positive, negative in _SPEEDS
        )

    def _sound_evidence(self, index: int, span: Span) -> None:
        """Level of the synthesised sound over the shot. No field rests on it yet."""
        first, end = (ns * _SOUND_RATE_HZ // NS_PER_S for ns in (span.start_ns, span.end_ns))
        value = round(level_db(self._sound[first:end]), 2)
        self._add_evidence(f"shot{index}.loudness", "sound", span, stat="loudness", value=value, unit="dbfs")

    def _overlay_evidence(self, index: int, number: int, span: Span) -> str:
        plan, shot = self._plan, self._plan.shots[index]
        overlay = shot.overlays[number]
        box = place(overlay, plan.width, plan.height)
        shares = (
            _share(box.left / plan.width),
            _share(box.top / plan.height),
            _share(box.right / plan.width),
            _share(box.bottom / plan.height),
        )
        return self._add_evidence(
            f"shot{index}.text{number}",
            "text",
            span,
            stat="text",
            value=overlay.text,
            unit="text",
            frames=(shot.first_frame + shot.num_frames // 2,),
            box=shares,
        )

    def _label_pacing(self, num_shots: int) -> None:
        span = Span(0, self._video.duration_ns)
        evidence = self._add_evidence(
            "pacing", "boundary", span, stat="mean_shot_length", value=span.length_ns / num_shots / NS_PER_S, unit="s"
        )
        self._add_label("pacing", pacing(self._plan), span, (evidence,), 0)

    def _add_evidence(
        self,
        name: str,
        kind: EvidenceKind,
        span: Span,
        *,
        stat: str,
        value: float | str,
        unit: str,
        frames: tuple[int, ...] = (),
        box: tuple[float, float, float, float] | None = None,
    ) -> str:
        self._parts.evidence.append(
            Evidence(
                id=name,
                kind=kind,
                start_ns=span.start_ns,
                end_ns=span.end_ns,
                stat=stat,
                value=value,
                unit=unit,
                method=METHOD,
                frames=tuple(self._times.ref(frame) for frame in frames),
                box=box,
            )
        )
        return name

    def _add_label(self, name: str, value: str, span: Span, evidence: tuple[str, ...], shot: int) -> None:
        self._parts.labels.append(true_label(name, value, span, evidence, shot))


def _share(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 4)
