"""One materialization: pin, run, check, exchange, record. The only way into `data/`."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import dagster as dg

from assets.resources import audience
from assets.resources.agreement import tell
from assets.resources.checks import Check, Judged, judge
from assets.resources.dagster_log import provenance
from assets.resources.errors import ChangedInputsError, CheckFailedError, disk_error
from assets.resources.journal import Entry, Journal
from assets.resources.launcher import JobEvent, run_job
from assets.resources.lineage import Dependencies, Lineage
from assets.resources.packages import refresh_packages
from assets.resources.pins import Pins
from assets.resources.project import Project
from assets.resources.published import Published, record_published
from assets.resources.recovery import recover_word
from assets.resources.runtime import job_arguments
from assets.resources.signing_key import ensure_key
from assets.resources.tracking import Tracking, tags_of
from sv6d.artifacts import RECORD_NAME, exchange
from sv6d.errors import Sv6dError
from sv6d.io import sha256_file
from sv6d.params import read_sections
from sv6d.stages import stage_of

_LOG_INTERVAL_S = 10.0  # ours: Dagster stores each log line; a terminal hears every event
PUBLISH = "publish"  # name of the lock under which data/ and dvc.lock change

Result = dg.MaterializeResult[None] | dg.AssetCheckResult


def materialize(
    word: str, checks: Sequence[Check], context: dg.AssetExecutionContext, project: Project
) -> Iterator[Result]:
    """Make an artifact and publish it, whole; or leave the old one as it is.

    Raises:
        Failure: with the text of the typed error that stopped it.
    """
    try:
        with project.alone(word):
            recover_word(project, context.instance, word, own_run=context.run_id)
            yield from _Transaction(word, checks, context, project).run()
    except Sv6dError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error
    except Exception as error:
        if (refused := disk_error(error)) is None:
            raise
        raise dg.Failure(description=str(refused), allow_retries=False) from error


@dataclass
class _Transaction:
    word: str
    checks: Sequence[Check]
    context: dg.AssetExecutionContext
    project: Project

    def __post_init__(self) -> None:
        self.lineage = Lineage(self.project)
        self.tracking = Tracking(self.project)
        self.journal = Journal(self.project)
        self.pins = Pins(self.word, self.project)
        self.logged_s = 0.0

    def run(self) -> Iterator[Result]:
        try:
            entry = self.begin()
        except BaseException:
            self.pins.release()
            raise
        try:
            staging, pinned = self.project.staging(self.word), self.pins.project
            shutil.rmtree(staging, ignore_errors=True)
            run_job(self.word, job_arguments(self.word, staging, pinned), project=pinned, listen=self.hear)
            judged = judge(self.word, self.checks, staging, pinned.data)
            results = [found.result(self.word) for found in judged]
            if any(found.blocking and not found.passed for found in judged):
                yield from results
                raise _refused(self.word, judged)
            published = self.publish(entry, judged)
        except BaseException as error:
            left_over = self.journal.read(self.word)
            if left_over is not None and left_over.phase == "running":
                self.tracking.finish(
                    entry.mlflow_run_id, "FAILED" if isinstance(error, Exception) else "KILLED", tags={}, counts={}
                )
                self.journal.close(self.word)
                self.project.clear(self.word)
            raise
        yield dg.MaterializeResult(
            asset_key=self.word,
            data_version=dg.DataVersion(published.md5),
            check_results=results,
            tags=provenance(self.context.instance, self.word, Dependencies(entry.dependencies)),
            metadata=published.shown(),
        )
        # Dagster has stored the event by the time it asks for the next one.
        published.sign()
        self.journal.close(self.word)

    def begin(self) -> Entry:
        refresh_packages(self.project)
        with self.project.alone(PUBLISH, wait=True):  # what is collected as garbage must not be what is pinned
            dependencies = self.pins.take()
        tell(self.project, self.context.instance, stage_of(self.word).inputs)
        settings = read_sections(self.pins.project.params)[self.word]
        code_version = dependencies.version(self.word)
        declared = self.context.assets_def.get_asset_spec(dg.AssetKey(self.word)).code_version
        if declared != code_version:
            raise ChangedInputsError(
                f"the code or settings of {self.word} changed after the graph was loaded",
                found=f"code version {code_version[:12]}",
                wanted=f"code version {(declared or '')[:12]}, as loaded",
                next_step="run it again (in the Dagster UI: Reload definitions first)",
            )
        ensure_key(self.project)
        entry = self.journal.write(
            Entry(
                word=self.word,
                phase="running",
                dagster_run_id=self.context.run_id,
                mlflow_run_id="",
                code_version=code_version,
                dependencies=dependencies.values,
            )
        )
        # After the journal: a run that is opened here and lost would never be closed.
        self.mlflow_run_id = self.tracking.start(
            self.word,
            params=settings,
            inputs=dependencies.inputs,
            tags=tags_of(
                git_commit=self.lineage.commit(),
                dagster_run_id=self.context.run_id,
                code_version=code_version,
                dependencies=dependencies.identity,
            ),
        )
        return self.journal.write(replace(entry, mlflow_run_id=self.mlflow_run_id))

    def hear(self, event: JobEvent) -> None:
        audience.tell(event)
        kind = event["event"]
        if kind == "metrics":
            self.tracking.metrics(self.mlflow_run_id, event["step"], event["values"], time_ns=event["time_ns"])
        elif kind == "message":
            self.context.log.info(event["text"])
        elif event["done"] == event["total"] or time.monotonic() - self.logged_s >= _LOG_INTERVAL_S:
            self.logged_s = time.monotonic()
            self.context.log.info(f"{event['done']} of {event['total']} {event['unit']}")

    def publish(self, entry: Entry, judged: tuple[Judged, ...]) -> Published:
        staging = self.project.staging(self.word)
        self.pins.check()
        with self.project.alone(PUBLISH, wait=True), _uninterrupted():
            entry = self.journal.publishing(entry, sha256_file(staging / RECORD_NAME), judged)
            exchange(staging, self.project.data / self.word)
            published = record_published(self.project, entry, self.tracking)
        self.project.clear(self.word)
        return published


def _refused(word: str, judged: Sequence[Judged]) -> CheckFailedError:
    return CheckFailedError(
        f"{word} was made, but a check refused it; the artifact before it stays",
        found="; ".join(f"{found.name}: {found.text}" for found in judged if found.blocking and not found.passed),
        wanted="every check to pass",
        next_step=f"correct the inputs or the section {word} of params.yaml",
    )


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C and TERM back until the step is whole: under a second of work on small artifacts."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
