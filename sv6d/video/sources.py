"""`inputs/sources.json`: which folders and files come in, in the order in which they were first seen.

A file with a known suffix is a candidate video. What lies beside one and bears its stem, with a
suffix of `_SIDECARS`, is its sidecar; `manifest.csv` at a source's top describes its files. Hidden
files and folders, README and licence texts are passed over; anything else is counted as ignored.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from sv6d.errors import ArtifactError, InputError
from sv6d.io import dump_json, read_json, sha256_file, write_changed, write_json
from sv6d.schema.versions import YAML_SUFFIXES
from sv6d.video.forgotten import REASON, read_forgotten

SCHEMA = "sv6d/sources/1"
MANIFEST_NAME = "manifest.csv"
_VIDEOS = frozenset((".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".gif", ".3gp", ".flv", ".mpg", ".mpeg", ".ts"))
_SIDECARS = (".json", ".srt", ".vtt", ".txt")
_TEXTS = ("readme", "license", "licence", "copying", "notice")


@dataclass(frozen=True, slots=True)
class Source:
    """A folder that videos come from.

    Attributes:
        name: short name, the first part of each of its videos' uri.
        path: relative to the root where it lies below it, else absolute.
        documents: folder of SV6D documents for its videos, or None.
        num_ignored: files that are neither videos nor anything that describes them.
    """

    name: str
    path: str
    documents: str | None
    num_ignored: int


@dataclass(frozen=True, slots=True)
class Listed:
    """One file: its source, its name below the source's folder (with slashes), size and hash."""

    source: str
    name: str
    bytes: int
    sha256: str

    @property
    def uri(self) -> str:
        return f"{self.source}/{self.name}"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A candidate whose bytes could not be read, and why."""

    source: str
    name: str
    reason: str


@dataclass(frozen=True)
class Sources:
    """The content of `sources.json`. `root` is where relative paths start; it is stored relative to the file."""

    root: Path
    sources: tuple[Source, ...]
    files: tuple[Listed, ...]
    sidecars: tuple[Listed, ...]
    documents: tuple[Listed, ...]
    unreadable: tuple[Unreadable, ...]

    def folder_of(self, source: str) -> Path:
        return self.root / next(item.path for item in self.sources if item.name == source)

    def path_of(self, entry: Listed) -> Path:
        """Where a file of `files` or `sidecars` lies."""
        return self.folder_of(entry.source) / entry.name

    def document_path(self, entry: Listed) -> Path:
        """Where a file of `documents` lies."""
        folder = next(item.documents for item in self.sources if item.name == entry.source)
        assert folder is not None  # a document is listed only below such a folder
        return self.root / folder / entry.name


def read_sources(path: Path) -> Sources:
    """The list as it was last written.

    Raises:
        InputError: there is none, or it is of another form.
    """
    try:
        raw = read_json(path)
        if raw["schema"] != SCHEMA:
            raise ValueError(f"schema {raw['schema']}")
        return Sources(
            root=(path.parent / raw["root"]).resolve(),
            sources=tuple(Source(**item) for item in raw["sources"]),
            files=tuple(Listed(**item) for item in raw["files"]),
            sidecars=tuple(Listed(**item) for item in raw["sidecars"]),
            documents=tuple(Listed(**item) for item in raw["documents"]),
            unreadable=tuple(Unreadable(**item) for item in raw["unreadable"]),
        )
    except (ArtifactError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{path} does not list the sources",
            found=error.found if isinstance(error, ArtifactError) else f"{type(error).__name__}: {error}",
            wanted=f"a list of form {SCHEMA}",
            next_step="make it again: make run, or sv6d sources",
        ) from error


def scan_sources(
    path: Path,
    folders: Mapping[str, Path],
    documents: Mapping[str, Path | None],
    repository_root: Path,
    *,
    hash_cache: Path | None = None,
) -> Sources:
    """List all files of `folders` in `path` (`inputs/sources.json`), and return the list.

    The order of `files` is that of first sight: a file whose bytes, or else whose source and name,
    are in the present list keeps its place; new ones follow in the order of `folders`, then by
    name; those that are gone are dropped. `hash_cache` is a scratch file that saves hashing a file
    again whose path, size and time of change are the same.

    Clips that `forgotten.json` below `repository_root` names, and documents about them, are not listed; they are
    told of as unreadable.

    Raises:
        InputError: a folder is missing or holds no video, or the present list has another form.
    """
    root = repository_root.resolve()
    forgotten = frozenset(clip.sha256 for clip in read_forgotten(root))
    hashes = _Hashes(hash_cache)
    sources: list[Source] = []
    found: list[Listed] = []
    sidecars: list[Listed] = []
    texts: list[Listed] = []
    unreadable: list[Unreadable] = []
    for name, folder in folders.items():
        listing = _walk(name, folder, documents.get(name))
        found += hashes.listed(name, folder, listing.videos, unreadable)
        sidecars += hashes.listed(name, folder, listing.sidecars, unreadable)
        truth = documents.get(name)
        if truth is not None:
            present = sorted(p.name for p in truth.iterdir() if _is_document(p)) if truth.is_dir() else []
            texts += hashes.listed(name, truth, present, unreadable)
        stored = _stored_path(truth, root) if truth is not None else None
        sources.append(Source(name, _stored_path(folder, root), stored, listing.num_ignored))
    if forgotten:
        found, refused = _without(found, lambda entry: entry.sha256 in forgotten)
        texts, about = _without(texts, lambda entry: _names_any(documents[entry.source], entry, forgotten))
        unreadable += [Unreadable(entry.source, entry.name, REASON) for entry in refused + about]
    before = read_sources(path).files if path.is_file() else ()
    listed = Sources(
        root, tuple(sources), _in_order_of_first_sight(before, found), tuple(sidecars), tuple(texts), tuple(unreadable)
    )
    hashes.save()
    write_changed(path, dump_json(_as_json(listed, path)))
    return listed


def _without(entries: list[Listed], barred: Callable[[Listed], bool]) -> tuple[list[Listed], list[Listed]]:
    """Entries that stay, and those that do not."""
    out = [entry for entry in entries if barred(entry)]
    return [entry for entry in entries if entry not in out], out


def _names_any(folder: Path | None, entry: Listed, hashes: frozenset[str]) -> bool:
    """Whether a document is about one of these videos: it names its video by hash."""
    body = (folder / entry.name).read_bytes() if folder is not None else b""
    return any(sha256.encode() in body for sha256 in hashes)


def _is_document(path: Path) -> bool:
    return path.name.lower().endswith((".json", *YAML_SUFFIXES)) and path.is_file()


@dataclass
class _Listing:
    videos: list[str]
    sidecars: list[str]
    num_ignored: int


def _walk(source: str, folder: Path, documents: Path | None) -> _Listing:
    """Names of a source's files by what they are, sorted. Links to folders are not followed."""
    if not folder.is_dir():
        raise InputError(
            f"source {source} is no folder",
            found=str(folder),
            wanted="a folder with videos",
            next_step="correct the path given with VIDEOS=",
        )
    listing = _Listing([], [], 0)
    skipped = documents.resolve() if documents is not None else None
    for where, inner, names in os.walk(folder):
        here, inside = Path(where), PurePosixPath(Path(where).relative_to(folder))
        inner[:] = sorted(name for name in inner if name[0] != "." and (here / name).resolve() != skipped)
        videos = [name for name in names if _is_video(name)]
        stems = {PurePosixPath(name).stem for name in videos} | set(videos)
        for name in sorted(names):
            below = (inside / name).as_posix()
            kind = _kind_of(name, stems, at_top=here == folder)
            if kind == "ignored" or (kind != "passed" and not (here / name).is_file()):
                listing.num_ignored += 1
            elif kind == "video":
                listing.videos.append(below)
            elif kind == "sidecar":
                listing.sidecars.append(below)
    if not listing.videos:
        raise InputError(
            f"source {source} holds no video",
            found=f"{listing.num_ignored} other files in {folder}",
            wanted=f"at least one file that ends with one of {', '.join(sorted(_VIDEOS))}",
            next_step="put videos into the folder, or leave it out: make run VIDEOS=",
        )
    listing.videos.sort()
    listing.sidecars.sort()
    return listing


def _is_video(name: str) -> bool:
    return name[0] != "." and PurePosixPath(name).suffix.lower() in _VIDEOS


def _kind_of(name: str, stems: set[str], *, at_top: bool) -> str:
    if name[0] == "." or name.lower().startswith(_TEXTS):
        return "passed"
    if _is_video(name):
        return "video"
    # Both conventions are in use: clip.json and clip.mp4.json.
    if (PurePosixPath(name).suffix.lower() in _SIDECARS and PurePosixPath(name).stem in stems) or (
        at_top and name == MANIFEST_NAME
    ):
        return "sidecar"
    return "ignored"


def _in_order_of_first_sight(before: Iterable[Listed], found: list[Listed]) -> tuple[Listed, ...]:
    by_hash: dict[str, int] = {}
    by_name: dict[tuple[str, str], int] = {}
    for place, entry in enumerate(before):
        by_hash.setdefault(entry.sha256, place)
        by_name[entry.source, entry.name] = place
    new = len(by_name) + len(by_hash)

    def place_of(position: int) -> tuple[int, int]:
        entry = found[position]
        place = by_hash.get(entry.sha256, by_name.get((entry.source, entry.name), new))
        return place, position

    return tuple(found[position] for position in sorted(range(len(found)), key=place_of))


class _Hashes:
    """SHA-256 of files, remembered by path, size and time of change."""

    def __init__(self, cache: Path | None) -> None:
        self._cache = cache
        self._known: dict[str, list[Any]] = read_json(cache) if cache is not None and cache.is_file() else {}
        self._seen: dict[str, list[Any]] = {}

    def listed(self, source: str, folder: Path, names: Iterable[str], unreadable: list[Unreadable]) -> list[Listed]:
        entries = []
        resolved = folder.resolve()
        for name in names:
            try:
                entries.append(self._entry(source, resolved, name))
            except (OSError, UnicodeEncodeError) as error:
                reason = error.strerror if isinstance(error, OSError) else "the file's name is not UTF-8; rename it"
                shown = os.fsencode(name).decode("utf-8", "replace")
                unreadable.append(Unreadable(source, shown, reason or type(error).__name__))
        return entries

    def _entry(self, source: str, folder: Path, name: str) -> Listed:
        name.encode("utf-8")  # refused where the name holds bytes that are no text
        path = folder / name
        state = path.stat()
        mark = [state.st_size, state.st_mtime_ns]
        known = self._known.get(str(path))
        sha256 = known[2] if known is not None and known[:2] == mark else sha256_file(path)
        self._seen[str(path)] = [*mark, sha256]
        return Listed(source, name, state.st_size, sha256)

    def save(self) -> None:
        if self._cache is not None and self._seen != self._known:
            write_json(self._cache, self._seen)


def _stored_path(folder: Path, root: Path) -> str:
    absolute = folder.resolve()
    return absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else str(absolute)


def _as_json(listed: Sources, path: Path) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "root": os.path.relpath(listed.root, path.parent.resolve()),
        "sources": [asdict(item) for item in listed.sources],
        "files": [asdict(item) for item in listed.files],
        "sidecars": [asdict(item) for item in listed.sidecars],
        "documents": [asdict(item) for item in listed.documents],
        "unreadable": [asdict(item) for item in listed.unreadable],
    }
