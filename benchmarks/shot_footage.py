"""Single shots of real clips, as frames: the stuff that trials for shot detectors are made from."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sv6d.errors import DecodeError, InputError
from sv6d.video.frames import read_frames

Picture = NDArray[np.uint8]

_LONGEST_PX = 400  # of the frames kept: larger than any part of a trial that is shown, small enough for memory
_MOST_FRAMES = 240  # of one shot
_LEAST_FRAMES = 10
_MOST_WEIGHT_FRAMES = 600  # a long file counts for no more when the halves are balanced
_MARGIN_FRAMES = 2  # left out beside a labelled boundary: its label may be a frame off


@dataclass(frozen=True)
class Footage:
    """Shots by the file that they come from, each a list of uint8 HWC RGB frames."""

    shots: Mapping[str, tuple[tuple[Picture, ...], ...]]

    def shot(self, rng: np.random.Generator, num: int, size: tuple[int, int]) -> list[Picture]:
        """`num` frames in a row of one shot, filling `size` (height, width); forth and back where a shot is short."""
        return next(iter(self.several(rng, [num], size)))

    def several(
        self, rng: np.random.Generator, lengths: Sequence[int], size: tuple[int, int]
    ) -> Iterator[list[Picture]]:
        """As `shot`, of each length one; two that follow each other are of different files.

        Files are drawn evenly, so that a long trailer does not make all of the trial.
        """
        names = sorted(self.shots)
        last = -1
        for num in lengths:
            last = (last + 1 + int(rng.integers(len(names) - 1))) % len(names) if last >= 0 else _any(rng, len(names))
            shots = self.shots[names[last]]
            yield self.take(rng, shots[_any(rng, len(shots))], num, size)

    @staticmethod
    def take(rng: np.random.Generator, frames: tuple[Picture, ...], num: int, size: tuple[int, int]) -> list[Picture]:
        """`num` frames of one shot from a drawn frame on, filling `size`, sometimes mirrored."""
        start = int(rng.integers(max(1, len(frames) - num + 1)))
        period = 2 * max(1, len(frames) - 1)
        order = [(start + i) % period for i in range(num)]
        picked = [frames[i if i < len(frames) else period - i] for i in order]
        flip = bool(rng.integers(2))
        return [fill(frame[:, ::-1] if flip else frame, size) for frame in picked]

    def still_camera(self, num: int) -> list[tuple[Picture, ...]]:
        """Shots of `num` frames and more whose outer parts stay the same all along."""
        found = []
        for shots in self.shots.values():
            for frames in shots:
                if len(frames) < num:
                    continue
                small = np.stack([fill(frame, (36, 64)) for frame in frames[::8]]).astype(np.float32)
                change = np.abs(small - small[0]).mean(axis=(0, 3))
                edge = np.concatenate([change[:6].ravel(), change[6:, :8].ravel(), change[6:, -8:].ravel()])
                if np.median(edge) < 6.0:
                    found.append(frames)
        return found


def _any(rng: np.random.Generator, num: int) -> int:
    return int(rng.integers(num))


def fill(frame: Picture, size: tuple[int, int]) -> Picture:
    """The middle of a picture, scaled so that it fills `size` (height, width)."""
    height, width = size
    scale = max(height / frame.shape[0], width / frame.shape[1])
    inner = (max(width, round(frame.shape[1] * scale)), max(height, round(frame.shape[0] * scale)))
    image = Image.fromarray(np.ascontiguousarray(frame)).resize(inner, Image.Resampling.BILINEAR)
    left, top = (inner[0] - width) // 2, (inner[1] - height) // 2
    return np.asarray(image)[top : top + height, left : left + width]


def read_footage(folder: Path, truth: Mapping[str, Any]) -> tuple[Footage, Footage]:
    """All clips of a folder in two halves, for tuning and for validation, divided by file.

    `truth["videos"]` divides those that it lists (by file name) at their boundaries; the others are taken as
    single shots. Files go, largest number of shots first, to the half with fewer frames. What can not be read is told
    on stderr and left out.

    Raises:
        InputError: the folder holds no two clips.
    """
    listed = {Path(item["file"]).name: item for item in truth["videos"].values()}
    by_file = {}
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        try:
            frames = [frame.pixels for frame in read_frames(path, longest_px=_LONGEST_PX, pixel_format="rgb24")]
        except DecodeError as error:
            print(f"left out: {error}", file=sys.stderr)
            continue
        shots = _divide(frames, listed.get(path.name))
        if shots:
            by_file[path.name] = shots
    if len(by_file) < 2:
        raise InputError(
            f"{folder} holds too few clips",
            found=f"{len(by_file)} with a shot of {_LEAST_FRAMES} frames",
            wanted="two or more: one half tunes, the other validates",
            next_step="name a folder with more clips",
        )
    halves: tuple[dict[str, tuple[tuple[Picture, ...], ...]], ...] = ({}, {})
    held = [0, 0]
    for name in sorted(by_file, key=lambda item: (-len(by_file[item]), item)):
        half = held.index(min(held))
        halves[half][name] = by_file[name]
        held[half] += min(_MOST_WEIGHT_FRAMES, sum(map(len, by_file[name])))
    return Footage(halves[0]), Footage(halves[1])


def _divide(frames: list[Picture], truth: Mapping[str, Any] | None) -> tuple[tuple[Picture, ...], ...]:
    gaps = [(0, 0), (len(frames), len(frames))]
    if truth is not None:
        gaps += [(cut - _MARGIN_FRAMES, cut + _MARGIN_FRAMES) for cut in truth["hard_cuts"]]
        gaps += [(first - _MARGIN_FRAMES, last + _MARGIN_FRAMES + 1) for first, last in truth["gradual"]]
    shots, begin = [], 0
    for first, end in sorted(gaps):
        piece = tuple(frames[begin:first][:_MOST_FRAMES])
        if len(piece) >= _LEAST_FRAMES:
            shots.append(piece)
        begin = max(begin, end)
    return tuple(shots)
