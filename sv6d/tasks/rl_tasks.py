"""The stage `rl_tasks`: frozen questions from kept labels, whose answers code verifies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from sv6d.artifacts import Counts, Job
from sv6d.evidence.records import read_evidence
from sv6d.io import read_jsonl, write_jsonl
from sv6d.quality.kept import read_kept
from sv6d.schema.document import Document, Identifier, Sha256, Spanned
from sv6d.tasks.config import RlTasksConfig
from sv6d.tasks.registry import KINDS
from sv6d.tasks.supported import SupportedQuestion, question_id, supported_questions
from sv6d.video.manifest import read_videos

Split = Literal["train", "validation"]

# What is trained on, and what shows whether training generalizes. The test split is for the benchmark alone.
FILES: Mapping[Split, str] = {"train": "tasks.jsonl", "validation": "validation.jsonl"}


class Task(Spanned):
    """One question about the window [start_ns, end_ns) of a video, with its answer and what it rests on."""

    task_id: Identifier
    video_id: Sha256
    split: Split
    kind: str
    prompt_id: str
    prompt: Annotated[str, Field(min_length=1)]
    answer: Annotated[str, Field(min_length=1)]
    labels: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    evidence: Annotated[tuple[Identifier, ...], Field(min_length=1)]


def run(config: RlTasksConfig, job: Job) -> Counts:
    """Write `tasks.jsonl` (training split) and `validation.jsonl`, each sorted by task id.

    Counts: items (training tasks), validation, a count per kind over the training tasks, and
    unmeasured: questions left out because evidence that they cite has no value.
    """
    splits = {row.video_id: row.split for row in read_videos(job.inputs["raw_videos"])}
    measured = _measured(job.inputs["evidence"])
    tasks: dict[Split, list[Task]] = {split: [] for split in FILES}
    num_unmeasured = 0
    documents = read_kept(job.inputs["annotations"], job.inputs["filtered_corpus"])
    for done, document in enumerate(documents, start=1):
        supported = supported_questions(
            document, config.limits, min_confidence=config.min_confidence, kinds=config.kinds
        )
        sure = [one for one in supported if measured.get(document.video.sha256, set()).issuperset(one.evidence)]
        for split in FILES:
            if splits[document.video.sha256] == split:
                num_unmeasured += len(supported) - len(sure)
                tasks[split] += [_task(document, one, split) for one in sure]
        job.events.progress("videos", done, len(documents))
    for split, name in FILES.items():
        ordered = sorted(tasks[split], key=lambda task: task.task_id)
        write_jsonl(job.out / name, [task.model_dump(mode="json") for task in ordered])
    kinds = Counter(task.kind for task in tasks["train"])
    return {
        "items": len(tasks["train"]),
        "validation": len(tasks["validation"]),
        "unmeasured": num_unmeasured,
        **{kind: kinds[kind] for kind in KINDS},
    }


def read_tasks(folder: Path, split: Split) -> Iterator[Task]:
    """The tasks of one split of an `rl_tasks` artifact, sorted by task id."""
    for row in read_jsonl(folder / FILES[split]):
        yield Task.model_validate(row)


def _measured(folder: Path) -> dict[str, set[str]]:
    """Ids of the evidence of each video that holds a measurement."""
    return {
        video_id: {item.id for item in records if item.value is not None}
        for video_id, records in read_evidence(folder).items()
    }


def _task(document: Document, supported: SupportedQuestion, split: Split) -> Task:
    question, video_id = supported.question, document.video.sha256
    return Task(
        task_id=question_id(video_id, question),
        video_id=video_id,
        split=split,
        kind=question.kind,
        prompt_id=question.prompt_id,
        prompt=question.prompt,
        answer=question.answer,
        start_ns=question.start_ns,
        end_ns=question.end_ns,
        labels=supported.labels,
        evidence=supported.evidence,
    )
