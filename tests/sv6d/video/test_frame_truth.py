"""The right picture at the right time: each frame bears its number, and every way of reading must agree with it."""

from __future__ import annotations

import importlib.util
import struct
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from sv6d.errors import ReaderError
from sv6d.quality.verify.planes import Losses, read_planes
from sv6d.timeline import NS_PER_S
from sv6d.video.decord_clip import PACKAGE, decord_clip
from sv6d.video.frames import Clip, read_frames, sample_clip
from tests.sv6d.video.made_videos import Picture, number_of, numbered, write_video

ClipReader = Callable[..., Clip]
NEEDS_DECORD = pytest.mark.skipif(importlib.util.find_spec(PACKAGE) is None, reason="needs the extra decord")
MS = 1_000_000
NUM = 40
CONSTANT_MS = tuple(range(0, 40 * NUM, 40))
VARIABLE_MS = tuple(int(time) for time in np.cumsum(np.random.default_rng(3).integers(10, 300, NUM)))


@pytest.fixture(params=[sample_clip, pytest.param(decord_clip, marks=NEEDS_DECORD)], ids=["pyav", "decord"])
def clip_of(request: pytest.FixtureRequest) -> ClipReader:
    """Each way to read windows."""
    reader: ClipReader = request.param
    return reader


def write_numbered(path: Path, codec: str, options: Mapping[str, str], *, rate: int = 25) -> Path:
    """`NUM` numbered pictures by any codec, in the container that the suffix names."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, options={"threads": "1", **options})
        stream.width, stream.height, stream.pix_fmt = 160, 64, "yuv420p"
        for index in range(NUM):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(numbered(index), "rgb24")))
        container.mux(stream.encode(None))
    return path


def read_through(path: Path) -> list[tuple[int, int]]:
    """(number in the picture, nanoseconds since the first frame) of all frames."""
    frames = read_frames(path, longest_px=160, pixel_format="rgb24")
    return [(number_of(frame.pixels), frame.time_ns) for frame in frames]


def read_windows(path: Path, end_ns: int, clip_of: ClipReader) -> list[tuple[int, int]]:
    """The same by windows of a quarter each, from the last to the first, which makes the reader jump."""
    edges = np.linspace(0, end_ns, 5).astype(int).tolist()
    found: dict[int, int] = {}
    for start, end in reversed(list(pairwise(edges))):
        clip = clip_of(path, start_ns=start, end_ns=end, num_frames=NUM, height_px=64, width_px=160)
        found |= dict(zip(clip.times_ns, map(number_of, clip.pixels_THWC), strict=True))
    return [(number, time) for time, number in sorted(found.items())]


def check(clip_of: ClipReader, path: Path, numbers: Sequence[int], times_ns: Sequence[int], slack_ns: int = 0) -> None:
    for found in (read_through(path), read_windows(path, times_ns[-1] + 1, clip_of)):
        assert [number for number, _ in found] == list(numbers)
        assert max(abs(time - wanted) for (_, time), wanted in zip(found, times_ns, strict=True)) <= slack_ns


@pytest.mark.parametrize("b_frames", [0, 3])
@pytest.mark.parametrize("times_ms", [CONSTANT_MS, VARIABLE_MS], ids=["constant", "variable"])
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
def test_rates_and_reordered_frames(
    tmp_path: Path, clip_of: ClipReader, suffix: str, times_ms: Sequence[int], b_frames: int
) -> None:
    pictures = [numbered(index) for index in range(NUM)]
    path = write_video(tmp_path / f"a{suffix}", pictures, times_ms=times_ms, b_frames=b_frames)
    check(clip_of, path, range(NUM), [(time - times_ms[0]) * MS for time in times_ms])


@pytest.mark.parametrize(
    ("suffix", "codec"),
    [(".webm", "libvpx"), (".webm", "libvpx-vp9"), (".avi", "mpeg4"), (".mpg", "mpeg2video"), (".mp4", "libx265")],
)
def test_codecs(tmp_path: Path, clip_of: ClipReader, suffix: str, codec: str) -> None:
    path = write_numbered(tmp_path / f"a{suffix}", codec, {"g": "10", "x265-params": "log-level=0"})
    check(
        clip_of, path, range(NUM), [time * MS for time in CONSTANT_MS], slack_ns=MS
    )  # WebM and MPEG round to their clocks


@pytest.mark.parametrize(
    ("suffix", "codec", "rate"),
    [(".avi", "mpeg4", 25), (".avi", "libx264", 25), (".m1v", "mpeg1video", 25), (".m2v", "mpeg2video", 50)],
)
def test_reordered_frames_where_the_container_has_no_times_of_showing(
    tmp_path: Path, suffix: str, codec: str, rate: int
) -> None:
    path = write_numbered(tmp_path / f"a{suffix}", codec, {"g": "10", "bf": "2"}, rate=rate)
    check(sample_clip, path, range(NUM), [index * NS_PER_S // rate for index in range(NUM)], slack_ns=MS)
    planes = list(read_planes(path, Losses()))
    assert len(planes) == NUM
    assert [round(plane.time_ns * rate / NS_PER_S) for plane in planes] == list(range(NUM))
    if importlib.util.find_spec(PACKAGE):
        with pytest.raises(ReaderError, match="times of showing"):
            decord_clip(path, start_ns=0, end_ns=NS_PER_S, num_frames=NUM, height_px=64, width_px=160)


def test_key_frames_that_later_pictures_reach_back_over(tmp_path: Path, clip_of: ClipReader) -> None:
    options = {"g": "6", "x264-params": "open-gop=1:bframes=3:b-adapt=0:scenecut=0"}
    path = write_numbered(tmp_path / "a.mp4", "libx264", options)
    check(clip_of, path, range(NUM), [time * MS for time in CONSTANT_MS])


@pytest.mark.parametrize("b_frames", [0, 3])
@pytest.mark.parametrize("num_hidden", [1, 7, 20])
def test_an_edit_list_that_starts_later(tmp_path: Path, clip_of: ClipReader, num_hidden: int, b_frames: int) -> None:
    pictures = [numbered(index) for index in range(NUM)]
    path = write_video(tmp_path / "a.mp4", pictures, b_frames=b_frames)
    data = bytearray(path.read_bytes())
    at = data.index(b"elst") + 4
    (num_entries,) = struct.unpack_from(">I", data, at + 4)
    (media_time,) = struct.unpack_from(">I", data, at + 12)
    assert num_entries == 1
    (time_scale,) = struct.unpack_from(">I", data, data.index(b"mdhd") + 16)
    struct.pack_into(">I", data, at + 12, media_time + num_hidden * time_scale // 25)
    path.write_bytes(data)
    shown = range(num_hidden, NUM)
    check(clip_of, path, shown, [(index - num_hidden) * 40 * MS for index in shown])


@pytest.mark.parametrize("counterclockwise_deg", [0, 90, 180, -90])
def test_turned_pictures(tmp_path: Path, clip_of: ClipReader, counterclockwise_deg: int) -> None:
    upright = [numbered(index) for index in range(NUM)]
    coded: list[Picture] = [np.ascontiguousarray(np.rot90(p, -counterclockwise_deg // 90)) for p in upright]
    path = write_video(tmp_path / "a.mp4", coded, counterclockwise_deg=counterclockwise_deg)
    check(clip_of, path, range(NUM), [time * MS for time in CONSTANT_MS])


def test_pixels_that_are_not_square(tmp_path: Path, clip_of: ClipReader) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"threads": "1"})
        stream.width, stream.height, stream.pix_fmt = 160, 128, "yuv420p"
        stream.sample_aspect_ratio = stream.codec_context.sample_aspect_ratio = 2
        for index in range(NUM):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(numbered(index, height=128), "rgb24")))
        container.mux(stream.encode(None))
    first = next(read_frames(path, longest_px=160, pixel_format="gray"))
    assert first.pixels.shape == (64, 160)
    check(clip_of, path, range(NUM), [index * NS_PER_S // 25 for index in range(NUM)])
