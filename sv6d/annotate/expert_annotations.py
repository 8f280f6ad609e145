"""Documents by experts (or the studio's truth): validated, matched with the videos, split."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sv6d.annotate.config import ExpertAnnotationsConfig
from sv6d.annotate.documents import DOCUMENTS_NAME, HELD_OUT_NAME, write_documents
from sv6d.annotate.tables import REFUSED_DOCUMENTS
from sv6d.artifacts import Counts, Job, JobRuntime
from sv6d.errors import ArtifactError, EmptyOutputError, SchemaError
from sv6d.fingerprint import fingerprint
from sv6d.schema.document import Document
from sv6d.schema.versions import load_document
from sv6d.timeline import seconds
from sv6d.video.manifest import VideoRow, read_videos
from sv6d.video.sources import Listed, Sources, read_sources

_TRAIN = "train"


@dataclass(frozen=True)
class _Read:
    """A listed file, the document in it (None: it could not be read), and why it is refused ("" if not)."""

    entry: Listed
    document: Document | None
    code: str = ""
    reason: str = ""


def run(config: ExpertAnnotationsConfig, job: Job) -> Counts:
    """Write `documents.jsonl` (training split), `held_out.jsonl` (the others) and `quarantine.parquet`.

    Returns:
        `items` = accepted documents, and how many were held out and refused.

    Raises:
        EmptyOutputError: no document can be used.
        ArtifactError: a document was changed or removed after it was listed.
    """
    videos = {row.video_id: row for row in read_videos(job.inputs["raw_videos"])}
    read = _judge(_read_all(read_sources(job.runtime.sources)), videos, config)
    refused = [item for item in read if item.code]
    accepted = [item.document for item in read if item.document is not None and not item.code]
    if not accepted:
        raise EmptyOutputError(
            "there is no expert document to learn from",
            found=f"{len(read)} documents listed; refused: {_first_reasons(refused)}",
            wanted="at least one SV6D document about a video of raw_videos",
            next_step="add a folder of documents (DOCUMENTS=folder), correct them, or list the studio again: make run",
        )
    train = [document for document in accepted if videos[document.video.sha256].split == _TRAIN]
    held_out = [document for document in accepted if videos[document.video.sha256].split != _TRAIN]
    write_documents(job.out / DOCUMENTS_NAME, train)
    write_documents(job.out / HELD_OUT_NAME, held_out)
    REFUSED_DOCUMENTS.write(job.out, [_row(item) for item in refused])
    job.events.progress("documents", len(read), len(read), refused=len(refused))
    return {
        "items": len(accepted),
        "train": len(train),
        "held_out": len(held_out),
        "labels": sum(len(document.labels) for document in accepted),
        "refused": len(refused),
    }


def narrow(config: ExpertAnnotationsConfig, inputs: Mapping[str, Path], runtime: JobRuntime) -> dict[str, str]:
    """The part of `raw_videos` that this stage uses: the videos that have a document, and the documents.

    A new clip without a document changes nothing here, so it does not make the annotator stale.
    """
    listed = read_sources(runtime.sources)
    named = {item.document.video.sha256 for item in _read_all(listed) if item.document is not None}
    used = [
        [row.video_id, row.split, row.duration_ns, row.num_frames]
        for row in read_videos(inputs["raw_videos"])
        if row.video_id in named
    ]
    documents = sorted([entry.source, entry.name, entry.sha256] for entry in listed.documents)
    return {"raw_videos": fingerprint({"videos": used, "documents": documents})}


def _read_all(listed: Sources) -> list[_Read]:
    """Every listed document, by source and name; unreadable ones are refused, not fatal."""
    read = []
    for entry in sorted(listed.documents, key=lambda entry: (entry.source, entry.name)):
        path = listed.document_path(entry)
        data = path.read_bytes() if path.is_file() else None
        if data is None or hashlib.sha256(data).hexdigest() != entry.sha256:
            raise ArtifactError(
                f"document {entry.uri} is not the one that was listed",
                found="no such file" if data is None else "other bytes",
                wanted=f"sha256 {entry.sha256}",
                next_step="list the sources again (make run does), or put the file back",
            )
        try:
            read.append(_Read(entry, load_document(data, name=entry.name)))
        except SchemaError as error:
            read.append(_Read(entry, None, error.code, error.found))
    return read


def _judge(read: list[_Read], videos: Mapping[str, VideoRow], config: ExpertAnnotationsConfig) -> list[_Read]:
    """The same documents, those that do not fit the videos or the settings refused with a reason."""
    taken: dict[str, str] = {}
    judged = []
    for item in read:
        if item.document is None:
            judged.append(item)
            continue
        code, reason = _refusal(item.document, videos, config)
        video_id = item.document.video.sha256
        if not code and video_id in taken:
            code, reason = "second_document", f"{taken[video_id]} is about the same video and comes first"
        if not code:
            taken[video_id] = item.entry.uri
        judged.append(_Read(item.entry, item.document, code, reason))
    return judged


def _refusal(document: Document, videos: Mapping[str, VideoRow], config: ExpertAnnotationsConfig) -> tuple[str, str]:
    """(code, reason) why a readable document is refused; ("", "") if it is not."""
    if not document.labels:
        return "no_labels", "the document says nothing"
    strangers = sorted({label.source.producer for label in document.labels} - set(config.producers))
    if strangers:
        return "producer", f"labels by {', '.join(strangers)}; accepted: {', '.join(config.producers)}"
    row = videos.get(document.video.sha256)
    if row is None:
        return "unknown_video", f"video {document.video.sha256} is not in raw_videos (not listed, or quarantined)"
    # Two clocks of one file may place its end one frame apart; more means another file or another cut of it.
    tolerance_ns = row.duration_ns // row.num_frames + 1
    if abs(document.video.duration_ns - row.duration_ns) > tolerance_ns:
        said_s, measured_s = seconds(document.video.duration_ns), seconds(row.duration_ns)
        return "duration", f"the document says {said_s:.3f} s, the video lasts {measured_s:.3f} s"
    return "", ""


def _row(item: _Read) -> dict[str, str | None]:
    return {
        "source": item.entry.source,
        "name": item.entry.name,
        "sha256": item.entry.sha256,
        "video_id": item.document.video.sha256 if item.document is not None else None,
        "code": item.code,
        "reason": item.reason,
    }


def _first_reasons(refused: list[_Read]) -> str:
    shown = [f"{item.entry.uri} ({item.code}: {item.reason})" for item in refused[:3]]
    return "; ".join(shown) + (f"; and {len(refused) - 3} more" if len(refused) > 3 else "") if shown else "none"
