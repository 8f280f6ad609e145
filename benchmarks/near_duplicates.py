"""Which copies of a clip `raw_videos` takes for the clip, and which different clips it takes for one.

    python -m benchmarks.near_duplicates FOLDER [--json OUT]

FOLDER holds clips. Each is scaled to 256 pixels and then changed as copies are: encoded again, put into another
container, made smaller, cropped, framed in black, brightened, mirrored, made faster, cut at its start, its end
or both. Prints the share of
copies that are found, per change, and all pairs of different clips that count as one.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Sequence
from itertools import combinations, islice
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.video.stream import VideoStream

from sv6d.errors import DecodeError
from sv6d.io import dump_json
from sv6d.params import read_config
from sv6d.video.config import RawVideosConfig
from sv6d.video.frame_hashes import FrameHashes, frame_hashes
from sv6d.video.frames import read_frames
from sv6d.video.moments import Seen
from sv6d.video.near_duplicates import place_videos
from sv6d.video.probe import probe

_MOST_FRAMES = 75  # ours: three seconds of most clips
_LEAST_FRAMES = 10
Pictures = list[np.ndarray]


def _cropped(share: float) -> Callable[[Pictures], Pictures]:
    def crop(pictures: Pictures) -> Pictures:
        height, width = pictures[0].shape[:2]
        top, left = int(height * share), int(width * share)
        return [p[top : height - top, left : width - left] for p in pictures]

    return crop


def _framed(pictures: Pictures) -> Pictures:
    bars = pictures[0].shape[0] // 4
    return [np.pad(p, ((bars, bars), (0, 0), (0, 0))) for p in pictures]


def _brighter(pictures: Pictures) -> Pictures:
    return [np.minimum(p.astype(np.float32) * 1.2, 255).astype(np.uint8) for p in pictures]


def _part(start: float, end: float) -> Callable[[Pictures], Pictures]:
    return lambda pictures: pictures[round(len(pictures) * start) : round(len(pictures) * end)]


# Name: (change of the pictures, file suffix, codec, rate factor).
_COPIES: dict[str, tuple[Callable[[Pictures], Pictures], str, str, str]] = {
    "encoded again": (list, ".mp4", "libx264", "23"),
    "encoded badly": (list, ".mp4", "libx264", "38"),
    "VP8 in WebM": (list, ".webm", "libvpx", "10"),
    "half the size": (lambda pictures: [p[::2, ::2] for p in pictures], ".mp4", "libx264", "23"),
    "brighter by a fifth": (_brighter, ".mp4", "libx264", "23"),
    "cropped by 2 % a side": (_cropped(0.02), ".mp4", "libx264", "23"),
    "cropped by 5 % a side": (_cropped(0.05), ".mp4", "libx264", "23"),
    "cropped by 10 % a side": (_cropped(0.1), ".mp4", "libx264", "23"),
    "black bars": (_framed, ".mp4", "libx264", "23"),
    "first tenth cut": (lambda pictures: pictures[len(pictures) // 10 :], ".mp4", "libx264", "23"),
    "first third cut": (_part(1 / 3, 1), ".mp4", "libx264", "23"),
    "last third cut": (_part(0, 2 / 3), ".mp4", "libx264", "23"),
    "middle half": (_part(0.25, 0.75), ".mp4", "libx264", "23"),
    "twice as fast": (lambda pictures: pictures[::2], ".mp4", "libx264", "23"),
    "mirrored": (lambda pictures: [p[:, ::-1] for p in pictures], ".mp4", "libx264", "23"),
}


def _write(path: Path, pictures: Pictures, codec: str, crf: str) -> Path:
    height, width = (side // 2 * 2 for side in pictures[0].shape[:2])
    options = {"threads": "1", "crf": crf, "preset": "veryfast", "b": "500k", "cpu-used": "8"}
    with av.open(str(path), "w") as container:
        stream = cast(VideoStream, container.add_stream(codec, rate=25, options=options))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for picture in pictures:
            whole = np.ascontiguousarray(picture[:height, :width])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(whole, "rgb24")))
        container.mux(stream.encode(None))
    return path


def hashes_of(path: Path, config: RawVideosConfig) -> FrameHashes:
    seen = Seen()
    return frame_hashes(path, probe(path, config.limits, seen), seen, config.near_duplicates)


def same(one: FrameHashes, other: FrameHashes, config: RawVideosConfig) -> bool:
    """Whether the manifest would put the second into the cluster of the first."""
    return place_videos([("1", one), ("2", other)], config.near_duplicates, splits=config.splits)[1].cluster_id == "1"


def measure(folder: Path, config: RawVideosConfig, work: Path) -> tuple[dict[str, list[str]], list[str], list[str]]:
    """Per change the clips whose copy was missed; the clips; and the pairs of clips that count as one."""
    originals: dict[str, FrameHashes] = {}
    missed: dict[str, list[str]] = {name: [] for name in _COPIES}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            frames = islice(read_frames(path, longest_px=256, pixel_format="rgb24"), _MOST_FRAMES)
            pictures = [frame.pixels for frame in frames]
        except DecodeError:
            continue
        if len(pictures) < _LEAST_FRAMES:
            continue
        hashes = hashes_of(_write(work / "original.mp4", pictures, "libx264", "12"), config)
        if not any(hashes.shown[0]):
            continue  # too flat to be compared with anything
        originals[path.name] = hashes
        for name, (change, suffix, codec, crf) in _COPIES.items():
            copy = _write(work / f"copy{suffix}", change(pictures), codec, crf)
            if not same(hashes, hashes_of(copy, config), config):
                missed[name].append(path.name)
    pairs = [f"{a} = {b}" for a, b in combinations(originals, 2) if same(originals[a], originals[b], config)]
    return missed, list(originals), pairs


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    config = read_config(given.params, "raw_videos")
    assert isinstance(config, RawVideosConfig)
    with tempfile.TemporaryDirectory() as work:
        missed, clips, pairs = measure(given.folder, config, Path(work))
    for name, names in missed.items():
        print(f"{name:24} {len(clips) - len(names):3}/{len(clips)}  missed: {', '.join(names[:6])}")
    print(f"pairs of different files that count as one: {len(pairs)} of {len(clips) * (len(clips) - 1) // 2}")
    for pair in pairs:
        print(f"  {pair}")
    if given.json:
        given.json.write_bytes(dump_json({"missed": missed, "clips": clips, "pairs": pairs}))


if __name__ == "__main__":
    main()
