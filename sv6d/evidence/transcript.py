"""What is said in one video, as rows: lines with their times, speech in each shot, and split edits.

Taken from the first of: subtitles beside the file, a subtitle stream in it, the user's speech model. Without any of
them what is said is unknown, which is not the same as silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sv6d.errors import DecodeError
from sv6d.evidence.config import TranscriptConfig
from sv6d.evidence.rows import Rows, evidence_row, track_rows
from sv6d.evidence.sound import read_sound
from sv6d.evidence.split_edits import split_edits
from sv6d.evidence.whisper import hear, whisper_build
from sv6d.schema.document import Shot
from sv6d.timeline import Span
from sv6d.video.subtitles import SaidLine, Subtitles, embedded_subtitles

SIDECAR, EMBEDDED = "evidence.transcript sidecar", "evidence.transcript embedded"
CURVES: Mapping[str, str] = {"speech_characters_per_s": "characters_per_s"}
SPEECH_STATS = (("speech_share", "share"), ("l_cut", "s"), ("j_cut", "s"))


def transcript_rows(
    path: Path, first_ns: int, shots: Sequence[Shot], sidecar: Subtitles | None, config: TranscriptConfig, rows: Rows
) -> None:
    """Add the tables `transcripts` and `transcript_reads`, and the evidence that follows from lines and cuts.

    Lines are cut to what the shots cover.

    Raises:
        ModelError: the user's speech model can not be used.
    """
    whole = Span(shots[0].start_ns, shots[-1].end_ns)
    method, failure = None, None
    said: Subtitles | None = None
    try:
        method, said = _first_source(path, first_ns, whole, sidecar, config)
    except DecodeError as error:
        failure = f"{error.what}: {error.found}"
    lines = [] if said is None else _within(said.lines, whole)
    rows["transcripts"] = [
        _line_row(number, line, said.language if said else "", method or "") for number, line in enumerate(lines)
    ]
    rows["transcript_reads"] = [{"method": method, "lines": len(lines), "failure": failure}]
    rows["tracks"] += track_rows(
        "speech_characters_per_s",
        [((line.start_ns + line.end_ns) // 2, len(line.text) * 1e9 / (line.end_ns - line.start_ns)) for line in lines],
    )
    if method is None:
        return  # counted by the stage: a null for every shot of every video without subtitles would tell nothing
    for shot in shots:
        share = _covered_ns(lines, shot.span) / shot.span.length_ns
        name = f"speech.speech_share.{shot.id}"
        rows["evidence"].append(evidence_row(name, "speech", "speech_share", shot.span, share, "share", method))
    by_cut = {shot.start_ns: shot for shot in shots[1:]}
    for edit in split_edits(lines, list(by_cut)):
        name = f"speech.{edit.kind}.{by_cut[edit.cut_ns].id}"
        span = Span(edit.line.start_ns, edit.line.end_ns)
        rows["evidence"].append(evidence_row(name, "speech", edit.kind, span, edit.overlap_ns / 1e9, "s", method))


def _first_source(
    path: Path, first_ns: int, whole: Span, sidecar: Subtitles | None, config: TranscriptConfig
) -> tuple[str | None, Subtitles | None]:
    if sidecar is not None:
        return SIDECAR, sidecar
    embedded = embedded_subtitles(path, first_ns)
    if embedded is not None:
        return EMBEDDED, embedded
    build = whisper_build(config)
    if build is not None:
        sound = read_sound(path, first_ns)
        if sound is not None:
            return build, hear(sound.only(whole), config)
    return None, None


def _within(lines: Sequence[SaidLine], whole: Span) -> list[SaidLine]:
    cut = [SaidLine(max(one.start_ns, whole.start_ns), min(one.end_ns, whole.end_ns), one.text) for one in lines]
    return [line for line in cut if line.end_ns > line.start_ns]


def _covered_ns(lines: Sequence[SaidLine], span: Span) -> int:
    """How much of a span lines cover; lines are sorted and may overlap."""
    covered, reached = 0, span.start_ns
    for line in lines:
        start, end = max(line.start_ns, reached), min(line.end_ns, span.end_ns)
        covered += max(0, end - start)
        reached = max(reached, end)
    return covered


def _line_row(number: int, line: SaidLine, language: str, method: str) -> dict[str, Any]:
    return {
        "evidence_id": f"speech.line.{number}",
        "string": line.text,
        "start_ns": line.start_ns,
        "end_ns": line.end_ns,
        "language": language,
        "method": method,
    }
