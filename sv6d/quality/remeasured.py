"""The labels of a corpus measured again, clip by clip: an answer about each, kept by what it depends on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from sv6d.artifacts import Job
from sv6d.batch.keyed_map import Item, Outcome, keyed_map
from sv6d.fingerprint import code_version, fingerprint, import_closure
from sv6d.quality.verify.answer import Answer
from sv6d.quality.verify.check import check_document
from sv6d.quality.verify.look import look
from sv6d.schema.document import Document
from sv6d.video.manifest import Locator
from sv6d.video.reader import decoder_build

VIDEO_UNMEASURED = "video_unmeasured"


@dataclass(frozen=True)
class _Task:
    """One video and its document; goes to a worker process."""

    path: Path
    document: Document


def examine(task: _Task) -> bytes:
    """{label id: answer} of one document as JSON. Runs in a worker process."""
    answers = check_document(task.document, look(task.path)).labels
    return orjson.dumps({name: answer.as_json() for name, answer in answers.items()})


def _claims(document: Document) -> dict[str, Any]:
    """What the answers depend on; what a label cites and how sure it is does not count."""
    labels = [[label.id, label.field, label.value, label.start_ns, label.end_ns] for label in document.labels]
    shots = [shot.model_dump(mode="json", include={"id", "boundary_in"}) for shot in document.shots]
    return {"video": document.video.sha256, "shots": shots, "labels": labels}


def measure_again(documents: Sequence[Document], job: Job, *, limit_s: float) -> dict[str, dict[str, Answer]]:
    """{video_id: {label id: answer}} for every document.

    A video that can not be measured (it takes too long, or too much memory) contradicts nothing: its
    labels are not checkable, for the reason `VIDEO_UNMEASURED`.

    Raises:
        ArtifactError: a video's bytes are gone.
    """
    locator = Locator(job.runtime.sources)
    base = {"code": code_version(import_closure("sv6d.quality.verify.check")), "reader": decoder_build()}
    items = [
        Item(
            fingerprint({**base, "claims": _claims(document)}),
            _Task(locator.path(document.video.sha256), document),
        )
        for document in documents
    ]
    outcomes = keyed_map(
        examine, items, cache=job.cache, workers=job.runtime.workers, limit_s=limit_s, events=job.events
    )
    return {
        document.video.sha256: _answers(document, outcome)
        for document, outcome in zip(documents, outcomes, strict=True)
    }


def _answers(document: Document, outcome: Outcome) -> dict[str, Answer]:
    if outcome.failure is not None:
        told = f"{outcome.failure.code}: {outcome.failure.message}"
        return {
            label.id: Answer("not_checkable", label.value, None, VIDEO_UNMEASURED, told) for label in document.labels
        }
    assert outcome.value is not None  # an outcome has one of both
    stored: Mapping[str, dict[str, str]] = orjson.loads(outcome.value)
    return {name: Answer(**answer) for name, answer in stored.items()}  # type: ignore[arg-type]
