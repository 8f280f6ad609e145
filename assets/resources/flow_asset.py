"""An asset from one row of the stage table, and the check that stands beside it."""
# No postponed annotations here: Dagster reads the type of `context` itself.

from collections.abc import Iterator

import dagster as dg

from assets.resources.agreement import ABOUT_RECORDED, AS_RECORDED, edited_by_hand
from assets.resources.checks import COMPLETE, NOT_EMPTY, Check
from assets.resources.dagster_log import known
from assets.resources.edges import edges, version_of
from assets.resources.lineage import Lineage
from assets.resources.project import HERE
from assets.resources.runtime import read_settings
from assets.resources.transaction import Result, materialize
from sv6d.params import read_sections
from sv6d.stages import stage_of

# Its limit is set to the number of devices of this machine when the UI starts.
GPU_POOL = "gpu"
# As DVC decides: `AutomationCondition.eager` would make everything again after each materialization of an
# input, also one that came out equal.
_CAUSE = (
    dg.AutomationCondition.code_version_changed()
    | dg.AutomationCondition.any_deps_match(dg.AutomationCondition.data_version_changed())
    | dg.AutomationCondition.missing()
)
WHEN_STALE = (
    _CAUSE.since_last_handled()  # type: ignore[misc] # its annotation refuses conditions of assets alone
    & ~dg.AutomationCondition.any_deps_missing()
    & ~dg.AutomationCondition.any_deps_in_progress()
    & ~dg.AutomationCondition.in_progress()
)


def flow_asset(word: str, *checks: Check) -> dg.AssetsDefinition:
    """The asset of that word: its edges and group from the stage table, its blocking checks.

    Its code version covers its settings and the code files that decide what it holds, so Dagster
    calls it stale exactly when DVC does.
    """
    stage = stage_of(word)
    every_check = (COMPLETE, NOT_EMPTY, *checks)

    @dg.asset(
        name=word,
        group_name=stage.group,
        description=stage.about,
        deps=list(edges(word)),
        code_version=version_of(word, read_sections(HERE.params)[word]),
        automation_condition=WHEN_STALE,
        check_specs=[check.spec(word) for check in every_check],
        pool=GPU_POOL if read_settings(HERE).needs_of(word).gpus else None,
    )
    def body(context: dg.AssetExecutionContext) -> Iterator[Result]:
        yield from materialize(word, every_check, context, HERE)

    return body


def as_recorded_check(word: str) -> dg.AssetChecksDefinition:
    """The check of an artifact that compares its bytes with those of its last materialization."""

    @dg.asset_check(asset=word, name=AS_RECORDED, description=ABOUT_RECORDED)
    def as_recorded(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        complaint = edited_by_hand(Lineage(HERE).present(word), known(context.instance, word)[0])
        return dg.AssetCheckResult(passed=complaint is None, description=complaint or ABOUT_RECORDED)

    return as_recorded
