"""Small videos whose every frame is known, for tests of reading, shots and evidence."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from sv6d.video.config import NearDuplicatesConfig

Picture = NDArray[np.uint8]
SHARED = Path(__file__).resolve().parents[4] / "shared" / "videos"
NEAR_DUPLICATES = NearDuplicatesConfig(
    num_frames=5,
    most_moments=32,
    moment_reach_ms=150,
    max_distance_bits=31,
    max_distance_beside_bits=45,
    least_detail=50,
    crops=(0.05,),
)
_BITS = 10
_CELL_PX = 16


@cache
def scene(seed: int, height: int = 180, width: int = 480) -> Picture:
    """A coloured picture of smooth blobs and hard edges, different for each seed."""
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(20, 235, (height // 30 + 2, width // 30 + 2, 3))
    picture = np.kron(coarse, np.ones((30, 30, 1)))[:height, :width]
    fine = np.kron(rng.uniform(-40, 40, (height // 15 + 1, width // 15 + 1, 1)), np.ones((15, 15, 1)))[:height, :width]
    return np.asarray(np.clip(picture + fine, 0, 255), dtype=np.uint8)


def shot(seed: int, num: int, *, step_px: int = 2, height: int = 144, width: int = 256) -> list[Picture]:
    """Frames of one shot: the camera moves `step_px` to the right from frame to frame."""
    whole = scene(seed, height, width + 400)
    return [np.ascontiguousarray(whole[:, i * step_px % 400 : i * step_px % 400 + width]) for i in range(num)]


def numbered(index: int, height: int = 64, width: int = 160) -> Picture:
    """A picture that bears its number as black and white cells; read it back with `number_of`."""
    picture = np.full((height, width, 3), 128, dtype=np.uint8)
    for bit in range(_BITS):
        picture[:, bit * _CELL_PX : (bit + 1) * _CELL_PX] = 255 * (index >> bit & 1)
    return picture


def number_of(picture: Picture) -> int:
    cells = [picture[:, (2 * bit + 1) * _CELL_PX // 2].mean() > 127 for bit in range(_BITS)]
    return sum(1 << bit for bit, is_set in enumerate(cells) if is_set)


def write_video(
    path: Path,
    pictures: Sequence[Picture],
    *,
    times_ms: Sequence[int] | None = None,
    rate: int = 25,
    codec: str = "libx264",
    crf: int = 18,
    gop: int = 12,
    counterclockwise_deg: int = 0,
    sound: bool = False,
    b_frames: int | None = None,
) -> Path:
    """Write pictures, at `rate` a second or at the given times; the same call gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    height, width = pictures[0].shape[:2]
    with av.open(str(path), "w", container_options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream(codec, rate=rate, options={"threads": "1", "crf": str(crf)})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.gop_size = gop
        if b_frames is not None:
            stream.codec_context.max_b_frames = b_frames
        stream.codec_context.time_base = Fraction(1, 1000)
        if counterclockwise_deg:
            stream.set_display_rotation(counterclockwise_deg)
        tone = container.add_stream("aac", rate=16_000) if sound else None
        for index, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, "rgb24")
            frame.time_base = Fraction(1, 1000)
            frame.pts = times_ms[index] if times_ms is not None else index * 1000 // rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if tone is not None:
            samples = np.zeros((1, 16_000 * len(pictures) // rate), dtype=np.float32)
            heard = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
            heard.sample_rate = 16_000
            container.mux(tone.encode(heard))
            container.mux(tone.encode(None))
    return path


def cut_off(source: Path, target: Path, share: float) -> Path:
    """The first part of a file."""
    data = source.read_bytes()
    target.write_bytes(data[: int(len(data) * share)])
    return target
