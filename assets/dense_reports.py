"""`dense_reports`: a timeline report per video, each sentence with what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assets.resources.checks import Check
from assets.resources.conditions import lines, named
from assets.resources.flow_asset import flow_asset


def _every_sentence_cites(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    bare = {
        line["video_id"]
        for line in lines(folder, "reports.jsonl")
        if any(not (_claims(sentence) and sentence["evidence"]) for sentence in line["report"]["sentences"])
    }
    return named("reports with a sentence that cites neither label nor record, or no evidence", bare)


def _claims(sentence: Mapping[str, Any]) -> list[str]:
    return [*sentence["labels"], *sentence["records"]]


CHECKS = (Check("every_sentence_cites", "every sentence names labels or records, and evidence", _every_sentence_cites),)

dense_reports = flow_asset("dense_reports", *CHECKS)
