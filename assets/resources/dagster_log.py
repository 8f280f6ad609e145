"""What Dagster's event log knows of an artifact, and how it learns of one that no run reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData,
)
from dagster._core.definitions.data_version import (
    CODE_VERSION_TAG,
    DATA_VERSION_IS_USER_PROVIDED_TAG,
    DATA_VERSION_TAG,
    NULL_EVENT_POINTER,
    extract_data_provenance_from_entry,
    extract_data_version_from_entry,
    get_input_data_version_tag,
    get_input_event_pointer_tag,
)
from dagster._core.events import DagsterEvent, DagsterEventType, StepMaterializationData
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

from assets.resources.checks import Judged
from assets.resources.edges import INPUTS, edges
from assets.resources.lineage import Dependencies, Recorded

_NOT_READ = "not_read"  # in place of an input's version where the artifact was made before it was an input


def known(instance: dg.DagsterInstance, name: str) -> tuple[str | None, int | None]:
    """Data version and storage id of the latest materialization (or observation of `inputs`)."""
    record = instance.get_latest_data_version_record(dg.AssetKey(name))
    if record is None:
        return None, None
    version = extract_data_version_from_entry(record.event_log_entry)
    return (version.value if version else None), record.storage_id


def knows(instance: dg.DagsterInstance, word: str, recorded: Recorded) -> bool:
    """Whether the latest materialization is this one: the same bytes from the same inputs, code and settings."""
    record = instance.get_latest_data_version_record(dg.AssetKey(word))
    found = extract_data_provenance_from_entry(record.event_log_entry) if record else None
    if record is None or found is None:
        return False
    version = extract_data_version_from_entry(record.event_log_entry)
    inputs = {key.to_user_string(): value.value for key, value in found.input_data_versions.items()}
    return (version.value if version else None, found.code_version, inputs) == (
        recorded.md5,
        recorded.made_from.version(word),
        _input_versions(word, recorded.made_from),
    )


def last_check(instance: dg.DagsterInstance, word: str, name: str) -> bool | None:
    """Whether the check passed when it was last evaluated; None where it never was."""
    key = dg.AssetCheckKey(dg.AssetKey(word), name)
    record = instance.event_log_storage.get_latest_asset_check_execution_by_key([key]).get(key)
    passed = {AssetCheckExecutionRecordStatus.SUCCEEDED: True, AssetCheckExecutionRecordStatus.FAILED: False}
    # A run that failed before its checks has left them planned.
    return passed.get(record.status) if record is not None else None


def _input_versions(word: str, made_from: Dependencies) -> dict[str, str]:
    return {name: made_from.inputs.get(name, _NOT_READ) for name in edges(word)}


def provenance(instance: dg.DagsterInstance, word: str, made_from: Dependencies) -> dict[str, str]:
    """Dagster's tags of what a materialization was made from.

    All of them are needed: without an input's event pointer the asset counts as stale. Given by us and not
    left to Dagster, because it would name the inputs that it knows, and those may be others by now.
    """
    tags = {CODE_VERSION_TAG: made_from.version(word)}
    for name, md5 in _input_versions(word, made_from).items():
        _, storage_id = known(instance, name)
        key = dg.AssetKey(name)
        tags[get_input_data_version_tag(key)] = md5
        tags[get_input_event_pointer_tag(key)] = str(storage_id) if storage_id else NULL_EVENT_POINTER
    return tags


def report(
    instance: dg.DagsterInstance, word: str, recorded: Recorded, metadata: Mapping[str, Any], *, run_id: str = ""
) -> None:
    """Tell Dagster of an artifact that DVC has recorded: as a materialization of that run, or of none."""
    tags = {
        DATA_VERSION_TAG: recorded.md5,
        DATA_VERSION_IS_USER_PROVIDED_TAG: "true",
        **provenance(instance, word, recorded.made_from),
    }
    materialization = dg.AssetMaterialization(asset_key=word, tags=tags, metadata=metadata)
    run = instance.get_run_by_id(run_id) if run_id else None
    if run is None:
        instance.report_runless_asset_event(materialization)
    else:
        data = StepMaterializationData(materialization, [])
        _report_of_run(instance, run, word, DagsterEventType.ASSET_MATERIALIZATION, data)


def report_checks(instance: dg.DagsterInstance, word: str, checks: Sequence[Judged], *, run_id: str) -> None:
    """Tell Dagster what was found in the latest version of an artifact, by a run that could not say it itself."""
    run, record = instance.get_run_by_id(run_id), instance.get_latest_data_version_record(dg.AssetKey(word))
    about = record and AssetCheckEvaluationTargetMaterializationData(
        storage_id=record.storage_id, run_id=record.event_log_entry.run_id, timestamp=record.event_log_entry.timestamp
    )
    for judged in checks:
        evaluation = dg.AssetCheckEvaluation(
            asset_key=dg.AssetKey(word),
            check_name=judged.name,
            passed=judged.passed,
            description=judged.text,
            blocking=judged.blocking,
            target_materialization_data=about,
        )
        if run is None:
            instance.report_runless_asset_event(evaluation)
        else:
            _report_of_run(instance, run, word, DagsterEventType.ASSET_CHECK_EVALUATION, evaluation)


def _report_of_run(
    instance: dg.DagsterInstance,
    run: dg.DagsterRun,
    word: str,
    kind: DagsterEventType,
    data: StepMaterializationData | dg.AssetCheckEvaluation,
) -> None:
    event = DagsterEvent(kind.value, job_name=run.job_name, step_key=word, event_specific_data=data)
    instance.report_dagster_event(event, run_id=run.run_id)


def observe_inputs(instance: dg.DagsterInstance, md5: str) -> None:
    """Let Dagster see the present inputs, unless it has: before anything is made from them.

    Observed only afterwards, they would count as changed and make everything stale.
    """
    if known(instance, INPUTS)[0] != md5:
        instance.report_runless_asset_event(dg.AssetObservation(INPUTS, tags={DATA_VERSION_TAG: md5}))


def note(instance: dg.DagsterInstance, word: str, name: str, text: str) -> None:
    """Let Dagster show a word about an asset beside its materializations; changes no version."""
    instance.report_runless_asset_event(dg.AssetObservation(word, metadata={name: text}))


def end_run(instance: dg.DagsterInstance, run_id: str, reason: str) -> None:
    """Close a run whose process is gone."""
    run = instance.get_run_by_id(run_id)
    if run is not None and not run.is_finished:
        instance.report_run_failed(run, reason)
