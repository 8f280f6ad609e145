"""A PostgreSQL server of Debian's packages, on loopback, with a password."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_DEBIAN = Path("/usr/lib/postgresql")
_NOBODY = "65534"  # PostgreSQL refuses to run as root, and wants a user that has a name
_LIMIT_S = 60.0


def programs() -> Path | None:
    """Folder of the newest server's programs, or None where none is installed."""
    found = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def postgres(folder: Path, databases: Sequence[str]) -> Iterator[str]:
    """`USER:PASSWORD@HOST:PORT` of a server with these databases, which is gone at the end."""
    found = programs()
    assert found is not None
    password = secrets.token_hex(8)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    (folder / "password").write_text(password)
    alias = ["unshare", "--user", f"--map-user={_NOBODY}", f"--map-group={_NOBODY}"] if os.geteuid() == 0 else []
    options = ["-U", "sv6d", "-A", "scram-sha-256", f"--pwfile={folder / 'password'}", "-E", "UTF8", "--locale=C"]
    subprocess.run([*alias, found / "initdb", "-D", folder / "db", *options], check=True, stdout=subprocess.DEVNULL)
    settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", f"port={port}", "fsync=off"]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [*alias, found / "postgres", "-D", folder / "db", *(text for one in settings for text in ("-c", one))],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            for name in databases:
                _create(found, port, password, name, server)
            yield f"sv6d:{password}@127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGINT)  # at once; TERM waits until every client has left
            server.wait()
            shutil.rmtree(folder / "db")


def _create(found: Path, port: str, password: str, name: str, server: subprocess.Popen[bytes]) -> None:
    command = [found / "createdb", "-h", "127.0.0.1", "-p", port, "-U", "sv6d", name]
    deadline_s = time.monotonic() + _LIMIT_S
    while subprocess.run(command, env={"PGPASSWORD": password}, capture_output=True).returncode:
        assert server.poll() is None
        assert time.monotonic() < deadline_s
        time.sleep(0.2)
