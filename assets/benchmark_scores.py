"""`benchmark_scores`: each model on each item; what could not be measured is recorded as such."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from assets.resources.checks import Check
from assets.resources.conditions import lines, named
from assets.resources.flow_asset import flow_asset
from sv6d.bench.tables import RECORDS

_ANSWERED = "answered"


def _every_item_for_every_model(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    items = {line["item_id"] for line in lines(inputs["feedbench"], "items.jsonl")}
    seen: dict[str, set[str]] = defaultdict(set)
    for row in RECORDS.read(folder):
        seen[row["model"]].add(row["item_id"])
    return named(
        "items are not recorded for", {f"{model}: {len(items ^ s)}" for model, s in seen.items() if s != items}
    )


def _only_answers_are_scored(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    return named(
        "records scored without an answer, or answered and not scored",
        {row["item_id"] for row in RECORDS.read(folder) if (row["correct"] is None) == (row["status"] == _ANSWERED)},
    )


CHECKS = (
    Check("every_item_for_every_model", "no item is dropped for any model", _every_item_for_every_model),
    Check("only_answers_are_scored", "what was not measured has no score, not a score of 0", _only_answers_are_scored),
)

benchmark_scores = flow_asset("benchmark_scores", *CHECKS)
