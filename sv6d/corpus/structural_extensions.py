"""The stage `structural_extensions`: cut changes, tension curves and question-answer pairs from kept labels."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sv6d.artifacts import Counts, Job
from sv6d.corpus.changes import cut_changes
from sv6d.corpus.config import StructuralExtensionsConfig
from sv6d.corpus.extension import CutChange, QuestionAnswer, TensionCurve
from sv6d.corpus.tension import tension_curve
from sv6d.io import write_jsonl
from sv6d.quality.kept import read_kept
from sv6d.schema.document import Document
from sv6d.tasks.registry import KINDS
from sv6d.tasks.supported import question_id, supported_questions


def run(config: StructuralExtensionsConfig, job: Job) -> Counts:
    """Write `extensions.jsonl`, sorted by video, kind and time.

    Counts: items (all lines), each kind, videos, cuts_not_compared, videos_without_tension,
    points_unmeasured (shots whose motion was not measured).
    """
    documents = read_kept(job.inputs["annotations"], job.inputs["filtered_corpus"])
    counts: Counter[str] = Counter(videos=len(documents))
    lines: list[dict[str, Any]] = []
    for done, document in enumerate(documents, start=1):
        changes, num_without = cut_changes(document)
        tension = tension_curve(document)
        answers = question_answers(document, config)
        counts.update(
            cut_changes=len(changes),
            cuts_not_compared=num_without,
            tension_curves=int(tension is not None),
            videos_without_tension=int(tension is None),
            points_unmeasured=sum(point.tension is None for point in tension.points) if tension else 0,
            question_answers=len(answers),
        )
        extensions: list[CutChange | TensionCurve | QuestionAnswer] = [*changes, *answers]
        lines.extend(item.model_dump(mode="json") for item in [*extensions, *([tension] if tension else [])])
        job.events.progress("videos", done, len(documents))
    counts["items"] = write_jsonl(job.out / "extensions.jsonl", lines)
    return dict(counts)


def question_answers(document: Document, config: StructuralExtensionsConfig) -> list[QuestionAnswer]:
    """Every question of the registry that a document of kept labels supports, with its answer."""
    video_id = document.video.sha256
    found = supported_questions(document, config.limits, min_confidence=config.min_confidence, kinds=KINDS)
    return [
        QuestionAnswer(
            extension_id=question_id(video_id, supported.question),
            video_id=video_id,
            start_ns=supported.question.start_ns,
            end_ns=supported.question.end_ns,
            question_kind=supported.question.kind,
            prompt_id=supported.question.prompt_id,
            prompt=supported.question.prompt,
            answer=supported.question.answer,
            labels=supported.labels,
            evidence=supported.evidence,
        )
        for supported in found
    ]
