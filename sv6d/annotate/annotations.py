"""The stage `annotations`: an SV6D document for every video, from evidence rules, the adapter and the sidecar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from sv6d.annotate.adapter_labels import COUNTS, adapter_labels
from sv6d.annotate.config import AnnotationsConfig
from sv6d.annotate.documents import DOCUMENTS_NAME, write_documents
from sv6d.annotate.records import record_source, write_records
from sv6d.annotate.rule_labels import rule_labels, rule_source
from sv6d.artifacts import Counts, Job, read_record
from sv6d.evidence.records import read_evidence
from sv6d.fingerprint import code_version, fingerprint, import_closure
from sv6d.io import write_bytes
from sv6d.model.load import Answer, Request, VideoLanguageModel, load_model
from sv6d.model.prompts import SHOT_LABELS
from sv6d.model.sampling import FrameSampling, read_sampling
from sv6d.schema.document import Document, Evidence, Shot, Source
from sv6d.schema.versions import dump_document, load_document
from sv6d.shots.records import read_shots
from sv6d.video.manifest import Locator, VideoRow, read_videos
from sv6d.video.windows import Framing, Window, reader_build, sample_windows

# Frames of as many clips as fit are decoded together. Ours: well below what a model of any size takes.
_MAX_PIXEL_BYTES = 256 * 1024 * 1024
_RECORD_COUNTS = ("cut_rationales", "tension_curves", "packaging_cues")


@dataclass(frozen=True)
class Task:
    """One video to annotate; `key` names everything that its document depends on."""

    row: VideoRow
    shots: tuple[Shot, ...]
    evidence: tuple[Evidence, ...]
    key: str

    @property
    def windows(self) -> tuple[Window, ...]:
        """What the adapter is shown: one window per shot."""
        return tuple(Window(self.row.video_id, shot.start_ns, shot.end_ns) for shot in self.shots)


@dataclass(frozen=True)
class Annotated:
    """A video's document, and what was left out of it, by name."""

    document: Document
    counts: Mapping[str, int]


def run(config: AnnotationsConfig, job: Job) -> Counts:
    """Write `documents.jsonl`, sorted by video. A video whose key is in the cache is not asked about again.

    Returns:
        `items` = documents; labels by producer, places that no rule could read (`unmeasured`), what
        became of the rest of the adapter's answers (`AdapterLabels`), records by kind, and
        `videos_without_shots`.
    """
    adapter = adapter_source(job.inputs["annotator"])
    rows = read_videos(job.inputs["raw_videos"])
    tasks = _tasks(config, job, rows, adapter)
    done = {task.key: kept for task in tasks if (kept := _stored(job.cache, task.key)) is not None}
    missing = [task for task in tasks if task.key not in done]
    job.events.message(f"{len(done)} of {len(tasks)} clips are annotated already")
    job.events.begin(done_before=len(done))
    for task, annotated in _annotate(missing, config, job, adapter):
        _store(job.cache, task.key, annotated)
        done[task.key] = annotated
        job.events.progress("clips", len(done), len(tasks))
    found = [done[task.key] for task in tasks]
    write_documents(job.out / DOCUMENTS_NAME, [item.document for item in found])
    counts = Counter(dict.fromkeys(("rule_labels", "adapter_labels", "unmeasured", *COUNTS, *_RECORD_COUNTS), 0))
    for item in found:
        counts.update(item.counts)
    return {"items": len(found), **counts, "videos_without_shots": len(rows) - len(tasks)}


def adapter_source(annotator: Path) -> Source:
    """Who the adapter's labels are by: the adapter's files by their digest, and the prompt."""
    files = read_record(annotator).files
    hashes = {name: str(entry["sha256"]) for name, entry in files.items() if name.startswith("adapter/")}
    return Source(producer="adapter", name="annotator", digest=fingerprint(hashes), prompt_id=SHOT_LABELS.prompt_id)


def _tasks(config: AnnotationsConfig, job: Job, rows: Sequence[VideoRow], adapter: Source) -> list[Task]:
    shots, evidence = read_shots(job.inputs["shots"]), read_evidence(job.inputs["evidence"])
    shared = {
        "config": config,
        "code": code_version(import_closure("sv6d.annotate.annotations")),
        "adapter": adapter.digest,
        "base_model": read_record(job.inputs["base_model"]).digest,
        "reader": reader_build(read_sampling(job.inputs["base_model"]).reader),
    }
    tasks = []
    for row in rows:
        if row.video_id in shots:
            measured = tuple(evidence.get(row.video_id, ()))
            own = {
                "video": row.as_video().model_dump(mode="json"),
                "shots": [shot.model_dump(mode="json") for shot in shots[row.video_id]],
                "evidence": [item.model_dump(mode="json") for item in measured],
            }
            tasks.append(Task(row, shots[row.video_id], measured, fingerprint({**shared, **own})))
    return tasks


def _annotate(
    tasks: Sequence[Task], config: AnnotationsConfig, job: Job, adapter: Source
) -> Iterator[tuple[Task, Annotated]]:
    """Each task with its document. The model is loaded only where there is one."""
    if not tasks:
        return
    sampling = read_sampling(job.inputs["base_model"])
    locator = Locator(job.runtime.sources)
    model = load_model(job.inputs["base_model"], adapter=job.inputs["annotator"] / "adapter", device=job.runtime.device)
    ruled_by = rule_source(config.rules)
    for group in _groups(tasks, sampling):
        windows = {
            task.key: [Window(task.row.video_id, shot.start_ns, shot.end_ns) for shot in task.shots] for task in group
        }
        clips = sample_windows(
            [window for own in windows.values() for window in own],
            Framing(**sampling.as_dict()),
            locator=locator,
            cache=job.frames,
            workers=job.runtime.workers,
            events=job.events,
        )
        for task in group:
            requests = [Request(clips[window], SHOT_LABELS.text) for window in task.windows]
            yield task, write_document(task, _ask(model, requests, config), config, ruled_by, adapter)


def _ask(model: VideoLanguageModel, requests: Sequence[Request], config: AnnotationsConfig) -> list[Answer]:
    # Shots of one video only: the padding of a batch bears on rounding, and a clip's labels must not
    # depend on which other clips there are.
    return model.answers(requests, max_new_tokens=config.max_new_tokens, batch_size=config.batch_size)


def write_document(
    task: Task, answers: Sequence[Answer], config: AnnotationsConfig, ruled_by: Source, adapter: Source
) -> Annotated:
    """The document of one video from its evidence and one answer per shot."""
    by_rule, num_unmeasured = rule_labels(task.shots, task.evidence, config.rules, ruled_by)
    said = adapter_labels(task.shots, answers, task.evidence, by_rule, fields=config.adapter_fields, source=adapter)
    video = task.row.as_video()
    labels = tuple(sorted((*by_rule, *said.labels), key=lambda label: (label.start_ns, label.end_ns, label.id)))
    records = write_records(
        task.shots, task.evidence, labels, video.context, config.tension, record_source(config.tension)
    )
    document = Document(
        video=video,
        shots=task.shots,
        evidence=(*task.evidence, *records.evidence),
        labels=labels,
        cut_rationales=records.cut_rationales,
        tension=records.tension,
        packaging_cues=records.packaging_cues,
    )
    counts = {
        "rule_labels": len(by_rule),
        "adapter_labels": len(said.labels),
        "unmeasured": num_unmeasured,
        **said.counts,
        "cut_rationales": len(records.cut_rationales),
        "tension_curves": int(records.tension is not None),
        "packaging_cues": len(records.packaging_cues),
    }
    return Annotated(document, counts)


def _groups(tasks: Sequence[Task], sampling: FrameSampling) -> Iterator[list[Task]]:
    """Tasks in order, as many together as keep their frames within `_MAX_PIXEL_BYTES`; at least one."""
    clip_bytes = 3 * sampling.num_frames * sampling.height_px * sampling.width_px
    group: list[Task] = []
    for task in tasks:
        if group and clip_bytes * sum(len(other.shots) for other in (*group, task)) > _MAX_PIXEL_BYTES:
            yield group
            group = []
        group.append(task)
    yield group


def _path(cache: Path, key: str) -> Path:
    return cache / "documents" / key[:2] / f"{key}.json"


def _store(cache: Path, key: str, annotated: Annotated) -> None:
    stored = {"document": dump_document(annotated.document), "counts": dict(annotated.counts)}
    write_bytes(_path(cache, key), orjson.dumps(stored))


def _stored(cache: Path, key: str) -> Annotated | None:
    path = _path(cache, key)
    if not path.is_file():
        return None
    stored = orjson.loads(path.read_bytes())
    return Annotated(load_document(stored["document"], name=path.name), stored["counts"])
