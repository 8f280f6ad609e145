"""The corpus index: one HTML file over all videos, and a timeline page of each beside it."""

from __future__ import annotations

from pathlib import Path

from sv6d.annotate.documents import read_documents
from sv6d.events import Events
from sv6d.io import write_bytes
from sv6d.report.timeline.index_view import gather
from sv6d.report.timeline.render import render
from sv6d.report.timeline.show import write_timeline
from sv6d.report.timeline.view import TITLES, Laid
from sv6d.video.manifest import Locator

_STYLES = ("colours", "index")
_SCRIPTS = ("index",)
PAGES_FOLDER = "videos"


def write_index(data: Path, out: Path) -> Path:
    """Write the index of the artifacts in `data` to `out`; returns `out`.

    A video is linked to its timeline page where `videos/<video_id>.html` stands beside `out`.

    Raises:
        ArtifactError: there is no manifest.
        SchemaError: an artifact was written by another version.
    """
    pages = {path.stem: f"{PAGES_FOLDER}/{path.name}" for path in sorted((out.parent / PAGES_FOLDER).glob("*.html"))}
    text = render(
        "index.html",
        styles=_STYLES,
        scripts=_SCRIPTS,
        policy="img-src data:",
        index=gather(data, pages),
        titles=TITLES,
    )
    write_bytes(out, text.encode())
    return out


def write_pages(data: Path, sources: Path, out: Path, events: Events) -> int:
    """Write the timeline page of every annotated video into the folder `videos` beside `out`; returns their number.

    Raises:
        ArtifactError: there are no annotations, or a video's bytes are gone.
        DecodeError: a video can not be read.
    """
    documents = list(read_documents(data / "annotations"))
    locator = Locator(sources)
    for number, document in enumerate(documents, start=1):
        name = document.video.sha256
        write_timeline(Laid("document", document), None, locator.path(name), out.parent / PAGES_FOLDER / f"{name}.html")
        events.progress("pages", number, len(documents))
    return len(documents)
