"""What a document asks for beyond the feed's plans, put over the plan that was made of it; or left out and named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sv6d.schema.boundaries import TRANSITION_STYLES, ChangeKind
from sv6d.schema.document import Document, Label, Shot
from sv6d.studio.joints import SWELLING
from sv6d.studio.plan import ClipPlan, ShotPlan, Transition, TransitionKind
from sv6d.studio.reel import Joint
from sv6d.studio.seeds import generator
from sv6d.studio.staging import Shown, Staging
from sv6d.studio.words import CAPTIONS

STAGED = frozenset({"transition_style", "layout", "steadiness", "camera_roll", "audio_edit"})
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
_BAR = 0.12  # of the height, where nothing says how high: a film of 2.35:1 in a picture of 16:9
_LONGEST_LINE, _MOST_LINES = 22, 3  # characters that fit an upright page, lines; ours
_BRIGHTEST = 0.8  # mean luma that a grade reaches of any scene; ours


@dataclass(frozen=True)
class Staged:
    """A plan with what lies over it, and what was left out: {id of the label: why}."""

    plan: ClipPlan
    staging: Staging
    omitted: Mapping[str, str]


def stage(document: Document, plan: ClipPlan, level_db: float) -> Staged:
    """The plan of a document with the labels of `STAGED` over it.

    Music is sounded at `level_db` where no level is planned.

    Shown are wipes, whips, zooms and flashes, bars, pages of writing, a shaking hand, silence and music; that a camera
    is fixed, stable or does not roll, and that one image fills the frame, is true of the feed.
    """
    return _Stage(document, plan).staged(level_db)


def is_writable(text: str, most: int) -> bool:
    """Whether the bundled font has a text's letters, and it is no longer than so many."""
    return text.isascii() and text.isprintable() and 0 < len(text.strip()) <= most


class _Stage:
    def __init__(self, document: Document, plan: ClipPlan) -> None:
        self._document, self._shots = document, list(plan.shots)
        self._plan = plan
        self._rng = generator(plan.seed, 2)
        self._joints: dict[int, Joint] = {}
        self._bars: dict[int, float] = {}
        self._pages: dict[int, tuple[str, ...]] = {}
        self._hands: dict[int, int] = {}
        self._shown: list[Shown] = []
        self._omitted: dict[str, str] = {}

    def staged(self, level_db: float) -> Staged:
        for index, shot in enumerate(self._document.shots):
            self._effect(index, shot)
            for field, show in (
                ("layout", self._layout),
                ("steadiness", self._steadiness),
                ("camera_roll", self._roll),
            ):
                for label in self._of(field, shot):
                    reason = show(index, label)
                    self._told(label, reason, index, index)
        levels = self._sound(level_db)
        plan = replace(self._plan, shots=tuple(self._shots), sound=replace(self._plan.sound, levels_db=levels))
        joints, bars = tuple(sorted(self._joints.items())), tuple(sorted(self._bars.items()))
        pages = tuple(sorted(self._pages.items()))
        hands = tuple(sorted(self._hands.items()))
        return Staged(plan, Staging(joints, bars, pages, hands, tuple(self._shown)), self._omitted)

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

    def _layout(self, index: int, label: Label) -> str | None:
        if label.value == "full_bleed":
            return None
        if label.value not in ("letterbox", "slide"):
            return "the feed has no picture for it"
        if index in self._bars or index in self._pages:
            return "the shot is laid out otherwise"
        shot = self._shots[index]
        if label.value == "slide":
            return self._page(index, shot)
        if shot.overlays:
            return "the bars would bear the shot's writing"
        image = 1.0 - 2.0 * self._bar_of(label)
        look = shot.look
        if look.luma / image > _BRIGHTEST:
            return f"between bars the shot would not be {look.lighting_key} as a whole"
        look = replace(look, luma=round(look.luma / image, 4), red_minus_blue=round(look.red_minus_blue / image, 4))
        self._shots[index] = replace(shot, look=look)
        self._bars[index] = (1.0 - image) / 2.0
        return None

    def _page(self, index: int, shot: ShotPlan) -> str | None:
        if shot.camera.movement != "static":
            return f"a page does not {shot.camera.movement.replace('_', ' ')}"
        span = self._document.shots[index].span
        said = [
            item.value
            for item in self._document.evidence
            if item.kind == "text" and isinstance(item.value, str) and span.contains(item.span.middle_ns)
        ]
        laid_over = {overlay.text for overlay in shot.overlays}
        fitting = [text for text in dict.fromkeys(said) if is_writable(text, _LONGEST_LINE) and text not in laid_over]
        stock = CAPTIONS[int(self._rng.integers(len(CAPTIONS)))]
        self._pages[index] = tuple(fitting[:_MOST_LINES]) or (stock,)
        for label in self._of("subject_type", self._document.shots[index]):
            self._omitted[label.id] = "a page shows writing alone"
        return None

    def _bar_of(self, label: Label) -> float:
        stated = [item.value for item in self._document.evidence_of(label) if item.stat == "letterbox"]
        return stated[0] / 2.0 if stated and isinstance(stated[0], float) and 0.0 < stated[0] < 1.0 else _BAR

    def _steadiness(self, index: int, label: Label) -> str | None:
        shot = self._shots[index]
        if label.value == "shaky" and index not in self._pages:
            if shot.overlays:
                return "the shot's writing would shake with it"
            self._hands[index] = shot.seed
            return None
        rests = shot.camera.movement == "static"
        if label.value == ("fixed" if rests else "stable"):
            return None
        return "its camera moves otherwise"

    def _roll(self, index: int, label: Label) -> str | None:
        return None if label.value == "roll_none" else "the feed's camera does not roll"

    def _sound(self, level_db: float) -> tuple[float | None, ...]:
        levels = list(self._plan.sound.levels_db)
        said = [label for label in self._document.labels if label.field == "audio_edit"]
        silent: set[int] = set()
        for label in sorted(said, key=lambda label: (label.value != "silence", label.start_ns, label.id)):
            under = [i for i, shot in enumerate(self._document.shots) if label.span.contains(shot.span.middle_ns)]
            if label.value not in ("silence", "music"):
                self._omitted[label.id] = "the feed's sound is music without regard to cuts, or silence"
            elif not under:
                self._omitted[label.id] = "the feed's sound changes with its shots, and it covers none"
            elif label.value == "music" and silent.intersection(under):
                self._omitted[label.id] = "it is silent there"
            else:
                for index in under:
                    levels[index] = None if label.value == "silence" else levels[index] or level_db
                silent.update(under if label.value == "silence" else ())
                self._told(label, None, under[0], under[-1])
        return tuple(levels)
