"""The kinds of questions, and the three things that others ask of them: make, reward, judge.

A completion that can not be read is an answer in the wrong form: its reward in reinforcement is 0,
since the model was asked for a form and did not keep it. The benchmark counts the same completion as
`unparsed`, beside what was answered wrongly. None is kept for questions that can not be scored at
all: those whose own answer is not in the kind's normal form. They teach nothing and enter no mean.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sv6d.errors import InputError
from sv6d.schema.document import Shot
from sv6d.tasks.camera_movement import CameraMovement
from sv6d.tasks.cut_time import CutTime
from sv6d.tasks.kind import Question, TaskKind, Timeline
from sv6d.tasks.shot_count import ShotCount
from sv6d.timeline import Span

KINDS: dict[str, TaskKind] = {kind.name: kind for kind in (CutTime(), ShotCount(), CameraMovement())}

# Characters beyond the answer that halve a reward. Ours: every answer has at most 9 characters, so a sentence
# around it (30 to 40) costs half of it, and one more character always costs something.
_HALVING_CHARACTERS = 32


def kind_of(name: str) -> TaskKind:
    """The kind of that name.

    Raises:
        InputError: the registry has none.
    """
    if name not in KINDS:
        raise InputError(
            "there is no such kind of question",
            found=name,
            wanted=f"one of {', '.join(KINDS)}",
            next_step="correct the kind, or register it in sv6d/tasks/registry.py",
        )
    return KINDS[name]


def questions(
    shots: Sequence[Shot], movements: Sequence[tuple[Span, str]], *, kinds: Collection[str] = tuple(KINDS)
) -> list[Question]:
    """Every question that these shots and camera movements answer, by kind and then by time.

    `movements` holds the spans of shots with exactly one known movement. Times in ns.
    """
    timeline = Timeline(shots, movements)
    return [question for name, kind in KINDS.items() if name in kinds for question in kind.questions(timeline)]


def parse(kind: str, completion: str) -> str | None:
    """The answer a completion gives, in normal form; None = unparsed."""
    return kind_of(kind).parse(completion)


def reward(kind: str, completion: str, answer: str) -> float | None:
    """Closeness of a completion to the answer, in [0, 1]; higher is better.

    The similarity is `sv6d.objective`'s, times `32 / (32 + characters beyond the answer)`, thoughts
    and closing full stops included: a model gains nothing by writing more. 0 for a completion that
    can not be read; None where `answer` itself is no answer of this kind.
    """
    judge = kind_of(kind)
    if judge.parse(answer) != answer:
        return None
    parsed = judge.parse(completion)
    if parsed is None:
        return 0.0
    spare = max(0, len(completion.strip()) - len(parsed))
    return judge.similarity(parsed, answer) * _HALVING_CHARACTERS / (_HALVING_CHARACTERS + spare)


def is_correct(kind: str, completion: str, answer: str) -> bool | None:
    """Whether a completion is right; None where it is unparsed."""
    judge = kind_of(kind)
    parsed = judge.parse(completion)
    return None if parsed is None else judge.is_correct(parsed, answer)
