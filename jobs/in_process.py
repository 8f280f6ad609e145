"""One asset, made in this process, as a Dagster run that the UI shows."""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg
from dagster._core.utils import make_new_run_id

from assets.resources import audience, dagster_log
from assets.resources.edges import version_of
from assets.resources.launcher import Listener
from assets.resources.lineage import Lineage
from assets.resources.project import HERE
from assets.resources.run_presence import present
from jobs.definitions import defs
from sv6d.params import read_sections

# Dagster's console log repeats every event of a run; the terminal shows the job's own words instead.
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def materialize(instance: dg.DagsterInstance, word: str, listen: Listener) -> None:
    """Make and publish one artifact.

    Raises:
        Failure: its description is the text of the error.
    """
    run_id = make_new_run_id()
    with audience.listening(listen), present(HERE, run_id):
        defs.resolve_implicit_global_asset_job_def().execute_in_process(
            instance=instance, asset_selection=[dg.AssetKey(word)], run_config=_QUIET, run_id=run_id
        )


def tell_dagster(instance: dg.DagsterInstance, words: Sequence[str]) -> None:
    """Report artifacts that DVC calls up to date to Dagster where its log knows others.

    So it is after `dvc checkout`, and where the event log was removed.
    """
    recorded = Lineage(HERE).recorded_all()
    sections = read_sections(HERE.params)
    for word in words:
        code_version = version_of(word, sections[word])
        known = (dagster_log.known(instance, word)[0], dagster_log.known_code_version(instance, word))
        if known != (recorded[word], code_version):
            dagster_log.report(instance, word, recorded[word], code_version)
