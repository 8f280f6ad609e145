"""What a document asks for beyond the feed's plans, put over the plan that was made of it; or left out and named."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sv6d.schema.boundaries import TRANSITION_STYLES, ChangeKind
from sv6d.schema.document import Document, Label, Shot
from sv6d.studio.joints import SWELLING
from sv6d.studio.plan import ClipPlan, Transition, TransitionKind
from sv6d.studio.reel import Joint
from sv6d.studio.seeds import generator
from sv6d.studio.stage_layout import LayoutStage
from sv6d.studio.stage_sound import stage_sound
from sv6d.studio.stage_words import stage_words
from sv6d.studio.staging import Roll, Shown, Staging
from sv6d.timeline import seconds

STAGED = frozenset({"transition_style", "layout", "steadiness", "camera_roll", "audio_edit", "text_overlay"})
_KINDS: Mapping[str, ChangeKind] = {style: kind for kind, style in TRANSITION_STYLES.items()}
# What the plan draws in as many frames; the document's kind of boundary says the same.
_UNDER: Mapping[ChangeKind, TransitionKind] = {
    "wipe": "dissolve",
    "whip": "dissolve",
    "zoom": "dissolve",
    "flash": "fade",
}
# Straight edges: the shot detector takes slants and circles for dissolves (docs/shots.md).
_EDGES = ("from_left", "from_right", "from_top", "from_bottom")
_LEAST_RUSH, _LEAST_FLASH, _MOST_FLASH = 6, 7, 8  # frames; measured: with fewer or more they are told as something else
_MOST_MIXED = 0.7  # of the shorter neighbour, so that each shot is seen alone
# Radians a second where nothing says how fast: eight degrees, four times what counts as none. Most to each side of
# level, so that no more than half of the picture is cut off for its corners.
_ROLL_SPEED, _MOST_ROLLED = 0.14, 0.3
_WAYS = {"roll_clockwise": -1.0, "roll_counterclockwise": 1.0}


@dataclass(frozen=True)
class Staged:
    """A plan with what lies over it, and what was left out: {id of the label: why}."""

    plan: ClipPlan
    staging: Staging
    omitted: Mapping[str, str]


def stage(document: Document, plan: ClipPlan, level_db: float) -> Staged:
    """The plan of a document with the labels of `STAGED` over it.

    Music is sounded at `level_db` where no level is planned.

    Shown are wipes, whips, zooms and flashes; bars, pages, recorded screens, divided frames and windows; a shaking
    hand, a rolling camera; subtitles; silence, music, a voice, cuts on the beat. That a camera is fixed, stable or does
    not roll, and that one image fills the frame, is true of the feed.
    """
    return _Stage(document, plan).staged(level_db)


class _Stage:
    def __init__(self, document: Document, plan: ClipPlan) -> None:
        self._document, self._shots = document, list(plan.shots)
        self._plan = plan
        self._rng = generator(plan.seed, 2)
        self._layouts = LayoutStage(document, plan, self._shots, self._rng)
        self._joints: dict[int, Joint] = {}
        self._hands: dict[int, int] = {}
        self._rolls: dict[int, Roll] = {}
        self._shown: list[Shown] = []
        self._omitted: dict[str, str] = {}

    def staged(self, level_db: float) -> Staged:
        for index, shot in enumerate(self._document.shots):
            self._effect(index, shot)
            for field, show in (
                ("layout", self._layouts.show),
                ("camera_roll", self._roll),
                ("steadiness", self._steadiness),
            ):
                for label in self._of(field, shot):
                    self._told(label, show(index, label), index, index)
        plan = replace(self._plan, shots=tuple(self._shots))
        sounds = stage_sound(self._document, plan, level_db)
        words = stage_words(self._document, plan)
        self._omitted |= {**self._layouts.omitted, **sounds.omitted, **words.omitted}
        staging = Staging(
            joints=tuple(sorted(self._joints.items())),
            bars=tuple(sorted(self._layouts.bars.items())),
            pictures=tuple(sorted(self._layouts.pictures.items())),
            divisions=tuple(sorted(self._layouts.divisions.items())),
            hands=tuple(sorted(self._hands.items())),
            rolls=tuple(sorted(self._rolls.items())),
            signs=(*self._layouts.signs, *words.signs),
            shown=(*self._shown, *sounds.shown, *words.shown),
        )
        return Staged(replace(plan, sound=sounds.plan), staging, self._omitted)

    def _told(self, label: Label, reason: str | None, first: int, last: int) -> None:
        shown = Shown(label.field, label.value, first, last)
        if reason is not None or shown in self._shown:
            self._omitted[label.id] = reason or "it is said twice"
        else:
            self._shown.append(shown)

    def _of(self, field: str, shot: Shot) -> list[Label]:
        return [
            label
            for label in self._document.labels
            if label.field == field and shot.span.contains(label.span.middle_ns)
        ]

    def _effect(self, index: int, shot: Shot) -> None:
        """The effect by which a shot begins, by its label or by its kind of boundary."""
        boundary = shot.boundary_in
        said = [
            label
            for label in self._document.labels
            if label.field == "transition_style" and boundary is not None and label.span.overlap_ns(boundary.span)
        ]
        if said:
            for label in said[1:]:
                self._omitted[label.id] = "a boundary has one look"
            self._told(said[0], self._draw(index, _KINDS.get(said[0].value)), index, index)
        elif boundary is not None and boundary.kind in ("wipe", "flash"):
            reason = self._draw(index, boundary.kind)
            if reason is not None:
                self._omitted[shot.id] = reason

    def _draw(self, index: int, kind: ChangeKind | None) -> str | None:
        """Put the effect over the plan's transition; returns why not."""
        transition = self._shots[index].transition
        if kind is None or transition is None:
            return "the studio has no picture for it"
        if transition.kind != _UNDER[kind]:
            return f"its boundary is a {transition.kind}, and a {kind} is drawn as a {_UNDER[kind]}"
        room = int(_MOST_MIXED * min(shot.num_frames for shot in self._shots[index - 1 : index + 1]))
        num = transition.num_frames
        if kind in ("whip", "zoom"):
            num = max(_LEAST_RUSH, 2 * (num // 2))
        elif kind == "flash":
            num = min(_MOST_FLASH, max(_LEAST_FLASH, num))
        if num > room:
            return f"the shots beside it leave room for {room} frames, it needs {num}"
        styles = {"whip": "aside", "zoom": "into", "flash": SWELLING}
        style = styles.get(kind) or _EDGES[int(self._rng.integers(len(_EDGES)))]
        colour = "white" if kind == "flash" else transition.colour
        self._shots[index] = replace(self._shots[index], transition=Transition(transition.kind, num, colour))
        self._joints[index] = Joint(kind, num, style)
        return None

    def _roll(self, index: int, label: Label) -> str | None:
        if label.value == "roll_none":
            return "its camera rolls" if index in self._rolls else None
        shot = self._shots[index]
        if index in self._rolls:
            return "it rolls the other way"
        if index in self._layouts.pictures or index in self._layouts.divisions:
            return "no camera is seen to roll in such a layout"
        if shot.camera.movement != "static":
            return f"a camera that rolls does not {shot.camera.movement.replace('_', ' ')}"
        if shot.overlays:
            return "the shot's writing would roll with it"
        length_s = seconds(self._plan.shot_span(index).length_ns)
        stated = [
            abs(item.value)
            for item in self._document.evidence_of(label)
            if item.stat == "roll_speed" and isinstance(item.value, float) and item.value
        ]
        speed = min(stated[0] if stated else _ROLL_SPEED, 2.0 * _MOST_ROLLED / length_s)
        first, end = self._plan.visible_frames(index)
        half = speed * seconds(self._plan.frame_time_ns(end) - self._plan.frame_time_ns(first)) / 2.0
        long, short = sorted((self._plan.width, self._plan.height), reverse=True)
        growth = math.cos(half) + long / short * math.sin(half)
        self._rolls[index] = Roll(_WAYS[label.value] * round(speed, 4), round(growth, 4))
        return None

    def _steadiness(self, index: int, label: Label) -> str | None:
        shot = self._shots[index]
        if label.value == "shaky" and index not in self._layouts.pictures:
            if shot.overlays:
                return "the shot's writing would shake with it"
            self._hands[index] = shot.seed
            return None
        rests = shot.camera.movement == "static" and index not in self._rolls
        if label.value == ("fixed" if rests else "stable"):
            return None
        return "its camera moves otherwise"
