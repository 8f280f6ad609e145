"""`make ui`: Dagster, MLflow and the pages on loopback addresses, until Ctrl-C ends them."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.environment import ROOT, prepare
from jobs.pages import PORT as PAGES_PORT

if TYPE_CHECKING:
    import dagster as dg

_HOST = "127.0.0.1"
_DAGSTER_PORT = 3000
_START_LIMIT_S = 120.0  # measured: 14 to 18 s for Dagster, 12 s for MLflow, on two idle cores
_GRACE_S = 8.0  # measured: Dagster ends its own processes within 3 s; jobs have ended with theirs by then
_RECONCILE_S = 10.0  # ours: a dead run is closed, and its place in a pool free, well within a minute
_POLL_S = 0.5


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m jobs.ui", description=__doc__)
    parser.add_argument("--dagster-port", type=int, default=_DAGSTER_PORT)
    parser.add_argument("--mlflow-port", type=int, help="by default as in mlflow/server.yaml")
    parser.add_argument("--pages-port", type=int, default=PAGES_PORT)
    options = parser.parse_args()
    prepare()
    # One handler for both signals; a shell may have started us with Ctrl-C ignored, which children inherit.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)

    from jobs.door import at_the_door

    with at_the_door() as instance:
        from assets.resources.project import HERE
        from assets.resources.recovery import recover
        from assets.resources.tracking import Tracking
        from jobs.inputs import refresh_inputs
        from jobs.terminal import StageLine

        if not HERE.sources.is_file():
            line = StageLine(1, 1, "inputs").begin()
            refresh_inputs(instance, videos=None, documents=None, listen=line.hear)
            line.end("recorded")
        Tracking(HERE).runs_by_word()  # the tables exist before the server and a run both look for them
        _set_pool(instance)
        store = Tracking(HERE).uri
        servers = (
            _dagster(options.dagster_port),
            # A store behind HTTP has a server already, which may ask for a password; one here would not.
            *([] if store.startswith("http") else [_mlflow(options.mlflow_port, store)]),
            _pages(options.pages_port),
        )
        # Our ports are free, so no UI is launching runs: one without a process was left by an earlier UI.
        for told in recover(HERE, instance, loading_s=0.0):
            print(told, flush=True)
        _serve(instance, *servers)


def _set_pool(instance: dg.DagsterInstance) -> None:
    """As many jobs of the pool at once as there are devices; a lease decides which one gets which."""
    from assets.resources.flow_asset import GPU_POOL
    from assets.resources.leases import visible_gpus

    instance.event_log_storage.set_concurrency_slots(GPU_POOL, max(1, len(visible_gpus())))


def _dagster(port: int) -> tuple[str, str, list[str]]:
    _refuse_taken("Dagster", port, "--dagster-port")
    command = ["python", "-m", "jobs.webserver", "dev", "-m", "jobs.definitions", "-d", str(ROOT)]
    command += ["-h", _HOST, "-p", str(port)]
    return "Dagster", f"http://{_HOST}:{port}", command


def _mlflow(port: int | None, store: str) -> tuple[str, str, list[str]]:
    import yaml

    settings = yaml.safe_load((ROOT / "mlflow" / "server.yaml").read_bytes())
    port = port or settings["port"]
    _refuse_taken("MLflow", port, "--mlflow-port")
    command = ["mlflow", "server", "--host", settings["host"], "--port", str(port)]
    command += ["--workers", str(settings["workers"]), "--backend-store-uri", store]
    return (
        "MLflow",
        f"http://{settings['host']}:{port}",
        [*command, "--default-artifact-root", (ROOT / "mlruns").as_uri()],
    )


def _pages(port: int) -> tuple[str, str, list[str]]:
    from assets.resources.pages import URL

    _refuse_taken("the pages", port, "--pages-port")
    # Dagster and its runs link here; what a person has set leads here by another way.
    os.environ.setdefault(URL, f"http://{_HOST}:{port}")
    return "pages", f"http://{_HOST}:{port}", ["python", "-m", "jobs.pages", "--port", str(port)]


def _refuse_taken(name: str, port: int, flag: str) -> None:
    from sv6d.errors import InputError

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError as error:
            raise InputError(
                f"{name} cannot listen on port {port}",
                found=str(error.strerror),
                wanted="a free port",
                next_step=f"end what listens there, or choose another: python -m jobs.ui {flag} NUMBER",
            ) from error


def _serve(instance: dg.DagsterInstance, *servers: tuple[str, str, list[str]]) -> None:
    from assets.resources.supervised import supervised

    log = Path(".work") / "ui.log"
    log.parent.mkdir(exist_ok=True)
    print(f"starting {', '.join(name for name, _, _ in servers)} (log: {log})", flush=True)
    with ExitStack() as ending:
        output = ending.enter_context(log.open("wb"))
        # Supervised: they end with us, also when we are killed.
        running = [
            ending.enter_context(
                supervised(
                    [str(Path(sys.executable).parent / command[0]), *command[1:]],
                    output=output,
                    folder=ROOT,
                    environment=os.environ,
                    grace_s=_GRACE_S,
                )
            )
            for _, _, command in servers
        ]
        try:
            for (name, url, _), process in zip(servers, running, strict=True):
                _wait_for(name, url, process, log)
                print(f"{name:8} {url}", flush=True)
            print("Ctrl-C ends them", flush=True)
            _watch(instance, running, servers[0][1])
            sys.exit(f"a server ended by itself; see {log}")
        except KeyboardInterrupt:
            print("\nending the servers", flush=True)


def _watch(instance: dg.DagsterInstance, running: list[subprocess.Popen[bytes]], dagster_url: str) -> None:
    """Until a server ends: settle what runs leave that were killed, and start a code server that was."""
    from assets.resources.project import HERE
    from assets.resources.recovery import recover
    from jobs import code_server

    looked_s = time.monotonic()
    while all(process.poll() is None for process in running):
        time.sleep(_POLL_S)
        if time.monotonic() - looked_s < _RECONCILE_S:
            continue
        for line in recover(HERE, instance):
            print(line, flush=True)
        if not code_server.is_alive(running[0].pid) and code_server.start_again(dagster_url):
            print("the code server was gone; the graph is loaded again", flush=True)
        looked_s = time.monotonic()


def _wait_for(name: str, url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline_s = time.monotonic() + _START_LIMIT_S
    while time.monotonic() < deadline_s and process.poll() is None:
        with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(url, timeout=5)  # noqa: S310 - our own loopback address
            return
        time.sleep(_POLL_S)
    sys.exit(f"{name} did not start; see {log}")


if __name__ == "__main__":
    main()
