"""The corpus index: one HTML file over all videos, and a timeline page of each beside it."""

from __future__ import annotations

from pathlib import Path

from sv6d.annotate.documents import read_documents
from sv6d.errors import InputError
from sv6d.events import Events
from sv6d.io import write_bytes
from sv6d.report.timeline.contact_sheet import write_contact_sheet
from sv6d.report.timeline.index_view import gather
from sv6d.report.timeline.render import render
from sv6d.report.timeline.show import write_timeline
from sv6d.report.timeline.view import TITLES, Laid
from sv6d.video.manifest import Locator

_STYLES = ("colours", "index")
_SCRIPTS = ("index",)
PAGES_FOLDER = "videos"


def write_index(data: Path, out: Path, *, link_all: bool, contact_sheet: Path | None) -> Path:
    """Write the index of the artifacts in `data` to `out`; returns `out`.

    A video is linked to its timeline page `videos/<video_id>.html` where that stands beside `out`, or, with
    `link_all`, if it was annotated: whoever serves the index makes the page when it is asked for.
    A contact sheet of the same videos is written to `contact_sheet`.

    Raises:
        ArtifactError: there is no manifest; or no keyframe for a contact sheet.
        SchemaError: an artifact was written by another version.
    """
    if link_all and (data / "annotations").is_dir():
        names = [document.video.sha256 for document in read_documents(data / "annotations")]
    else:
        names = [path.stem for path in sorted((out.parent / PAGES_FOLDER).glob("*.html"))]
    index = gather(data, {name: f"{PAGES_FOLDER}/{name}.html" for name in names})
    text = render(
        "index.html",
        styles=_STYLES,
        scripts=_SCRIPTS,
        policy="img-src data:",
        index=index,
        titles=TITLES,
    )
    write_bytes(out, text.encode())
    if contact_sheet is not None:
        write_contact_sheet(index, contact_sheet)
    return out


def write_pages(data: Path, sources: Path, out: Path, events: Events, *, only: frozenset[str] | None = None) -> int:
    """Write the timeline page of every annotated video into the folder `videos` beside `out`; returns their number.

    Args:
        only: ids of the videos whose pages are wanted; None: all.

    Raises:
        InputError: a video of `only` is not annotated.
        ArtifactError: there are no annotations, or a video's bytes are gone.
        DecodeError: a video can not be read.
    """
    documents = [each for each in read_documents(data / "annotations") if only is None or each.video.sha256 in only]
    missing = sorted((only or frozenset()) - {document.video.sha256 for document in documents})
    if missing:
        raise InputError(
            f"there is no timeline of {missing[0]}",
            found="no document about it in annotations",
            wanted="the id (SHA-256) of an annotated video",
            next_step="choose one from the index",
        )
    locator = Locator(sources)
    for number, document in enumerate(documents, start=1):
        name = document.video.sha256
        write_timeline(Laid("document", document), None, locator.path(name), out.parent / PAGES_FOLDER / f"{name}.html")
        events.progress("pages", number, len(documents))
    return len(documents)
