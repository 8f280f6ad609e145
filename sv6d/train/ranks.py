"""Training as several processes, one per GPU, as torchrun starts them: who leads, and who waits for whom.

The first process leads: it alone tells events, keeps checkpoints and publishes, and it decodes first.
The others hold a copy of the model and take their share of each batch. Without torchrun there is one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sv6d.errors import TrainingError

# Ours: the others wait while the leader decodes what a corpus shows a model, for as long as a job may take.
_PATIENCE = timedelta(days=3)


def num_ranks() -> int:
    """Processes that train together (torchrun's WORLD_SIZE)."""
    return int(os.environ.get("WORLD_SIZE") or 1)


def leads() -> bool:
    """Whether this is the first of them (torchrun's RANK)."""
    return int(os.environ.get("RANK") or 0) == 0


def join(device_type: str) -> None:
    """Meet the other processes, by NCCL on GPUs and by gloo on CPUs; each takes a GPU of its own."""
    if num_ranks() > 1:
        from accelerate import PartialState

        PartialState(cpu=device_type == "cpu", timeout=_PATIENCE)


@contextmanager
def leader_first() -> Iterator[None]:
    """The block runs in the leader, then in the others, who find what it has kept."""
    if num_ranks() == 1:
        yield
        return
    from accelerate import PartialState

    with PartialState().main_process_first():
        yield


def wait_for_all() -> None:
    """Until every process has come here."""
    if num_ranks() > 1:
        from accelerate import PartialState

        PartialState().wait_for_everyone()


def share_of(batch_size: int, settings: str) -> int:
    """Rows of a batch for each process: `settings` say how large the whole batch is, wherever it runs.

    Raises:
        TrainingError: it can not be divided.
    """
    if batch_size % num_ranks():
        raise TrainingError(
            "a batch can not be divided among the processes",
            found=f"{settings} = {batch_size}, {num_ranks()} processes",
            wanted="a multiple of the number of processes",
            next_step=f"change {settings} in params.yaml, or the number of GPUs in runtime.yaml",
        )
    return batch_size // num_ranks()
