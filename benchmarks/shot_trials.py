"""Trials for shot detectors, made of real footage: changes of shot of every kind, and what only looks like one.

Each maker takes a random generator, footage and a size, and gives frames with their truth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from benchmarks.shot_footage import Footage, Picture, fill

Size = tuple[int, int]
_WORDS = (
    *("growth", "market", "update", "team", "plan", "result", "next", "week", "design", "review", "question", "number"),
    *("open", "source", "budget", "travel", "model", "data", "learn", "simple", "recipe", "water", "garden", "music"),
    *("street", "morning", "energy", "price", "change", "health", "school"),
)


@dataclass
class Trial:
    """Frames of one made video; hard cuts as first frames of new shots, gradual changes as (first, last, kind)."""

    frames: list[Picture] = field(default_factory=list)
    hard_cuts: list[int] = field(default_factory=list)
    gradual: list[tuple[int, int, str]] = field(default_factory=list)

    def cut_to(self, frames: Sequence[Picture]) -> None:
        if self.frames:
            self.hard_cuts.append(len(self.frames))
        self.frames += frames

    def blend_to(self, frames: Sequence[Picture], num: int, kind: str, mix: Callable[..., Picture]) -> None:
        """The last `num` frames so far become `mix(old, new, share)` with the first of the next shot."""
        first = len(self.frames) - num
        old, self.frames = self.frames[first:], self.frames[:first]
        for i in range(num):
            self.frames.append(mix(old[i], frames[i], (i + 1) / (num + 1)))
        self.frames += frames[num:]
        self.gradual.append((first, first + num - 1, kind))


def mix(old: Picture, new: Picture, share: float) -> Picture:
    return np.asarray(np.rint((1.0 - share) * old + share * new), dtype=np.uint8)


def placed(under: Picture, over: Picture, top: int, left: int) -> Picture:
    """A copy of one picture with a smaller one laid over it."""
    shown = under.copy()
    shown[top : top + over.shape[0], left : left + over.shape[1]] = over
    return shown


def between(rng: np.random.Generator, low: int, high: int) -> int:
    return int(rng.integers(low, high + 1))


def montage(rng: np.random.Generator, footage: Footage, size: Size, shortest: int = 8, longest: int = 50) -> Trial:
    trial = Trial()
    lengths = [between(rng, shortest, longest) for _ in range(between(rng, 5, 8))]
    for frames in footage.several(rng, lengths, size):
        trial.cut_to(frames)
    return trial


def quick_montage(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """Shots of 6 to 12 frames, as in shorts."""
    return montage(rng, footage, size, 6, 12)


def same_place(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """Wide and close pictures of one scene in turn."""
    height, width = size
    names = sorted(footage.shots)
    shots = footage.shots[names[between(rng, 0, len(names) - 1)]]
    frames = shots[between(rng, 0, len(shots) - 1)]
    trial = Trial()
    for _ in range(4):
        share = float(rng.uniform(0.5, 1.0))
        top, left = (float(rng.uniform(0.0, 1.0 - share)) for _ in range(2))
        taken = footage.take(rng, frames, between(rng, 12, 40), size)
        rows = slice(int(top * height), int((top + share) * height))
        columns = slice(int(left * width), int((left + share) * width))
        trial.cut_to([fill(frame[rows, columns], size) for frame in taken])
    return trial


def dark_cuts(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    trial = montage(rng, footage, size)
    gain = float(rng.uniform(0.12, 0.35))
    trial.frames = [np.asarray(frame * gain, dtype=np.uint8) for frame in trial.frames]
    return trial


def barred(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """Cuts within black bars, the bars wide enough to take half of the picture."""
    trial = montage(rng, footage, size)
    bar = int(size[0] * rng.uniform(0.1, 0.28))
    for i, frame in enumerate(trial.frames):
        trial.frames[i] = frame.copy()
        trial.frames[i][:bar] = trial.frames[i][-bar:] = 0
    return trial


def dissolves(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    lengths = [between(rng, 6, 36) for _ in range(3)]
    first, *others = footage.several(rng, [50, *(num + 45 for num in lengths)], size)
    trial = Trial(first)
    for num, frames in zip(lengths, others, strict=True):
        trial.blend_to(frames, num, "dissolve", mix)
    return trial


def fades(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """Out to a colour and in from it; a colour that is held long makes two changes of it."""
    trial = Trial(footage.shot(rng, 50, size))
    for _ in range(2):
        level = (0, 0, 255, 20)[between(rng, 0, 3)]
        colour = np.full((*size, 3), level, dtype=np.uint8)
        out, into, hold = between(rng, 5, 25), between(rng, 5, 25), (0, 1, 2, 10, 16)[between(rng, 0, 4)]
        first = len(trial.frames) - out
        for i in range(out):
            trial.frames[first + i] = mix(trial.frames[first + i], colour, (i + 1) / (out + 1))
        after = footage.shot(rng, into + 35, size)
        rising = [mix(colour, after[i], (i + 1) / (into + 1)) for i in range(into)]
        trial.frames += [*[colour] * hold, *rising, *after[into:]]
        end = first + out + hold + into
        if hold <= 2:
            trial.gradual.append((first, end - 1, "fade_through_colour"))
        else:
            trial.gradual += [(first, first + out - 1, "fade_out"), (end - into, end - 1, "fade_in")]
    return trial


def wipes(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    lengths = [between(rng, 6, 20) for _ in range(3)]
    before, *others = footage.several(rng, [50, *(num + 35 for num in lengths)], size)
    trial = Trial(before)
    for num, frames in zip(lengths, others, strict=True):
        kind = between(rng, 0, 3)

        def swept(old: Picture, new: Picture, share: float, kind: int = kind) -> Picture:
            if kind == 3:  # pushed up
                at = int(share * size[0])
                return np.concatenate([old[at:], new[:at]])
            at = int(share * size[1])
            if kind == 0:  # wiped from the left
                return np.concatenate([new[:, :at], old[:, at:]], axis=1)
            if kind == 1:  # pushed to the left
                return np.concatenate([old[:, at:], new[:, :at]], axis=1)
            return np.concatenate([old[:, : size[1] - at], new[:, :at]], axis=1)  # slid over

        trial.blend_to(frames, num, "wipe", swept)
    return trial


def flash_cuts(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """Cuts hidden under some white frames."""
    before, *others = footage.several(rng, [40, 35, 35, 35], size)
    trial = Trial(before)
    for after in others:
        white = [np.full((*size, 3), 255, dtype=np.uint8)] * between(rng, 1, 3)
        first = len(trial.frames)
        after[:2] = [mix(frame, white[0], share) for frame, share in zip(after, (0.6, 0.25), strict=False)]
        trial.frames += [*white, *after]
        trial.gradual.append((first, first + len(white) + 1, "flash"))
    return trial


def zoom_transitions(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """The old shot is zoomed into, blurred, the new one comes out of the blur; or both are whipped aside."""
    before, *others = footage.several(rng, [40, 40, 40, 40], size)
    trial = Trial(before)
    for after in others:
        whip = bool(rng.integers(2))
        half = between(rng, 3, 6)
        first = len(trial.frames) - half
        for i in range(half):
            share = (i + 1) / half
            trial.frames[first + i] = rushed_frame(trial.frames[first + i], share, whip=whip)
            after[half - 1 - i] = rushed_frame(after[half - 1 - i], share, whip=whip)
        trial.frames += after
        trial.gradual.append((first, first + 2 * half - 1, "whip" if whip else "zoom"))
    return trial


def rushed_frame(frame: Picture, share: float, *, whip: bool) -> Picture:
    height, width = frame.shape[:2]
    if whip:
        moved = np.roll(np.concatenate([frame, frame[:, ::-1]], axis=1), int(share * share * width), axis=1)
        reach = max(1, int(0.25 * share * width))
        total = np.cumsum(np.concatenate([moved, moved[:, :reach]], axis=1, dtype=np.int32), axis=1)
        return np.asarray((total[:, reach : reach + width] - total[:, :width]) // reach, dtype=np.uint8)
    cut = int(0.3 * share * min(height, width))
    grown = fill(frame[cut : height - cut, cut : width - cut], (height, width))
    return np.asarray(Image.fromarray(grown).filter(ImageFilter.BoxBlur(share * 0.03 * width)))


def jump_cuts(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """Some frames left out of a take by a camera that stands still; sometimes a little closer after it."""
    takes = footage.still_camera(90)
    frames = takes[between(rng, 0, len(takes) - 1)]
    at, trial, flip = 0, Trial(), bool(rng.integers(2))
    closer = float(rng.uniform(1.08, 1.3)) if rng.integers(3) == 0 else 1.0
    for number in range(4):
        num = between(rng, 18, 40)
        piece = [fill(frame[:, ::-1] if flip else frame, size) for frame in frames[at : at + num]]
        if len(piece) < 10:
            break
        if number % 2 and closer > 1.0:
            cut = int(size[0] * (1 - 1 / closer) / 2), int(size[1] * (1 - 1 / closer) / 2)
            piece = [fill(frame[cut[0] : size[0] - cut[0], cut[1] : size[1] - cut[1]], size) for frame in piece]
        trial.cut_to(piece)
        at += num + between(rng, 15, 50)
    return trial


def window(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """A montage in a window of a page that stands still."""
    height, width = size
    still = backdrop(rng, footage, size)
    share = float(rng.uniform(0.35, 0.7))
    side = int(share * min(size))
    inner = (int(share * height), int(share * width)) if rng.integers(2) else (side, side)
    top, left = between(rng, 0, height - inner[0]), between(rng, 0, width - inner[1])
    trial = montage(rng, footage, inner, 12, 40)
    for i, frame in enumerate(trial.frames):
        trial.frames[i] = still.copy()
        trial.frames[i][top : top + inner[0], left : left + inner[1]] = frame
    return trial


def backdrop(rng: np.random.Generator, footage: Footage, size: Size) -> Picture:
    if rng.integers(2):
        still = Image.fromarray(footage.shot(rng, 1, size)[0]).filter(ImageFilter.GaussianBlur(8))
    else:
        still = Image.new("RGB", (size[1], size[0]), tuple(int(c) for c in rng.integers(0, 255, 3)))
    draw = ImageDraw.Draw(still)
    for row in range(3):
        place = (size[1] // 20, size[0] // 15 + row * size[0] // 3)
        draw.text(place, sentence(rng, 4), fill=(255, 255, 255), font=ImageFont.load_default(size[0] // 14))
    return np.asarray(still)


def sentence(rng: np.random.Generator, num: int) -> str:
    return " ".join(rng.choice(_WORDS, num))


def slides(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """Pages of a deck with one layout; some lines of a page come one after the other."""
    trial = Trial()
    colours, accent = page_look(rng)
    shared_title = sentence(rng, 3) if rng.integers(3) == 0 else None
    for _ in range(5):
        title, lines = shared_title or sentence(rng, 3), [sentence(rng, between(rng, 3, 6)) for _ in range(4)]
        picture = footage.shot(rng, 1, (size[0] // 3, size[1] // 3))[0] if rng.integers(3) == 0 else None
        stages = (1, 2, 4) if rng.integers(3) == 0 else (4,)
        pages = []
        for shown in stages:
            pages += [page(size, colours, accent, title, lines[:shown], picture)] * between(rng, 14, 30)
        trial.cut_to(pages)
    return trial


def page_look(rng: np.random.Generator) -> tuple[tuple[tuple[int, int, int], tuple[int, int, int]], tuple[int, ...]]:
    """Colours of ground and ink, and the accent, of one deck."""
    dark = bool(rng.integers(2))
    colours = ((20, 24, 40), (235, 235, 235)) if dark else ((250, 250, 246), (30, 30, 30))
    return colours, tuple(int(c) for c in rng.integers(40, 200, 3))


def page(
    size: Size,
    colours: tuple[tuple[int, int, int], tuple[int, int, int]],
    accent: tuple[int, ...],
    title: str,
    lines: Sequence[str],
    picture: Picture | None,
) -> Picture:
    height, width = size
    image = Image.new("RGB", (width, height), colours[0])
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width, height // 40), fill=accent)
    draw.text((width // 16, height // 12), title, fill=accent, font=ImageFont.load_default(height // 9))
    for row, line in enumerate(lines):
        place = (width // 12, height * (3 + row) // 9)
        draw.text(place, f"- {line}", fill=colours[1], font=ImageFont.load_default(height // 15))
    if picture is not None:
        image.paste(Image.fromarray(np.ascontiguousarray(picture)), (width * 6 // 10, height * 5 // 9))
    return np.asarray(image)
