"""The stage `feedbench`: questions about test videos whose answers come from experts, never from our labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

from sv6d.annotate.documents import HELD_OUT_NAME, read_documents
from sv6d.artifacts import Counts, Job
from sv6d.bench.baselines import learn_baselines
from sv6d.bench.config import FeedbenchConfig
from sv6d.bench.datasheet import write_datasheet
from sv6d.bench.draw import Candidate, draw, expert_questions
from sv6d.bench.items import Item, Key, read_benchmark, write_benchmark
from sv6d.errors import EmptyOutputError, InputError
from sv6d.evidence.records import read_evidence
from sv6d.fingerprint import fingerprint
from sv6d.schema.document import Document, Evidence, Shot
from sv6d.schema.versions import dump_document
from sv6d.tasks.cut_time import TOLERANCE_NS
from sv6d.tasks.kind import Question
from sv6d.tasks.registry import KINDS
from sv6d.tasks.supported import boundary_labels
from sv6d.timeline import NS_PER_S, Span
from sv6d.video.manifest import VideoRow, read_videos

# Evidence of these kinds speaks about a question's answer.
_SPEAKS_OF = {"cut_time": "boundary", "shot_count": "boundary", "camera_movement": "motion"}


def run(config: FeedbenchConfig, job: Job) -> Counts:
    """Write `items.jsonl` (no answers), `key.jsonl`, `baselines.json` and `datasheet.md`.

    Counts: items, items per kind, videos, and test_videos_without_expert (they make no items).

    Raises:
        EmptyOutputError: fewer items than `min_items`.
        InputError: a held-out document has a label by anybody but an expert or the studio.
    """
    rows = {row.video_id: row for row in read_videos(job.inputs["raw_videos"]) if row.split == "test"}
    experts = job.inputs["expert_annotations"]
    documents = [d for d in read_documents(experts, HELD_OUT_NAME) if d.video.sha256 in rows]
    chosen = draw(documents, config)
    kinds = Counter(candidate.question.kind for candidate in chosen)
    if len(chosen) < config.min_items:
        raise EmptyOutputError(
            "there are too few questions for a benchmark",
            found=f"{len(chosen)} items {dict(sorted(kinds.items()))} from {len(documents)} expert documents about "
            f"{len(rows)} test videos",
            wanted=f"at least {config.min_items} items",
            next_step="add expert documents about test videos (DOCUMENTS=folder), or lower feedbench.min_items",
        )
    measured = read_evidence(job.inputs["evidence"])
    items = [_item(candidate, rows) for candidate in chosen]
    keys = [_key(candidate, measured.get(candidate.document.video.sha256, ())) for candidate in chosen]
    training = [q for d in read_documents(experts) for q in expert_questions(d, config.limits)]
    answers = {key.item_id: key.answer for key in keys}
    write_benchmark(job.out, items, keys, learn_baselines(training, items, answers))
    write_datasheet(job.out, read_benchmark(job.out), rows, config, _producers(chosen))
    job.events.progress("items", len(items), len(items))
    return {
        "items": len(items),
        **{kind: kinds[kind] for kind in KINDS},
        "videos": len({item.video_id for item in items}),
        "test_videos_without_expert": len(rows) - len(documents),
    }


def _item(candidate: Candidate, rows: Mapping[str, VideoRow]) -> Item:
    question, video_id = candidate.question, candidate.document.video.sha256
    return Item(
        item_id=candidate.item_id,
        video_id=video_id,
        cluster_id=rows[video_id].cluster_id,
        kind=question.kind,
        prompt_id=question.prompt_id,
        prompt=question.prompt,
        start_ns=question.start_ns,
        end_ns=question.end_ns,
    )


def _key(candidate: Candidate, measured: Sequence[Evidence]) -> Key:
    document, question = candidate.document, candidate.question
    moment, kind = _moment(question), _SPEAKS_OF[question.kind]
    return Key(
        item_id=candidate.item_id,
        answer=question.answer,
        producer=_producer(document),
        document=fingerprint(dump_document(document)),
        labels=tuple(sorted(_labels_about(document, question))),
        measured=tuple(
            sorted(
                item.id
                for item in measured
                if item.kind == kind and item.value is not None and item.span.overlap_ns(moment)
            )
        ),
    )


def _moment(question: Question) -> Span:
    """The part of the window that a measurement must touch to speak of the answer."""
    if question.kind != "cut_time":
        return Span(question.about_start_ns, question.about_end_ns)
    cut_ns = round(float(question.answer) * NS_PER_S)
    return Span(max(0, cut_ns - TOLERANCE_NS), cut_ns + TOLERANCE_NS)


def _labels_about(document: Document, question: Question) -> list[str]:
    """Ids of the expert's labels that say the answer."""
    if question.kind == "camera_movement":
        about = range(question.about_start_ns, question.about_end_ns)
        found = [label for label in document.labels if label.field == question.kind and label.span.middle_ns in about]
    else:
        shots = [shot for shot in document.shots[1:] if question.kind == "shot_count" or _begins_at(shot, question)]
        found = [label for shot in shots for label in boundary_labels(document, shot, min_confidence=0.0)]
    return [label.id for label in found]


def _begins_at(shot: Shot, question: Question) -> bool:
    """Whether a question about a cut asks for the one by which the shot begins."""
    return shot.end_ns == question.about_end_ns


def _producers(chosen: Sequence[Candidate]) -> list[str]:
    """Who made each document that answers an item."""
    documents = {candidate.document.video.sha256: candidate.document for candidate in chosen}
    return [_producer(documents[video_id]) for video_id in sorted(documents)]


def _producer(document: Document) -> Literal["expert", "studio"]:
    """Who made a document: its labels' producer; a document with one by a rule or a model is no key."""
    producers = {label.source.producer for label in document.labels}
    if producers - {"expert", "studio"}:
        raise InputError(
            "a key must not come from our own labels",
            found=f"labels by {', '.join(sorted(producers))} about video {document.video.sha256[:12]}",
            wanted="expert or studio",
            next_step="correct expert_annotations.producers and rebuild",
        )
    return "expert" if "expert" in producers else "studio"
