"""Subtitles beside a video: both forms, careless files, and what is found for which clip."""

from __future__ import annotations

from pathlib import Path

import pytest

from sv6d.video.sidecars import read_subtitles, subtitles_beside
from sv6d.video.sources import scan_sources
from sv6d.video.subtitles import MAX_LINES, SaidLine, parse_subtitles

MS = 1_000_000
HELLO = SaidLine(1000 * MS, 2500 * MS, "Hello & welcome")


@pytest.mark.parametrize(
    "text",
    [
        "1\n00:00:01,000 --> 00:00:02,500\n<i>Hello</i>\n&amp; welcome\n",
        "\ufeff1\r\n00:00:01,000 --> 00:00:02,500\r\n{\\an8}Hello\r\n& welcome\r\n\r\n",
        "WEBVTT - title\n\nNOTE nothing\n\nSTYLE\n::cue { color: red }\n\n"
        "intro\n00:01.000 --> 00:02.500 align:start position:0%\n<v Ann>Hello &amp; welcome</v>\n",
    ],
)
def test_both_forms_give_the_same_lines(text: str) -> None:
    assert parse_subtitles(text.encode()) == (HELLO,)
    assert parse_subtitles(text.encode("utf-16")) == (HELLO,)


def test_lines_without_a_time_or_text_are_left_out_and_the_rest_is_sorted() -> None:
    text = (
        "2\n00:00:05,000 --> 00:00:06,000\nlater\n\n1\n00:00:03,000 --> 00:00:02,000\nbackwards\n\n"
        "soon --> never\nno time\n\n3\n00:00:01,000 --> 00:00:02,500\nHello &amp; welcome\n\n"
        "4\n00:00:07,5 --> 00:00:08,0\n\n"
    )
    assert [line.text for line in parse_subtitles(text.encode())] == ["Hello & welcome", "later"]
    assert parse_subtitles(b"\x00\xff\xfe no subtitles at all") == ()
    assert parse_subtitles(b"") == ()


def test_what_a_stranger_wrote_is_bounded() -> None:
    block = "00:00:01,000 --> 00:00:02,000\n" + "word " * 1000 + "\n\n"
    found = parse_subtitles((block * (MAX_LINES // 100)).encode())
    assert len(found[0].text) == 500
    short = "00:00:01,000 --> 00:00:02,000\na\n\n"
    assert len(parse_subtitles((short * (MAX_LINES + 10)).encode())) == MAX_LINES


def test_subtitles_are_those_that_bear_the_clips_name(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        (folder / name).write_bytes(name.encode())
    (folder / "a.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:02.500\nHello &amp; welcome\n")
    (folder / "b.mp4.srt").write_text("1\n00:00:01,000 --> 00:00:02,500\nHello &amp; welcome\n")
    (folder / "c.srt").write_text("nothing of use")
    sources = scan_sources(tmp_path / "sources.json", {"mine": folder}, {}, tmp_path)
    assert read_subtitles(sources, sources.files) == {"mine/a.mp4": (HELLO,), "mine/b.mp4": (HELLO,)}
    assert [subtitles_beside(folder / name) for name in ("a.mp4", "b.mp4", "c.mp4")] == [(HELLO,), (HELLO,), ()]
