"""An asset from one row of the stage table."""
# No postponed annotations here: Dagster reads the type of `context` itself.

from collections.abc import Iterator

import dagster as dg

from assets.resources.checks import COMPLETE, Check
from assets.resources.edges import edges, version_of
from assets.resources.project import HERE
from assets.resources.runtime import read_settings
from assets.resources.transaction import Result, materialize
from sv6d.params import read_sections
from sv6d.stages import stage_of

# Its limit is set to the number of devices of this machine when the UI starts.
GPU_POOL = "gpu"


def flow_asset(word: str, *checks: Check) -> dg.AssetsDefinition:
    """The asset of that word: its edges and group from the stage table, its blocking checks.

    Its code version covers its settings and the code files that decide what it holds, so Dagster
    calls it stale exactly when DVC does.
    """
    stage = stage_of(word)
    every_check = (COMPLETE, *checks)

    @dg.asset(
        name=word,
        group_name=stage.group,
        description=stage.about,
        deps=list(edges(word)),
        code_version=version_of(word, read_sections(HERE.params)[word]),
        check_specs=[check.spec(word) for check in every_check],
        pool=GPU_POOL if read_settings(HERE).needs_of(word).gpus else None,
    )
    def body(context: dg.AssetExecutionContext) -> Iterator[Result]:
        yield from materialize(word, every_check, context, HERE)

    return body
