"""`structural_extensions`: statements derived from kept labels."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from assets.resources.checks import Check
from assets.resources.conditions import lines, named
from assets.resources.flow_asset import flow_asset


def _every_extension_cites(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    return named(
        "extensions that cite no label or no evidence",
        {
            line["extension_id"]
            for line in lines(folder, "extensions.jsonl")
            if not (line["labels"] and line["evidence"])
        },
    )


CHECKS = (
    Check(
        "every_extension_cites",
        "every extension names the labels and evidence that it rests on",
        _every_extension_cites,
    ),
)

structural_extensions = flow_asset("structural_extensions", *CHECKS)
