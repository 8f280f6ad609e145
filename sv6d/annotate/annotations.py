"""The stage `annotations`: an SV6D document for every video, from evidence rules, the adapter and the sidecar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import ceil
from pathlib import Path

from sv6d.annotate.adapter_labels import COUNTS
from sv6d.annotate.annotating import Annotated, Annotator, ShownTask, Task, read_annotated
from sv6d.annotate.config import AnnotationsConfig
from sv6d.annotate.documents import DOCUMENTS_NAME, write_documents
from sv6d.annotate.rule_labels import rule_source
from sv6d.artifacts import Counts, Job, read_record
from sv6d.batch.keyed_map import Item, Outcome, prepared_map
from sv6d.errors import ArtifactError
from sv6d.evidence.records import read_evidence
from sv6d.fingerprint import code_version, fingerprint, import_closure
from sv6d.model.asked import BATCH_LIMIT_S, MAX_MEMORY_BYTES, answering_slots
from sv6d.model.prompts import SHOT_LABELS
from sv6d.model.sampling import read_sampling
from sv6d.schema.document import Source
from sv6d.shots.records import read_shots
from sv6d.video.manifest import Locator, VideoRow, read_videos
from sv6d.video.windows import Framing, reader_build, sample_files

_RECORD_COUNTS = ("cut_rationales", "tension_curves", "packaging_cues")


def run(config: AnnotationsConfig, job: Job) -> Counts:
    """Write `documents.jsonl`, sorted by video. A video whose key is in the cache is not asked about again.

    Returns:
        `items` = documents; labels by producer, places that no rule could read (`unmeasured`), what
        became of the rest of the adapter's answers (`AdapterLabels`), records by kind, and
        `videos_without_shots`.
    """
    adapter = adapter_source(job.inputs["annotator"])
    rows = read_videos(job.inputs["raw_videos"])
    items = _items(config, job, rows, adapter)
    slots, device = answering_slots(job.runtime)
    annotator = Annotator(
        folder=job.inputs["base_model"].absolute(),
        adapter=job.inputs["annotator"].absolute() / "adapter",
        device=device,
        config=config,
        source=adapter,
        ruled_by=rule_source(config.rules),
    )
    most_shots = max((len(item.payload.shots) for item in items), default=1)
    outcomes = prepared_map(
        annotator,
        items,
        cache=job.cache,
        slots=slots,
        limit_s=BATCH_LIMIT_S * ceil(most_shots / config.batch_size),
        max_memory_bytes=MAX_MEMORY_BYTES,
        events=job.events,
        unit="clips",
        fetch=lambda missing: _shown(missing, len(items), job),
    )
    found = [_annotated(item.payload, outcome) for item, outcome in zip(items, outcomes, strict=True)]
    write_documents(job.out / DOCUMENTS_NAME, [one.document for one in found])
    counts = Counter(dict.fromkeys(("rule_labels", "adapter_labels", "unmeasured", *COUNTS, *_RECORD_COUNTS), 0))
    for one in found:
        counts.update(one.counts)
    return {"items": len(found), **counts, "videos_without_shots": len(rows) - len(items)}


def adapter_source(annotator: Path) -> Source:
    """Who the adapter's labels are by: the adapter's files by their digest, and the prompt."""
    files = read_record(annotator).files
    hashes = {name: str(entry["sha256"]) for name, entry in files.items() if name.startswith("adapter/")}
    return Source(producer="adapter", name="annotator", digest=fingerprint(hashes), prompt_id=SHOT_LABELS.prompt_id)


def _items(config: AnnotationsConfig, job: Job, rows: Sequence[VideoRow], adapter: Source) -> list[Item]:
    """A `Task` for every video that has shots; the key names everything that its document depends on."""
    shots, evidence = read_shots(job.inputs["shots"]), read_evidence(job.inputs["evidence"])
    shared = {
        "config": config,
        "code": code_version(import_closure("sv6d.annotate.annotations")),
        "adapter": adapter.digest,
        "base_model": read_record(job.inputs["base_model"]).digest,
        "reader": reader_build(read_sampling(job.inputs["base_model"]).reader),
    }
    items = []
    for row in rows:
        if row.video_id in shots:
            measured = tuple(evidence.get(row.video_id, ()))
            own = {
                "video": row.as_video().model_dump(mode="json"),
                "shots": [shot.model_dump(mode="json") for shot in shots[row.video_id]],
                "evidence": [item.model_dump(mode="json") for item in measured],
            }
            items.append(Item(fingerprint({**shared, **own}), Task(row, shots[row.video_id], measured)))
    return items


def _shown(missing: Sequence[Item], num_all: int, job: Job) -> list[ShownTask]:
    """The missing tasks with their frames, all decoded before the first of them is asked about: GPUs of a cluster
    are not held meanwhile, and those that are held are then busy to the end."""
    job.events.message(f"{num_all - len(missing)} of {num_all} clips are annotated already")
    tasks: list[Task] = [item.payload for item in missing]
    if not tasks:
        return []
    files = sample_files(
        [window for task in tasks for window in task.windows],
        Framing(**read_sampling(job.inputs["base_model"]).as_dict()),
        locator=Locator(job.runtime.sources),
        cache=job.frames,
        workers=job.runtime.workers,
        events=job.events,
    )
    return [ShownTask(task, tuple(files[window] for window in task.windows)) for task in tasks]


def _annotated(task: Task, outcome: Outcome) -> Annotated:
    value = outcome.value
    if value is None:
        raise ArtifactError(
            f"{task.row.uri} can not be annotated",
            found=str(outcome.failure),
            wanted="an answer of the model about each of its shots",
            next_step="look at the file, the model and the memory of the machine; the other clips are kept, "
            "and the next run asks about this one alone",
        )
    return read_annotated(value, name=f"{outcome.key}.json")
