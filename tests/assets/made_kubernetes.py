"""The part of the Kubernetes API that jobs use, over one Job with one pod, on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

_JOBS = "/apis/batch/v1/namespaces/lab/jobs"
_PODS = "/api/v1/namespaces/lab/pods"


class Api:
    """What the cluster holds, and every request that changed something."""

    def __init__(self) -> None:
        self.job: dict[str, Any] | None = None
        self.conditions: list[dict[str, str]] = []
        self.phase = "Pending"
        self.container: dict[str, Any] = {"waiting": {"reason": "ContainerCreating"}}
        self.log = "a line of the job"
        self.changes: list[tuple[str, str]] = []

    def get(self, path: str) -> Any:
        if self.job is None:
            return None
        name = self.job["metadata"]["name"]
        if path == f"{_JOBS}/{name}":
            return {**self.job, "status": {"conditions": self.conditions}}
        if path == _PODS:
            container = {"name": "job", "ready": False, "restartCount": 0, "image": "i", "imageID": "i"}
            status = {"phase": self.phase, "containerStatuses": [{**container, "state": self.container}]}
            return {"kind": "PodList", "items": [{"metadata": {"name": f"{name}-x"}, "status": status}]}
        return self.log if path == f"{_PODS}/{name}-x/log" else None

    def ends(self, *, exit_code: int, reason: str, kind: str) -> None:
        self.conditions = [{"type": kind, "status": "True", "reason": "Ended", "message": "it ended"}]
        self.phase = "Succeeded" if kind == "Complete" else "Failed"
        self.container = {"terminated": {"exitCode": exit_code, "reason": reason}}


@contextmanager
def kubernetes(folder: Path) -> Iterator[tuple[Api, Path]]:
    """The API, and a kubeconfig that leads to it."""
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(api.get(self.path.partition("?")[0]))

        def do_POST(self) -> None:
            api.job = json.loads(self._body())
            api.changes.append(("POST", self.path))
            self._answer(api.job)

        def do_DELETE(self) -> None:
            api.changes.append(("DELETE", self.path))
            self._body()
            api.job = None
            self._answer({"kind": "Status", "status": "Success"})

        def _body(self) -> bytes:
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        def _answer(self, found: Any) -> None:
            body = found.encode() if isinstance(found, str) else json.dumps(found or {}).encode()
            self.send_response(404 if found is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: Any) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "made", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}],
        "users": [{"name": "someone", "user": {}}],
        "contexts": [{"name": "made", "context": {"cluster": "made", "user": "someone"}}],
        "current-context": "made",
    }
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(config))
    try:
        yield api, path
    finally:
        server.shutdown()
        server.server_close()
