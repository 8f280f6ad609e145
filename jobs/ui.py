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
from contextlib import suppress
from pathlib import Path

from jobs.environment import ROOT, prepare
from jobs.pages import PORT as PAGES_PORT

_HOST = "127.0.0.1"
_DAGSTER_PORT = 3000
_START_LIMIT_S = 120.0  # measured: 14 to 18 s for Dagster, 12 s for MLflow, on two idle cores
_GRACE_S = 20.0  # ours: Dagster's daemon ends its runs' processes first
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
        from assets.resources.tracking import Tracking
        from jobs.inputs import refresh_inputs
        from jobs.terminal import StageLine

        if not HERE.sources.is_file():
            line = StageLine(1, 1, "inputs").begin()
            refresh_inputs(instance, videos=None, documents=None, listen=line.hear)
            line.end("recorded")
        Tracking(HERE).runs_by_word()  # the tables exist before the server and a run both look for them
        _serve(
            _dagster(options.dagster_port),
            _mlflow(options.mlflow_port, Tracking(HERE).uri),
            _pages(options.pages_port),
        )


def _dagster(port: int) -> tuple[str, str, list[str]]:
    _refuse_taken("Dagster", port, "--dagster-port")
    command = ["dagster", "dev", "-m", "jobs.definitions", "-d", str(ROOT), "-h", _HOST, "-p", str(port)]
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


def _serve(*servers: tuple[str, str, list[str]]) -> None:
    log = Path(".work") / "ui.log"
    log.parent.mkdir(exist_ok=True)
    print(f"starting {', '.join(name for name, _, _ in servers)} (log: {log})", flush=True)
    running: list[subprocess.Popen[bytes]] = []
    try:
        with log.open("wb") as output:
            for _, _, command in servers:
                running.append(
                    subprocess.Popen(
                        [str(Path(sys.executable).parent / command[0]), *command[1:]],
                        stdin=subprocess.DEVNULL,
                        stdout=output,
                        stderr=subprocess.STDOUT,
                        start_new_session=True,
                    )
                )
        for (name, url, _), process in zip(servers, running, strict=True):
            _wait_for(name, url, process, log)
            print(f"{name:8} {url}", flush=True)
        print("Ctrl-C ends them", flush=True)
        while all(process.poll() is None for process in running):
            time.sleep(_POLL_S)
        sys.exit(f"a server ended by itself; see {log}")
    except KeyboardInterrupt:
        print("\nending the servers", flush=True)
    finally:
        _end(running)


def _wait_for(name: str, url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline_s = time.monotonic() + _START_LIMIT_S
    while time.monotonic() < deadline_s and process.poll() is None:
        with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(url, timeout=5)  # noqa: S310 - our own loopback address
            return
        time.sleep(_POLL_S)
    sys.exit(f"{name} did not start; see {log}")


def _end(running: list[subprocess.Popen[bytes]]) -> None:
    for process in running:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
    for process in running:
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_S)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
