"""`benchmark_scores`: each model on each item; what could not be measured is recorded as such."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from assets.resources.checks import Check
from assets.resources.conditions import lines, named
from assets.resources.flow_asset import flow_asset
from assets.resources.project import HERE
from sv6d.artifacts import RECORD_NAME, read_record
from sv6d.bench.baselines import BASELINES
from sv6d.bench.config import BenchmarkScoresConfig
from sv6d.bench.scoring import Bootstrap, Record, difference
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


def _no_score_fell(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    return fallen(folder, HERE.data / "benchmark_scores")


def fallen(folder: Path, before: Path) -> str | None:
    """Which models answer fewer of the same questions right than in the scores before, beyond chance.

    Paired over the items that both have; a fall counts where its interval lies below zero.
    """
    if not (before / RECORD_NAME).is_file():
        return None
    config = BenchmarkScoresConfig.model_validate(read_record(folder).config)
    bootstrap = Bootstrap(config.num_resamples, config.interval_share, config.seed)
    now, then = (_by_model(path) for path in (folder, before))
    found = []
    for model in sorted(now.keys() & then.keys() - set(BASELINES)):
        change = difference(now[model], then[model], bootstrap)
        if change["high"] is not None and change["high"] < 0:
            interval = f"[{change['low']:+.2f}, {change['high']:+.2f}]"
            found.append(f"{model} {change['difference']:+.2f} {interval} over {change['num_items']} items")
    return f"accuracy fell: {'; '.join(found)}" if found else None


def _by_model(folder: Path) -> dict[str, list[Record]]:
    records: dict[str, list[Record]] = defaultdict(list)
    for row in RECORDS.read(folder):
        records[row["model"]].append(Record(**row))
    return records


CHECKS = (
    # Not blocking: a fall must be seen to be looked into, and a trial may be worse than what it is compared with.
    Check("no_score_fell", "no model does worse on the same items than before", _no_score_fell, blocking=False),
    Check("every_item_for_every_model", "no item is dropped for any model", _every_item_for_every_model),
    Check("only_answers_are_scored", "what was not measured has no score, not a score of 0", _only_answers_are_scored),
)

benchmark_scores = flow_asset("benchmark_scores", *CHECKS)
