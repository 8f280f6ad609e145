"""How a document divides the pictures of its shots: bars, pages, recorded screens, other pictures, windows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sv6d.schema.document import Document, Label, Shot
from sv6d.studio.grade import LUMA_WEIGHTS
from sv6d.studio.overlays import Box
from sv6d.studio.plan import Camera, ClipPlan, Look, ShotPlan
from sv6d.studio.planner import BACKDROPS, DRAWINGS, LUMA_RANGES, lean_of, plan_subject
from sv6d.studio.reel import Card, Page, Screen, Sign
from sv6d.studio.reel_words import PAGE_LINES, PAGE_TITLES, REEL_TITLES, SCREEN_LINES, SCREEN_TITLES
from sv6d.studio.screens import fits
from sv6d.studio.slides import LINE_SIZE, MOST_LINES, TITLE_SIZE, page_room
from sv6d.studio.stage_words import is_as_wide
from sv6d.studio.staging import Division

_BAR = 0.12  # of the height, where nothing says how high: a film of 2.35:1 in a picture of 16:9
_BRIGHTEST = 0.8  # mean luma that a grade reaches of any scene; ours
_DIM, _LIT = 0.35, 0.55  # mean luma between high bars, in turns, so that changes are seen; ours
_SIGN_ROOM = 0.94  # of the width that a line of a window's writing may take
_TITLE_PX = 34.0  # of a sign's letters
_SIGN_RAMP, _SIGN_WAIT = 6, 5  # frames that a card's title takes to come, and waits for, as in reels
_LEAST_PART = 0.1  # of a side: a smaller box is a sticker
_FAR = 0.02  # shares of the frame: boxes nearer than this to all of it are all of it
ShareBox = tuple[float, float, float, float]


class LayoutStage:
    """Lays out shots one after the other, and gathers what that takes. Shots are changed in place in `shots`."""

    def __init__(self, document: Document, plan: ClipPlan, shots: list[ShotPlan], rng: np.random.Generator) -> None:
        self._document, self._plan, self._shots, self._rng = document, plan, shots, rng
        self.bars: dict[int, float] = {}
        self.pictures: dict[int, Page | Card | Screen] = {}
        self.divisions: dict[int, Division] = {}
        self.signs: list[Sign] = []
        self.omitted: dict[str, str] = {}

    def show(self, index: int, label: Label) -> str | None:
        """Lay a shot out as its label says; returns why not."""
        if index in self.bars or index in self.pictures or index in self.divisions:
            return "the shot is laid out otherwise"
        match label.value:
            case "full_bleed":
                return None
            case "letterbox":
                return self._letterbox(index, label)
            case "slide":
                return self._still(index, self._page(index))
            case "screen_recording":
                return self._screen(index)
            case "split_screen" | "picture_in_picture" | "gap_text" | "blurred_fill":
                return self._division(index, label)
        return "the studio has no picture for it"

    def _letterbox(self, index: int, label: Label) -> str | None:
        shot = self._shots[index]
        if shot.overlays:
            return "the bars would bear the shot's writing"
        bars = self._bars_of(label)
        image = 1.0 - bars
        look = shot.look
        if look.luma / image > _BRIGHTEST and not self._states(index, "lighting_key"):
            luma = sum(LUMA_RANGES["mid_key"]) / 2.0
            if luma / image > _BRIGHTEST:
                return self._small(index, image)
            look = Look("mid_key", look.colour_tone, luma, lean_of(look.colour_tone, luma, 0.5))
        if look.luma / image > _BRIGHTEST:
            return f"between bars the shot would not be {look.lighting_key} as a whole"
        look = replace(look, luma=round(look.luma / image, 4), red_minus_blue=round(look.red_minus_blue / image, 4))
        self._shots[index] = replace(shot, look=look)
        self.bars[index] = bars / 2.0
        return None

    def _small(self, index: int, image: float) -> str | None:
        """Between bars that leave so little of the picture that it is dark as a whole, whatever is seen there."""
        shot, dark = self._shots[index], sum(LUMA_RANGES["low_key"]) / 2.0
        if self._states(index, "colour_tone") or dark / image > _BRIGHTEST:
            return "between such bars it would have no colour or light as a whole"
        luma = min(dark / image, _DIM if shot.look.lighting_key == "mid_key" else _LIT)
        self._shots[index] = replace(shot, look=Look("low_key", "neutral", luma, 0.0))
        self.bars[index] = (1.0 - image) / 2.0
        return None

    def _bars_of(self, label: Label) -> float:
        """Share of the height in bars, as evidence states it."""
        stated = [item.value for item in self._document.evidence_of(label) if item.stat == "letterbox"]
        if stated and isinstance(stated[0], float) and 0.0 < stated[0] < 1.0:
            return stated[0]
        image = self._boxes(label)[:1]
        high = image[0][3] - image[0][1] if image else 1.0
        return 1.0 - high if _LEAST_PART < high < 1.0 - _FAR else 2.0 * _BAR

    def _still(self, index: int, picture: Page | Card | Screen) -> str | None:
        movement = self._shots[index].camera.movement
        if movement != "static":
            return f"a page does not {movement.replace('_', ' ')}"
        self.pictures[index] = picture
        if not isinstance(picture, Page) or picture.picture is None:
            for label in self._labels("subject_type", self._document.shots[index]):
                self.omitted[label.id] = "there is writing alone in the shot"
        return None

    def _page(self, index: int) -> Page | Card:
        shot = self._shots[index]
        following = self._shots[index + 1].transition if index + 1 < len(self._shots) else None
        if (shot.transition is not None and shot.transition.side == "before") or (
            following is not None and following.side == "after"
        ):
            return self._card(index)
        room = page_room(self._plan.width)
        fitting = self._texts(index)
        titles = [text for text in fitting if is_as_wide(text, TITLE_SIZE, room)]
        title = titles[0] if titles else self._pick(PAGE_TITLES)
        lines = [text for text in fitting if text != title and is_as_wide(text, LINE_SIZE, room)]
        if not titles and not lines:
            lines = [self._pick(PAGE_LINES)]
        shown = tuple((line, 0) for line in lines[:MOST_LINES])
        picture = None if shot.overlays else shot.subject
        return Page(shot.seed, index + 1, title, shown, picture, _ground(shot.look))

    def _card(self, index: int) -> Card:
        """Flat black with a title: what a fade leads to or comes from."""
        shot = self._shots[index]
        self._shots[index] = replace(shot, look=Look("low_key", "neutral", 0.0, 0.0))
        width, height = self._plan.width, self._plan.height
        fitting = [text for text in self._texts(index) if is_as_wide(text, _TITLE_PX, _SIGN_ROOM * width)]
        first, end = shot.first_frame + _SIGN_WAIT, shot.end_frame - _SIGN_WAIT
        if not shot.overlays and end - first > 2 * _SIGN_RAMP:
            text = fitting[0] if fitting else self._pick(REEL_TITLES)
            self.signs.append(Sign("title", text, 0, first, end, width / 2.0, height / 2.0, _SIGN_RAMP))
        return Card("black")

    def _screen(self, index: int) -> str | None:
        shot = self._shots[index]
        if shot.overlays:
            return "a recorded screen bears no overlays"
        if self._states(index, "lighting_key") and shot.look.lighting_key == "mid_key":
            return "a recorded screen is bright or dark"
        if shot.look.colour_tone != "neutral" and self._states(index, "colour_tone"):
            return "a recorded screen is neither warm nor cool"
        dark = shot.look.lighting_key == "low_key"
        fitting = [text for text in self._texts(index) if fits(text, self._plan.width)]
        title = fitting[0] if fitting else self._pick(SCREEN_TITLES)
        lines = fitting[1:] or [line for line in SCREEN_LINES if fits(line, self._plan.width)]
        reason = self._still(index, Screen(shot.seed, dark, title, tuple(lines), (), (), None))
        if reason is None:
            key = "low_key" if dark else "high_key"
            self._shots[index] = replace(shot, look=Look(key, "neutral", sum(LUMA_RANGES[key]) / 2.0, 0.0))
        return reason

    def _division(self, index: int, label: Label) -> str | None:
        shot, (width, height) = self._shots[index], (self._plan.width, self._plan.height)
        if shot.overlays:
            return "other pictures would cut the shot's writing"
        boxes = [_scaled(box, width, height) for box in self._boxes(label)]
        parts = [box for box in boxes if _is_part(box, width, height)]
        match label.value:
            case "split_screen":
                main, *others = parts if len(parts) > 1 else _halves(width, height)
                self.divisions[index] = Division(label.value, main, tuple(others), self._second(index))
            case "picture_in_picture":
                inset = parts[-1] if parts else _inset(width, height)
                whole = Box(0.0, 0.0, width, height)
                self.divisions[index] = Division(label.value, whole, (inset,), self._second(index))
            case "blurred_fill":
                self.divisions[index] = Division(label.value, parts[0] if parts else _window(width, height))
            case _:
                self._window(index, parts[0] if parts else _window(width, height))
        return None

    def _window(self, index: int, box: Box) -> None:
        """A window in a still frame with a title; shots after one another in one window share both."""
        shot, before = self._shots[index], self.divisions.get(index - 1)
        if (
            before is not None
            and before.second is not None
            and before.kind == "gap_text"
            and before.main == box
            and (before.second.look.lighting_key == shot.look.lighting_key or not self._states(index, "lighting_key"))
        ):
            self.divisions[index] = before
            number = next(
                at for at, sign in enumerate(self.signs) if sign.first == self._shots[before.still_of].first_frame
            )
            self.signs[number] = replace(self.signs[number], end=shot.end_frame)
            return
        self.divisions[index] = Division("gap_text", box, (), self._second(index), index)
        width = self._plan.width
        bands = {cue.text for cue in self._document.packaging_cues if cue.kind == "subtitle_band"}
        texts = [text for text in self._texts(index) if text not in bands]
        fitting = [text for text in texts if is_as_wide(text, _TITLE_PX, _SIGN_ROOM * width)]
        text = fitting[0] if fitting else self._pick(REEL_TITLES)
        y = round(box.top / 2.0, 1)
        self.signs.append(Sign("title", text, 0, shot.first_frame, shot.end_frame, width / 2.0, y))

    def _second(self, index: int) -> ShotPlan:
        """Another scene in the shot's light and colour, seen by a camera that stands."""
        shot, camera = self._shots[index], Camera("static", 0.0)
        backdrop = self._pick([each for each in BACKDROPS if each != shot.backdrop])
        kind = self._pick([each for each in DRAWINGS if each != shot.subject.kind])
        subject = plan_subject(self._rng, kind, camera)
        seed = int(self._rng.integers(1 << 31))
        return replace(shot, backdrop=backdrop, seed=seed, camera=camera, subject=subject, overlays=())

    def _boxes(self, label: Label) -> list[ShareBox]:
        """Where the moving images are, as records of the same layout or the label's evidence state it."""
        for record in self._document.layouts:
            if record.layout == label.value and record.start_ns <= label.span.middle_ns < record.end_ns:
                boxes = [region.box for region in record.regions if region.role == "image"]
                if boxes:
                    return boxes
        return [
            item.box for item in self._document.evidence_of(label) if item.kind == "layout" and item.box is not None
        ]

    def _texts(self, index: int) -> list[str]:
        """What evidence says is written in a shot and no overlay of it says, from the top down."""
        span, said = self._document.shots[index].span, {overlay.text for overlay in self._shots[index].overlays}
        found = [
            ((item.box or (0.0, 0.0))[1], item.start_ns, item.id, item.value)
            for item in self._document.evidence
            if item.kind == "text" and isinstance(item.value, str) and span.contains(item.span.middle_ns)
        ]
        return [text for text in dict.fromkeys(value for *_, value in sorted(found)) if text not in said]

    def _labels(self, field: str, shot: Shot) -> list[Label]:
        return [
            label
            for label in self._document.labels
            if label.field == field and shot.span.contains(label.span.middle_ns)
        ]

    def _states(self, index: int, field: str) -> bool:
        return bool(self._labels(field, self._document.shots[index]))

    def _pick(self, options: list[str] | tuple[str, ...]) -> str:
        return options[int(self._rng.integers(len(options)))]


def _ground(look: Look) -> tuple[int, int, int]:
    """The flat colour that has a look's means."""
    red, blue = look.luma + look.red_minus_blue / 2.0, look.luma - look.red_minus_blue / 2.0
    green = (look.luma - LUMA_WEIGHTS[0] * red - LUMA_WEIGHTS[2] * blue) / LUMA_WEIGHTS[1]
    levels = [round(255.0 * min(1.0, max(0.0, float(level)))) for level in (red, green, blue)]
    return levels[0], levels[1], levels[2]


def _scaled(box: ShareBox, width: float, height: float) -> Box:
    return Box(*(round(share * side, 1) for share, side in zip(box, (width, height) * 2, strict=True)))


def _is_part(box: Box, width: float, height: float) -> bool:
    wide, high = (box.right - box.left) / width, (box.bottom - box.top) / height
    return min(wide, high) >= _LEAST_PART and min(wide, high) <= 1.0 - _FAR


def _halves(width: float, height: float) -> list[Box]:
    """One over the other where the frame is upright, else side by side."""
    if height > width:
        return [Box(0.0, 0.0, width, height / 2.0), Box(0.0, height / 2.0, width, height)]
    return [Box(0.0, 0.0, width / 2.0, height), Box(width / 2.0, 0.0, width, height)]


def _inset(width: float, height: float) -> Box:
    """At the upper right, as large as reels have it."""
    side = 0.39 * min(width, height)
    return Box(0.95 * width - side, 0.05 * height, 0.95 * width, 0.05 * height + side * 4.0 / 3.0)


def _window(width: float, height: float) -> Box:
    """A picture of 16:9 across an upright frame, of 4:3 in a wide one, in the middle."""
    wide, high = (width - 24.0, (width - 24.0) * 9.0 / 16.0) if height > width else (0.8 * height, 0.6 * height)
    x, y = (width - wide) / 2.0, (height - high) / 2.0
    return Box(round(x, 1), round(y, 1), round(x + wide, 1), round(y + high, 1))
