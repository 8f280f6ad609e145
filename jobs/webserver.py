"""Dagster's webserver, answering only to the names of this machine.

    python -m jobs.webserver [options of dagster-webserver]
    python -m jobs.webserver dev [options of dagster dev]

Dagster's own answers to any Host header, so that a page of another site could resolve its name to
127.0.0.1 and start runs from the browser of whoever looks at it (DNS rebinding).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from starlette.applications import Starlette
from starlette.middleware.trustedhost import TrustedHostMiddleware

_ALLOWED = "SV6D_ALLOWED_HOSTS"  # names, with commas between: what a proxy that asks for a password forwards
_ITSELF = ("127.0.0.1", "localhost")
_WEBSERVER = "dagster_webserver"


def guarded(app: Starlette) -> Starlette:
    """The application, refusing (400) every request whose Host header names another machine."""
    more = [name.strip() for name in os.environ.get(_ALLOWED, "").split(",")]
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*_ITSELF, *filter(None, more)], www_redirect=False)
    return app


def through_here(command: Sequence[str]) -> list[str]:
    """A command that starts Dagster's webserver as one that starts this one; others as they are."""
    return ["jobs.webserver" if part == _WEBSERVER else part for part in command]


def main() -> None:
    if sys.argv[1:2] == ["dev"]:
        _dev()
    else:
        _webserver()


def _webserver() -> None:
    cli: Any = import_module("dagster_webserver.cli")
    create = cli.create_app_from_workspace_process_context

    def create_guarded(*args: Any, **options: Any) -> Starlette:
        return guarded(create(*args, **options))

    # The command line takes no middleware, and it does all the rest that a webserver needs.
    cli.create_app_from_workspace_process_context = create_guarded
    cli.main()


def _dev() -> None:
    command_line: Any = import_module("dagster._cli")
    dev: Any = import_module("dagster._cli.dev")
    start = dev.open_ipc_subprocess

    def start_ours(parts: Sequence[str], **options: Any) -> Any:
        return start(through_here(parts), **options)

    dev.open_ipc_subprocess = start_ours
    command_line.main()


if __name__ == "__main__":
    main()
