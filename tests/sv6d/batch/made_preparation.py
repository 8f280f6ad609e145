"""Processes that are prepared once and then behave as their item's text says, and the prepared map over some."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from sv6d.batch.keyed_map import Item, Outcome, prepared_map
from sv6d.batch.work import Preparation, Slots
from sv6d.errors import ModelError
from sv6d.events import Events
from sv6d.fingerprint import fingerprint


@dataclass(frozen=True)
class Loaded(Preparation):
    """Stands for a model in `folder`; `mood` is how loading it goes."""

    folder: Path
    mood: str = ""

    def ready(self) -> Callable[[Any], bytes]:
        note(self.folder, f"ready {os.getpid()}")
        if self.mood == "typed":
            raise ModelError("no model", found="nothing", wanted="weights", next_step="put them there")
        if self.mood == "bug":
            raise ZeroDivisionError("a bug")
        if self.mood == "dies" or (self.mood == "dies once" and len(noted(self.folder)) == 1):
            os.kill(os.getpid(), signal.SIGKILL)
        bytearray(200 << 20)  # what is loaded does not count
        return partial(_answer, self.folder)


def note(folder: Path, line: str) -> None:
    with (folder / "log").open("a") as stream:
        stream.write(line + "\n")


def noted(folder: Path) -> list[str]:
    return (folder / "log").read_text().splitlines() if (folder / "log").exists() else []


def _answer(folder: Path, text: str) -> bytes:
    note(folder, text)
    first = noted(folder).count(text) == 1
    if text == "kills" or (text == "kills once" and first):
        os.kill(os.getpid(), signal.SIGKILL)
    if text == "takes the slot" or (text == "takes the slot once" and first):
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(3600)
    if text == "hangs":
        time.sleep(3600)
    if text == "grows":
        bytearray(200 << 20)
    if text == "calls":
        socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if text == "typed":
        raise ModelError("a typed error", found="typed", wanted="other", next_step="none")
    if text.startswith("meets"):  # as many processes as there are such items come here
        while len({line for line in noted(folder) if line.startswith("meets")}) < int(text.split()[1]):
            time.sleep(0.02)
    seen = {name: os.environ.get(name) for name in ("CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS")}
    return orjson.dumps({"text": text, "pid": os.getpid(), **seen})


@dataclass
class Asked:
    """Outcomes of some texts, and what they say of the processes that answered."""

    outcomes: list[Outcome]

    @property
    def values(self) -> list[dict[str, Any] | None]:
        return [None if one.value is None else orjson.loads(one.value) for one in self.outcomes]

    @property
    def texts(self) -> list[str | None]:
        return [None if value is None else value["text"] for value in self.values]


def ask(
    folder: Path,
    texts: Sequence[str],
    *,
    slots: Slots,
    mood: str = "",
    limit_s: float = 60.0,
    weights: Path | None = None,
) -> Asked:
    outcomes = prepared_map(
        Loaded(weights or folder, mood),
        [Item(fingerprint(text), text) for text in texts],
        cache=folder / "cache",
        slots=slots,
        limit_s=limit_s,
        max_memory_bytes=100 << 20,
        events=Events.silent(),
        unit="clips",
        fetch=lambda missing: [item.payload for item in missing],
    )
    return Asked(outcomes)
