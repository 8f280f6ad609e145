"""`render_folder`: the corpus of a config as a folder of clips and their documents."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import PIL

from sv6d.batch.keyed_map import Item, keyed_map
from sv6d.errors import WorkerError
from sv6d.events import Events
from sv6d.fingerprint import code_version, fingerprint, import_closure
from sv6d.io import dump_json, fsync_path, sha256_file, write_bytes, write_json
from sv6d.schema.versions import dump_document, read_document
from sv6d.studio.config import StudioConfig
from sv6d.studio.encode import encode_clip
from sv6d.studio.from_document import Omission, plan_of
from sv6d.studio.plan import ClipPlan
from sv6d.studio.planner import plan_clip
from sv6d.studio.read_back import read_back
from sv6d.studio.seeds import corpus_seed
from sv6d.studio.staged_frame import paint_of
from sv6d.studio.staged_truth import staged_truth
from sv6d.studio.staging import UNSTAGED, Staging
from sv6d.video.reader import decoder_build
from sv6d.video.sources import MANIFEST_NAME

DOCUMENTS = "documents"
# Hidden, so that nobody takes it for a sidecar: what is whole in this folder, and scratch of a run.
_RECORD, _SCRATCH = ".rendered.json", ".rendering"
_OURS = re.compile(r"\.?studio_\d{4,}\.(mp4|json)(\.partial)?")
_LIMIT_S = 600.0  # ours: a clip takes seconds; a hundred times that is a hang
_LICENCE = "rendered by this library; no third-party content"


@dataclass(frozen=True, slots=True)
class _Job:
    """One clip to render: picklable, for a worker."""

    seed: int
    config: StudioConfig
    video: Path
    document: Path


def render_folder(config: StudioConfig, out: Path, workers: int, events: Events) -> int:
    """Make `out` hold exactly the clips of `config`; returns how many were rendered now.

    `NAME.mp4`, `documents/NAME.json` (the exact SV6D document) for NAME = studio_0000 ..., and
    `manifest.csv` (licence and origin). A clip that is there whole, from an equal plan and equal
    code, is left alone; clips of another config are removed. A killed run goes on where it was.

    Raises:
        WorkerError: a clip could not be rendered.
    """
    (out / DOCUMENTS).mkdir(parents=True, exist_ok=True)
    code = _code()
    wanted = {f"studio_{index:04d}": corpus_seed(config, index) for index in range(config.num_clips)}
    keys = {name: _key(plan_clip(seed, config), config, code) for name, seed in wanted.items()}
    _remove_others(out, set(wanted))
    record = _read_record(out)
    missing = [name for name in wanted if not _is_whole(out, name, keys[name], record)]
    jobs = [Item(keys[name], _Job(wanted[name], config, *_paths(out, name))) for name in missing]
    scratch = _scratch(out, config, code)
    outcomes = keyed_map(_render, jobs, cache=scratch, workers=workers, limit_s=_LIMIT_S, events=events) if jobs else []
    kept = {name: record[name] for name in wanted if name in record and name not in missing}
    for name, outcome in zip(missing, outcomes, strict=True):
        if outcome.value is not None:
            kept[name] = {"key": outcome.key, **orjson.loads(outcome.value)}
    write_json(out / _RECORD, kept)
    if jobs:
        shutil.rmtree(out / _SCRATCH)
    failed = [(name, o.failure) for name, o in zip(missing, outcomes, strict=True) if o.failure is not None]
    if failed:
        name, failure = failed[0]
        raise WorkerError(
            f"{len(failed)} of {len(wanted)} clips could not be rendered",
            found=f"{name}: {failure.code}: {failure.message}" if failure else name,
            wanted="every clip of the config",
            next_step="run again: what is whole is kept",
        )
    _write_manifest(out, wanted)
    return len(missing)


def render_document(source: Path, config: StudioConfig, out: Path) -> tuple[Path, tuple[Omission, ...]]:
    """Render a clip that shows what a document says; returns the clip, and what it does not show.

    Writes `NAME.mp4` and `documents/NAME.json` (what the clip shows, exactly) into `out`, for the document's
    NAME. Of `config` sizes and encoding count.

    Raises:
        SchemaError: the document breaks the schema.
        InputError: a shot is too short to be drawn.
    """
    plan, staging, omitted = plan_of(read_document(source))
    (out / DOCUMENTS).mkdir(parents=True, exist_ok=True)
    video, document = _paths(out, source.stem)
    write_clip(plan, config, video, document, staging)
    return video, omitted


def _render(job: _Job) -> bytes:
    """Render one clip and its document into place; returns their hashes as JSON."""
    digest = write_clip(plan_clip(job.seed, job.config), job.config, job.video, job.document)
    return orjson.dumps({"video": digest, "document": sha256_file(job.document)})


def write_clip(plan: ClipPlan, config: StudioConfig, video: Path, path: Path, staging: Staging = UNSTAGED) -> str:
    """Encode a plan, write its document, and put both into place; returns the clip's SHA-256."""
    partial = video.with_name(f".{video.name}.partial")
    encode_clip(plan, config, partial, paint_of(plan, staging))
    document = staged_truth(plan, staging, *read_back(partial))
    fsync_path(partial)
    write_bytes(path, dump_json(dump_document(document)))
    partial.replace(video)
    fsync_path(video.parent)
    return document.video.sha256


def _code() -> str:
    """Version of all code that has a say in a clip's bytes or its document."""
    files = {
        *import_closure("sv6d.studio.encode"),
        *import_closure("sv6d.studio.staged_truth"),
        Path(__file__).resolve(),
    }
    return code_version(tuple(files))


def _key(plan: ClipPlan, config: StudioConfig, code: str) -> str:
    settings = config.model_dump(exclude={"seed", "num_clips"})
    build = {**decoder_build(), "pillow": PIL.__version__}
    return fingerprint({"plan": plan.as_json(), "settings": settings, "build": build, "code": code})


def _paths(out: Path, name: str) -> tuple[Path, Path]:
    return out / f"{name}.mp4", out / DOCUMENTS / f"{name}.json"


def _scratch(out: Path, config: StudioConfig, code: str) -> Path:
    """Where a killed run of this config left its results; those of others, whose files are gone, are removed."""
    own = out / _SCRATCH / fingerprint({"config": config, "code": code})
    for folder in (out / _SCRATCH).glob("*"):
        if folder != own:
            shutil.rmtree(folder)
    return own


def _read_record(out: Path) -> dict[str, dict[str, str]]:
    """What the last run left whole: key and hashes by name; nothing where there was none."""
    path = out / _RECORD
    record: dict[str, dict[str, str]] = orjson.loads(path.read_bytes()) if path.is_file() else {}
    return record


def _is_whole(out: Path, name: str, key: str, record: Mapping[str, Mapping[str, Any]]) -> bool:
    video, document = _paths(out, name)
    noted = record.get(name)
    return (
        noted is not None
        and noted["key"] == key
        and video.is_file()
        and document.is_file()
        and sha256_file(video) == noted["video"]
        and sha256_file(document) == noted["document"]
    )


def _remove_others(out: Path, names: set[str]) -> None:
    """Remove clips and documents of other configs, and what a killed run left half-written."""
    for path in (*out.iterdir(), *(out / DOCUMENTS).iterdir()):
        if _OURS.fullmatch(path.name) and (path.suffix == ".partial" or path.stem not in names):
            path.unlink()


def _write_manifest(out: Path, wanted: Mapping[str, int]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("file", "licence", "source"))
    for name, seed in wanted.items():
        writer.writerow((f"{name}.mp4", _LICENCE, f"sv6d studio, seed {seed}"))
    write_bytes(out / MANIFEST_NAME, text.getvalue().encode())
