"""One video's document, from what was measured and what the annotator says of its shots: the work of one process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from sv6d.annotate.adapter_labels import adapter_labels
from sv6d.annotate.config import AnnotationsConfig
from sv6d.annotate.records import record_source, write_records
from sv6d.annotate.rule_labels import rule_labels
from sv6d.model.answer import Answer, Request
from sv6d.model.asked import AskedModel
from sv6d.model.prompts import SHOT_LABELS
from sv6d.schema.document import Document, Evidence, Shot, Source
from sv6d.schema.versions import dump_document, load_document
from sv6d.video.manifest import VideoRow
from sv6d.video.windows import Window, read_clip

if TYPE_CHECKING:
    from sv6d.model.load import VideoLanguageModel


@dataclass(frozen=True)
class Task:
    """One video to annotate."""

    row: VideoRow
    shots: tuple[Shot, ...]
    evidence: tuple[Evidence, ...]

    @property
    def windows(self) -> tuple[Window, ...]:
        """What the adapter is shown: one window per shot."""
        return tuple(Window(self.row.video_id, shot.start_ns, shot.end_ns) for shot in self.shots)


@dataclass(frozen=True)
class ShownTask:
    """A video with the files of its shots' frames, in their order; goes to a worker process."""

    task: Task
    clips: tuple[Path, ...]


@dataclass(frozen=True)
class Annotated:
    """A video's document, and what was left out of it, by name."""

    document: Document
    counts: Mapping[str, int]

    def as_bytes(self) -> bytes:
        return orjson.dumps({"document": dump_document(self.document), "counts": dict(self.counts)})


def read_annotated(raw: bytes, name: str) -> Annotated:
    """What `Annotated.as_bytes` has written.

    Raises:
        SchemaError: it is no document of a known version; `name` tells which one.
    """
    stored = orjson.loads(raw)
    return Annotated(load_document(stored["document"], name=name), stored["counts"])


@dataclass(frozen=True, kw_only=True)
class Annotator(AskedModel):
    """The base model with the adapter, and who labels are by: the adapter's, and those of rules."""

    config: AnnotationsConfig
    source: Source
    ruled_by: Source

    def answer(self, model: VideoLanguageModel, payload: Any) -> bytes:
        """The `Annotated` video of a `ShownTask`."""
        shown: ShownTask = payload
        requests = [Request(read_clip(path), SHOT_LABELS.text) for path in shown.clips]
        # Shots of one video only: the padding of a batch bears on rounding, and a clip's labels must not
        # depend on which other clips there are, nor on which process was asked.
        answers = model.answers(requests, max_new_tokens=self.config.max_new_tokens, batch_size=self.config.batch_size)
        return write_document(shown.task, answers, self.config, self.ruled_by, self.source).as_bytes()


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
