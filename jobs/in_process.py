"""One asset, made in this process, as a Dagster run that the UI shows."""

from __future__ import annotations

import dagster as dg
from dagster._core.utils import make_new_run_id

from assets.resources import audience
from assets.resources.launcher import Listener
from assets.resources.project import HERE
from assets.resources.run_presence import present
from jobs.definitions import defs

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
