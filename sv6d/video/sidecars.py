"""What is told about a video beside it: its JSON sidecar, its subtitles, or a row of the source's `manifest.csv`.

Text in them is data that a stranger wrote: it is bounded, kept as text and never followed.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import orjson

from sv6d.schema.document import Context
from sv6d.video.sources import MANIFEST_NAME, Listed, Sources
from sv6d.video.subtitles import SUFFIXES, SaidLine, parse_subtitles

UNKNOWN = "unknown"
# Ours: generous for titles and comments of the platforms, small enough for a table and a prompt.
_MAX_TEXT = 500
_MAX_LIST = 100


@dataclass(frozen=True, slots=True)
class About:
    """Licence and origin, or "unknown"; engagement context as canonical JSON, or None."""

    licence: str
    origin: str
    context_json: str | None


def read_about(sources: Sources, entries: Sequence[Listed]) -> dict[str, About]:
    """What is told about each file, by uri.

    A sidecar is `clip.json` or `clip.mp4.json` beside `clip.mp4`, an object with any of `title`,
    `hashtags`, `comments`, `cover`, `licence`, `source`; what is of another type is taken as not given. The
    manifest has columns `file`, `licence`, `source`. The sidecar goes first.
    """
    present = {(item.source, item.name): sources.path_of(item) for item in sources.sidecars}
    manifests = {
        source.name: _manifest(present[source.name, MANIFEST_NAME])
        for source in sources.sources
        if (source.name, MANIFEST_NAME) in present
    }
    about = {}
    for entry in entries:
        name = PurePosixPath(entry.name)
        paths = [
            present.get((entry.source, f"{stem}.json")) for stem in (name.as_posix(), name.with_suffix("").as_posix())
        ]
        sidecar = next((_sidecar(path) for path in paths if path is not None), {})
        row = manifests.get(entry.source, {}).get(entry.name, {})
        about[entry.uri] = About(
            licence=_text(sidecar.get("licence")) or _text(row.get("licence")) or UNKNOWN,
            origin=_text(sidecar.get("source")) or _text(row.get("source")) or UNKNOWN,
            context_json=_context(sidecar),
        )
    return about


def read_subtitles(sources: Sources, entries: Sequence[Listed]) -> dict[str, tuple[SaidLine, ...]]:
    """The lines of the subtitles beside each file, by uri; only files that have any.

    They are named as the JSON sidecar is, with `.srt` or `.vtt`; of several the first that has lines counts.
    """
    present = {(item.source, item.name): sources.path_of(item) for item in sources.sidecars}
    found = {}
    for entry in entries:
        name = PurePosixPath(entry.name)
        names = [
            f"{stem}{suffix}" for stem in (name.as_posix(), name.with_suffix("").as_posix()) for suffix in SUFFIXES
        ]
        paths = [present[entry.source, each] for each in names if (entry.source, each) in present]
        lines = next((said for path in paths if (said := subtitles_at(path))), ())
        if lines:
            found[entry.uri] = lines
    return found


def subtitles_beside(video: Path) -> tuple[SaidLine, ...]:
    """The lines of the subtitles beside a video file, as `read_subtitles` finds them; empty where there are none."""
    paths = [video.with_name(f"{stem}{suffix}") for stem in (video.name, video.stem) for suffix in SUFFIXES]
    return next((said for path in paths if path.is_file() and (said := subtitles_at(path))), ())


def subtitles_at(path: Path) -> tuple[SaidLine, ...]:
    """The lines of one file; none where it can not be read."""
    try:
        return parse_subtitles(path.read_bytes())
    except OSError:
        return ()


def _sidecar(path: Path) -> Mapping[str, Any]:
    try:
        value = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return value if isinstance(value, Mapping) else {}


def _manifest(path: Path) -> dict[str, Mapping[str, Any]]:
    """Rows by file name; a table that can not be read tells nothing."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
            return {row["file"]: row for row in csv.DictReader(stream) if row.get("file")}
    except (OSError, csv.Error):
        return {}


def _context(sidecar: Mapping[str, Any]) -> str | None:
    context = Context(
        title=_text(sidecar.get("title")),
        hashtags=_texts(sidecar.get("hashtags")),
        comments=_texts(sidecar.get("comments")),
        cover=_text(sidecar.get("cover")),
    )
    if context == Context():
        return None
    return orjson.dumps(context.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS).decode()


def _text(value: Any) -> str:
    return " ".join(value.split())[:_MAX_TEXT] if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(text for item in value[:_MAX_LIST] if (text := _text(item))) if isinstance(value, list) else ()
