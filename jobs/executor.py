"""How Dagster carries out a run that it has launched: in the run's own process, which ends with its parent."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
from collections.abc import Iterator

import dagster as dg
from dagster._core.events import DagsterEvent
from dagster._core.execution.context.system import PlanOrchestrationContext
from dagster._core.execution.plan.plan import ExecutionPlan
from dagster._core.execution.retries import RetryMode
from dagster._core.executor.in_process import InProcessExecutor

from assets.resources.project import HERE
from assets.resources.run_presence import present
from assets.resources.supervisor import PR_SET_PDEATHSIG


class _SupervisedExecutor(InProcessExecutor):
    def execute(self, plan_context: PlanOrchestrationContext, execution_plan: ExecutionPlan) -> Iterator[DagsterEvent]:
        _end_with_code_server()
        with present(HERE, plan_context.run_id):
            yield from super().execute(plan_context, execution_plan)


def _end_with_code_server() -> None:
    """A run whose code server is gone can be neither watched nor terminated any more: TERM ends it in order.

    A stage is a process of its own already; one process more per step would cost 3 to 4 seconds each
    (measured) and leave two to supervise, so the run's process is also the step's.
    """
    server = multiprocessing.parent_process()
    if server is None:  # started from a terminal, which has signals of its own
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != server.pid:  # it died before prctl took effect
        os.kill(os.getpid(), signal.SIGTERM)


@dg.executor(name="supervised_in_process")
def supervised_executor(context: dg.InitExecutorContext) -> InProcessExecutor:
    """Steps one after another in the run's process; the process ends with the code server that started it."""
    return _SupervisedExecutor(retries=RetryMode.ENABLED)
