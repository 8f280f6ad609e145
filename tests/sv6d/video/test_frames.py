"""Frames and their times: which are chosen, what they show, and that nobody's clock is trusted but the container's."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sv6d.errors import CorruptError, InputError, NotAVideoError
from sv6d.timeline import NS_PER_S
from sv6d.video.frames import choose_times, fit, read_frames, sample_clip
from tests.sv6d.video.made_videos import SHARED, number_of, numbered, scene, write_video

MS = 1_000_000


@given(
    gaps=st.lists(st.integers(1, 50), min_size=0, max_size=60),
    start=st.integers(0, 800),
    length=st.integers(1, 800),
    num_frames=st.integers(1, 40),
)
def test_chosen_frames_rise_and_fill_the_window(gaps: list[int], start: int, length: int, num_frames: int) -> None:
    times = [0, *np.cumsum(gaps).tolist()]
    chosen = choose_times(times, start, start + length, num_frames)
    inside = [i for i, time in enumerate(times) if start <= time < start + length]
    assert chosen == sorted(set(chosen))
    if len(inside) >= min(2, len(times)):
        assert set(chosen) <= set(inside)
        assert len(chosen) == min(num_frames, len(inside))
    else:
        assert set(inside) <= set(chosen)
        assert len(chosen) == min(2, len(times))


def test_chosen_frames_are_nearest_to_the_slots() -> None:
    assert choose_times(range(0, 1000, 10), 0, 1000, 4) == [12, 37, 62, 87]


def test_every_sampled_frame_is_the_one_that_its_time_says(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", [numbered(i) for i in range(120)], gop=30)
    clip = sample_clip(path, start_ns=1 * NS_PER_S, end_ns=4 * NS_PER_S, num_frames=6, height_px=64, width_px=160)
    assert clip.pixels_THWC.shape == (6, 64, 160, 3)
    assert [number_of(picture) for picture in clip.pixels_THWC] == [time // (40 * MS) for time in clip.times_ns]
    assert clip.times_ns == tuple(t * MS for t in (1240, 1760, 2240, 2760, 3240, 3760))
    assert clip.times_s[0] == pytest.approx(1.24)


def test_times_of_a_variable_rate_come_from_the_container(tmp_path: Path) -> None:
    times_ms = [500, 520, 900, 910, 1500, 2400, 2410, 2420, 3500, 3600]
    path = write_video(tmp_path / "a.mkv", [numbered(i) for i in range(10)], times_ms=times_ms)
    frames = list(read_frames(path, longest_px=160, pixel_format="gray"))
    assert [frame.time_ns for frame in frames] == [(t - 500) * MS for t in times_ms]
    clip = sample_clip(path, start_ns=0, end_ns=3200 * MS, num_frames=20, height_px=64, width_px=160)
    assert [number_of(picture) for picture in clip.pixels_THWC] == list(range(10))
    assert clip.first_pts == clip.frame_times[0].pts
    assert clip.frame_times[0].time_ns == 500 * MS


def test_a_window_between_two_frames_gives_the_two_nearest(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", [numbered(i) for i in range(3)], rate=1)
    clip = sample_clip(path, start_ns=1100 * MS, end_ns=1200 * MS, num_frames=8, height_px=64, width_px=160)
    assert [number_of(picture) for picture in clip.pixels_THWC] == [1, 2]


def test_a_video_of_one_frame_gives_it(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", [numbered(7)])
    clip = sample_clip(path, start_ns=0, end_ns=NS_PER_S, num_frames=8, height_px=64, width_px=160)
    assert [number_of(picture) for picture in clip.pixels_THWC] == [7]


def test_an_empty_window_is_refused(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", [numbered(7)])
    with pytest.raises(InputError, match="no frames to sample"):
        sample_clip(path, start_ns=5, end_ns=5, num_frames=8, height_px=64, width_px=64)


@pytest.mark.parametrize(("counterclockwise_deg", "corner"), [(0, (0, 0)), (-90, (0, 1)), (180, (1, 1)), (90, (1, 0))])
def test_pictures_are_turned_as_shown(tmp_path: Path, counterclockwise_deg: int, corner: tuple[int, int]) -> None:
    picture = np.full((64, 128, 3), 40, dtype=np.uint8)
    picture[:32, :32] = 220  # top left as coded
    path = write_video(tmp_path / "a.mp4", [picture] * 3, counterclockwise_deg=counterclockwise_deg)
    frame = next(read_frames(path, longest_px=128, pixel_format="gray")).pixels
    assert frame.shape == ((64, 128) if counterclockwise_deg in (0, 180) else (128, 64))
    bright = {(y, x) for y in (0, 1) for x in (0, 1) if frame[-1 if y else 0, -1 if x else 0] > 150}
    assert bright == {corner}


def test_clips_keep_their_shape_between_black_bars(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", [np.full((64, 128, 3), 200, dtype=np.uint8)] * 3)
    pixels = sample_clip(path, start_ns=0, end_ns=NS_PER_S, num_frames=1, height_px=64, width_px=64).pixels_THWC[0]
    assert (pixels[:16] == 0).all()
    assert (pixels[48:] == 0).all()
    assert (pixels[17:47] > 190).all()


def test_small_pictures_are_means_of_what_they_cover(tmp_path: Path) -> None:
    whole = scene(3, 144, 256)
    path = write_video(tmp_path / "a.mkv", [whole] * 2, crf=1)
    small = next(read_frames(path, longest_px=64, pixel_format="rgb24")).pixels
    wanted = whole.reshape(36, 4, 64, 4, 3).mean(axis=(1, 3))
    assert np.abs(small - wanted).mean() < 3.0


def test_the_longer_side_is_as_asked() -> None:
    assert fit(1080, 1920, 64) == (36, 64)
    assert fit(1920, 1080, 64) == (64, 36)
    assert fit(10, 4000, 64, least_px=16) == (16, 64)


@pytest.mark.parametrize("name", ["-dash.mp4", "http:x.mp4", "a%02d.mp4", "x|y.mp4", "concat:a.mp4"])
def test_names_are_never_addresses(tmp_path: Path, name: str) -> None:
    path = write_video(tmp_path / "plain.mp4", [numbered(5)] * 3).rename(tmp_path / name)
    assert number_of(next(read_frames(path, longest_px=160, pixel_format="rgb24")).pixels) == 5


@pytest.mark.parametrize(
    "text",
    [
        "ffconcat version 1.0\nfile other.mp4\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nother.mp4\n#EXT-X-ENDLIST\n",
    ],
)
def test_a_playlist_reads_no_other_file(tmp_path: Path, text: str) -> None:
    write_video(tmp_path / "other.mp4", [numbered(5)] * 3)
    playlist = tmp_path / "a.mp4"
    playlist.write_text(text)
    with pytest.raises(NotAVideoError):
        next(read_frames(playlist, longest_px=64, pixel_format="gray"))
    # Dressed as a container by its first bytes: only the forced format stands between it and the other file.
    playlist.write_bytes(b"\x00\x00\x00\x08free\n" + text.encode())
    with pytest.raises(CorruptError):
        next(read_frames(playlist, longest_px=64, pixel_format="gray"))


@pytest.mark.skipif(not SHARED.is_dir(), reason="no sample clips on this machine")
@pytest.mark.parametrize(
    "name",
    [
        "odd/ax_iibbibb_editlist_videoonly.mp4",
        "odd/ax_roadtrip-vp92-10bit.webm",
        "odd/nasa_13013_mkv_duration_tag.mkv",
        "odd/nasa_13013_vfr.mp4",
        "odd/newtonscradle.gif",
        "odd/tc_av1_video.mkv",
        "odd/tc_discard_first_keyframe.mp4",
        "odd/tc_sine_stereo_mp2.mpg",
        "odd/tc_test_non_zero_start.mp4",
        "plain/friday.mp4",
    ],
)
def test_jumping_gives_what_reading_through_gives(name: str) -> None:
    frames = {frame.time_ns: frame.pixels for frame in read_frames(SHARED / name, longest_px=64, pixel_format="rgb24")}
    height, width = next(iter(frames.values())).shape[:2]
    end_ns = max(frames)
    clip = sample_clip(
        SHARED / name, start_ns=end_ns // 2, end_ns=end_ns, num_frames=4, height_px=height, width_px=width
    )
    for time_ns, pixels in zip(clip.times_ns, clip.pixels_THWC, strict=True):
        assert hashlib.sha256(pixels.tobytes()).digest() == hashlib.sha256(frames[time_ns].tobytes()).digest()
