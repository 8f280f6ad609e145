"""`sv6d show`: from a document and its video to a page."""

from __future__ import annotations

from pathlib import Path

from sv6d.errors import InputError
from sv6d.io import sha256_file, write_bytes
from sv6d.report.timeline.curves import Curve, MotionMeter, loudness
from sv6d.report.timeline.media import media_of
from sv6d.report.timeline.pictures import LONGEST_PX, Picture, nearest_frames, thumbnail, wanted_times
from sv6d.report.timeline.render import page
from sv6d.report.timeline.verification import read_checks
from sv6d.report.timeline.view import Laid, lay
from sv6d.schema.document import Document
from sv6d.schema.versions import read_document
from sv6d.video.frames import read_frames


def show(document: Path, video: Path, out: Path, *, over: Path | None, verification: Path | None) -> Path:
    """Write the page of `document` (laid over the document `over`: the reference) to `out`; returns `out`.

    Raises:
        SchemaError: a document breaks the schema.
        InputError: a file is missing, the video is another one than the documents', or the verification
            has another form.
        DecodeError: the video can not be read.
    """
    for path in (document, video, over, verification):
        if path is not None and not path.is_file():
            raise InputError(
                f"{path.name} can not be shown", found=f"no file {path}", wanted="a file", next_step="correct the path"
            )
    shown = read_document(document)
    reference = read_document(over) if over is not None else None
    digest = sha256_file(video)
    for path, opened in ((document, shown), (over, reference)):
        if path is not None and opened is not None and opened.video.sha256 != digest:
            raise InputError(
                f"{path.name} is about another video",
                found=f"{video.name} has sha256 {digest[:12]}, the document's video {opened.video.sha256[:12]}",
                wanted="the file that the document describes",
                next_step="hand over the video with the document's sha256",
            )
    checks = read_checks(verification) if verification is not None else {}
    lower = Laid("reference", reference) if reference is not None else None
    upper = Laid("prediction" if lower is not None else "document", shown, checks)
    write_timeline(upper, lower, video, out)
    return out


def write_timeline(upper: Laid, lower: Laid | None, video: Path, out: Path) -> None:
    """Write the page of a document about `video` (laid over a reference) to `out`.

    Raises:
        InputError: the documents are about different videos.
        DecodeError: the video can not be read.
    """
    timeline = lay(upper, lower, *look(video, upper.document))
    write_bytes(out, page(timeline, media_of(video, out)).encode())


def look(video: Path, document: Document) -> tuple[list[list[Picture]], list[Curve]]:
    """Thumbnails of each shot, and the curves: one pass over the pictures and one over the sound.

    Raises:
        DecodeError: the video can not be read.
    """
    duration_ns = document.video.duration_ns
    wanted = wanted_times(document.shots, duration_ns)
    meter = MotionMeter(document.shots)
    frames = meter.watch(read_frames(video, longest_px=LONGEST_PX, pixel_format="rgb24"))
    # Time zero is asked for too: the first frame's own presentation time places the sound.
    first, *chosen = nearest_frames(frames, [0, *(time for times in wanted for time in times)])
    found = map(thumbnail, chosen)
    pictures = [[next(found) for _ in times] for times in wanted]
    sound = loudness(video, first.time.time_ns, duration_ns)
    return pictures, [meter.curve(duration_ns), *([sound] if sound is not None else [])]
