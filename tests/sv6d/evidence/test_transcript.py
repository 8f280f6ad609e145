"""What is said: subtitles in the file and beside it, speech in shots, split edits, and models that are not there."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from sv6d.errors import ModelError
from sv6d.evidence.config import TranscriptConfig
from sv6d.evidence.rows import Rows
from sv6d.evidence.split_edits import split_edits
from sv6d.evidence.transcript import EMBEDDED, SIDECAR, transcript_rows
from sv6d.evidence.whisper import whisper_build
from sv6d.schema.document import Shot
from sv6d.video.subtitles import SaidLine, Subtitles, embedded_subtitles

NOBODY = TranscriptConfig(model=None, model_sha256=None, language=None)
MS = 1_000_000
# The least that FFmpeg's encoders of subtitles want to be told of styles.
HEADER = b"""[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,0

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def write_subtitled(path: Path, codec: str, packets: Sequence[tuple[int, int, bytes]], first_ms: int = 0) -> Path:
    """Two seconds of pictures from `first_ms` on, and a stream of subtitles: (start ms, length ms, payload)."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("mpeg4", rate=10)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        video.codec_context.time_base = Fraction(1, 1000)
        said = container.add_stream(codec)
        said.codec_context.subtitle_header = HEADER
        said.time_base = Fraction(1, 1000)
        for index in range(20):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), "rgb24")
            frame.time_base, frame.pts = Fraction(1, 1000), first_ms + 100 * index
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        for start_ms, length_ms, payload in packets:
            packet = av.Packet(payload)
            packet.stream, packet.time_base = said, Fraction(1, 1000)
            packet.pts = packet.dts = first_ms + start_ms
            packet.duration = length_ms
            container.mux(packet)
    return path


def timed(text: str) -> bytes:
    return len(text.encode()).to_bytes(2, "big") + text.encode()


@pytest.mark.parametrize(
    ("name", "codec", "first", "second"),
    [
        ("a.mkv", "srt", b"Hello <b>you</b>", "价格".encode()),
        ("a.mkv", "ass", b"0,0,Default,,0,0,0,,{\\i1}Hello\\Nyou", "1,0,Default,,0,0,0,,价格".encode()),
        ("a.mp4", "mov_text", timed("Hello you"), timed("价格")),
    ],
)
def test_subtitles_in_a_file_are_read(tmp_path: Path, name: str, codec: str, first: bytes, second: bytes) -> None:
    clip = write_subtitled(tmp_path / name, codec, [(200, 500, first), (900, 600, second)])
    found = embedded_subtitles(clip, 0)
    assert found is not None
    assert found.lines == (
        SaidLine(200 * MS, 700 * MS, "Hello you"),
        SaidLine(900 * MS, 1500 * MS, "价格"),
    )
    later = embedded_subtitles(clip, 100 * MS)
    assert later is not None
    assert later.lines[0].start_ns == 100 * MS


def shots() -> list[Shot]:
    return [Shot(id="s0", start_ns=0, end_ns=1000 * MS), Shot(id="s1", start_ns=1000 * MS, end_ns=2000 * MS)]


def rows_of(clip: Path, sidecar: Subtitles | None, parts: Sequence[Shot], config: TranscriptConfig = NOBODY) -> Rows:
    rows: Rows = {"evidence": [], "tracks": []}
    transcript_rows(clip, 0, parts, sidecar, config, rows)
    return rows


def test_the_sidecar_goes_before_the_stream_and_nothing_is_not_silence(tmp_path: Path) -> None:
    clip = write_subtitled(tmp_path / "a.mkv", "srt", [(200, 500, b"From the file")])
    sidecar = Subtitles((SaidLine(500 * MS, 1300 * MS, "From beside"),), "")
    beside, inside = rows_of(clip, sidecar, shots()), rows_of(clip, None, shots())
    assert [row["string"] for row in beside["transcripts"]] == ["From beside"]
    assert [row["string"] for row in inside["transcripts"]] == ["From the file"]
    assert (beside["transcript_reads"][0]["method"], inside["transcript_reads"][0]["method"]) == (SIDECAR, EMBEDDED)
    values = {row["evidence_id"]: row["value"] for row in beside["evidence"]}
    assert values == {
        "speech.speech_share.s0": pytest.approx(0.5),
        "speech.speech_share.s1": pytest.approx(0.3),
        "speech.l_cut.s1": pytest.approx(0.3),
    }
    mute = rows_of(write_subtitled(tmp_path / "b.mkv", "srt", []), None, shots())
    assert (mute["transcripts"], mute["evidence"]) == ([], [])
    assert mute["transcript_reads"] == [{"method": None, "lines": 0, "failure": None}]


def test_a_part_has_what_is_said_in_it(tmp_path: Path) -> None:
    clip = write_subtitled(tmp_path / "a.mkv", "srt", [(200, 500, b"One"), (900, 400, b"Two")])
    part = rows_of(clip, None, shots()[1:])
    assert [(row["string"], row["start_ns"], row["end_ns"]) for row in part["transcripts"]] == [
        ("Two", 1000 * MS, 1300 * MS)
    ]
    assert [row["evidence_id"] for row in part["evidence"]] == ["speech.speech_share.s1"]


def test_split_edits_are_lines_that_reach_a_little_over_a_cut() -> None:
    lines = [
        SaidLine(0, 3_400 * MS, "goes on over the first cut"),
        SaidLine(5_600 * MS, 8_000 * MS, "begins before the second"),
        SaidLine(9_000 * MS, 12_000 * MS, "lies across the third"),
        SaidLine(13_000 * MS, 15_050 * MS, "ends on the fourth"),
    ]
    found = split_edits(lines, [3_000 * MS, 6_000 * MS, 10_500 * MS, 15_000 * MS])
    assert [(edit.kind, edit.cut_ns // MS, edit.overlap_ns // MS) for edit in found] == [
        ("l_cut", 3_000, 400),
        ("j_cut", 6_000, 400),
    ]


def test_a_speech_model_that_is_not_there_is_a_typed_error(tmp_path: Path) -> None:
    assert whisper_build(NOBODY) is None
    config = TranscriptConfig(model=str(tmp_path / "none"), model_sha256="0" * 64, language=None)
    with pytest.raises(ModelError):
        whisper_build(config)
    clip = write_subtitled(tmp_path / "a.mkv", "srt", [])
    with pytest.raises(ModelError):
        rows_of(clip, None, shots(), config)
