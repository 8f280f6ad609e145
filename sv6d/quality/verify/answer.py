"""An answer about one claim, and the ways to give it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

State = Literal["verified", "contradicted", "not_checkable"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What measuring again says about a claim.

    Attributes:
        measured: the value that was measured; None where none was clear.
        reason: why a claim is not checkable, a stable code; None for other states.
        detail: the numbers.
    """

    state: State
    claimed: str
    measured: str | None
    reason: str | None
    detail: str

    def as_json(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "claimed": self.claimed,
            "measured": self.measured,
            "reason": self.reason,
            "detail": self.detail,
        }


def left_open(claimed: str, reason: str, detail: str, measured: str | None = None) -> Answer:
    """A claim that can not be checked, for that reason."""
    return Answer("not_checkable", claimed, measured, reason, detail)


def settled(claimed: str, measured: str, detail: str) -> Answer:
    """A claim of which the value was measured clearly."""
    return Answer("verified" if claimed == measured else "contradicted", claimed, measured, None, detail)


def undecodable(claimed: str) -> Answer:
    """A claim about a span of which pictures are lost."""
    return left_open(claimed, "undecodable", "pictures of the span could not be decoded")
