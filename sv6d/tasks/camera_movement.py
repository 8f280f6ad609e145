"""How does the camera move in this shot?"""

from __future__ import annotations

import re
from typing import ClassVar

from sv6d.objective.distances import value_similarity
from sv6d.schema.fields import Field, field_of
from sv6d.tasks.extraction import only_one, readable_text
from sv6d.tasks.kind import Question, TaskKind, Timeline


def _camera_field() -> Field:
    field = field_of("camera_movement")
    assert field is not None  # the vocabulary of version 1 has it
    return field


MOVEMENTS: tuple[str, ...] = _camera_field().values

# A value as the vocabulary writes it; a space or a hyphen may stand for the underscore.
_MOVEMENT = re.compile(
    r"(?<![\w-])(?:" + "|".join(value.replace("_", r"[_\s-]") for value in MOVEMENTS) + r")(?![\w-])",
    re.IGNORECASE,
)


class CameraMovement(TaskKind):
    """Which one of the vocabulary's movements a shot shows, asked over that shot's window."""

    name: ClassVar[str] = "camera_movement"
    prompt_id: ClassVar[str] = "camera_movement/1"

    def questions(self, timeline: Timeline) -> list[Question]:
        prompt = f"How does the camera move? Answer with one of {', '.join(MOVEMENTS)}."
        return [
            Question(
                kind=self.name,
                start_ns=span.start_ns,
                end_ns=span.end_ns,
                prompt_id=self.prompt_id,
                prompt=prompt,
                answer=movement,
                about_start_ns=span.start_ns,
                about_end_ns=span.end_ns,
            )
            for span, movement in sorted(timeline.movements)
        ]

    def parse(self, completion: str) -> str | None:
        text = readable_text(completion)
        if text is None:
            return None
        return only_one([re.sub(r"[\s-]", "_", match[0]).lower() for match in _MOVEMENT.finditer(text)])

    def similarity(self, parsed: str, answer: str) -> float:
        return value_similarity(self.name, parsed, answer)

    def is_correct(self, parsed: str, answer: str) -> bool:
        return parsed == answer
