"""`sv6d measure`: everything that is measured of one file, without a model of language and without labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from sv6d.annotate.config import AnnotationsConfig
from sv6d.annotate.rules import camera_movement
from sv6d.errors import InputError
from sv6d.evidence.config import EvidenceConfig
from sv6d.evidence.detectors import detector_build
from sv6d.evidence.measure import CURVES, measure
from sv6d.evidence.ocr import reader_build
from sv6d.evidence.records import evidence_of
from sv6d.evidence.rows import Rows
from sv6d.evidence.shot_scale import scale_by_person, scale_of
from sv6d.evidence.whisper import whisper_build
from sv6d.io import sha256_file
from sv6d.params import read_config
from sv6d.schema.boundaries import DOCUMENT_KINDS, ChangeKind
from sv6d.schema.document import Boundary, Evidence, Shot
from sv6d.shots.config import ShotsConfig
from sv6d.shots.find import find_boundaries
from sv6d.shots.pictures import read_pictures
from sv6d.timeline import seconds
from sv6d.video.probe import check_whole
from sv6d.video.reader import decoder_build
from sv6d.video.sidecars import subtitles_beside
from sv6d.video.subtitles import Subtitles

_MOVEMENT_STATS = ("pan_speed", "tilt_speed", "zoom_speed", "residual", "roll_speed", "shake_rms", "subject_speed")
_LINE_KEYS = ("evidence_id", "string", "start_ns", "end_ns", "language")
_SHOWN_STRING = 48  # characters of a string in the table


def measure_file(path: Path, params: Path) -> dict[str, Any]:
    """Shots, curves, text on screen and said, and the camera's movement per shot of one video, as JSON values.

    The same bytes with the same settings give the same values: no path and no time is among them.

    Raises:
        InputError: there is no such file.
        DecodeError: it can not be read.
        ConfigError: the settings do not fit.
        ModelError: a model that the settings name can not be used.
    """
    if not path.is_file():
        raise InputError(
            f"there is no file {path.name}", found=str(path), wanted="a video file", next_step="correct the path"
        )
    shots_config, config = read_config(params, "shots"), read_config(params, "evidence")
    annotations = read_config(params, "annotations")
    assert isinstance(shots_config, ShotsConfig)
    assert isinstance(config, EvidenceConfig)
    assert isinstance(annotations, AnnotationsConfig)
    check_whole(path)
    found = find_shots(path, shots_config)
    shots, said = found.shots, subtitles_beside(path)
    rows = measure(path, shots, config, Subtitles(said, "") if said else None, found.changes)
    evidence = [evidence_of(row) for row in rows["evidence"]]
    (decoded,), (read,), (heard,) = rows["reads"], rows["text_reads"], rows["transcript_reads"]
    return {
        "video": {"sha256": sha256_file(path), "duration_ns": shots[-1].end_ns, "num_frames": found.num_frames},
        "reader": decoded["reader"],
        "frames_decoded": decoded["frames_decoded"],
        "shots": [_shot(shot, found.changes.get(shot.id), evidence, annotations) for shot in shots],
        "tracks": _tracks(rows),
        "texts": [_text(row) for row in rows["texts"]],
        "text_failure": read["failure"],
        "transcript": {
            "method": heard["method"],
            "failure": heard["failure"],
            "lines": [{key: row[key] for key in _LINE_KEYS} for row in rows["transcripts"]],
        },
        "video_evidence": [_stored(item) for item in evidence if not any(_is_of(item, shot) for shot in shots)],
        "builds": {
            "decoder": decoder_build(),
            "text_reader": reader_build(),
            "speech_model": whisper_build(config.transcript),
            "face_detector": detector_build("faces", config.faces),
            "person_detector": detector_build("people", config.people),
        },
    }


def as_table(measured: dict[str, Any]) -> str:
    """What a person wants to see first: a line per shot and a line per string."""
    lines = ["   start     end  shot"]
    for shot in measured["shots"]:
        movement = shot["camera_movement"]
        speeds = ", ".join(f"{stat} {value:+.3f}" for stat, value in movement["figures"].items() if value is not None)
        begins = shot["boundary_in"]["change"] if shot["boundary_in"] else "start"
        lines.append(f"{_span(shot)}  {shot['id']} {begins}, camera {movement['value'] or 'unmeasured'} ({speeds})")
    lines.append("   start     end  text")
    if measured["text_failure"] is not None:
        lines.append(f"text could not be read: {measured['text_failure']}")
    for text in measured["texts"]:
        lines.append(f"{_span(text)}  {text['string'][:_SHOWN_STRING]} ({text['confidence']:.2f})")
    lines.append("   start     end  said")
    lines += [f"{_span(line)}  {line['string'][:_SHOWN_STRING]}" for line in measured["transcript"]["lines"]]
    counts = ", ".join(f"{len(track['points'])} {cue}" for cue, track in measured["tracks"].items())
    return "\n".join([*lines, f"curves: {counts}"])


def _span(part: dict[str, Any]) -> str:
    return f"{seconds(part['start_ns']):8.2f}{seconds(part['end_ns']):8.2f}"


@dataclass(frozen=True)
class FoundShots:
    """The shots of a file, which tile it; by shot what the detector calls the boundary that leads to it; frames."""

    shots: tuple[Shot, ...]
    changes: Mapping[str, ChangeKind]
    num_frames: int


def find_shots(path: Path, config: ShotsConfig) -> FoundShots:
    """The shots of a file. The last frame is as long as the median one.

    Raises:
        DecodeError: the file can not be read.
    """
    pictures = read_pictures(path, None)
    found = find_boundaries(pictures, config)
    edges_ns = [0, *(item.cut_ns for item in found), pictures.duration_ns]
    entries: list[Boundary | None] = [None]
    for item in found:
        entries.append(
            Boundary(
                kind=DOCUMENT_KINDS[item.kind],
                start_ns=item.start_ns,
                end_ns=item.end_ns,
                score=item.score,
                detector=item.detector,
            )
        )
    shots = [
        Shot(id=f"s{number}", start_ns=start_ns, end_ns=end_ns, boundary_in=entries[number])
        for number, (start_ns, end_ns) in enumerate(pairwise(edges_ns))
    ]
    changes = {f"s{number}": item.kind for number, item in enumerate(found, start=1)}
    return FoundShots(tuple(shots), changes, len(pictures.times_ns))


def _shot(shot: Shot, change: ChangeKind | None, evidence: list[Evidence], config: AnnotationsConfig) -> dict[str, Any]:
    """A shot with its boundary, its numbers, and the movement that they name."""
    own = [item for item in evidence if _is_of(item, shot)]
    figures = {item.stat: item.value for item in own if item.kind == "motion" and item.stat in _MOVEMENT_STATS}
    named = next(iter(camera_movement(own, config.rules)), None)
    return {
        "id": shot.id,
        "start_ns": shot.start_ns,
        "end_ns": shot.end_ns,
        "boundary_in": {**shot.boundary_in.model_dump(mode="json"), "change": change} if shot.boundary_in else None,
        "camera_movement": {
            "value": named.value if named else None,
            "confidence": named.confidence if named else None,
            "figures": figures,
            "units": {item.stat: item.unit for item in own if item.stat in figures},
        },
        "shot_scale": _scale(own),
        "layout": {
            item.stat: {"value": item.value, "unit": item.unit, "box": item.box}
            for item in own
            if item.kind == "layout"
        },
        "evidence": [_stored(item) for item in own],
    }


def _scale(own: list[Evidence]) -> dict[str, Any] | None:
    """Shot scale by the largest face; where none is found, by the largest person, if that says it."""
    values = {item.stat: item.value for item in own if item.kind == "box" and isinstance(item.value, float)}
    if height := values.get("face_height"):
        by, scale = "face_height", scale_of(height)
    elif found := scale_by_person(values.get("person_height", 0.0), values.get("person_whole", 0.0)):
        by, scale = "person_height", found
    else:
        return None
    return {"value": scale[0], "margin": scale[1], "by": by}


def _is_of(item: Evidence, shot: Shot) -> bool:
    """Whether it was measured of the whole shot; a video of one shot has its span, but not its name."""
    return item.span == shot.span and item.id.endswith(f".{shot.id}") and item.kind != "boundary"


def _stored(item: Evidence) -> dict[str, Any]:
    return {
        "id": item.id,
        "kind": item.kind,
        "stat": item.stat,
        "start_ns": item.start_ns,
        "end_ns": item.end_ns,
        "value": item.value,
        "unit": item.unit,
        "box": item.box,
    }


def _tracks(rows: Rows) -> dict[str, Any]:
    """The curve of every cue, also where nothing could be measured: its unit, and (nanoseconds, value) in order."""
    tracks: dict[str, Any] = {cue: {"unit": unit, "points": []} for cue, unit in sorted(CURVES.items())}
    for row in rows["tracks"]:
        tracks[row["cue"]]["points"].append([row["time_ns"], row["value"]])
    return tracks


def _text(row: dict[str, Any]) -> dict[str, Any]:
    frames = ("first_pts", "last_pts", "time_base_num", "time_base_den")
    return {
        "id": row["evidence_id"],
        "string": row["string"],
        "start_ns": row["start_ns"],
        "end_ns": row["end_ns"],
        "box": {edge: row[edge] for edge in ("x", "y", "w", "h")},
        "confidence": row["confidence"],
        "reading_order": row["reading_order"],
        "frames": {name: row[name] for name in frames},
        "method": row["method"],
    }
