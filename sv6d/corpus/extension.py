"""One line of `extensions.jsonl`: a statement derived from kept labels, citing them and their evidence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, TypeAdapter, ValidationError

from sv6d.errors import ArtifactError
from sv6d.fingerprint import fingerprint
from sv6d.io import read_jsonl
from sv6d.schema.document import Identifier, Sha256, Spanned
from sv6d.schema.records import TensionPoint

_ID_DIGITS = 16  # of 64 hexadecimal: 64 bits do not collide within one corpus

# What a cut changes, the first that applies. The order is ours: what a viewer would name first.
Change = Literal["subject", "text", "movement", "light", "nothing"]
CHANGES: tuple[Change, ...] = get_args(Change)


class Cited(Spanned):
    """What every extension has: a stable id, its video, and what it rests on (ids in that video's document)."""

    extension_id: Identifier
    video_id: Sha256
    labels: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    evidence: Annotated[tuple[Identifier, ...], Field(min_length=1)]


class CutChange(Cited):
    """What changes at a cut, as far as the labels on both sides tell. Spans the boundary.

    `shot` is the one that the cut leads to, `cut_ns` the time of the cut, `change` what a viewer would
    name first, `changes` are the fields whose labels differ, `compared` those labelled on both sides.
    """

    kind: Literal["cut_change"] = "cut_change"
    shot: Identifier
    cut_ns: int
    change: Change
    changes: tuple[str, ...]
    compared: Annotated[tuple[str, ...], Field(min_length=1)]
    text: str


class TensionCurve(Cited):
    """Shot-induced tension over a whole video, a point per shot; `record` is the id of the document's curve."""

    kind: Literal["tension"] = "tension"
    record: Identifier
    points: Annotated[tuple[TensionPoint, ...], Field(min_length=1)]


class QuestionAnswer(Cited):
    """A question of the registry with its answer. Spans the question's window."""

    kind: Literal["question_answer"] = "question_answer"
    question_kind: str
    prompt_id: str
    prompt: str
    answer: str


Extension = Annotated[CutChange | TensionCurve | QuestionAnswer, Field(discriminator="kind")]
_EXTENSION: TypeAdapter[CutChange | TensionCurve | QuestionAnswer] = TypeAdapter(Extension)


def extension_id(prefix: str, video_id: str, *place: int) -> str:
    """A stable id: the same kind of statement about the same place of the same video has the same one."""
    return f"{prefix}_{fingerprint([prefix, video_id, *place])[:_ID_DIGITS]}"


def read_extensions(folder: Path) -> Iterator[CutChange | TensionCurve | QuestionAnswer]:
    """The extensions of a `structural_extensions` artifact, in stored order.

    Raises:
        ArtifactError: a line has another form, as those that an earlier version wrote.
    """
    for number, row in enumerate(read_jsonl(folder / "extensions.jsonl"), start=1):
        try:
            yield _EXTENSION.validate_python(row)
        except ValidationError as error:
            raise ArtifactError(
                f"line {number} of extensions.jsonl can not be read",
                found=f"{error.errors()[0]['msg']}",
                wanted="an extension as this version writes it",
                next_step="rebuild structural_extensions",
            ) from error
