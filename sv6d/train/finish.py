"""From a trained model to an artifact: weights, what they were trained on, and how it went."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sv6d.artifacts import Job
from sv6d.errors import TrainingError
from sv6d.io import fsync_path, write_json
from sv6d.model.torchvision_shim import ensure_torchvision_importable
from sv6d.train.ranks import leads
from sv6d.train.tables import HISTORY

ensure_torchvision_importable()

import torch  # noqa: E402
from safetensors.torch import load_file  # noqa: E402


def fix_threads(device: torch.device) -> None:
    """One thread on a CPU: sums in another order give other bits, and spinning threads cost 7-15 times the time."""
    if device.type == "cpu":
        torch.set_num_threads(1)


def once(job: Job, train: Callable[[Path, Path], None]) -> None:
    """Fill `job.out` by `train(result, checkpoints)`, or from a training of the same kind that ended.

    The result stands in `job.work` before it is copied, so that a job killed after its last step,
    or a new one of the same settings, inputs and code, trains nothing again. Checkpoints are removed
    then: of a large model each is several times the size of the result.

    Of several processes each calls `train`, and only the leader fills anything.
    """
    result, partial, checkpoints = job.work / "result", job.work / "result.partial", job.work / "checkpoints"
    if not leads():
        if not result.is_dir():
            train(partial, checkpoints)
        return
    if not result.is_dir():
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        train(partial, checkpoints)
        for path in sorted(partial.rglob("*"), reverse=True):
            fsync_path(path)
        partial.rename(result)
        fsync_path(job.work)
    else:
        job.events.message(f"{job.word}: trained before with the same settings, inputs and code; nothing to train")
    shutil.rmtree(checkpoints, ignore_errors=True)
    shutil.copytree(result, job.out, dirs_exist_ok=True)


def write_training(result: Path, history: Sequence[Mapping[str, Any]], summary: Mapping[str, Any]) -> None:
    """`history.parquet`, and `training.json`: the summary with each metric's last value. By the leader."""
    if not leads():
        return
    HISTORY.write(result, history)
    last = {row["metric"]: row["value"] for row in history}
    write_json(result / "training.json", {**summary, "last": last})


def check_weights(path: Path, trained: Mapping[str, torch.Tensor]) -> None:
    """Re-open a safetensors file and compare it with what was trained.

    Savers have written empty or merged tensors without an error (huggingface/peft#2500).

    Raises:
        TrainingError: a tensor is missing, empty or differs.
    """
    stored = load_file(path)
    wrong = sorted(
        name
        for name, tensor in stored.items()
        if tensor.numel() == 0 or name not in trained or not torch.equal(tensor, trained[name].detach().cpu())
    )
    if wrong or not stored:
        raise TrainingError(
            f"{path.name} does not hold what was trained",
            found=f"{len(stored)} tensors, differing: {wrong[:5]}",
            wanted="every trained tensor, bit for bit",
            next_step="look at the disk, and at the versions of transformers, peft and safetensors",
        )


def save_model(model: Any, processor: Any, folder: Path) -> None:
    """A folder that plain transformers loads; weights as safetensors, checked after writing. By the leader."""
    if not leads():
        return
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    check_weights(folder / "model.safetensors", model.state_dict())
