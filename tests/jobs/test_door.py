"""What a command says when it ends, beside its own words."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from jobs.door import without_stubborn_generators


def stubborn() -> Iterator[int]:
    try:
        yield 1
    finally:
        yield 2


class Failing:
    def __del__(self) -> None:
        raise ValueError("told")


def test_of_what_python_cannot_raise_only_stubborn_generators_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: heard.append(str(unraisable.exc_value)))
    with without_stubborn_generators():
        for action in (lambda: next(stubborn()), Failing):
            action()
    assert heard == ["told"]
    next(stubborn())
    assert heard == ["told", "generator ignored GeneratorExit"]
