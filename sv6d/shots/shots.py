"""The stage `shots`: spans that tile each video, and how each gives way to the next."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson

from sv6d.artifacts import Counts, Job
from sv6d.batch.keyed_map import Item, keyed_map
from sv6d.errors import ArtifactError
from sv6d.fingerprint import code_version, fingerprint, import_closure
from sv6d.schema.boundaries import DOCUMENT_KINDS
from sv6d.shots.config import ShotsConfig
from sv6d.shots.find import find_boundaries
from sv6d.shots.pictures import read_pictures
from sv6d.shots.tables import BOUNDARIES, READS, SHOTS
from sv6d.video.manifest import Locator, VideoRow, read_videos
from sv6d.video.reader import decoder_build, reader_name


@dataclass(frozen=True)
class _Task:
    """One video to divide; goes to a worker process."""

    path: Path
    duration_ns: int
    config: ShotsConfig


def examine(task: _Task) -> bytes:
    """Boundaries and number of frames of one video, as JSON. Runs in a worker process."""
    pictures = read_pictures(task.path, task.duration_ns)
    found = find_boundaries(pictures, task.config)
    boundaries = [{**asdict(item), "kind": DOCUMENT_KINDS[item.kind], "change": item.kind} for item in found]
    return orjson.dumps({"boundaries": boundaries, "frames_decoded": len(pictures.times_ns)})


def run(config: ShotsConfig, job: Job) -> Counts:
    """Write `shots.parquet`, `boundaries.parquet` and `reads.parquet`, sorted by video and time.

    Counts: items (shots), videos, each kind of boundary, videos whose frames differ in number from the manifest.

    Raises:
        ArtifactError: a video of the manifest can not be read any more.
    """
    videos = read_videos(job.inputs["raw_videos"])
    locator = Locator(job.runtime.sources)
    code = code_version(tuple({*import_closure("sv6d.shots.find"), Path(__file__).resolve()}))
    common = {"config": config, "code": code, "reader": decoder_build()}
    items = [
        Item(
            fingerprint({**common, "video": row.video_id, "duration_ns": row.duration_ns}),
            _Task(locator.path(row.video_id), row.duration_ns, config),
        )
        for row in videos
    ]
    outcomes = keyed_map(
        examine, items, cache=job.cache, workers=job.runtime.workers, limit_s=config.limit_s, events=job.events
    )
    shots: list[dict[str, Any]] = []
    boundaries: list[dict[str, Any]] = []
    reads: list[dict[str, Any]] = []
    for video, outcome in zip(videos, outcomes, strict=True):
        if outcome.value is None:
            raise ArtifactError(
                f"{video.uri} can not be divided into shots",
                found=str(outcome.failure),
                wanted="the frames that the manifest was made from",
                next_step="look at the file and at the memory of this machine, then rebuild shots",
            )
        found = orjson.loads(outcome.value)
        _take(video, found["boundaries"], shots, boundaries)
        reads.append(_read(video, found["frames_decoded"]))
    SHOTS.write(job.out, shots)
    BOUNDARIES.write(job.out, boundaries)
    READS.write(job.out, reads)
    kinds = Counter(row["kind"] for row in boundaries)
    return {
        "items": len(shots),
        "videos": len(videos),
        "frames_differ": sum(row["frames_declared"] != row["frames_decoded"] for row in reads),
        **{kind: kinds[kind] for kind in ("dissolve", "fade", "hard_cut")},
    }


def _take(
    video: VideoRow, found: list[dict[str, Any]], shots: list[dict[str, Any]], boundaries: list[dict[str, Any]]
) -> None:
    edges_ns = [0, *(item["cut_ns"] for item in found), video.duration_ns]
    for number, (start_ns, end_ns) in enumerate(pairwise(edges_ns)):
        shot_id = f"s{number}"
        shots.append({"video_id": video.video_id, "shot_id": shot_id, "start_ns": start_ns, "end_ns": end_ns})
        if number:
            boundaries.append({"video_id": video.video_id, "shot_id": shot_id, **found[number - 1]})


def _read(video: VideoRow, num_decoded: int) -> dict[str, Any]:
    return {
        "video_id": video.video_id,
        "reader": reader_name(),
        "frames_declared": video.num_frames,
        "frames_decoded": num_decoded,
    }
