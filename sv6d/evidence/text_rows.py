"""On-screen text of one video as rows: the tracker fed, and what it found or why it could not."""

from __future__ import annotations

from functools import partial
from typing import Any

from sv6d.errors import TextUnreadError
from sv6d.evidence.config import TextConfig
from sv6d.evidence.ocr import reading_method
from sv6d.evidence.pictures import Look
from sv6d.evidence.text import Reader, TextTracker
from sv6d.evidence.text_items import TextItem
from sv6d.evidence.text_track import Picture

_DIGITS = 4  # of stored shares


class TextCue:
    """Takes the frames of one video and keeps the first failure of the reader, after which nothing more is read."""

    def __init__(self, reader: Reader, config: TextConfig) -> None:
        self._config = config
        self._tracker = TextTracker(reader, config)
        self._failure: str | None = None

    def take(self, look: Look) -> None:
        if self._failure is None:
            picture = Picture(look.time, look.time_ns, look.at_most(self._config.find_px, "gray"))
            try:
                self._tracker.take(picture, partial(look.at_most, self._config.read_px, "rgb24"))
            except TextUnreadError as error:
                self._failure = f"{error.what}: {error.found}"

    def rows(self, end_ns: int) -> dict[str, list[dict[str, Any]]]:
        """Rows of the tables `texts` and `text_reads`, without video_id. The last frame is shown until `end_ns`."""
        effort = self._tracker.effort
        texts = [] if self._failure else [_row(n, item) for n, item in enumerate(self._tracker.finish(end_ns))]
        read = {"looks": effort.looks, "searches": effort.searches, "readings": effort.readings}
        return {"texts": texts, "text_reads": [{**read, "failure": self._failure}]}


def _row(number: int, item: TextItem) -> dict[str, Any]:
    left, top, right, bottom = item.box
    return {
        "evidence_id": f"text.{number}",
        "string": item.string,
        "start_ns": item.start_ns,
        "end_ns": item.end_ns,
        "x": left,
        "y": top,
        "w": round(right - left, _DIGITS),
        "h": round(bottom - top, _DIGITS),
        "confidence": item.confidence,
        "reading_order": item.order,
        "first_pts": item.first.pts,
        "last_pts": item.last.pts,
        "time_base_num": item.first.time_base_num,
        "time_base_den": item.first.time_base_den,
        "method": reading_method(),
    }
