"""The chain of an answer as OpenLineage events: a START and a COMPLETE per materialization, oldest first."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState, set_producer
from openlineage.client.generated.base import JobFacet, RunFacet
from openlineage.client.generated.dataset_version_dataset import DatasetVersionDatasetFacet
from openlineage.client.generated.execution_parameters_run import ExecutionParameter, ExecutionParametersRunFacet
from openlineage.client.generated.output_statistics_output_dataset import OutputStatisticsOutputDatasetFacet
from openlineage.client.generated.source_code_location_job import SourceCodeLocationJobFacet
from openlineage.client.generated.test_run import TestExecution, TestRunFacet
from openlineage.client.serde import Serde

from jobs.audit.model import Answer, Version
from jobs.audit.show import flat

NAMESPACE = "sv6d"
# The format asks who wrote an event, as a URI; this project has no address of its own.
_PRODUCER = "urn:sv6d:jobs.audit"
# Observations belong to no run; their id is made from what they observed.
_RUNS = uuid.uuid5(uuid.NAMESPACE_URL, _PRODUCER)


def as_events(answer: Answer) -> bytes:
    """The events as JSON lines."""
    set_producer(_PRODUCER)
    events = [event for version in reversed(answer.versions) for event in _events(version)]
    return "".join(f"{Serde.to_json(event)}\n" for event in events).encode()


def _events(version: Version) -> Iterator[RunEvent]:
    ended = version.run.ended if version.run else version.made_at
    started = version.run.started if version.run else ended
    own = version.dagster_run_id or ""
    # One Dagster run may make several artifacts; a run of OpenLineage is of one job.
    facets: dict[str, RunFacet] = {"executionParameters": _settings(version)}
    if version.checks:
        facets["test"] = _checks(version)
    run = Run(str(uuid.uuid5(_RUNS, f"{own}/{version.word}/{version.md5}")), facets)
    job = Job(NAMESPACE, version.word, _code(version))
    inputs = [
        InputDataset(NAMESPACE, name, facets={"version": DatasetVersionDatasetFacet(md5)})
        for name, md5 in version.made_from.items()
    ]
    for state, at, outputs in ((RunState.START, started, []), (RunState.COMPLETE, ended, [_output(version)])):
        if at is not None:  # not told: how a run ended that MLflow alone knows, when it was that nobody knows
            yield RunEvent(eventTime=at, run=run, job=job, eventType=state, inputs=inputs, outputs=outputs)


def _checks(version: Version) -> TestRunFacet:
    """The blocking checks: the format's assertions are about inputs, these are about what the run made."""
    return TestRunFacet(
        [
            TestExecution(check.name, "pass" if check.passed else "fail", severity="error", description=check.about)
            for check in version.checks
        ]
    )


def _settings(version: Version) -> ExecutionParametersRunFacet:
    told = dict(flat(version.settings))
    told |= {"dagster.run_id": version.dagster_run_id} if version.dagster_run_id else {}
    told |= {"mlflow.run_id": version.mlflow_run_id} if version.mlflow_run_id else {}
    return ExecutionParametersRunFacet([ExecutionParameter(key=name, value=value) for name, value in told.items()])


def _code(version: Version) -> dict[str, JobFacet]:
    commit = version.commit
    if commit is None:
        return {}
    return {"sourceCodeLocation": SourceCodeLocationJobFacet("git", f"urn:git:{commit}", version=commit)}


def _output(version: Version) -> OutputDataset:
    return OutputDataset(
        NAMESPACE,
        version.word,
        facets={"version": DatasetVersionDatasetFacet(version.md5)},
        outputFacets={
            "outputStatistics": OutputStatisticsOutputDatasetFacet(
                rowCount=version.counts.get("items"), size=version.size, fileCount=version.num_files
            )
        },
    )
