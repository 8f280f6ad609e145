"""The labels of a corpus measured again, clip by clip: an answer about each, kept by what it depends on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from sv6d.artifacts import Job
from sv6d.batch.keyed_map import Item, keyed_map
from sv6d.errors import ArtifactError
from sv6d.fingerprint import code_version, fingerprint, import_closure
from sv6d.quality.verify.answers import Answer
from sv6d.quality.verify.check import check_document
from sv6d.quality.verify.look import look
from sv6d.schema.document import Document
from sv6d.video.manifest import Locator
from sv6d.video.reader import decoder_build


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

    Raises:
        ArtifactError: a video is gone, or can not be measured.
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
    found: dict[str, dict[str, Answer]] = {}
    for document, item, outcome in zip(documents, items, outcomes, strict=True):
        if outcome.value is None:
            raise ArtifactError(
                f"{item.payload.path.name} can not be measured again",
                found=str(outcome.failure),
                wanted="the frames that its labels are about",
                next_step="look at the file and at the memory of this machine, then rebuild filtered_corpus",
            )
        stored: Mapping[str, dict[str, str]] = orjson.loads(outcome.value)
        found[document.video.sha256] = {name: Answer(**answer) for name, answer in stored.items()}  # type: ignore[arg-type]
    return found
