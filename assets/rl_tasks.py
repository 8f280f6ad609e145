"""`rl_tasks`: frozen questions whose answers code verifies."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from assets.resources.checks import Check
from assets.resources.conditions import lines, named, only_split
from assets.resources.flow_asset import flow_asset

_TASKS = "tasks.jsonl"
_VALIDATION = "validation.jsonl"


def _every_task_has_an_answer(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    without = {f"{line['kind']} at line {n}" for n, line in enumerate(lines(folder, _TASKS), 1) if not line["answer"]}
    return named("tasks without an answer", without)


CHECKS = (
    only_split(_TASKS, "train"),
    only_split(_VALIDATION, "validation"),
    Check("every_task_has_an_answer", "code can verify every task", _every_task_has_an_answer),
)

rl_tasks = flow_asset("rl_tasks", *CHECKS)
