"""One line of `extensions.jsonl`: a statement derived from kept labels, citing them and their evidence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, TypeAdapter

from sv6d.fingerprint import fingerprint
from sv6d.io import read_jsonl
from sv6d.schema.document import Identifier, Sha256, Spanned
from sv6d.schema.records import TensionPoint

_ID_DIGITS = 16  # of 64 hexadecimal: 64 bits do not collide within one corpus

# What a cut changes, the first that applies. The order is ours: what a viewer would name first.
Rationale = Literal["subject_change", "text_change", "movement_change", "light_change", "no_change"]
RATIONALES: tuple[Rationale, ...] = get_args(Rationale)


class Cited(Spanned):
    """What every extension has: a stable id, its video, and what it rests on (ids in that video's document)."""

    extension_id: Identifier
    video_id: Sha256
    labels: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    evidence: Annotated[tuple[Identifier, ...], Field(min_length=1)]


class CutRationale(Cited):
    """Why there is a cut, as far as the labels on both sides tell. Spans the boundary.

    `shot` is the one that the cut leads to, `cut_ns` the time of the cut,
    `changes` are the fields whose labels differ, `compared` those labelled on both sides.
    """

    kind: Literal["cut_rationale"] = "cut_rationale"
    shot: Identifier
    cut_ns: int
    rationale: Rationale
    changes: tuple[str, ...]
    compared: Annotated[tuple[str, ...], Field(min_length=1)]
    text: str


class TensionCurve(Cited):
    """Shot-induced tension over a whole video, a point per shot."""

    kind: Literal["tension"] = "tension"
    points: Annotated[tuple[TensionPoint, ...], Field(min_length=1)]


class QuestionAnswer(Cited):
    """A question of the registry with its answer. Spans the question's window."""

    kind: Literal["question_answer"] = "question_answer"
    question_kind: str
    prompt_id: str
    prompt: str
    answer: str


Extension = Annotated[CutRationale | TensionCurve | QuestionAnswer, Field(discriminator="kind")]
_EXTENSION: TypeAdapter[CutRationale | TensionCurve | QuestionAnswer] = TypeAdapter(Extension)


def extension_id(prefix: str, video_id: str, *place: int) -> str:
    """A stable id: the same kind of statement about the same place of the same video has the same one."""
    return f"{prefix}_{fingerprint([prefix, video_id, *place])[:_ID_DIGITS]}"


def read_extensions(folder: Path) -> Iterator[CutRationale | TensionCurve | QuestionAnswer]:
    """The extensions of a `structural_extensions` artifact, in stored order."""
    for row in read_jsonl(folder / "extensions.jsonl"):
        yield _EXTENSION.validate_python(row)
