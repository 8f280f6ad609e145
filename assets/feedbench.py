"""`feedbench`: the benchmark, apart from everything that is trained on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from assets.resources.checks import Check
from assets.resources.conditions import lines, named, only_split
from assets.resources.flow_asset import flow_asset

_ITEMS = "items.jsonl"


def _one_key_per_item(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    items = {line["item_id"] for line in lines(folder, _ITEMS)}
    keys = {line["item_id"] for line in lines(folder, "key.jsonl")}
    return named("items without a key, or keys without an item", items ^ keys)


def _items_hold_no_answer(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    return named("items that show an answer", {line["item_id"] for line in lines(folder, _ITEMS) if "answer" in line})


CHECKS = (
    only_split(_ITEMS, "test"),
    Check("one_key_per_item", "every item has a key, every key an item", _one_key_per_item),
    Check("items_hold_no_answer", "answers are in key.jsonl alone", _items_hold_no_answer),
)

feedbench = flow_asset("feedbench", *CHECKS)
