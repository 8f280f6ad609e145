"""What a kind of question is: its prompt, its answers, how a completion is read and how close it comes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from sv6d.schema.document import Shot
from sv6d.timeline import Span


@dataclass(frozen=True, slots=True)
class Question:
    """One question about the window [start_ns, end_ns) of one video.

    Attributes:
        kind: word of the kind, a key of the registry.
        prompt_id: version of the prompt's wording; it changes whenever the wording does.
        prompt: what the model is asked, beside the frames of the window.
        answer: the one right answer, in the normal form that `TaskKind.parse` returns.
        about_start_ns, about_end_ns: the part of the window that the answer rests on (the shots on
            both sides of a cut, for example), so that a caller finds the labels to cite.
    """

    kind: str
    start_ns: int
    end_ns: int
    prompt_id: str
    prompt: str
    answer: str
    about_start_ns: int
    about_end_ns: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """What questions are made of.

    Attributes:
        shots: the shots that tile a video, in order, each with the boundary that it begins with.
        movements: spans of shots with exactly one known camera movement, and that movement.
    """

    shots: Sequence[Shot]
    movements: Sequence[tuple[Span, str]]


class TaskKind(ABC):
    """One kind of question. Stateless; the registry holds one instance of each."""

    name: ClassVar[str]
    prompt_id: ClassVar[str]

    @abstractmethod
    def questions(self, timeline: Timeline) -> list[Question]:
        """The questions of this kind that the timeline answers without ambiguity, in order of time."""

    @abstractmethod
    def parse(self, completion: str) -> str | None:
        """The answer that a completion gives, in normal form; None where it gives none or several."""

    @abstractmethod
    def similarity(self, parsed: str, answer: str) -> float:
        """Closeness of two answers in normal form, in [0, 1], by `sv6d.objective`."""

    @abstractmethod
    def is_correct(self, parsed: str, answer: str) -> bool:
        """Whether an answer in normal form counts as right."""
