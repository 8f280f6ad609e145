"""The stage `evidence`: measured tracks, records that labels may cite, and a keyframe per shot."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from sv6d.artifacts import Counts, Job
from sv6d.batch.keyed_map import Item, keyed_map
from sv6d.errors import ArtifactError
from sv6d.evidence.config import EvidenceConfig
from sv6d.evidence.detectors import detector_build
from sv6d.evidence.measure import measure
from sv6d.evidence.ocr import reader_build
from sv6d.evidence.tables import EVIDENCE, KEYFRAMES, READS, TEXT_READS, TEXTS, TRACKS, TRANSCRIPT_READS, TRANSCRIPTS
from sv6d.evidence.whisper import whisper_build
from sv6d.fingerprint import code_version, fingerprint, import_closure
from sv6d.schema.boundaries import ChangeKind
from sv6d.schema.document import Shot
from sv6d.shots.records import read_changes, read_shots
from sv6d.video.manifest import Locator, VideoRow, read_sidecar_subtitles, read_videos
from sv6d.video.reader import decoder_build
from sv6d.video.subtitles import Subtitles

_TABLES = {
    table.name: table
    for table in (EVIDENCE, TRACKS, KEYFRAMES, READS, TEXTS, TEXT_READS, TRANSCRIPTS, TRANSCRIPT_READS)
}


@dataclass(frozen=True)
class _Task:
    """One video to measure; goes to a worker process."""

    path: Path
    shots: tuple[Shot, ...]
    config: EvidenceConfig
    sidecar: Subtitles | None
    changes: Mapping[str, ChangeKind]


def examine(task: _Task) -> bytes:
    """The rows of one video as JSON; pictures in base64. Runs in a worker process."""
    rows = measure(task.path, task.shots, task.config, task.sidecar, task.changes)
    for row in rows["keyframes"]:
        row["jpeg"] = base64.b64encode(row["jpeg"]).decode()
    return orjson.dumps(rows)


def run(config: EvidenceConfig, job: Job) -> Counts:
    """Write `evidence`, `tracks`, `keyframes`, `texts`, `transcripts` and how each was read (.parquet), by video.

    Counts: items (records), videos, unscored (records without a value), keyframes,
    shots_without_keyframe, sound_unmeasured (videos whose sound stream gave no level), texts,
    text_unread (videos whose text is unknown), lines_said, speech_unread (videos with sound of which nobody
    tells what is said), faces_unscored and people_unscored (shots, where no such
    detector is given).

    Raises:
        ArtifactError: a video that has shots can not be measured.
        ModelError: a model that the configuration names can not be used.
    """
    shots, changes = read_shots(job.inputs["shots"]), read_changes(job.inputs["shots"])
    videos = [row for row in read_videos(job.inputs["raw_videos"]) if row.video_id in shots]
    locator = Locator(job.runtime.sources)
    code = code_version(import_closure("sv6d.evidence.measure"))
    builds = {
        "reader": decoder_build(),
        "text_reader": reader_build(),
        "faces": detector_build("faces", config.faces),
        "people": detector_build("people", config.people),
        "speech": whisper_build(config.transcript),
    }
    sidecars = read_sidecar_subtitles(job.inputs["raw_videos"])
    items = []
    for row in videos:
        stored = [shot.model_dump(mode="json") for shot in shots[row.video_id]]
        sidecar = sidecars.get(row.video_id)
        said = [[line.start_ns, line.end_ns, line.text] for line in sidecar.lines] if sidecar else None
        told = changes.get(row.video_id, {})
        made_from = {"video": row.video_id, "shots": stored, "changes": told, "subtitles": said}
        key = fingerprint({**made_from, "config": config, "code": code, **builds})
        items.append(Item(key, _Task(locator.path(row.video_id), shots[row.video_id], config, sidecar, told)))
    outcomes = keyed_map(
        examine, items, cache=job.cache, workers=job.runtime.workers, limit_s=config.limit_s, events=job.events
    )
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in _TABLES}
    for video, outcome in zip(videos, outcomes, strict=True):
        if outcome.value is None:
            raise ArtifactError(
                f"{video.uri} can not be measured",
                found=str(outcome.failure),
                wanted="the frames that its shots were found on",
                next_step="look at the file and at the memory of this machine, then rebuild evidence",
            )
        for name, found in orjson.loads(outcome.value).items():
            rows[name] += [{"video_id": video.video_id, **row} for row in found]
    for keyframe in rows["keyframes"]:
        keyframe["jpeg"] = base64.b64decode(keyframe["jpeg"])
    for name, table in _TABLES.items():
        table.write(job.out, rows[name])
    return _counts(videos, shots, rows, config)


def _counts(
    videos: Sequence[VideoRow],
    shots: Mapping[str, Sequence[Shot]],
    rows: Mapping[str, Sequence[Mapping[str, Any]]],
    config: EvidenceConfig,
) -> Counts:
    num_shots = sum(len(shots[row.video_id]) for row in videos)
    heard = {row["video_id"] for row in rows["evidence"] if row["kind"] == "sound" and row["value"] is not None}
    told = {row["video_id"] for row in rows["transcript_reads"] if row["method"] is not None}
    return {
        "items": len(rows["evidence"]),
        "videos": len(videos),
        "unscored": sum(row["value"] is None for row in rows["evidence"]),
        "keyframes": len(rows["keyframes"]),
        "shots_without_keyframe": num_shots - len(rows["keyframes"]),
        "sound_unmeasured": sum(row.has_sound and row.video_id not in heard for row in videos),
        "texts": len(rows["texts"]),
        "text_unread": sum(row["failure"] is not None for row in rows["text_reads"]),
        "lines_said": len(rows["transcripts"]),
        "speech_unread": len({row.video_id for row in videos if row.has_sound} - told),
        "faces_unscored": num_shots if config.faces.detector is None else 0,
        "people_unscored": num_shots if config.people.detector is None else 0,
    }
