"""The pages of what lies in `data/`: corpus index, timelines and report, each made when it is first asked for.

    python -m jobs.pages [--port 3001]

`make ui` starts it beside Dagster, whose asset metadata link here: `/<word>/<md5>/` leads to the pages of
that version of an artifact while it is the one in `data/`, and otherwise says which one is.
"""

from __future__ import annotations

import argparse
import html
import re
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.environment import prepare

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

    from assets.resources.project import Project

HOST, PORT = "127.0.0.1", 3001
_SHOWN = ("raw_videos", "evidence", "annotations", "filtered_corpus")  # what the index and the timelines read
_VIDEO_ID = re.compile(r"[0-9a-f]{64}")
_KEY_DIGITS = 16
_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


class Pages:
    """Pages of one project, kept in `.work/pages/` as long as the artifacts that they show are the same."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._alone = threading.Lock()

    def index(self) -> Path:
        """The corpus index.

        Raises:
            JobError: there is nothing to show yet, or an artifact can not be read.
        """
        return self._made("index.html", lambda folder: ["--link-all"])

    def contact_sheet(self) -> Path:
        """One row of the corpus's videos, JPEG. Raises: as `index`; JobError also where no keyframe was made."""
        name = "contact_sheet.jpg"
        return self._made(name, lambda folder: ["--link-all", "--contact-sheet", str(folder / name)])

    def timeline(self, video_id: str) -> Path:
        """The timeline of an annotated video. Raises: as `index`; JobError also where it was not annotated."""
        return self._made(f"videos/{video_id}.html", lambda folder: ["--video", video_id])

    def report(self) -> Path:
        """The report that `make run` ends with; written here where there is none."""
        from jobs.summary import report_path, write_report

        path = report_path(self._project)
        with self._alone:
            if not path.is_file():
                write_report(self._project)
        return path

    def _made(self, name: str, options: Callable[[Path], list[str]]) -> Path:
        from assets.resources.launcher import run_job

        with self._alone:
            folder = self._folder()
            if not (folder / name).is_file():
                arguments = ["index", "--data", str(self._project.data), "--sources", str(self._project.sources)]
                arguments += ["--out", str(folder / "index.html"), *options(folder)]
                run_job("pages", arguments, project=self._project, listen=lambda event: None)
            return folder / name

    def _folder(self) -> Path:
        from sv6d.artifacts import RECORD_NAME
        from sv6d.fingerprint import fingerprint
        from sv6d.io import sha256_file

        records = {word: self._project.data / word / RECORD_NAME for word in _SHOWN}
        key = fingerprint({word: sha256_file(path) for word, path in records.items() if path.is_file()})[:_KEY_DIGITS]
        pages = self._project.work / "pages"
        for other in pages.glob("*"):
            if other.name != key:
                shutil.rmtree(other)
        (pages / key).mkdir(parents=True, exist_ok=True)
        return pages / key


def application(project: Project) -> Starlette:
    """The server's application. It answers GET under its own loopback names alone."""
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    from starlette.routing import Route

    from sv6d.errors import Sv6dError

    pages = Pages(project)
    return Starlette(
        routes=[
            Route("/", lambda request: _file(pages.index())),
            Route("/contact_sheet.jpg", lambda request: _file(pages.contact_sheet())),
            Route("/report", lambda request: _file(pages.report())),
            Route("/videos/{name}.html", lambda request: _timeline(pages, request.path_params["name"])),
            Route("/{word}/{md5}/", lambda request: _version(project, request)),
            Route("/{word}/{md5}/contact_sheet.jpg", lambda request: _version(project, request)),
        ],
        # A foreign name that leads here (DNS rebinding) is refused.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])],
        exception_handlers={Sv6dError: lambda request, error: _said(409, "this page cannot be made", str(error))},
    )


def _timeline(pages: Pages, name: str) -> Response:
    if not _VIDEO_ID.fullmatch(name):
        return _said(404, "no such video", f"{name} is no SHA-256 of 64 hexadecimal digits")
    return _file(pages.timeline(name))


def _version(project: Project, request: Request) -> Response:
    from starlette.responses import RedirectResponse

    from assets.resources.lineage import Lineage
    from assets.resources.pages import SEEN_ON_TIMELINES
    from sv6d.stages import WORDS

    word, md5 = request.path_params["word"], request.path_params["md5"]
    if word not in WORDS:
        return _said(404, "no such artifact", f"{word} is none of {', '.join(WORDS)}")
    current = Lineage(project).recorded(word)
    if current != md5:
        return _said(
            410,
            f"{word} {md5} is not in data/ now",
            f"There it is {current or 'not made'}. To see the other one: git checkout the commit whose dvc.lock names "
            "it, dvc checkout, then this page again.",
        )
    if request.url.path.endswith(".jpg"):
        return RedirectResponse("/contact_sheet.jpg")
    return RedirectResponse("/" if word in SEEN_ON_TIMELINES else "/report")


def _file(path: Path) -> Response:
    from starlette.responses import FileResponse

    return FileResponse(path, headers=_HEADERS)


def _said(status: int, title: str, text: str) -> Response:
    from starlette.responses import HTMLResponse

    body = f"<!doctype html><title>{html.escape(title)}</title><h1>{html.escape(title)}</h1>"
    body += f"<pre>{html.escape(text)}</pre><p><a href='/'>what is in data/ now</a>"
    return HTMLResponse(body, status_code=status, headers={**_HEADERS, "Content-Security-Policy": "default-src 'none'"})


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m jobs.pages", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT)
    options = parser.parse_args()
    prepare()
    import uvicorn

    from assets.resources.project import HERE

    uvicorn.run(application(HERE), host=HOST, port=options.port, log_level="warning")


if __name__ == "__main__":
    main()
