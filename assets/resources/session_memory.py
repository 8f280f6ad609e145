"""How much memory the processes of a session hold.

An address space limit is of no use for this: CUDA reserves more of it than any machine has memory.
"""

from __future__ import annotations

import os
from pathlib import Path

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_KB = 1024
# Fields of /proc/PID/stat after the name: proc_pid_stat(5) counts them from 3.
_SESSION, _RESIDENT_PAGES = 6 - 3, 24 - 3


def held_bytes(session: int, enough: int) -> int:
    """Bytes that all processes of a session hold; exact only where it may be more than `enough`.

    Resident pages first, which cost microseconds but count shared pages once per process; then, if
    their sum is more than `enough`, proportional shares.
    """
    pages = _resident_pages(session)
    total = sum(pages.values()) * _PAGE_BYTES
    return total if total <= enough else sum(_share(pid, num * _PAGE_BYTES) for pid, num in pages.items())


def _resident_pages(session: int) -> dict[int, int]:
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                fields = (folder / "stat").read_bytes().rpartition(b")")[2].split()
                if int(fields[_SESSION]) == session:
                    found[int(folder.name)] = int(fields[_RESIDENT_PAGES])
            except (OSError, IndexError):  # it ended between the listing and the look
                continue
    return found


def _share(pid: int, resident_bytes: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it ended, or the kernel has no such file
        return resident_bytes if Path(f"/proc/{pid}").exists() else 0
    return next((int(line.split()[1]) * _KB for line in lines if line.startswith("Pss:")), resident_bytes)
