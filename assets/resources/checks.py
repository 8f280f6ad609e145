"""Checks of a staging folder: what must hold before it may become the artifact, and what a person should see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from sv6d.artifacts import RECORD_NAME, read_record
from sv6d.errors import ArtifactError
from sv6d.stages import stage_of

# Takes the staging folder and the published folder of each input; returns what is wrong, in words
# a person understands, or None.
Verdict = Callable[[Path, Mapping[str, Path]], str | None]


@dataclass(frozen=True, slots=True)
class Check:
    """A condition with a name (a short sentence, `snake_case`) and one line that explains it.

    What does not hold keeps the artifact from being published, unless the check is not `blocking`: then
    it is published and the check is red.
    """

    name: str
    about: str
    verdict: Verdict
    blocking: bool = True

    def spec(self, word: str) -> dg.AssetCheckSpec:
        return dg.AssetCheckSpec(self.name, asset=word, description=self.about, blocking=self.blocking)


def _is_complete(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    try:
        record = read_record(folder)
    except ArtifactError as error:
        return error.found
    present = {p.relative_to(folder).as_posix(): p.stat().st_size for p in folder.rglob("*") if p.is_file()}
    present.pop(RECORD_NAME)
    listed = {name: entry["bytes"] for name, entry in record.files.items()}
    if present != listed:
        return f"its record lists other files or sizes for {sorted(set(present.items()) ^ set(listed.items()))}"
    if set(record.inputs) != set(inputs):
        return f"its record names the inputs {sorted(record.inputs)}, the flow has {sorted(inputs)}"
    return None


def _is_not_empty(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    return None if read_record(folder).counts["items"] > 0 else "its record counts no item"


COMPLETE = Check("is_complete", "the folder holds exactly the files that its record lists", _is_complete)
NOT_EMPTY = Check("is_not_empty", "there is at least one item", _is_not_empty)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a check found: `text` is its complaint, or what it is about where it passed."""

    name: str
    passed: bool
    text: str
    blocking: bool

    def result(self, word: str) -> dg.AssetCheckResult:
        return dg.AssetCheckResult(
            passed=self.passed,
            check_name=self.name,
            asset_key=word,
            severity=dg.AssetCheckSeverity.ERROR,
            description=self.text,
        )


def judge(word: str, checks: Sequence[Check], folder: Path, data: Path) -> tuple[Judged, ...]:
    """What each check finds in a staging folder; where it is not complete, that alone."""
    inputs = {name: data / name for name in stage_of(word).inputs}
    found: list[Judged] = []
    for check in sorted(checks, key=lambda check: check is not COMPLETE):
        complaint = check.verdict(folder, inputs)
        found.append(Judged(check.name, complaint is None, complaint or check.about, check.blocking))
        if check is COMPLETE and complaint is not None:  # the others would read what is not there
            break
    return tuple(found)
