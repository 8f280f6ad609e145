"""The way back: from a document to a plan that shows what it says, as far as the studio can draw it.

What the studio has no picture for (people, angles, words that are spoken) is left out and named. What a document
leaves open is chosen from its video's hash, so that the same document gives the same clip.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sv6d.errors import InputError
from sv6d.schema.document import BoundaryKind, Document, Evidence, Label, Shot
from sv6d.studio.plan import Camera, ClipPlan, Look, Overlay, ShotPlan, Side, SoundPlan, Transition, TransitionKind
from sv6d.studio.planner import BACKDROPS, DRAWINGS, FRAME_RATES, LUMA_RANGES, MOVEMENTS, lean_of, plan_subject
from sv6d.studio.seeds import generator
from sv6d.studio.stage import STAGED, stage
from sv6d.studio.stage_words import is_writable
from sv6d.studio.staging import Staging
from sv6d.studio.words import CALLS_TO_ACTION, CAPTIONS, HOOK_LINES, PRICES
from sv6d.timeline import NS_PER_S, Span

_SEED_DIGITS = 13  # hexadecimal, of the video's hash: 52 bits, above every corpus's seeds
_TRANSITIONS: Mapping[BoundaryKind, TransitionKind] = {
    "hard_cut": "hard_cut",
    "dissolve": "dissolve",
    "fade": "fade",
    "fade_in": "fade",
    "fade_out": "fade",
    # Their looks lie over the plan (`sv6d.studio.stage`).
    "wipe": "dissolve",
    "flash": "fade",
}
_SAYINGS: Mapping[str, Sequence[str]] = {
    "hook_line": HOOK_LINES,
    "caption": CAPTIONS,
    "price_tag": PRICES,
    "call_to_action_text": CALLS_TO_ACTION,
}
_STATS = {"pan": "pan_speed", "tilt": "tilt_speed", "zoom": "zoom_speed"}
# Mean speeds where nothing says how fast: the middle of what the planner draws. The caps bound the scene to be drawn.
_SPEEDS, _FARTHEST = {"pan": 0.26, "tilt": 0.19, "zoom": 0.25}, {"pan": 1.3, "tilt": 0.9, "zoom": math.log(2.1)}
_TONES = ("cool", "neutral", "warm")
_OPEN_KEYS = ("mid_key", "high_key")  # where nothing says how light: what is dark hides movement and changes
_LEVEL_DB = -18.0  # the middle of what the planner draws
_MOST_MIXED = 0.7  # of the shorter neighbour, so that each shot is seen alone
_LEAST_FRAMES = 2  # ours: a shot of one frame has no movement


@dataclass(frozen=True, slots=True)
class Omission:
    """Something that a document says and the clip does not show: id of the label or shot, and why."""

    name: str
    reason: str


def plan_of(document: Document) -> tuple[ClipPlan, Staging, tuple[Omission, ...]]:
    """The plan of a clip that shows what a document says, what lies over it, and what was left out.

    Rendered are shots and boundaries and, from the labels, `subject_type`, `lighting_key`, `colour_tone`,
    `camera_movement` (with the measured speed where evidence states one), `packaging` and `beat`; `pacing` follows
    from the shots. What of `transition_style`, `layout`, `steadiness`, `camera_roll`, `audio_edit` and `text_overlay`
    is shown, and of `packaging_cues` subtitles, `sv6d.studio.stage` says.

    Raises:
        InputError: a shot is too short to be drawn.
    """
    plan, omitted = _Script(document).plan()
    staged = stage(document, plan, _LEVEL_DB)
    named = {**omitted, **staged.omitted}
    return staged.plan, staged.staging, tuple(Omission(name, reason) for name, reason in named.items())


class _Script:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._seed = int(document.video.sha256[:_SEED_DIGITS], 16)
        self._rng = generator(self._seed, 1)
        rate = document.video.num_frames * NS_PER_S / document.video.duration_ns
        self._fps_num, self._fps_den = min(FRAME_RATES, key=lambda each: abs(each[0] / each[1] - rate))
        self._omitted: dict[str, str] = {}
        self._looks: list[Look] = []
        self._evidence = {item.id: item for item in document.evidence}

    def plan(self) -> tuple[ClipPlan, Mapping[str, str]]:
        shots = self._document.shots
        turns = (self._frame(self._turn_ns(index)) for index in range(1, len(shots)))
        edges = [0, *turns, self._frame(self._document.video.duration_ns)]
        lengths = [int(length) for length in np.diff(edges)]
        for shot, length in zip(shots, lengths, strict=True):
            if length < _LEAST_FRAMES:
                raise InputError(
                    f"{shot.id} is too short to be drawn",
                    found=f"{length} frames at {self._fps_num / self._fps_den:.2f} a second",
                    wanted=f"{_LEAST_FRAMES} frames or more",
                    next_step="join it with its neighbour in the document",
                )
        known = {"boundary_kind", "pacing", *STAGED}
        self._leave_out([label for label in self._document.labels if label.field not in _DRAWN | known], "not drawn")
        backdrops = self._rng.permutation(len(BACKDROPS))
        planned = tuple(
            self._shot(index, edges[index], lengths, BACKDROPS[int(backdrops[index % len(BACKDROPS)])])
            for index in range(len(shots))
        )
        video = self._document.video
        plan = ClipPlan(
            seed=self._seed,
            orientation="horizontal" if video.width_px > video.height_px else "vertical",
            fps_num=self._fps_num,
            fps_den=self._fps_den,
            shots=planned,
            sound=self._sound(),
        )
        return plan, self._omitted

    def _frame(self, time_ns: int) -> int:
        return round(time_ns * self._fps_num / (self._fps_den * NS_PER_S))

    def _leave_out(self, labels: Sequence[Label], reason: str) -> None:
        self._omitted.update({label.id: reason for label in labels})

    def _of_shot(self, field: str, shot: Shot, values: Sequence[str], *, at_most: int = 1) -> list[Label]:
        """The shot's labels of a field that can be drawn, the surest first; the others are left out."""
        span = Span(shot.start_ns, shot.end_ns)
        said = [
            label for label in self._document.labels if label.field == field and span.contains(label.span.middle_ns)
        ]
        said.sort(key=lambda label: (-label.confidence, label.start_ns, label.id))
        drawable = [label for label in said if label.value in values]
        self._leave_out([label for label in said if label.value not in values], "the studio has no picture for it")
        self._leave_out(drawable[at_most:], "there is room for fewer in one shot")
        return drawable[:at_most]

    def _shot(self, index: int, first_frame: int, lengths: Sequence[int], backdrop: str) -> ShotPlan:
        shot = self._document.shots[index]
        seconds = lengths[index] * self._fps_den / self._fps_num
        camera = self._camera(shot, seconds)
        kinds = self._of_shot("subject_type", shot, tuple(DRAWINGS))
        kind = kinds[0].value if kinds else sorted(DRAWINGS)[int(self._rng.integers(len(DRAWINGS)))]
        return ShotPlan(
            first_frame=first_frame,
            num_frames=lengths[index],
            transition=self._transition(index, lengths) if index else None,
            backdrop=backdrop,
            seed=int(self._rng.integers(1 << 31)),
            camera=camera,
            subject=plan_subject(self._rng, kind, camera),
            look=self._look(shot),
            overlays=self._overlays(shot),
            beats=self._beats(shot),
        )

    def _camera(self, shot: Shot, seconds: float) -> Camera:
        labels = self._of_shot("camera_movement", shot, MOVEMENTS)
        if not labels or labels[0].value == "static":
            return Camera("static", 0.0)
        label = labels[0]
        way = label.value.split("_")[0]
        stated = [
            abs(item.value)
            for item in map(self._evidence.get, label.evidence)
            if item is not None and item.stat == _STATS[way] and isinstance(item.value, float) and item.value
        ]
        return Camera(label.value, round(min(stated[0] if stated else _SPEEDS[way], _FARTHEST[way] / seconds), 4))

    def _look(self, shot: Shot) -> Look:
        """The stated light and colour; where they are left open, others than the shot before has.

        Between two shots in one light a change is hard to see.
        """
        keys = self._of_shot("lighting_key", shot, tuple(LUMA_RANGES))
        tones = self._of_shot("colour_tone", shot, _TONES)
        before = self._looks[-1] if self._looks else None
        key = keys[0].value if keys else self._other(_OPEN_KEYS, before.lighting_key) if before else "mid_key"
        tone = tones[0].value if tones else self._other(_TONES, before.colour_tone) if before else "neutral"
        luma = sum(LUMA_RANGES[key]) / 2.0
        self._looks.append(Look(key, tone, round(luma, 4), round(lean_of(tone, luma, 0.5), 4)))
        return self._looks[-1]

    def _other(self, options: Sequence[str], taken: str) -> str:
        left = [option for option in options if option != taken]
        return left[int(self._rng.integers(len(left)))]

    def _overlays(self, shot: Shot) -> tuple[Overlay, ...]:
        found: dict[str, Overlay] = {}
        for label in self._of_shot("packaging", shot, tuple(_SAYINGS), at_most=len(_SAYINGS)):
            if label.value in found:
                self._leave_out([label], "the shot has one of that kind already")
                continue
            words = [
                item.value
                for item in map(self._evidence.get, label.evidence)
                if item is not None and item.kind == "text" and isinstance(item.value, str)
            ]
            sayings = _SAYINGS[label.value]
            fitting = [text for text in words if _fits(text, sayings)]
            if words and not fitting:
                self._leave_out([label], "its words do not fit the studio's letters or boxes; others stand there")
            text = fitting[0] if fitting else sayings[int(self._rng.integers(len(sayings)))]
            found[label.value] = Overlay(label.value, text, int(self._rng.integers(2)))
        return tuple(found[kind] for kind in _SAYINGS if kind in found)

    def _beats(self, shot: Shot) -> tuple[str, ...]:
        beats = self._of_shot("beat", shot, ("hook", "context", "product_display", "call_to_action"), at_most=4)
        return tuple(dict.fromkeys(label.value for label in beats))

    def _transition(self, index: int, lengths: Sequence[int]) -> Transition:
        shot = self._document.shots[index]
        boundary = shot.boundary_in
        if boundary is None:
            self._omitted[shot.id] = "nothing says how it begins; it is drawn as a cut"
            return Transition("hard_cut", 0, "")
        kind = _TRANSITIONS[boundary.kind]
        if kind == "hard_cut":
            return Transition(kind, 0, "")
        wanted = self._frame(boundary.end_ns) - self._frame(boundary.start_ns)
        side = self._side(index)
        beside = {"about": lengths[index - 1 : index + 1], "before": lengths[index - 1 : index]}
        frames = max(1, min(wanted, int(_MOST_MIXED * min(beside.get(side, lengths[index : index + 1])))))
        return Transition(kind, frames, "black" if kind == "fade" else "", side)

    def _side(self, index: int) -> Side:
        """Where a change lies: before or after the split is a fade that ends or begins on a dark page."""
        shot = self._document.shots[index]
        boundary = shot.boundary_in
        if boundary is None or _TRANSITIONS[boundary.kind] != "fade" or boundary.kind == "flash":
            return "about"
        if self._frame(boundary.end_ns) <= self._frame(shot.start_ns) and self._is_dark_page(index):
            return "before"
        if self._frame(boundary.start_ns) >= self._frame(shot.start_ns) and self._is_dark_page(index - 1):
            return "after"
        return "about"

    def _is_dark_page(self, index: int) -> bool:
        """Whether a shot is a page that may be black."""
        span = self._document.shots[index].span
        said = {(label.field, label.value) for label in self._document.labels if span.contains(label.span.middle_ns)}
        lit = {value for field, value in said if field == "lighting_key"}
        leaning = {value for field, value in said if field == "colour_tone"}
        moving = {value for field, value in said if field == "camera_movement"}
        return ("layout", "slide") in said and lit <= {"low_key"} and leaning <= {"neutral"} and moving <= {"static"}

    def _turn_ns(self, index: int) -> int:
        """Where a shot is counted from: the middle of a gradual change, as the studio draws most."""
        shot = self._document.shots[index]
        boundary = shot.boundary_in
        if boundary is None or _TRANSITIONS[boundary.kind] == "hard_cut" or self._side(index) != "about":
            return shot.start_ns
        return boundary.span.middle_ns

    def _sound(self) -> SoundPlan:
        levels: list[float | None] = []
        for shot in self._document.shots:
            stated = [item for item in self._document.evidence if _states_loudness(item, shot)]
            level = stated[0].value if stated else _LEVEL_DB if self._document.video.has_sound else None
            silent = not isinstance(level, float) or level < _SILENCE_DB
            levels.append(None if silent else round(min(-10.0, max(-26.0, float(level or 0.0))), 1))
        return SoundPlan(
            seed=int(self._rng.integers(1 << 31)),
            beats_per_minute=110.0,
            root_hz=220.0,
            noise_db=-58.0,
            levels_db=tuple(levels),
        )


_DRAWN = frozenset({"subject_type", "lighting_key", "colour_tone", "camera_movement", "packaging", "beat"})
_SILENCE_DB = -50.0  # below every level that the planner draws


def _fits(text: str, sayings: Sequence[str]) -> bool:
    """Whether a text can stand where the studio's own do: the bundled font's letters, no longer than the longest."""
    words = [word for saying in sayings for word in saying.split()]
    longest_word = max(map(len, words))
    return is_writable(text, max(map(len, sayings))) and all(len(word) <= longest_word for word in text.split())


def _states_loudness(item: Evidence, shot: Shot) -> bool:
    return item.stat == "loudness" and item.value is not None and item.start_ns <= shot.start_ns < item.end_ns
