"""What a worker process may not do: grow without bound, and reach the network.

A worker reads bytes that strangers made, with decoders written in C. What a crafted file could make
of it is bounded by the kernel, not by the decoder's good behaviour.
"""

from __future__ import annotations

import ctypes
import platform
import resource
import socket
import struct
from pathlib import Path

# <linux/prctl.h>, <linux/seccomp.h>, <linux/audit.h>, <linux/bpf_common.h>, and each machine's table of calls.
_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 22, 38
_SECCOMP_MODE_FILTER = 2
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 13  # SECCOMP_RET_ALLOW; SECCOMP_RET_ERRNO with EACCES
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_AT_NUMBER, _AT_MACHINE, _AT_FIRST_ARGUMENT = 0, 4, 16  # struct seccomp_data; low half of the argument
_IO_URING_SETUP = 425  # it can open sockets without the call `socket`
_DATA_PAGES = 5  # of /proc/PID/statm: pages that the process alone may write to
_X32 = 0x40000000  # numbers of another table of calls on x86-64
# Machine: (AUDIT_ARCH_..., number of `socket`).
_MACHINES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def limit_memory(max_bytes: int) -> None:
    """Let this process grow by that much address space and no more; past it, allocations fail.

    A small file can ask a decoder for gigabytes. What the libraries took when they were loaded is
    not counted: it grows with the number of cores. A later call with less is the one that counts.
    """
    num_pages = int(Path("/proc/self/statm").read_text().split()[0])
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = num_pages * resource.getpagesize() + max_bytes
    resource.setrlimit(resource.RLIMIT_AS, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def limit_data(max_bytes: int) -> None:
    """Likewise of memory that is written to: what is only reserved, mapped or shared does not count."""
    num_pages = int(Path("/proc/self/statm").read_text().split()[_DATA_PAGES])
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    soft = num_pages * resource.getpagesize() + max_bytes
    resource.setrlimit(resource.RLIMIT_DATA, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def refuse_network() -> bool:
    """From now on the kernel refuses this process every new socket but local ones (EACCES), for good.

    False where the kernel or the machine has no such filter; then only the decoder's own list of
    protocols, local files alone, stands between a file and the network.
    """
    if platform.machine() not in _MACHINES:
        return False
    machine, number = _MACHINES[platform.machine()]
    # Each jump: how many instructions to skip if true, if false.
    code = b"".join(
        struct.pack("<HBBI", *instruction)
        for instruction in (
            (_LOAD, 0, 0, _AT_MACHINE),
            (_JUMP_IF_EQUAL, 0, 6, machine),
            (_LOAD, 0, 0, _AT_NUMBER),
            (_JUMP_IF_AT_LEAST, 4, 0, _X32),
            (_JUMP_IF_EQUAL, 3, 0, _IO_URING_SETUP),
            (_JUMP_IF_EQUAL, 0, 3, number),
            (_LOAD, 0, 0, _AT_FIRST_ARGUMENT),
            (_JUMP_IF_EQUAL, 1, 0, socket.AF_UNIX),
            (_RETURN, 0, 0, _REFUSE),
            (_RETURN, 0, 0, _ALLOW),
        )
    )
    program = _Program(len(code) // 8, code)
    prctl = ctypes.CDLL(None).prctl
    return bool(
        prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
        and prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0
    )
