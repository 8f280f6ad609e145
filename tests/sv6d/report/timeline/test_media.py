"""Which videos lie inside a page."""

from __future__ import annotations

import base64
from pathlib import Path

from sv6d.report.timeline.media import EMBED_LIMIT_BYTES, media_of
from tests.sv6d.report.timeline.made_clip import write_clip


def test_a_small_file_that_browsers_play_lies_inside(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", (0.0, 0.5))
    media = media_of(clip, tmp_path / "page.html")
    assert base64.b64decode(media.base64) == clip.read_bytes()
    assert (media.mime, media.reference, media.playable, media.policy) == ("video/mp4", "", True, "data:")


def test_webm_has_its_own_type(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.webm", (0.0, 0.5), codec="libvpx-vp9", sound=False)
    media = media_of(clip, tmp_path / "page.html")
    assert (media.mime, media.codec, bool(media.base64)) == ("video/webm", "vp9", True)


def test_a_file_above_the_limit_is_referred_to(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clips" / "a clip #1.mp4", (0.0, 0.5), pad_to_bytes=EMBED_LIMIT_BYTES + 1)
    media = media_of(clip, tmp_path / "pages" / "page.html")
    assert (media.base64, media.reference) == ("", "../clips/a%20clip%20%231.mp4")
    assert (media.playable, media.policy) == (True, "'self'")


def test_a_file_at_the_limit_lies_inside(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", (0.0, 0.5), pad_to_bytes=EMBED_LIMIT_BYTES)
    assert media_of(clip, tmp_path / "page.html").base64


def test_what_browsers_do_not_play_is_referred_to(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", (0.0, 0.5), codec="mpeg4")
    media = media_of(clip, tmp_path / "page.html")
    assert (media.base64, media.reference, media.playable, media.codec) == ("", "clip.mp4", False, "mpeg4")
