"""How many shots does the video have?"""

from __future__ import annotations

from typing import ClassVar

from sv6d.objective.distances import count_similarity
from sv6d.tasks.extraction import numbers_in, only_one, readable_text
from sv6d.tasks.kind import Question, TaskKind, Timeline

_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBER_WORDS = {word: str(number) for number, word in enumerate(_WORDS)}
_THINGS = frozenset({"cut", "cuts", "frame", "frames", "fps", "s", "sec", "second", "seconds"})


class ShotCount(TaskKind):
    """How many shots, over the whole video; right when the number is exact."""

    name: ClassVar[str] = "shot_count"
    prompt_id: ClassVar[str] = "shot_count/1"

    def questions(self, timeline: Timeline) -> list[Question]:
        start_ns, end_ns = timeline.shots[0].start_ns, timeline.shots[-1].end_ns
        return [
            Question(
                kind=self.name,
                start_ns=start_ns,
                end_ns=end_ns,
                prompt_id=self.prompt_id,
                prompt="How many shots are there? Answer with a number.",
                answer=str(len(timeline.shots)),
                about_start_ns=start_ns,
                about_end_ns=end_ns,
            )
        ]

    def parse(self, completion: str) -> str | None:
        text = readable_text(completion)
        if text is None:
            return None
        # Words become digits first, so that "two cuts" is set aside like "2 cuts".
        digits = " ".join(_NUMBER_WORDS.get(word.strip(".,;:!?").lower(), word) for word in text.split())
        numbers = numbers_in(digits, units=(), things=_THINGS)
        if numbers is None or not all(number.isdigit() for number in numbers):
            return None
        return only_one([str(int(number)) for number in numbers])

    def similarity(self, parsed: str, answer: str) -> float:
        return count_similarity(int(parsed), int(answer))

    def is_correct(self, parsed: str, answer: str) -> bool:
        return parsed == answer
