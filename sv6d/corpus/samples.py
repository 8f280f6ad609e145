"""Chat samples: one line of `samples.jsonl` each; the user turn is video and prompt, the assistant's the response."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from sv6d.annotate.sides import labels_of_shot
from sv6d.corpus.extension import QuestionAnswer
from sv6d.corpus.report_text import ReportLine, Statement
from sv6d.errors import ArtifactError
from sv6d.fingerprint import fingerprint
from sv6d.io import read_jsonl
from sv6d.model.prompts import SHOT_LABELS, Prompt
from sv6d.schema.document import Document, Identifier, Sha256, Spanned
from sv6d.schema.phrases import write_phrase
from sv6d.timeline import Span

# Kinds of samples beside the registry's kinds of questions.
SHOT_LABELS_KIND = "shot_labels"
SUMMARY_KIND = "summary"
REPLAY_KIND = "replay"

SUMMARY = Prompt("summary_1", "Sum up this video.")

_ID_DIGITS = 16  # of 64 hexadecimal: 64 bits do not collide within one corpus


class Sample(Spanned):
    """One chat sample about the window [start_ns, end_ns) of a video, or of a rendered studio clip.

    `labels` and `evidence` are ids in the video's document; replayed samples have a studio seed in
    place of a video and cite nothing, since their words are known from the plan of the clip.
    """

    sample_id: Identifier
    video_id: Sha256 | None
    studio_seed: Annotated[int, Field(ge=0)] | None
    kind: str
    prompt_id: str
    prompt: Annotated[str, Field(min_length=1)]
    response: Annotated[str, Field(min_length=1)]
    labels: tuple[str, ...]
    evidence: tuple[str, ...]

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.video_id is None) == (self.studio_seed is None):
            raise ValueError(f"{self.sample_id}: give either a video_id or a studio_seed")
        if self.video_id is not None and not (self.labels and self.evidence):
            raise ValueError(f"{self.sample_id}: a sample about a video must cite labels and evidence")
        return self


def from_answers(answers: Iterable[QuestionAnswer]) -> list[Sample]:
    """A sample per question with its answer."""
    return [
        _about_video(
            item.question_kind,
            item.video_id,
            item.span,
            Prompt(item.prompt_id, item.prompt),
            Statement(text=item.answer, labels=item.labels, evidence=item.evidence),
        )
        for item in answers
    ]


def from_shots(document: Document) -> list[Sample]:
    """The label line of each shot of a document of kept labels; shots without labels give none."""
    samples = []
    for shot in document.shots:
        by_field = labels_of_shot(document.labels, shot)
        labels = [label for group in by_field.values() for label in group]
        if labels:
            told = Statement(
                text=write_phrase({field: [label.value for label in group] for field, group in by_field.items()}),
                labels=tuple(sorted(label.id for label in labels)),
                evidence=tuple(sorted({name for label in labels for name in label.evidence})),
            )
            samples.append(_about_video(SHOT_LABELS_KIND, document.video.sha256, shot.span, SHOT_LABELS, told))
    return samples


def from_report(document: Document, line: ReportLine) -> list[Sample]:
    """The summary of a video, where it has one."""
    if line.summary is None:
        return []
    whole = Span(0, document.video.duration_ns)
    return [_about_video(SUMMARY_KIND, document.video.sha256, whole, SUMMARY, line.summary)]


def from_studio(seed: int, span: Span, prompt: Prompt, response: str) -> Sample:
    """A sample about a rendered clip, whose words are known from its plan."""
    return Sample(
        sample_id=sample_id(REPLAY_KIND, seed, span, prompt.text),
        video_id=None,
        studio_seed=seed,
        start_ns=span.start_ns,
        end_ns=span.end_ns,
        kind=REPLAY_KIND,
        prompt_id=prompt.prompt_id,
        prompt=prompt.text,
        response=response,
        labels=(),
        evidence=(),
    )


def sample_id(kind: str, clip: str | int, span: Span, prompt: str) -> str:
    """A stable id: a hash of what is asked about which window; the response is not in it."""
    asked = [kind, str(clip), span.start_ns, span.end_ns, prompt]
    return f"sample_{fingerprint(asked)[:_ID_DIGITS]}"


def read_samples(folder: Path) -> Iterator[Sample]:
    """The samples of an `sft_corpus` artifact, in stored order."""
    for row in read_jsonl(folder / "samples.jsonl"):
        yield Sample.model_validate(row)


def check_splits(samples: Sequence[Sample], splits: Mapping[str, str]) -> dict[str, int]:
    """Samples about videos by the split of their video.

    Raises:
        ArtifactError: one is not of the training split.
    """
    found = Counter(splits.get(sample.video_id, "none") for sample in samples if sample.video_id is not None)
    if set(found) - {"train"}:
        raise ArtifactError(
            "the training corpus holds samples of other splits",
            found=f"samples by split: {dict(sorted(found.items()))}",
            wanted="videos of the training split only",
            next_step="rebuild raw_videos and what follows from it; splits must come from its manifest",
        )
    return dict(found)


def _about_video(kind: str, video_id: str, span: Span, prompt: Prompt, told: Statement) -> Sample:
    return Sample(
        sample_id=sample_id(kind, video_id, span, prompt.text),
        video_id=video_id,
        studio_seed=None,
        start_ns=span.start_ns,
        end_ns=span.end_ns,
        kind=kind,
        prompt_id=prompt.prompt_id,
        prompt=prompt.text,
        response=told.text,
        labels=told.labels,
        evidence=told.evidence,
    )
