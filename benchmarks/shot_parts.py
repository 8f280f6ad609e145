"""Trials for shot detectors where a change takes place in a part of the picture, gradually, or is cut off by an end.

As in `shot_trials`: each maker takes a random generator, footage and a size, and gives frames with their truth.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.shot_footage import Footage, Picture
from benchmarks.shot_trials import (
    Size,
    Trial,
    backdrop,
    between,
    dissolves,
    mix,
    page,
    page_look,
    placed,
    sentence,
)

_HOLD = (25, 45)  # frames that a page is shown alone
_LONGEST = 20  # frames of a change of page


def window_dissolves(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """Shots that dissolve into each other in a window of a page that stands still."""
    still = backdrop(rng, footage, size)
    share = float(rng.uniform(0.4, 0.8))
    inner = (int(share * size[0]), int(share * size[1]))
    top, left = between(rng, 0, size[0] - inner[0]), between(rng, 0, size[1] - inner[1])
    trial = dissolves(rng, footage, inner)
    trial.frames = [placed(still, frame, top, left) for frame in trial.frames]
    return trial


def page_dissolves(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """Pages of a deck that dissolve or are wiped into each other; every other deck has a speaker in a corner."""
    trial = Trial()
    look = page_look(rng)
    for number in range(4):
        title, lines = sentence(rng, 3), [sentence(rng, between(rng, 3, 6)) for _ in range(between(rng, 2, 4))]
        pages = [page(size, *look, title, lines, None)] * (between(rng, *_HOLD) + 2 * _LONGEST)
        if number:
            wiped = rng.integers(3) == 0
            trial.blend_to(pages, between(rng, 6, _LONGEST), "wipe" if wiped else "dissolve", _wiped if wiped else mix)
        else:
            trial.frames += pages
    if rng.integers(2):
        corner = footage.shot(rng, len(trial.frames), (size[0] // 4, size[1] // 4))
        top, left = size[0] - size[0] // 4, size[1] - size[1] // 4
        trial.frames = [placed(one, other, top, left) for one, other in zip(trial.frames, corner, strict=True)]
    return trial


def faded_lines(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """Lines, menus and captions that fade in and out over a page that stands still, or over a take: no change."""
    whole = [page(size, *page_look(rng), sentence(rng, 3), [sentence(rng, 5)], None)] * 150
    trial = Trial(whole if rng.integers(2) else footage.shot(rng, 150, size))
    for first in (20, 80):
        box = (between(rng, size[0] // 8, size[0] // 3), between(rng, size[1] // 3, size[1] * 9 // 10))
        top, left = between(rng, 0, size[0] - box[0]), between(rng, 0, size[1] - box[1])
        image = Image.new("RGB", box[::-1], tuple(int(c) for c in rng.integers(0, 255, 3)))
        font = ImageFont.load_default(max(10, box[0] // 3))
        ImageDraw.Draw(image).text((6, box[0] // 4), sentence(rng, 4), fill=(255, 255, 255), font=font)
        num = between(rng, 5, 15)
        for i in range(45):
            frame = trial.frames[first + i]
            laid = placed(frame, np.asarray(image), top, left)
            trial.frames[first + i] = mix(frame, laid, min(1.0, (i + 1) / (num + 1), (45 - i) / (num + 1)))
    return trial


def cut_off(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """A cut; the first shot may open in the midst of a fade from black, the last end in one to it or in a dissolve.

    A fade that an end cuts off leads to no other shot and is no change; a dissolve that shows one is.
    """
    opening, ending = rng.integers(2), between(rng, 0, 2)
    before, after, third = footage.several(rng, [60, 60, 60], size)
    black = [np.zeros((*size, 3), dtype=np.uint8)] * 60
    if opening:
        before = _towards(before[::-1], black, between(rng, 12, 30), float(rng.uniform(0.3, 0.9)))[::-1]
    num, share = between(rng, 12, 30), float(rng.uniform(0.3, 0.9))
    if ending:
        after = _towards(after, black if ending == 1 else third, num, share)
    trial = Trial(before)
    trial.cut_to(after)
    if ending == 2:
        trial.gradual.append((len(trial.frames) - num, len(trial.frames) - 1, "dissolve"))
    return trial


def _towards(frames: list[Picture], others: list[Picture], num: int, share: float) -> list[Picture]:
    """The last `num` frames on their way to others, `share` of which they reach."""
    shares = np.linspace(share / num, share, num)
    mixed = [mix(a, b, float(s)) for a, b, s in zip(frames[-num:], others, shares, strict=False)]
    return [*frames[:-num], *mixed]


def _wiped(old: Picture, new: Picture, share: float) -> Picture:
    at = int(share * old.shape[1])
    return np.concatenate([new[:, :at], old[:, at:]], axis=1)
