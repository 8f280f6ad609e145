"""What Dagster's event log knows of an artifact, and how it learns of one that no run reported."""

from __future__ import annotations

import dagster as dg
from dagster._core.definitions.data_version import (
    CODE_VERSION_TAG,
    DATA_VERSION_IS_USER_PROVIDED_TAG,
    DATA_VERSION_TAG,
    extract_data_provenance_from_entry,
    extract_data_version_from_entry,
    get_input_data_version_tag,
    get_input_event_pointer_tag,
)

from assets.resources.edges import INPUTS, edges


def known(instance: dg.DagsterInstance, name: str) -> tuple[str | None, int | None]:
    """Data version and storage id of the latest materialization (or observation of `inputs`)."""
    record = instance.get_latest_data_version_record(dg.AssetKey(name))
    if record is None:
        return None, None
    version = extract_data_version_from_entry(record.event_log_entry)
    return (version.value if version else None), record.storage_id


def known_code_version(instance: dg.DagsterInstance, name: str) -> str | None:
    """Code version of the latest materialization, or None."""
    record = instance.get_latest_data_version_record(dg.AssetKey(name))
    provenance = extract_data_provenance_from_entry(record.event_log_entry) if record else None
    return provenance.code_version if provenance else None


def report(instance: dg.DagsterInstance, word: str, md5: str, code_version: str) -> None:
    """Tell Dagster of an artifact that DVC has recorded: a materialization that belongs to no run.

    All of these tags are needed: without an input's event pointer the asset counts as stale.
    """
    tags = {
        DATA_VERSION_TAG: md5,
        DATA_VERSION_IS_USER_PROVIDED_TAG: "true",
        CODE_VERSION_TAG: code_version,
    }
    for name in edges(word):
        version, storage_id = known(instance, name)
        if version is None:
            continue
        key = dg.AssetKey(name)
        tags[get_input_data_version_tag(key)] = version
        tags[get_input_event_pointer_tag(key)] = str(storage_id)
    instance.report_runless_asset_event(dg.AssetMaterialization(asset_key=word, tags=tags))


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
