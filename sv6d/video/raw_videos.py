"""The verb of `raw_videos`: probe, near-duplicates, splits and quarantine of the listed files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from sv6d.artifacts import Counts, Job
from sv6d.batch.keyed_map import Item, Outcome
from sv6d.errors import EmptyOutputError
from sv6d.events import Events
from sv6d.fingerprint import code_version, fingerprint, import_closure
from sv6d.video.config import RawVideosConfig
from sv6d.video.frame_hashes import FrameHashes, frame_hashes
from sv6d.video.moments import Seen
from sv6d.video.near_duplicates import Placement, place_videos
from sv6d.video.probe import probe, within_memory
from sv6d.video.reader import decoder_build, reader_name
from sv6d.video.service import DecodeService
from sv6d.video.sidecars import UNKNOWN, About, read_about, read_subtitles
from sv6d.video.sources import Listed, Sources, read_sources
from sv6d.video.tables import QUARANTINE, SUBTITLES, VIDEOS

ACROSS_SPLITS = "near_duplicate_across_splits"
REFUSED_LICENCE = "refused_licence"
_MAX_REASONS = 5  # ours: what a person reads before opening the quarantine list


@dataclass(frozen=True)
class _Task:
    """One file to examine; goes to a worker process."""

    path: Path
    config: RawVideosConfig


def examine(task: _Task) -> bytes:
    """Probe and hashes of one file, as JSON. Runs in a worker process."""
    seen = Seen()
    found = probe(task.path, task.config.limits, seen)
    with within_memory(task.path, task.config.limits):
        hashes = frame_hashes(task.path, found, seen, task.config.near_duplicates)
    return orjson.dumps({"probe": asdict(found), "hashes": asdict(hashes)}, option=orjson.OPT_SORT_KEYS)


def run(config: RawVideosConfig, job: Job) -> Counts:
    """Write `videos`, `quarantine` and `subtitles` (.parquet); counts of videos, splits and what was left out.

    Raises:
        InputError: `sources.json` is missing or broken.
        EmptyOutputError: no file of a folder can be used; the message gives the first reasons.
    """
    sources = read_sources(job.runtime.sources)
    unique: dict[str, Listed] = {}
    for entry in sources.files:
        unique.setdefault(entry.sha256, entry)
    entries = list(unique.values())
    outcomes = _examine_all(config, sources, entries, job)
    good = [
        (entry, orjson.loads(outcome.value))
        for entry, outcome in zip(entries, outcomes, strict=True)
        if outcome.value is not None
    ]
    placements = place_videos(
        [(entry.sha256, FrameHashes.of(**found["hashes"])) for entry, found in good],
        config.near_duplicates,
        splits=config.splits,
    )
    about = read_about(sources, [entry for entry, _ in good])
    refused = {licence.casefold() for licence in config.refused_licences}
    barred = {entry.sha256: about[entry.uri].licence for entry, _ in good}
    barred = {sha256: licence for sha256, licence in barred.items() if licence.casefold() in refused}
    videos = [
        _video_row(entry, found, placement, about[entry.uri])
        for (entry, found), placement in zip(good, placements, strict=True)
        if placement.split is not None and entry.sha256 not in barred
    ]
    quarantine = _quarantine(sources, entries, outcomes, good, placements, barred)
    _check_every_folder_gave_something(sources, {row["video_id"] for row in videos}, quarantine)
    VIDEOS.write(job.out, sorted(videos, key=lambda row: row["video_id"]))
    QUARANTINE.write(job.out, quarantine)
    usable = {row["video_id"] for row in videos}
    said = read_subtitles(sources, [entry for entry, _ in good if entry.sha256 in usable])
    SUBTITLES.write(
        job.out,
        [
            {"video_id": entry.sha256, **asdict(line)}
            for entry, _ in sorted(good, key=lambda one: one[0].sha256)
            for line in said.get(entry.uri, ())
        ],
    )
    splits = Counter(row["split"] for row in videos)
    return {
        "items": len(videos),
        "quarantined": len(quarantine),
        "duplicates": len(sources.files) - len(entries),
        "near_duplicates": sum(row["cluster_id"] != row["video_id"] for row in videos),
        "ignored": sum(source.num_ignored for source in sources.sources),
        "with_subtitles": len(said),
        "unknown_licence": sum(row["licence"] == UNKNOWN for row in videos),
        **{split: splits[split] for split in ("train", "validation", "test")},
    }


def examine_files(
    paths: Sequence[Path], keys: Sequence[str], config: RawVideosConfig, *, cache: Path, workers: int, events: Events
) -> list[Outcome]:
    """Outcomes of `examine` for each file, under the limits of the configuration."""
    limits = config.limits
    service = DecodeService(cache, workers, limits.max_seconds, limits.max_memory_bytes, events, unit="files")
    return service.outcomes(examine, [Item(key, _Task(path, config)) for path, key in zip(paths, keys, strict=True)])


def _examine_all(config: RawVideosConfig, sources: Sources, entries: Sequence[Listed], job: Job) -> list[Outcome]:
    common = {
        "code": code_version(import_closure(__name__)),
        "limits": config.limits,
        "near_duplicates": config.near_duplicates,
        "decoder": decoder_build(),
    }
    return examine_files(
        [sources.path_of(entry) for entry in entries],
        [fingerprint({**common, "sha256": entry.sha256}) for entry in entries],
        config,
        cache=job.cache,
        workers=job.runtime.workers,
        events=job.events,
    )


def _video_row(entry: Listed, found: Mapping[str, Any], placement: Placement, about: About) -> dict[str, Any]:
    return {
        "video_id": entry.sha256,
        "uri": entry.uri,
        "source": entry.source,
        "bytes": entry.bytes,
        **found["probe"],
        "perceptual_hashes": found["hashes"]["shown"][0],
        "split": placement.split,
        "cluster_id": placement.cluster_id,
        "licence": about.licence,
        "origin": about.origin,
        "context_json": about.context_json,
        "reader": reader_name(),
    }


def _quarantine(
    sources: Sources,
    entries: Sequence[Listed],
    outcomes: Sequence[Outcome],
    good: Sequence[tuple[Listed, Any]],
    placements: Sequence[Placement],
    barred: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Rows of the quarantine, in the order of the list; what could not even be read comes last."""
    like = {entry.sha256: p.like for (entry, _), p in zip(good, placements, strict=True) if p.split is None}
    rows = []
    for entry, outcome in zip(entries, outcomes, strict=True):
        if outcome.failure is not None:
            rows.append(_bad(entry, outcome.failure.code, outcome.failure.message))
        elif entry.sha256 in barred:
            reason = f"its licence, {barred[entry.sha256]}, is in raw_videos.refused_licences of params.yaml"
            rows.append(_bad(entry, REFUSED_LICENCE, reason))
        elif entry.sha256 in like:
            ids = ", ".join(video_id[:12] for video_id in like[entry.sha256])
            rows.append(_bad(entry, ACROSS_SPLITS, f"resembles videos of two splits: {ids}"))
    for item in sources.unreadable:
        uri = f"{item.source}/{item.name}"
        rows.append(
            {
                "uri": uri,
                "source": item.source,
                "code": "unreadable",
                "reason": item.reason,
                "bytes": 0,
                "sha256": None,
            }
        )
    return rows


def _bad(entry: Listed, code: str, reason: str) -> dict[str, Any]:
    return {
        "uri": entry.uri,
        "source": entry.source,
        "code": code,
        "reason": reason,
        "bytes": entry.bytes,
        "sha256": entry.sha256,
    }


def _check_every_folder_gave_something(
    sources: Sources, usable: Collection[str], quarantine: Sequence[Mapping[str, Any]]
) -> None:
    """A folder that was named and gives nothing is a mistake, however many clips other folders have."""
    gave = {entry.source for entry in sources.files if entry.sha256 in usable}
    barren = [source for source in sources.sources if source.name not in gave]
    if not barren and usable:
        return
    bad = [row for row in quarantine if row["source"] in {source.name for source in barren}]
    reasons = [f"{row['uri']}: {row['reason'].splitlines()[0]} ({row['code']})" for row in bad[:_MAX_REASONS]]
    more = f"; and {len(bad) - _MAX_REASONS} more" if len(bad) > _MAX_REASONS else ""
    folders = ", ".join(source.path for source in barren) or "no folder"
    num_ignored = sum(source.num_ignored for source in barren)
    found = "; ".join(reasons) + more if reasons else f"no video file; {num_ignored} other files"
    raise EmptyOutputError(
        f"no file of {folders} can be used as a video",
        found=found,
        wanted="at least one whole video in each folder: MP4, MOV, MKV, WebM, AVI, GIF, 3GP, FLV, MPEG",
        next_step="put videos into the folder, repair the files named above, or leave it out: make run VIDEOS=",
    )
