"""Windows of videos as clips: decoded once for all stages, each by its own key."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import orjson
import pytest

from sv6d.errors import ArtifactError
from sv6d.events import Events
from sv6d.io import sha256_file
from sv6d.video.frames import Clip, sample_clip
from sv6d.video.manifest import Locator
from sv6d.video.sources import scan_sources
from sv6d.video.windows import Framing, Window, sample_windows
from tests.sv6d.video.made_videos import shot, write_video

S = 1_000_000_000
FRAMING = Framing(num_frames=3, height_px=48, width_px=64, reader="pyav")


def sampled(root: Path, windows: list[Window], framing: Framing = FRAMING) -> tuple[dict[Window, Clip], int]:
    """The clips, and how many of them were found rather than decoded."""
    events = root / "events.jsonl"
    events.unlink(missing_ok=True)
    clips = sample_windows(
        windows,
        framing,
        locator=Locator(root / "sources.json"),
        cache=root / "frames",
        workers=1,
        events=Events(events, None),
    )
    lines = [orjson.loads(line) for line in events.read_bytes().splitlines()]
    return clips, next(line["done"] for line in lines if line["event"] == "progress")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "clips").mkdir()
    write_video(tmp_path / "clips" / "a.mp4", shot(1, 50))
    scan_sources(tmp_path / "sources.json", {"mine": tmp_path / "clips"}, {"mine": None}, tmp_path)
    return tmp_path


def test_a_window_is_decoded_once_whoever_asks_and_with_whatever_others(root: Path) -> None:
    path = root / "clips" / "a.mp4"
    first, second = (Window(sha256_file(path), start, start + S) for start in (0, S))
    clips, found = sampled(root, [first])
    assert found == 0
    again, found = sampled(root, [second, first])
    assert found == 1
    assert np.array_equal(again[first].pixels_THWC, clips[first].pixels_THWC)
    direct = sample_clip(path, start_ns=S, end_ns=2 * S, num_frames=3, height_px=48, width_px=64)
    assert np.array_equal(again[second].pixels_THWC, direct.pixels_THWC)
    assert (again[second].frame_times, again[second].first_pts) == (direct.frame_times, direct.first_pts)
    _, found = sampled(root, [first], Framing(num_frames=2, height_px=48, width_px=64, reader="pyav"))
    assert found == 0  # another framing is another clip


def test_a_video_that_went_bad_is_named(root: Path) -> None:
    path = root / "clips" / "a.mp4"
    path.write_bytes(path.read_bytes()[:-2000])
    scan_sources(root / "sources.json", {"mine": root / "clips"}, {"mine": None}, root)
    video_id = sha256_file(path)
    with pytest.raises(ArtifactError, match=f"video {video_id[:12]} can not be read"):
        sampled(root, [Window(video_id, 0, S)])
