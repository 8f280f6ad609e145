"""A disk that fails at the n-th write: system calls of a process tree, refused by the kernel on our word.

The process that is watched installs a seccomp filter whose decisions are taken here (seccomp_unotify(2)), so
every process below it, whatever it is written in, meets the same disk. No privilege is needed; Linux 5.9 on
x86-64 is.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import platform
import select
import socket
import struct
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# <linux/seccomp.h>, <linux/prctl.h>, <linux/audit.h>, <linux/bpf_common.h>
_SYS_SECCOMP, _SET_MODE_FILTER = 317, 1
# For all threads of the process, and with a listener; the third lets the kernel say both answers apart.
_FLAGS = 1 << 0 | 1 << 3 | 1 << 4
_PR_SET_NO_NEW_PRIVS = 38
_ALLOW, _ASK = 0x7FFF0000, 0x7FC00000
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_SET, _RETURN = 0x20, 0x15, 0x45, 0x06
_OPEN_FLAGS_AT = 16 + 2 * 8  # <linux/seccomp.h>: the third argument
_X86_64 = 0xC000003E
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_CONTINUE = 1
_REQUEST_BYTES = 80
_REQUEST, _ANSWER = struct.Struct("<QIIiIQ6Q"), struct.Struct("<QqiI")
# Calls by number that put bytes or names on a disk, and which of their arguments says where: an open file, ...
_BY_FILE = {
    **{number: (name, 0) for number, name in {1: "write", 18: "pwrite64", 20: "writev", 40: "sendfile"}.items()},
    **{number: (name, 0) for number, name in {74: "fsync", 75: "fdatasync", 77: "ftruncate", 285: "fallocate"}.items()},
    326: ("copy_file_range", 2),
}
# ... or a name, below the open folder of the argument before it where the call ends in "at".
_OPENAT = 257  # where it may make a file
_BY_NAME = {
    **{number: (name, 1) for number, name in {82: "rename", 86: "link", 88: "symlink"}.items()},
    **{number: (name, 3) for number, name in {264: "renameat", 316: "renameat2", 265: "linkat"}.items()},
    83: ("mkdir", 0),
    **{number: (name, 1) for number, name in {258: "mkdirat", _OPENAT: "openat"}.items()},
    266: ("symlinkat", 2),
}
_MAKES = frozenset({83, 86, 88, 258, 265, 266, _OPENAT})  # nothing is written where the name is there already
_CALLS = {number: name for number, (name, _) in {**_BY_FILE, **_BY_NAME}.items()}
_CURRENT_FOLDER, _PATH_BYTES = -100 & 0xFFFFFFFF, 4096  # <fcntl.h>, <linux/limits.h>


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def is_supported() -> bool:
    """Whether this machine can do it."""
    return platform.machine() == "x86_64" and platform.system() == "Linux"


@dataclass
class FailingDisk:
    """Counts the writes of a process tree below `root`, and refuses some of them.

    Attributes:
        root: only writes to files below it count, and names that are made there.
        counts: whether a write to this path, relative to `root`, counts.
        fails_at: number of the write, from 1, that fails; 0 for none.
        error: `errno.ENOSPC` (this write and all after it fail: the disk is full) or `errno.EIO` (this one).
        seen: what was written, in order: call and path below `root`.
        refused: number of writes that were refused.
    """

    root: Path
    counts: Callable[[str], bool]
    fails_at: int = 0
    error: int = errno.ENOSPC
    seen: list[tuple[str, str]] = field(default_factory=list)
    refused: int = 0

    def __post_init__(self) -> None:
        self._ours, self._theirs = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def install(self) -> None:
        """In the child, between fork and exec: from now on each of its writes is asked about."""
        handle = _install_filter()
        socket.send_fds(self._theirs, [b"."], [handle])
        os.close(handle)

    def watch(self) -> None:
        """In the parent, after the child was started: answer until the last process of its tree is gone."""
        self._theirs.close()
        _, (handle, *_), _, _ = socket.recv_fds(self._ours, 1, 1)
        self._handle = handle
        self._thread.start()

    def finish(self) -> None:
        """Wait for the end of the tree."""
        self._thread.join()
        os.close(self._handle)
        self._ours.close()

    def _serve(self) -> None:
        poll = select.poll()
        poll.register(self._handle, select.POLLIN)
        while True:
            ((_, events),) = poll.poll()
            if events & select.POLLHUP:
                return
            request = bytearray(_REQUEST_BYTES)
            try:
                fcntl.ioctl(self._handle, _RECEIVE, request)
            except OSError:  # who asked was killed before we looked
                continue
            number, pid, _, call, _, _, *arguments = _REQUEST.unpack(request[: _REQUEST.size])
            refused = self._is_refused(call, pid, arguments)
            answer = _ANSWER.pack(number, 0, -self.error if refused else 0, 0 if refused else _CONTINUE)
            try:
                fcntl.ioctl(self._handle, _SEND, bytearray(answer))
            except OSError:  # likewise
                continue

    def _is_refused(self, call: int, pid: int, arguments: Sequence[int]) -> bool:
        path = self._path(call, pid, arguments)
        if path is None or not self.counts(path):
            return False
        self.seen.append((_CALLS[call], path))
        number = len(self.seen)
        refused = self.fails_at == number or bool(self.error == errno.ENOSPC and 0 < self.fails_at < number)
        self.refused += refused
        return refused

    def _path(self, call: int, pid: int, arguments: Sequence[int]) -> str | None:
        """What a call writes to, below `root`; None where that is elsewhere, or nothing is written."""
        try:
            path = _opened(call, pid, arguments) if call in _BY_FILE else _named(call, pid, arguments)
        except OSError:  # it was killed meanwhile; or a pipe
            return None
        if not path.is_relative_to(self.root) or (call in _MAKES and os.path.lexists(path)):
            return None
        return str(path.relative_to(self.root))


def _opened(call: int, pid: int, arguments: Sequence[int]) -> Path:
    return Path(f"/proc/{pid}/fd/{arguments[_BY_FILE[call][1]]}").readlink()


def _named(call: int, pid: int, arguments: Sequence[int]) -> Path:
    name, position = _BY_NAME[call]
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        text = os.pread(memory.fileno(), _PATH_BYTES, arguments[position]).partition(b"\0")[0]
    folder = arguments[position - 1] & 0xFFFFFFFF if "at" in name else _CURRENT_FOLDER
    below = Path(f"/proc/{pid}/{'cwd' if folder == _CURRENT_FOLDER else f'fd/{folder}'}").readlink()
    return Path(os.path.normpath(below / os.fsdecode(text)))


def _install_filter() -> int:
    asked = [number for number in _CALLS if number != _OPENAT]
    jumps = len(asked)
    code = struct.pack("<HBBI", _LOAD, 0, 0, 4) + struct.pack("<HBBI", _JUMP_IF_EQUAL, 0, jumps + 4, _X86_64)
    code += struct.pack("<HBBI", _LOAD, 0, 0, 0) + struct.pack("<HBBI", _JUMP_IF_EQUAL, 0, 2, _OPENAT)
    # Of the files that are opened most are only read: asked about they would cost half a second of a run.
    code += struct.pack("<HBBI", _LOAD, 0, 0, _OPEN_FLAGS_AT)
    code += struct.pack("<HBBI", _JUMP_IF_SET, jumps + 1, jumps, os.O_CREAT)
    for index, number in enumerate(asked):
        code += struct.pack("<HBBI", _JUMP_IF_EQUAL, jumps - index, 0, number)
    code += struct.pack("<HBBI", _RETURN, 0, 0, _ALLOW) + struct.pack("<HBBI", _RETURN, 0, 0, _ASK)
    program = _Program(len(code) // 8, code)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    handle = int(libc.syscall(_SYS_SECCOMP, _SET_MODE_FILTER, _FLAGS, ctypes.byref(program)))
    if handle < 0:
        raise OSError(ctypes.get_errno(), "the kernel does not let us watch system calls")
    return handle
