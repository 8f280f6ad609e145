"""One video: every cue, in one pass over the pictures and one over the sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sv6d.evidence import box_cue, shot_cues, sound_rows, transcript
from sv6d.evidence.box_cue import FaceCue, PersonCue
from sv6d.evidence.config import EvidenceConfig
from sv6d.evidence.detectors import detector_build
from sv6d.evidence.pictures import read_looks
from sv6d.evidence.rows import Rows, evidence_row
from sv6d.evidence.shot_cues import ShotCues
from sv6d.evidence.subtitle_band import subtitle_bands
from sv6d.schema.boundaries import TRANSITION_STYLES, ChangeKind
from sv6d.schema.document import Shot
from sv6d.timeline import Span, seconds
from sv6d.video.reader import reader_name
from sv6d.video.subtitles import Subtitles

if TYPE_CHECKING:
    from sv6d.evidence.text_rows import TextCue

# Units of the curves, by the name of their cue.
CURVES = {**shot_cues.CURVES, **sound_rows.CURVES, **transcript.CURVES, **box_cue.CURVES}


def measure(
    path: Path,
    shots: Sequence[Shot],
    config: EvidenceConfig,
    sidecar: Subtitles | None = None,
    changes: Mapping[str, ChangeKind] | None = None,
) -> Rows:
    """Rows (without video_id) of the tables of `evidence` for one video.

    Shots that cover a part of the video give the measurements of that part: nothing outside is looked
    at. Motion, light, layout, faces, people and keyframes are taken from the frames of a shot that no
    transition touches; no pair of frames straddles a boundary. What could not be measured has a null value.
    `sidecar` holds the subtitles beside the file, `changes` by shot what the detector calls the boundary that
    leads to it.

    Raises:
        DecodeError: the file can not be read.
        ModelError: a model that the configuration names can not be used.
    """
    from sv6d.evidence.ocr import reader
    from sv6d.evidence.text_rows import TextCue

    faces, people = detector_build("faces", config.faces), detector_build("people", config.people)
    gathered = [
        ShotCues(span, config, [FaceCue(config.faces, faces), PersonCue(config.people, people)])
        for span in pure_spans(shots)
    ]
    text = TextCue(reader(config.text.find_px), config.text)
    whole = Span(shots[0].start_ns, shots[-1].end_ns)
    first_ns, num_looks = _look(path, gathered, whole, text)
    reads = [{"reader": reader_name(), "frames_decoded": num_looks}]
    rows: Rows = {"evidence": [], "tracks": [], "keyframes": [], "reads": reads, **text.rows(whole.end_ns)}
    for shot, cues in zip(shots, gathered, strict=True):
        cues.conclude(shot, rows)
    rows["evidence"] += boundary_rows(shots, changes or {})
    subtitle_bands(shots, rows)
    sound_rows.sound_rows(path, first_ns, shots, rows)
    transcript.transcript_rows(path, first_ns, shots, sidecar, config.transcript, rows)
    rows["evidence"].sort(key=lambda row: row["evidence_id"])
    rows["tracks"].sort(key=lambda row: (row["cue"], row["time_ns"]))
    return rows


def pure_spans(shots: Sequence[Shot]) -> list[Span]:
    """Of each shot the part that no gradual transition touches; the whole shot where nothing is left."""
    spans = []
    for index, shot in enumerate(shots):
        start_ns, end_ns = shot.start_ns, shot.end_ns
        if shot.boundary_in is not None:
            start_ns = max(start_ns, shot.boundary_in.end_ns)
        if index + 1 < len(shots) and (following := shots[index + 1].boundary_in) and following.kind != "hard_cut":
            end_ns = min(end_ns, following.start_ns)
        spans.append(Span(start_ns, end_ns) if start_ns < end_ns else shot.span)
    return spans


def _look(path: Path, gathered: Sequence[ShotCues], whole: Span, text: TextCue) -> tuple[int, int]:
    """One pass over the pictures; returns the first picture's presentation time in ns, and how many there are."""
    shot_of = iter(gathered)
    current = next(shot_of)
    first_ns = num_looks = 0
    for number, look in enumerate(read_looks(path)):
        num_looks = number + 1
        if number == 0:
            first_ns = look.time.time_ns
        if whole.contains(look.time_ns):
            text.take(look)
        while look.time_ns >= current.span.end_ns and (following := next(shot_of, None)) is not None:
            current = following
        if current.span.contains(look.time_ns):
            current.take(look)
    return first_ns, num_looks


def boundary_rows(shots: Sequence[Shot], changes: Mapping[str, ChangeKind]) -> list[dict[str, Any]]:
    """The detector's certainty of each boundary and of an effect that it tells there; the mean length of shots."""
    rows = []
    for shot in shots:
        if shot.boundary_in is not None:
            found = shot.boundary_in
            style = TRANSITION_STYLES.get(changes[shot.id]) if shot.id in changes else None
            for stat in ("score", *([] if style is None else [style])):
                name = f"boundary.{stat}.{shot.id}"
                rows.append(evidence_row(name, "boundary", stat, found.span, found.score, "share", found.detector))
    whole = Span(shots[0].start_ns, shots[-1].end_ns)
    mean_s = seconds(whole.length_ns) / len(shots)
    name, stat = "boundary.mean_shot_length", "mean_shot_length"
    return [*rows, evidence_row(name, "boundary", stat, whole, mean_s, "s", "evidence.measure")]
