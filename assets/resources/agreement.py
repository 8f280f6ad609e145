"""Dagster and DVC brought to one view: what was recorded is reported, what was edited by hand is marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from assets.resources import dagster_log
from assets.resources.edges import INPUTS
from assets.resources.lineage import Lineage, Recorded
from assets.resources.pages import page_metadata, version_metadata
from assets.resources.project import Project
from assets.resources.signatures import statement_of
from sv6d.artifacts import RECORD_NAME, read_record
from sv6d.io import sha256_file

AS_RECORDED = "as_recorded"
ABOUT_RECORDED = "the files in data/ are the ones that were materialized: nobody edited them since"


def tell(
    project: Project, instance: dg.DagsterInstance, words: Sequence[str], recorded: Mapping[str, Recorded] | None = None
) -> list[str]:
    """Report to Dagster what dvc.lock says of these artifacts, where its log says something else.

    Needed after `git checkout` with `dvc checkout`, after a merge or a pull, and where the log was
    removed. What the lock names as origin is reported, not what lies there now: an artifact that DVC calls
    stale becomes stale in Dagster too. `words` in the order of the flow; `recorded` where the lock has just been
    read. Returns those that were reported.
    """
    recorded = Lineage(project).recorded_recipes([INPUTS, *words]) if recorded is None else recorded
    if INPUTS in recorded:
        dagster_log.observe_inputs(instance, recorded[INPUTS].md5)
    told = []
    for word in words:
        if word in recorded and not dagster_log.knows(instance, word, recorded[word]):
            dagster_log.report(instance, word, recorded[word], _as_signed(project, word, recorded[word].md5))
            told.append(word)
    return told


def _as_signed(project: Project, word: str, md5: str) -> dict[str, Any]:
    """What a materialization shows, for one that was made elsewhere: as its signed statement says, if there is one."""
    statement, path = statement_of(project, word, md5), project.data / word / RECORD_NAME
    if statement is not None and path.is_file() and sha256_file(path) == statement.files.get(RECORD_NAME):
        return {
            **version_metadata(project, word, md5, read_record(path.parent), statement.mlflow_run_id),
            "dagster_run_id": statement.dagster_run_id,
            "checks_passed": sum(statement.checks.values()),
        }
    return {**page_metadata(word, md5), "dvc_md5": md5}


def edited_by_hand(present: str | None, known: str | None) -> str | None:
    """What is wrong with a folder whose MD5 is `present`, where Dagster knows `known`; or None."""
    if present == known:
        return None
    if present is None:
        return "its folder is gone: dvc checkout brings it back, make run makes it again"
    if known is None:
        return "it was never materialized here: make sync tells Dagster what was pulled or checked out"
    return (
        f"its files are {present[:12]}, the last materialization made {known[:12]}. After a checkout: make sync. "
        "Edited by hand: make run makes it again"
    )


def mark_edited(project: Project, instance: dg.DagsterInstance, words: Sequence[str]) -> dict[str, str]:
    """Evaluate the checks of these artifacts now; returns the complaints by word."""
    return mark(instance, Lineage(project).present_all(words))


def mark(instance: dg.DagsterInstance, folders: Mapping[str, str | None]) -> dict[str, str]:
    """As `mark_edited`, of folders that have just been hashed: the MD5 by word, None where there is none.

    A result is reported where it differs from the last one, so that the log does not fill.
    """
    complaints = {}
    for word, present in folders.items():
        known = dagster_log.known(instance, word)[0]
        if present is None and known is None:
            continue
        complaint = edited_by_hand(present, known)
        if complaint is not None:
            complaints[word] = complaint
        if dagster_log.last_check(instance, word, AS_RECORDED) is not (complaint is None):
            evaluation = dg.AssetCheckEvaluation(
                asset_key=dg.AssetKey(word),
                check_name=AS_RECORDED,
                passed=complaint is None,
                description=complaint or ABOUT_RECORDED,
            )
            instance.report_runless_asset_event(evaluation)
    return complaints
