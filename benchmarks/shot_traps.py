"""Trials without any change of shot: what detectors take for one. Made of real footage, as `shot_trials`."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from benchmarks.shot_footage import Footage, Picture, fill
from benchmarks.shot_trials import Size, Trial, backdrop, between, mix, rushed_frame, sentence


def single_take(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    return Trial(footage.shot(rng, 150, size))


def flashes(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """Cameras' flashes: one to three bright frames, whole or from one side, once or in a row."""
    trial = single_take(rng, footage, size)
    slope = np.linspace(1.0, float(rng.uniform(0.0, 1.0)), size[1], dtype=np.float32)[None, :, None]
    for _ in range(4):
        at, gain = between(rng, 5, 140), float(rng.uniform(0.4, 1.0))
        for i in range(between(rng, 1, 3)):
            frame = trial.frames[at + i].astype(np.float32)
            lit = frame + (255.0 - frame) * gain * slope / (1 + i)
            trial.frames[at + i] = np.asarray(lit, dtype=np.uint8)
    return trial


def pulses(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """Stage light that comes and goes, of another colour and on a part of the picture each time."""
    trial = single_take(rng, footage, size)
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    at = 8
    while at < 130:
        centre, reach = rng.uniform(0, 1, 2) * size, float(rng.uniform(0.3, 1.5)) * size[1]
        shape = np.exp(-((y - centre[0]) ** 2 + (x - centre[1]) ** 2) / reach**2)[..., None]
        colour, num = rng.uniform(-0.5, 1.2, 3).astype(np.float32), between(rng, 2, 9)
        for i in range(num):
            rise = np.sin(np.pi * (i + 1) / (num + 1))
            lit = trial.frames[at + i] * (1.0 + rise * shape * colour)
            trial.frames[at + i] = np.asarray(np.clip(lit, 0, 255), dtype=np.uint8)
        at += num + between(rng, 4, 25)
    return trial


def light_steps(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """The exposure or the grade changes, at once or over some frames, and stays."""
    trial = single_take(rng, footage, size)
    for at in (40, 80, 120):
        gain, ramp = rng.uniform(0.55, 1.6, 3) ** (0.4, 0.4, 0.4) * float(rng.uniform(0.6, 1.5)), between(rng, 1, 12)
        for i in range(at, 150):
            share = min(1.0, (i - at + 1) / ramp)
            lit = trial.frames[i] * (1.0 + share * (gain - 1.0))
            trial.frames[i] = np.asarray(np.clip(lit, 0, 255), dtype=np.uint8)
    return trial


def overlays(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """Captions, stickers, banners and pictures that pop up, slide in and go again."""
    trial = single_take(rng, footage, size)
    at = 8
    while at < 125:
        share = float(rng.uniform(0.15, 0.65))
        inner = (max(12, int(share * size[0] * rng.uniform(0.4, 1.0))), max(24, int(share * size[1])))
        stuck = footage.shot(rng, 1, inner)[0] if rng.integers(2) else _banner(rng, inner)
        top, left = between(rng, 0, size[0] - inner[0]), between(rng, 0, size[1] - inner[1])
        num, slide = between(rng, 8, 40), between(rng, 1, 6)
        for i in range(num):
            if at + i >= len(trial.frames):
                break
            frame = trial.frames[at + i].copy()
            shown = max(1, int(inner[1] * min(1.0, (i + 1) / slide)))
            frame[top : top + inner[0], left : left + shown] = stuck[:, -shown:]
            trial.frames[at + i] = frame
        at += num + between(rng, 4, 20)
    return trial


def _banner(rng: np.random.Generator, size: Size) -> Picture:
    image = Image.new("RGB", (size[1], size[0]), tuple(int(c) for c in rng.integers(0, 255, 3)))
    ImageDraw.Draw(image).text(
        (4, 2), sentence(rng, 3), fill=(255, 255, 255), font=ImageFont.load_default(size[0] // 3)
    )
    return np.asarray(image)


def split_screen(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """A second picture pops in beside the first, which goes on in its half."""
    trial = single_take(rng, footage, size)
    other = footage.shot(rng, 150, size)
    half = size[1] // 2
    for first, end in ((35, 70), (100, 135)):
        for i in range(first, end):
            left = trial.frames[i][:, size[1] // 4 : size[1] // 4 + half]
            trial.frames[i] = np.concatenate([left, other[i][:, half // 2 : half // 2 + size[1] - half]], axis=1)
    return trial


def passing(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """Something large and near passes in front of the camera, blurred by its speed."""
    trial = single_take(rng, footage, size)
    for at in (30, 70, 110):
        width = int(size[1] * rng.uniform(0.5, 1.4))
        thing = Image.fromarray(footage.shot(rng, 1, (size[0], width))[0]).filter(ImageFilter.BoxBlur(12))
        held = np.asarray(np.asarray(thing) * rng.uniform(0.2, 0.9), dtype=np.uint8)
        num, back = between(rng, 4, 10), bool(rng.integers(2))
        for i in range(num):
            left = int(-width + (size[1] + width) * (i + 1) / (num + 1))
            frame = trial.frames[at + i].copy()
            a, b = max(0, left), min(size[1], left + width)
            frame[:, a:b] = held[:, a - left : b - left]
            trial.frames[at + i] = frame
        if back:
            trial.frames[at : at + num] = trial.frames[at : at + num][::-1]
    return trial


def shaken(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """A hand-held camera: jolts, a whip pan there and back, quick zooms."""
    larger = (int(size[0] * 1.3), int(size[1] * 1.3))
    frames = footage.shot(rng, 150, larger)
    place, speed = np.array([0.5, 0.5]), np.zeros(2)
    taken = []
    for i, frame in enumerate(frames):
        speed = 0.7 * speed + rng.normal(0, 0.04, 2) + (rng.normal(0, 0.25, 2) if i % 37 == 20 else 0.0)
        place = np.clip(place + speed, 0.0, 1.0)
        top, left = (place * (larger[0] - size[0], larger[1] - size[1])).astype(int)
        blur = min(12.0, float(np.abs(speed).max()) * 30)
        shown = frame[top : top + size[0], left : left + size[1]]
        taken.append(np.asarray(Image.fromarray(shown).filter(ImageFilter.BoxBlur(blur / 4))))
    return Trial(taken)


def whipped(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """Pans over a long picture: slow, then very fast, with the blur of the speed."""
    width = size[1]
    still = footage.shot(rng, 1, size)[0]
    other = fill(footage.shot(rng, 1, size)[0], size)
    long = np.concatenate([still, other, still[:, ::-1], other[:, ::-1]], axis=1)
    at, trial = 0.0, Trial()
    for i in range(120):
        speed = width * (0.25 if i % 40 in range(18, 24) else 0.004)
        reach = max(1, int(speed * 0.7))
        columns = (int(at) + np.arange(width + reach)) % long.shape[1]
        total = np.cumsum(long[:, columns].astype(np.int32), axis=1)
        trial.frames.append(np.asarray((total[:, reach:] - total[:, :-reach]) // reach, dtype=np.uint8))
        at += speed
    return trial


def stutter(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """A moving picture with frames left out or shown twice."""
    height, width = size
    larger = (int(height * 1.1), int(width * 1.6))
    frames = footage.shot(rng, 150, larger)
    trial, at, i = Trial(), 0.0, 0
    speed = (larger[1] - width) / 170 * float(rng.uniform(0.5, 1.0))
    while i < 149:
        left = min(int(at), larger[1] - width)
        trial.frames.append(frames[i][: size[0], left : left + width])
        step = between(rng, 3, 6) if rng.integers(15) == 0 else int(rng.integers(8) > 0)
        i, at = i + step, at + step * speed
    return trial


def explosion(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """A fire ball that grows over the picture within some frames and burns out."""
    trial = single_take(rng, footage, size)
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    for at in (35, 95):
        centre, grow = rng.uniform(0.2, 0.8, 2) * size, float(rng.uniform(0.08, 0.3)) * size[1]
        noise = fill(rng.integers(0, 255, (9, 16, 3)).astype(np.uint8), size).astype(np.float32)[..., :1] / 255.0
        for i in range(40):
            reach = grow * (i + 1) ** 0.7 * (0.6 + 0.8 * noise[..., 0])
            inside = np.clip(1.5 - np.hypot(y - centre[0], x - centre[1]) / reach, 0, 1)[..., None]
            fire = np.array([255.0, 190.0 - 3 * i, 90.0 - 2 * i], dtype=np.float32) * (0.75 + 0.5 * noise)
            share = inside * (1.0 if i < 12 else max(0.0, 1.0 - (i - 12) / 25))
            lit = trial.frames[at + i] * (1.0 - share) + np.clip(fire, 0, 255) * share
            trial.frames[at + i] = np.asarray(np.clip(lit, 0, 255), dtype=np.uint8)
    return trial


def screen(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """A recorded screen: typing, scrolling, a menu and a window that open and close."""
    height, width = size
    lines = [sentence(rng, 8) for _ in range(60)]
    page = Image.new("RGB", (width, height * 4), (252, 252, 252))
    for row, line in enumerate(lines):
        place = (width // 10, 10 + row * height // 15)
        ImageDraw.Draw(page).text(place, line, fill=(40, 40, 40), font=ImageFont.load_default(height // 22))
    whole, trial, at = np.asarray(page), Trial(), 0
    menu = _banner(rng, (height // 3, width // 4))
    for i in range(150):
        if 20 <= i < 45 or 100 <= i < 110:
            at = min(at + (3 if i < 45 else 25), height * 3)
        frame = whole[at : at + height].copy()
        if 55 <= i < 75:
            frame[20 : 20 + menu.shape[0], 30 : 30 + menu.shape[1]] = menu
        if 80 <= i < 95:
            inner = (height // 2, width // 2)
            frame[height // 4 : height // 4 + inner[0], width // 4 : width // 4 + inner[1]] = 225
        x, y = int(width * (0.5 + 0.3 * np.sin(i / 9))), int(height * (0.5 + 0.3 * np.cos(i / 13)))
        frame[y : y + 8, x : x + 5] = 0
        trial.frames.append(frame)
    return trial


def window_take(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """One take in a window of a still page, with captions that change below it."""
    page = backdrop(rng, footage, size)
    inner = (int(size[0] * 0.6), int(size[1] * 0.6))
    trial = Trial()
    for i, frame in enumerate(footage.shot(rng, 150, inner)):
        shown = page.copy()
        shown[size[0] // 8 : size[0] // 8 + inner[0], size[1] // 5 : size[1] // 5 + inner[1]] = frame
        if i % 40 == 0:
            caption = _banner(rng, (size[0] // 8, size[1] // 2))
        shown[-size[0] // 8 - 4 : -4, size[1] // 4 : size[1] // 4 + caption.shape[1]][: caption.shape[0]] = caption
        trial.frames.append(shown)
    return trial


def punched_in(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """Quick zooms in and out within one take, without a change of shot."""
    trial = single_take(rng, footage, size)
    for at in (30, 70, 110):
        num, most = between(rng, 4, 8), float(rng.uniform(0.1, 0.3))
        for i in range(20):
            share = most * min(1.0, (i + 1) / num) * min(1.0, (20 - i) / num)
            cut = int(share * size[0] / 2), int(share * size[1] / 2)
            frame = trial.frames[at + i]
            trial.frames[at + i] = fill(frame[cut[0] : size[0] - cut[0], cut[1] : size[1] - cut[1]], size)
    return trial


def rushed(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """A whip aside and back to the same take."""
    trial = single_take(rng, footage, size)
    for at in (40, 100):
        for i in range(10):
            share = 1.0 - abs(i - 4.5) / 5.0
            trial.frames[at + i] = rushed_frame(trial.frames[at + i], share, whip=True)
    return trial


def brief_tint(rng: np.random.Generator, footage: Footage, size: Size) -> Trial:
    """Single frames washed with a colour, as of a damaged film or a beat's effect."""
    trial = single_take(rng, footage, size)
    for at in range(15, 145, 18):
        wash = np.broadcast_to(rng.integers(0, 255, 3).astype(np.uint8), (*size, 3))
        trial.frames[at] = mix(trial.frames[at], wash, float(rng.uniform(0.3, 0.8)))
    return trial
