"""Frames by decord: as the reader gives them, in worker processes alone, and an error rather than a wrong frame."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from sv6d.errors import ArtifactError, ConfigError, ReaderError
from sv6d.events import Events
from sv6d.io import sha256_file
from sv6d.video.decord_clip import PACKAGE, decord_build, decord_clip
from sv6d.video.frames import Clip, sample_clip
from sv6d.video.manifest import Locator
from sv6d.video.sources import scan_sources
from sv6d.video.windows import Framing, Window, reader_build, sample_windows
from tests.sv6d.video.made_videos import shot, write_video

S = 1_000_000_000
HAS_DECORD = importlib.util.find_spec(PACKAGE) is not None
needs_decord = pytest.mark.skipif(not HAS_DECORD, reason="needs the extra decord")
SIZE = {"num_frames": 3, "height_px": 48, "width_px": 64}
BY_DECORD = Framing(num_frames=3, height_px=48, width_px=64, reader="decord")
BY_PYAV = Framing(num_frames=3, height_px=48, width_px=64, reader="pyav")


def sampled(root: Path, path: Path, framing: Framing) -> Clip:
    """The second second of a video, by way of a worker process."""
    scan_sources(root / "sources.json", {"mine": path.parent}, {"mine": None}, root)
    window = Window(sha256_file(path), S, 2 * S)
    locator, events = Locator(root / "sources.json"), Events(root / "events.jsonl", None)
    return sample_windows([window], framing, locator=locator, cache=root / "frames", workers=1, events=events)[window]


@pytest.mark.skipif(HAS_DECORD, reason="decord is installed")
def test_without_decord_the_setting_is_refused_before_any_work() -> None:
    assert reader_build("pyav")["reader"] == "pyav"
    with pytest.raises(ConfigError, match=r"sv6d\[decord\]"):
        reader_build("decord")


@needs_decord
def test_the_same_frames_by_either_reader_each_under_its_own_key(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clips" / "a.mp4", shot(1, 75))
    loaded = PACKAGE in sys.modules
    by_decord, by_pyav = (sampled(tmp_path, path, framing) for framing in (BY_DECORD, BY_PYAV))
    assert (PACKAGE in sys.modules) is loaded  # nothing of it in this process
    assert (by_decord.frame_times, by_decord.first_pts) == (by_pyav.frame_times, by_pyav.first_pts)
    difference = np.abs(by_decord.pixels_THWC.astype(int) - by_pyav.pixels_THWC)
    assert 0 < difference.mean() < 3  # two ways from YUV to RGB
    assert len(list((tmp_path / "frames").rglob("*"))) > 2
    assert decord_build()["reader"] == PACKAGE
    assert decord_build()[PACKAGE] != ""


@needs_decord
def test_what_decord_does_not_read_is_an_error_that_names_the_other_reader(tmp_path: Path) -> None:
    path = tmp_path / "clips" / "a.gif"
    path.parent.mkdir()
    with av.open(str(path), "w") as container:
        stream = container.add_stream("gif", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "rgb8"
        for picture in shot(1, 75, height=48, width=64):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(stream.encode(None))
    assert sample_clip(path, start_ns=S, end_ns=2 * S, **SIZE).pixels_THWC.shape == (3, 48, 64, 3)
    with pytest.raises(ReaderError, match="pyav"):
        decord_clip(path, start_ns=S, end_ns=2 * S, **SIZE)
    with pytest.raises(ArtifactError, match=r"base_model\.sampling\.reader to pyav"):
        sampled(tmp_path, path, BY_DECORD)


@needs_decord
def test_frames_whose_times_decord_does_not_tell_are_not_taken(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", shot(1, 3), b_frames=3)
    assert len(sample_clip(path, start_ns=0, end_ns=S, **SIZE).times_ns) == 3
    with pytest.raises(ReaderError, match=r"found:  a frame at .* s\n  wanted: one at 0\.000 s"):
        decord_clip(path, start_ns=0, end_ns=S, **SIZE)
