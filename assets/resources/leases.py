"""Who may work on which GPU: a lock of the kernel per device, for all projects of this machine."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from assets.resources.errors import TooFewGpusError
from sv6d.errors import ConfigError

_FOLDER = "SV6D_LEASES"
_VISIBLE = "CUDA_VISIBLE_DEVICES"
_ORDER = {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}  # nvidia-smi's order; CUDA's own puts the fastest first
_CPU = "cpu"
_QUEUE = "queue"  # who waits for devices; so one that needs four is not overtaken by ones that need one
_POLL_S = 0.5  # ours: a device that becomes free stands still no longer


@dataclass(frozen=True, slots=True)
class Gpu:
    """A device: its name as a lease, and what CUDA_VISIBLE_DEVICES calls it."""

    lease: str
    visible: str


@dataclass(frozen=True, slots=True)
class Lease:
    """What was taken: open files that hold the locks, and the environment that shows the devices."""

    files: tuple[int, ...]
    environment: Mapping[str, str]


@contextmanager
def leased(num_gpus: int, gpus: Sequence[Gpu], holder: str, wait: Callable[[str], None]) -> Iterator[Lease]:
    """Hold `num_gpus` of `gpus`, or the one CPU lease where there are none, until the block ends.

    A lock lasts until every process that has its file open is gone. `wait` is told once who holds what.

    Raises:
        TooFewGpusError: the machine has some devices, but not as many.
    """
    if gpus and len(gpus) < num_gpus:
        raise TooFewGpusError(
            f"{holder} needs {num_gpus} GPUs at once",
            found=f"{len(gpus)} on this machine: {', '.join(gpu.visible for gpu in gpus)}",
            wanted=f"{num_gpus}",
            next_step=f"say needs: {{{holder}: {{gpus: {len(gpus)}}}}} in runtime.yaml, or unset {_VISIBLE}",
        )
    if not num_gpus:
        yield Lease((), {_VISIBLE: ""})
        return
    names = {gpu.lease: gpu.visible for gpu in gpus} or {_CPU: ""}
    with ExitStack() as held:
        taken = _take(leases_folder(), sorted(names), num_gpus if gpus else 1, wait, held)
        for file in taken.values():
            file.truncate(0)
            file.write(f"{holder} (process {os.getpid()})".encode())
            file.flush()
        visible = {_VISIBLE: ",".join(names[name] for name in taken)}
        order = _ORDER if gpus and not os.environ.get(_VISIBLE) else {}
        yield Lease(tuple(file.fileno() for file in taken.values()), {**visible, **order})


def _take(
    folder: Path, names: Sequence[str], count: int, wait: Callable[[str], None], held: ExitStack
) -> dict[str, IO[bytes]]:
    """The first `count` of `names` that are free together, locked; by name."""
    told = False
    with (folder / _QUEUE).open("ab") as queue:
        while not _lock(queue):
            told = told or _tell(wait, "waiting for other jobs that wait for a device")
            time.sleep(_POLL_S)
        while True:
            with ExitStack() as tried:
                taken: dict[str, IO[bytes]] = {}
                for name in names:
                    file = tried.enter_context((folder / name).open("a+b"))
                    if len(taken) < count and _lock(file):
                        taken[name] = file
                if len(taken) == count:
                    held.push(tried.pop_all())
                    return taken
            told = told or _tell(wait, f"waiting for a device: {_holders(folder, names)}")
            time.sleep(_POLL_S)


def _tell(wait: Callable[[str], None], text: str) -> bool:
    wait(text)
    return True


def _lock(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holders(folder: Path, names: Sequence[str]) -> str:
    return ", ".join(f"{name} is held by {(folder / name).read_text(errors='replace')}" for name in names)


def leases_folder() -> Path:
    """`SV6D_LEASES`, by default one folder per user of the machine, whatever the project.

    Raises:
        ConfigError: somebody else made that folder.
    """
    folder = Path(os.environ.get(_FOLDER) or Path(tempfile.gettempdir()) / f"sv6d-leases-{os.getuid()}")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.environ.get(_FOLDER) and (folder.is_symlink() or folder.stat().st_uid != os.getuid()):
        raise ConfigError(
            "the folder of the device leases is not ours",
            found=f"{folder} belongs to user {folder.stat().st_uid}",
            wanted="a folder that this user made",
            next_step=f"remove it, or set {_FOLDER} to a folder that all users of the GPUs can write",
        )
    return folder


def visible_gpus() -> list[Gpu]:
    """The devices that a job may be given: those of `CUDA_VISIBLE_DEVICES` where it is set, else all."""
    listed = _listed()
    chosen = os.environ.get(_VISIBLE)
    if chosen is None:
        return [Gpu(uuid, index) for index, uuid in listed.items()]
    entries = [entry.strip() for entry in chosen.split(",") if entry.strip() not in ("", "-1")]
    # An index and the UUID of the same device are one lease.
    return [Gpu(listed.get(entry, f"gpu-{entry}" if entry.isdecimal() else entry), entry) for entry in entries]


def _listed() -> dict[str, str]:
    """UUID by index of the NVIDIA devices of this machine; empty where the driver is absent."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return {}
    command = [tool, "--query-gpu=index,uuid", "--format=csv,noheader"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode:  # the tool is installed, the driver is not loaded
        return {}
    pairs = (line.split(",") for line in answer.stdout.splitlines() if "," in line)
    return {index.strip(): uuid.strip() for index, uuid in pairs}
