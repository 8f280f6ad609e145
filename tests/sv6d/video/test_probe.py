"""What a file is found to be, and why a bad one is refused."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from benchmarks.whole_files import jpeg, one_sample_mov, png, rendered
from sv6d.errors import (
    CorruptError,
    DecodeError,
    EmptyFileError,
    EncryptedError,
    LimitError,
    NoFramesError,
    NotAVideoError,
    NoVideoStreamError,
    TruncatedError,
    UnsupportedCodecError,
)
from sv6d.video.config import LimitsConfig
from sv6d.video.frame_hashes import FrameHashes, frame_hashes
from sv6d.video.moments import Seen
from sv6d.video.probe import probe, salvage
from sv6d.video.sniff import container_format, declared_bytes
from tests.sv6d.video.made_videos import NEAR_DUPLICATES, SHARED, cut_off, numbered, shot, write_video

LIMITS = LimitsConfig(
    max_pixels=33_177_600, max_duration_s=600, max_streams=32, max_memory_bytes=2_147_483_648, max_seconds=600
)
MS = 1_000_000


def test_a_plain_clip(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", shot(1, 50), sound=True)
    found = probe(path, LIMITS)
    assert (found.container, found.codec, found.pixel_format) == ("mov", "h264", "yuv420p")
    assert (found.width_px, found.height_px, found.turned_deg) == (256, 144, 0)
    assert (found.num_frames, found.duration_ns, found.num_unordered) == (50, 2000 * MS, 0)
    assert found.has_sound
    assert not found.variable_rate


def test_a_turned_clip_of_variable_rate(tmp_path: Path) -> None:
    times_ms = [100, 140, 300, 310, 900]
    path = write_video(tmp_path / "a.mp4", shot(1, 5), times_ms=times_ms, counterclockwise_deg=-90)
    found = probe(path, LIMITS)
    assert (found.width_px, found.height_px, found.turned_deg) == (144, 256, 90)
    assert found.variable_rate
    assert not found.has_sound
    assert found.duration_ns > 800 * MS


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".avi"])
@pytest.mark.parametrize("share", [0.3, 0.9, 0.995])
def test_a_file_that_was_cut_off(tmp_path: Path, suffix: str, share: float) -> None:
    codec = "mpeg4" if suffix == ".avi" else "libx264"
    whole = write_video(tmp_path / f"whole{suffix}", shot(1, 40), codec=codec)
    assert probe(whole, LIMITS).num_frames == 40
    part = cut_off(whole, tmp_path / f"part{suffix}", share)
    with pytest.raises(TruncatedError, match="was cut off") as caught:
        probe(part, LIMITS)
    assert str(part.stat().st_size) in caught.value.found


@pytest.mark.parametrize(("suffix", "codec"), [(".mp4", "libx264"), (".mkv", "libx264"), (".avi", "mpeg4")])
def test_a_whole_file_has_the_bytes_that_it_declares(tmp_path: Path, suffix: str, codec: str) -> None:
    path = write_video(tmp_path / f"a{suffix}", shot(1, 5), codec=codec)
    assert declared_bytes(path, container_format(path)) == path.stat().st_size


def test_text_nothing_and_sound_alone(tmp_path: Path) -> None:
    text = tmp_path / "a.mp4"
    text.write_text("This is not a video.\n" * 50)
    with pytest.raises(NotAVideoError) as caught:
        probe(text, LIMITS)
    assert "This is not" in caught.value.found
    text.write_bytes(b"")
    with pytest.raises(EmptyFileError):
        probe(text, LIMITS)
    if SHARED.is_dir():
        with pytest.raises(NoVideoStreamError):
            probe(SHARED / "odd/ax_sample_audio_only.mp4", LIMITS)


def test_bytes_that_rotted(tmp_path: Path) -> None:
    data = bytearray(write_video(tmp_path / "a.mp4", shot(1, 60)).read_bytes())
    start = data.index(b"mdat") + 4
    middle = start + (len(data) - start) // 3
    data[middle : middle + 3000] = bytes(3000)
    path = tmp_path / "b.mp4"
    path.write_bytes(data)
    with pytest.raises(CorruptError):
        probe(path, LIMITS)


@pytest.mark.parametrize("change", [{"max_pixels": 1000}, {"max_duration_s": 1}, {"max_streams": 0}])
def test_limits(tmp_path: Path, change: dict[str, int]) -> None:
    path = write_video(tmp_path / "a.mp4", shot(1, 40))
    with pytest.raises(LimitError, match="over the limits"):
        probe(path, LIMITS.model_copy(update=change))


def test_a_cut_that_only_the_counts_tell(tmp_path: Path) -> None:
    """The outermost sizes are corrected, as by a tool that repairs a file: one missing picture of thirty is found."""
    for whole in rendered(tmp_path):
        if whole.name not in ("front.mp4", "mpeg4.avi"):
            continue
        is_avi = whole.name.endswith(".avi")
        mark, order = (b"movi", "<I") if is_avi else (b"mdat", ">I")
        at = whole.data.index(mark) - 4
        end = whole.data.index(b"idx1") - 600 if is_avi else len(whole.data) - 600
        part = whole.data[:at] + struct.pack(order, end - at - 4 if is_avi else end - at) + whole.data[at + 4 : end]
        path = tmp_path / f"cut-{whole.name}"
        path.write_bytes(b"RIFF" + struct.pack("<I", end - 8) + part[8:] if is_avi else part)
        with pytest.raises(TruncatedError, match="whole frames can be saved"):
            probe(path, LIMITS)


@pytest.mark.parametrize("name", ["flash.flv", "stream.ts", "program.mpg"])
def test_a_cut_in_a_container_without_a_size(tmp_path: Path, name: str) -> None:
    (whole,) = (file for file in rendered(tmp_path) if file.name == name)
    assert probe(tmp_path / name, LIMITS).num_frames == 30
    part = cut_off(tmp_path / name, tmp_path / f"cut-{name}", 0.3)
    assert part.stat().st_size < len(whole.data)
    with pytest.raises(TruncatedError):
        probe(part, LIMITS)


def test_what_can_be_saved_is_told(tmp_path: Path) -> None:
    whole = next(file for file in rendered(tmp_path) if file.name == "front.mp4")
    part = cut_off(tmp_path / whole.name, tmp_path / "cut.mp4", 0.8)
    saved = salvage(part, LIMITS)
    assert 5 < saved.num_frames < 30
    assert saved.last_ns == (saved.num_frames - 1) * 40 * MS
    with pytest.raises(TruncatedError, match=f"; {saved.num_frames} whole frames can be saved"):
        probe(part, LIMITS)
    part.write_bytes(b"")
    assert salvage(part, LIMITS).num_frames == 0


def test_a_codec_that_is_not_on_the_list(tmp_path: Path) -> None:
    path = tmp_path / "a.mov"
    path.write_bytes(one_sample_mov(png(64), b"png ", 64))
    with pytest.raises(UnsupportedCodecError, match="png"):
        probe(path, LIMITS)


def test_pictures_larger_than_the_header_says(tmp_path: Path) -> None:
    path = tmp_path / "a.mov"
    path.write_bytes(one_sample_mov(jpeg(64), b"jpeg", 16))
    assert probe(path, LIMITS).num_frames == 1
    with pytest.raises(LimitError, match="64 x 64 pixels"):
        probe(path, LIMITS.model_copy(update={"max_pixels": 1000}))


def test_more_streams_than_allowed(tmp_path: Path) -> None:
    path = tmp_path / "a.mov"
    path.write_bytes(one_sample_mov(jpeg(64), b"jpeg", 64, tracks=33))
    with pytest.raises(LimitError, match="33 streams"):
        probe(path, LIMITS)


def test_metadata_that_is_no_text_is_no_obstacle(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.avi", shot(1, 5), codec="mpeg4")
    data = path.read_bytes()
    title = b"INAM" + struct.pack("<I", 4) + b"\xff\xfe\xfa\x00"
    at = data.index(b"LIST", 12 + 4)
    listed = b"LIST" + struct.pack("<I", 4 + len(title)) + b"INFO" + title
    size = struct.unpack_from("<I", data, 4)[0] + len(listed)
    path.write_bytes(data[:4] + struct.pack("<I", size) + data[8:at] + listed + data[at:])
    assert probe(path, LIMITS).num_frames == 5


def test_flat_frames_have_no_hash(tmp_path: Path) -> None:
    flat = write_video(tmp_path / "flat.mp4", [numbered(0) * 0 + 90] * 10)
    assert _hashes(flat).shown == (("", "", "", "", ""),)
    rich = write_video(tmp_path / "rich.mp4", shot(4, 10))
    hashes = _hashes(rich)
    assert [len(row) for row in (*hashes.shown, *hashes.copied)] == [5, 5, 5, 5]  # as shown, cropped, both mirrored
    assert [len(row) for row in hashes.moments] == [len(hashes.moments_ns)]
    assert all(len(text) == 64 for row in (*hashes.shown, *hashes.copied, *hashes.moments) for text in row)


def _hashes(path: Path) -> FrameHashes:
    seen = Seen()
    return frame_hashes(path, probe(path, LIMITS, seen), seen, NEAR_DUPLICATES)


@pytest.mark.skipif(not SHARED.is_dir(), reason="no sample clips on this machine")
@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("ax_multi-segment_video_init.mp4", NoFramesError),
        ("ax_sample_fragmented_clearkey.mp4", EncryptedError),
        ("ax_subsample_encrypted_altref.webm", EncryptedError),
        ("ax_sample_fragmented_sideloaded_track.mp4", CorruptError),
        ("ax_sample_malformed_free_box.mp4", CorruptError),
        ("ax_bbb_mono_16kHz_23.05kbps_amrwb.3gp", NoVideoStreamError),
        ("zero_byte.webm", EmptyFileError),
    ],
)
def test_odd_files_are_refused_with_their_reason(name: str, error: type[DecodeError]) -> None:
    with pytest.raises(error):
        probe(SHARED / "odd" / name, LIMITS)


@pytest.mark.skipif(not SHARED.is_dir(), reason="no sample clips on this machine")
def test_a_gif_without_its_trailer(tmp_path: Path) -> None:
    whole = SHARED / "odd/newtonscradle.gif"
    assert probe(whole, LIMITS).num_frames == 36
    with pytest.raises(TruncatedError):
        probe(cut_off(whole, tmp_path / "a.gif", 0.6), LIMITS)


@pytest.mark.skipif(not SHARED.is_dir(), reason="no sample clips on this machine")
@pytest.mark.parametrize(
    ("name", "frames", "size", "turned_deg"),
    [
        ("odd/tc_discard_first_keyframe.mp4", 25, (64, 64), 0),
        ("odd/ax_iibbibb_editlist_videoonly.mp4", 12, (704, 576), 0),
        ("odd/ax_roadtrip-vp92-10bit.webm", 72, (426, 240), 0),
        ("odd/ax_sample_empty_track.mp4", 30, (1080, 720), 0),
        ("odd/ax_sample.avi", 96, (960, 400), 0),
        ("odd/ax_water_180_mvhevc_5frames.mov", 5, (1934, 2160), 0),
        ("odd/-video-with-dash-.mp4", 5, (1, 1), 0),
        ("odd/decord_video_90.mov", 3, (320, 568), 90),
        ("odd/decord_video_180.mov", 3, (568, 320), 180),
        ("odd/decord_video_270.mov", 3, (320, 568), 270),
        ("plain/carphone_pristine.mp4", 120, (193, 144), 0),
        ("plain/ax_portrait_4k60.mp4", 18, (2160, 3840), 90),
    ],
)
def test_odd_files_that_are_whole(name: str, frames: int, size: tuple[int, int], turned_deg: int) -> None:
    found = probe(SHARED / name, LIMITS)
    assert (found.num_frames, (found.width_px, found.height_px), found.turned_deg) == (frames, size, turned_deg)
