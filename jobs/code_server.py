"""The process in which Dagster loads the graph: seen when it dies, and started again.

`dagster dev` starts it once, and again only when somebody presses Reload (measured: after a kill, runs can not
be launched, with `InvalidSubsetError`, until then).
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

_COMMAND = (b"api", b"grpc")
_LOCATIONS = "{ workspaceOrError { ... on Workspace { locationEntries { name } } } }"
_RELOAD = "mutation($name: String!) { reloadRepositoryLocation(repositoryLocationName: $name) { __typename } }"
_LIMIT_S = 120.0  # measured: loading the graph takes 6 s on idle cores, 40 s on busy ones


def is_alive(session: int) -> bool:
    """Whether a code server runs among the processes of that session."""
    return any(
        _is_code_server(int(folder.name), session) for folder in Path("/proc").iterdir() if folder.name.isdecimal()
    )


def _is_code_server(pid: int, session: int) -> bool:
    with suppress(OSError):  # it ended between the listing and the look
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return os.getsid(pid) == session and any(words[i : i + 2] == list(_COMMAND) for i in range(len(words)))
    return False


def start_again(url: str) -> bool:
    """Let the Dagster server at `url` load every location anew; False where it does not answer."""
    try:
        for entry in _ask(url, _LOCATIONS)["workspaceOrError"]["locationEntries"]:
            _ask(url, _RELOAD, name=entry["name"])
    except (urllib.error.URLError, TimeoutError, ConnectionError, KeyError, TypeError):
        return False
    return True


def _ask(url: str, query: str, **variables: str) -> dict[str, Any]:
    body = json.dumps({"query": query, "variables": variables}).encode()
    request = urllib.request.Request(f"{url}/graphql", body, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=_LIMIT_S) as answer:  # noqa: S310 - our own loopback address
        found: dict[str, Any] = json.load(answer)["data"]
    return found
