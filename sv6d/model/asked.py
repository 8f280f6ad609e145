"""A model that is asked in a process of its own: loaded once from an artifact, then asked item by item.

As many such processes as there are GPUs for it, or as a person asks for (`answering_slots`). None of them decodes:
frames come from files that other processes have made, so that no bytes of strangers meet a model's memory.
"""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sv6d.artifacts import JobRuntime
from sv6d.batch.keyed_map import over_cluster
from sv6d.batch.work import Preparation, Slots

if TYPE_CHECKING:
    from sv6d.model.load import VideoLanguageModel

_VISIBLE = "CUDA_VISIBLE_DEVICES"
# Ours: beside its weights. Measured for the tiny model: 0.2 GB; a batch of an 8B model needs its caches, and room.
MAX_MEMORY_BYTES = 16 << 30
# Ours, for one batch of answers: seconds on a GPU; past it, it hangs.
BATCH_LIMIT_S = 3600.0


def answering_slots(runtime: JobRuntime) -> tuple[Slots, str]:
    """Places for the processes that answer, and the device of each: "cuda" or "cpu".

    With GPUs one on each of them, `runtime.gpus` at most: of this machine, or of the cluster that work is
    spread over. Without, `runtime.models`, on cores.
    """
    on_cores = Slots(runtime.models), "cpu"
    if runtime.device == "cpu" or not runtime.gpus:
        return on_cores
    if over_cluster():
        return Slots(runtime.gpus, with_gpu=True), "cuda"
    num_here = min(_num_visible(), runtime.gpus)
    if not num_here and runtime.device == "auto":
        return on_cores
    return Slots(max(num_here, 1), with_gpu=True), "cuda"


def _num_visible() -> int:
    if os.environ.get(_VISIBLE) == "":  # as on every machine without any; to import torch takes seconds
        return 0
    import torch

    return torch.cuda.device_count()


@dataclass(frozen=True, kw_only=True)
class AskedModel(Preparation):
    """What a process loads to be asked.

    Attributes:
        folder: an artifact with a model, as `load_model` takes it.
        adapter: a PEFT folder to put on top, or None.
        device: "cuda" or "cpu", the same in every process: what one of them rounds otherwise is no longer
            the same answer.
    """

    folder: Path
    adapter: Path | None
    device: str

    @abstractmethod
    def answer(self, model: VideoLanguageModel, payload: Any) -> bytes:
        """What the model says of one item. The same wherever it is asked: batches hold parts of one item only."""

    def ready(self) -> Callable[[Any], bytes]:
        import torch

        from sv6d.model.load import load_model

        # Whatever OMP_NUM_THREADS says on a machine: sums depend on the number of threads.
        torch.set_num_threads(1)
        return partial(_answered, self, load_model(self.folder, adapter=self.adapter, device=self.device))


def _answered(asked: AskedModel, model: VideoLanguageModel, payload: Any) -> bytes:
    import torch

    try:
        return asked.answer(model, payload)
    except torch.AcceleratorError as error:
        # After such an error CUDA refuses this process everything; another one tries the item again.
        raise SystemExit(f"the device failed: {error}") from error
