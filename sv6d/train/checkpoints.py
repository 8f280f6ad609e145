"""Checkpoints that survive a kill: complete ones carry a marker written last, others are removed."""

from __future__ import annotations

import math
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sv6d.errors import TrainingError
from sv6d.events import Events
from sv6d.io import fsync_path, read_jsonl, write_bytes, write_jsonl
from sv6d.model.torchvision_shim import ensure_torchvision_importable
from sv6d.train.ranks import leads, wait_for_all

ensure_torchvision_importable()

from transformers import TrainerCallback  # noqa: E402

_MARKER = "complete"
_HISTORY = "history.jsonl"


def last_complete(folder: Path) -> Path | None:
    """The newest complete checkpoint under `folder`, or None; incomplete ones are removed, by the leader.

    transformers' own `get_last_checkpoint` also picks a folder that a kill left half written
    (huggingface/transformers#35525).
    """
    found = sorted(folder.glob("checkpoint-*"), key=step_of)
    complete = [path for path in found if (path / _MARKER).is_file()]
    if leads():
        for path in set(found) - set(complete):
            shutil.rmtree(path)
    return complete[-1] if complete else None


def step_of(checkpoint: Path) -> int:
    """Steps that a training had done when it kept this checkpoint."""
    return int(checkpoint.name.rpartition("-")[2])


class Bookkeeper(TrainerCallback):  # type: ignore[misc]
    """Events, history and completeness markers of one training.

    A number that is not finite stops the training at once; the last complete checkpoint stays.
    """

    def __init__(self, events: Events, *, names: Mapping[str, str], resumed_from: Path | None) -> None:
        self._events = events
        self._names = names
        self.history: list[dict[str, Any]] = list(read_jsonl(resumed_from / _HISTORY)) if resumed_from else []

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._events.begin(done_before=state.global_step)

    def on_log(
        self, args: Any, state: Any, control: Any, logs: Mapping[str, float] | None = None, **kwargs: Any
    ) -> None:
        # TRL logs None for a number that nothing was there to make of, such as the reward of unscored completions.
        values = {
            self._names[name]: float(value)
            for name, value in (logs or {}).items()
            if name in self._names and value is not None
        }
        broken = {name: value for name, value in values.items() if not math.isfinite(value)}
        if broken:
            raise TrainingError(
                f"training broke at step {state.global_step}",
                found=", ".join(f"{name} = {value}" for name, value in broken.items()),
                wanted="finite numbers",
                next_step="lower the learning rate in params.yaml; the last complete checkpoint is kept",
            )
        if values:
            self.history += [
                {"step": state.global_step, "metric": name, "value": values[name]} for name in sorted(values)
            ]
            self._events.metrics(state.global_step, values)

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._events.progress("steps", state.global_step, state.max_steps)

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        wait_for_all()  # each process has kept its own state there
        if not leads():
            return
        folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        write_jsonl(folder / _HISTORY, self.history)
        for path in folder.rglob("*"):
            fsync_path(path)
        write_bytes(folder / _MARKER, b"")
