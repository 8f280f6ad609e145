"""The stage `filtered_corpus`: what is kept of the annotations, decided by evidence, experts and the objective."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sv6d.annotate.documents import HELD_OUT_NAME, read_documents
from sv6d.artifacts import Counts, Job
from sv6d.errors import EmptyOutputError
from sv6d.evidence.records import read_evidence
from sv6d.quality.agreement import agreement_metrics
from sv6d.quality.calibration import compare, labelled_fields, trust_by_field
from sv6d.quality.config import FilteredCorpusConfig
from sv6d.quality.decisions import DocumentDecision, LabelDecision, TrustTable, decide_document, decide_labels
from sv6d.quality.remeasured import VIDEO_UNMEASURED, measure_again
from sv6d.quality.tables import DOCUMENT_DECISIONS, FIELD_TRUST, KEEP, LABEL_DECISIONS, REJECT
from sv6d.quality.verify.answer import Answer
from sv6d.quality.verify.check import STATES
from sv6d.schema.document import Document
from sv6d.video.manifest import read_videos

PRODUCERS = ("adapter", "rule")


def run(config: FilteredCorpusConfig, job: Job) -> Counts:
    """Write `label_decisions`, `document_decisions` and `field_trust`.

    Experts' documents of the training split bear on decisions; the held-out ones are only compared
    with what was decided, and the numbers reported as metrics.

    Returns:
        `items` = kept documents; documents, labels, kept labels, rejected labels by reason, labels by what
        measuring again says, and the videos that could not be measured again.

    Raises:
        EmptyOutputError: no document is kept.
        ArtifactError: a video's bytes are gone.
    """
    experts = {document.video.sha256: document for document in read_documents(job.inputs["expert_annotations"])}
    held_out = {
        document.video.sha256: document for document in read_documents(job.inputs["expert_annotations"], HELD_OUT_NAME)
    }
    documents = list(read_documents(job.inputs["annotations"]))
    trust, labelled = measure_trust(documents, experts, config), labelled_fields(experts.values())
    measured = read_evidence(job.inputs["evidence"])
    again = measure_again(documents, job, limit_s=config.limit_s)
    label_decisions: dict[str, list[LabelDecision]] = {}
    document_decisions: dict[str, DocumentDecision] = {}
    for document in documents:
        video_id = document.video.sha256
        by_id = {item.id: item for item in measured.get(video_id, ())}
        label_decisions[video_id] = decide_labels(document, by_id, again[video_id], trust, config)
        document_decisions[video_id] = decide_document(
            document, label_decisions[video_id], experts.get(video_id), labelled, config
        )
    splits = {row.video_id: row.split for row in read_videos(job.inputs["raw_videos"])}
    _write(job, label_decisions, document_decisions, trust, splits)
    _report(job, documents, document_decisions, experts, held_out)
    return {**_counts(label_decisions, document_decisions, held_out), **_counts_again(again)}


def _counts_again(again: Mapping[str, Mapping[str, Answer]]) -> dict[str, int]:
    states = Counter(answer.state for answers in again.values() for answer in answers.values())
    unmeasured = [
        answers for answers in again.values() if any(answer.reason == VIDEO_UNMEASURED for answer in answers.values())
    ]
    return {**{f"again_{state}": states[state] for state in STATES}, "videos_unmeasured_again": len(unmeasured)}


def measure_trust(
    documents: Sequence[Document], experts: Mapping[str, Document], config: FilteredCorpusConfig
) -> TrustTable:
    """Trust in each producer's labels of each field, from the documents that have an expert's beside them."""
    labelled = labelled_fields(experts.values())
    table = {}
    for producer in PRODUCERS:
        compared = [
            item
            for document in documents
            if document.video.sha256 in experts
            for item in compare(
                [label for label in document.labels if label.source.producer == producer],
                experts[document.video.sha256],
                labelled,
            )
        ]
        table[producer] = trust_by_field(
            compared, list(experts.values()), thresholds=config.confidence_thresholds, z=config.z
        )
    return table


def _write(
    job: Job,
    labels: Mapping[str, Sequence[LabelDecision]],
    documents: Mapping[str, DocumentDecision],
    trust: TrustTable,
    splits: Mapping[str, str],
) -> None:
    LABEL_DECISIONS.write(job.out, [_label_row(video_id, d) for video_id in labels for d in labels[video_id]])
    DOCUMENT_DECISIONS.write(
        job.out,
        [
            _document_row(video_id, documents[video_id], len(labels[video_id]), splits[video_id])
            for video_id in documents
        ],
    )
    rows = [{"producer": producer, **asdict(item)} for producer in PRODUCERS for item in trust[producer].values()]
    FIELD_TRUST.write(job.out, rows)


def _label_row(video_id: str, decision: LabelDecision) -> dict[str, Any]:
    label = decision.label
    return {
        "video_id": video_id,
        "label_id": label.id,
        "field": label.field,
        "value": label.value,
        "measured": ",".join(decision.measured) if decision.measured is not None else None,
        "producer": label.source.producer,
        "confidence": label.confidence,
        "trust": decision.trust,
        "score": decision.score,
        "decision": KEEP if decision.kept else REJECT,
        "reasons": [reason.code for reason in decision.reasons],
        "details": [reason.detail for reason in decision.reasons],
    }


def _document_row(video_id: str, decision: DocumentDecision, num_labels: int, split: str) -> dict[str, Any]:
    return {
        "video_id": video_id,
        "split": split,
        "score": decision.score,
        "quality": decision.quality,
        "agreement": decision.agreement,
        "num_labels": num_labels,
        "num_kept": len(decision.kept_document.labels),
        "decision": REJECT if decision.reasons else KEEP,
        "reasons": [reason.code for reason in decision.reasons],
        "details": [reason.detail for reason in decision.reasons],
    }


def _report(
    job: Job,
    documents: Sequence[Document],
    decisions: Mapping[str, DocumentDecision],
    experts: Mapping[str, Document],
    held_out: Mapping[str, Document],
) -> None:
    """Agreement with experts before and after the filter; held-out experts are met here only."""
    values: dict[str, float] = {}
    for split, truth in (("train", experts), ("held_out", held_out)):
        beside = [document for document in documents if document.video.sha256 in truth]
        before = [(document, truth[document.video.sha256]) for document in beside]
        after = [(decisions[document.video.sha256].kept_document, truth[document.video.sha256]) for document in beside]
        values |= agreement_metrics(before, f"agreement/{split}/all")
        values |= agreement_metrics(after, f"agreement/{split}/kept")
    job.events.metrics(0, values)


def _counts(
    labels: Mapping[str, Sequence[LabelDecision]],
    documents: Mapping[str, DocumentDecision],
    held_out: Mapping[str, Document],
) -> Counts:
    all_labels = [decision for decisions in labels.values() for decision in decisions]
    reasons = Counter(reason.code for decision in all_labels for reason in decision.reasons)
    num_kept = sum(not decision.reasons for decision in documents.values())
    if not num_kept:
        first = [reason.detail for decision in documents.values() for reason in decision.reasons][:3]
        raise EmptyOutputError(
            "no document is kept",
            found=f"{len(documents)} documents; rejected labels by reason: {dict(sorted(reasons.items()))}; {first}",
            wanted="at least one document with a kept label",
            next_step="look at label_decisions.parquet in the staging folder; correct the annotator or the thresholds",
        )
    return {
        "items": num_kept,
        "documents": len(documents),
        "labels": len(all_labels),
        "labels_kept": sum(len(d.kept_document.labels) for d in documents.values() if not d.reasons),
        "held_out_compared": len(documents.keys() & held_out.keys()),
        **{f"rejected_{code}": count for code, count in sorted(reasons.items())},
    }
