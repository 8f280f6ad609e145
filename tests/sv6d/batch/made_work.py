"""Work for the keyed map that behaves as its text says, and the map run over some of it."""

from __future__ import annotations

import os
import signal
import socket
import time
from pathlib import Path

from sv6d.batch.keyed_map import Item, Outcome, keyed_map
from sv6d.errors import InputError
from sv6d.events import Events
from sv6d.fingerprint import fingerprint


def work(payload: tuple[str, str]) -> bytes:
    """Appends to a log, so that calls can be counted across processes."""
    log, text = payload
    with Path(log).open("a") as stream:
        stream.write(text + "\n")
    if text == "typed":
        raise InputError("a typed error", found="typed", wanted="other", next_step="none")
    if text == "unexpected":
        raise ZeroDivisionError("a bug")
    if text.startswith("loses") and (text == "loses" or Path(log).read_text().split().count(text) == 1):
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(3600)
    if text == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    if text == "hangs":
        time.sleep(3600)
    if text == "grows":
        bytearray(200 << 20)
    if text == "calls":
        socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    return str(os.getpid()).encode() if text.startswith("who") else text.upper().encode()


def run(
    tmp_path: Path, texts: list[str], *, workers: int = 2, limit_s: float = 60.0, max_memory_bytes: int = 1 << 30
) -> tuple[list[Outcome], list[str]]:
    """Outcomes of the texts, and every text that was worked on since the folder was made."""
    log = str(tmp_path / "log")
    items = [Item(fingerprint(text), (log, text)) for text in texts]
    outcomes = keyed_map(
        work,
        items,
        cache=tmp_path / "cache",
        workers=workers,
        limit_s=limit_s,
        events=Events.silent(),
        max_memory_bytes=max_memory_bytes,
    )
    return outcomes, Path(log).read_text().split() if Path(log).exists() else []
