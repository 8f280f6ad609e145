"""Taking a clip out: of the inputs, of the artifacts, of scratch, of DVC's cache and remotes."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from assets.resources.errors import RemoteError
from assets.resources.project import Project
from assets.resources.remote import LISTING
from jobs.takedown.search import files_that_hold, holds
from jobs.takedown.stores import Store
from sv6d.io import read_json, write_bytes, write_json
from sv6d.params import STUDIO
from sv6d.stages import WORDS
from sv6d.video.forgotten import read_forgotten
from sv6d.video.sources import MANIFEST_NAME, read_sources

_LOCK = "lock"
_RENDERED = ".rendered.json"
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Places:
    """Files of one clip by what may be done with them.

    Attributes:
        ours: inside the project: they are deleted.
        theirs: outside it: their owner is told.
        size: of the clip in bytes, None where it is not listed.
    """

    ours: tuple[Path, ...]
    theirs: tuple[Path, ...]
    size: int | None


def find_files(project: Project, video_id: str) -> Places:
    """The clip under each of its names, with the documents about it and the sidecars beside it."""
    if not project.sources.is_file():
        return Places((), (), None)
    sources = read_sources(project.sources)
    clips = [entry for entry in sources.files if entry.sha256 == video_id]
    stems = {(entry.source, name) for entry in clips for name in (entry.name, entry.name.rpartition(".")[0])}
    paths = [sources.path_of(entry) for entry in clips]
    paths += [
        sources.path_of(entry) for entry in sources.sidecars if (entry.source, entry.name.rpartition(".")[0]) in stems
    ]
    documents = [sources.document_path(entry) for entry in sources.documents]
    paths += [path for path in documents if path.is_file() and holds(path, video_id, None)]
    inside = [path.resolve().is_relative_to(project.root.resolve()) for path in paths]
    return Places(
        tuple(path for path, ours in zip(paths, inside, strict=True) if ours),
        tuple(path for path, ours in zip(paths, inside, strict=True) if not ours),
        clips[0].bytes if clips else None,
    )


def remove_from_inputs(project: Project, video_id: str, places: Places) -> None:
    """Delete the clip's files in the project, and what lists them."""
    if not project.sources.is_file():
        return
    raw = read_json(project.sources)
    gone = {path.resolve() for path in (*places.ours, *places.theirs)}
    sources = read_sources(project.sources)
    for key, listed, place in (
        ("files", sources.files, sources.path_of),
        ("sidecars", sources.sidecars, sources.path_of),
        ("documents", sources.documents, sources.document_path),
    ):
        kept = {(e.source, e.name) for e in listed if place(e).resolve() not in gone and e.sha256 != video_id}
        raw[key] = [entry for entry in raw[key] if (entry["source"], entry["name"]) in kept]
    write_json(project.sources, raw)
    for source in sources.sources:
        folder = sources.folder_of(source.name)
        if folder.resolve().is_relative_to(project.root.resolve()):
            remove_from_folder(folder, video_id, places.ours)


def remove_from_folder(folder: Path, video_id: str, paths: Sequence[Path]) -> None:
    """Delete a clip's files, and what a source's own lists say of them."""
    for path in paths:
        path.unlink(missing_ok=True)
    _drop_lines(folder / MANIFEST_NAME, {path.name for path in paths})
    _drop_rendered(folder / _RENDERED, video_id)


def _drop_lines(manifest: Path, names: set[str]) -> None:
    if not manifest.is_file():
        return
    rows = list(csv.reader(io.StringIO(manifest.read_text())))
    kept = [row for row in rows if not row or row[0].rpartition("/")[2] not in names]
    if kept != rows:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(kept)
        write_bytes(manifest, text.getvalue().encode())


def _drop_rendered(path: Path, video_id: str) -> None:
    if path.is_file():
        made = read_json(path)
        write_json(path, {name: entry for name, entry in made.items() if entry.get("video") != video_id})


def remove_rendered_again(project: Project) -> None:
    """Delete studio clips that were taken down and that a later rendering has made again."""
    studio = project.inputs / STUDIO
    if not (studio / _RENDERED).is_file():
        return
    forgotten = {clip.sha256 for clip in read_forgotten(project.root)}
    for name, entry in read_json(studio / _RENDERED).items():
        if entry["video"] in forgotten:
            paths = (studio / f"{name}.mp4", studio / "documents" / f"{name}.json")
            remove_from_folder(studio, entry["video"], paths)


def remove_artifacts(project: Project, video_id: str, size: int | None) -> list[str]:
    """Delete the artifacts that hold a row about the clip; returns their words. `make run` makes them again."""
    held = [
        word
        for word in WORDS
        if (project.data / word).is_dir() and any(files_that_hold(project.data / word, video_id, size))
    ]
    for word in held:
        shutil.rmtree(project.data / word)
    return held


def remove_scratch(project: Project) -> None:
    """Delete per-clip results, training scratch, logs and pages.

    Of every clip: the keys of per-clip results do not tell which clip they are of. The locks stay, they are held.
    """
    for path in sorted(project.work.glob("*")):
        if path.is_file():
            path.unlink()
            continue
        for inner in sorted(path.rglob("*"), reverse=True):
            if inner.is_dir() and not inner.is_symlink():
                _remove_if_empty(inner)
            elif inner.name != _LOCK:
                inner.unlink()
        _remove_if_empty(path)
    for folder in (project.root / "report", project.root / ".dvc" / "tmp" / "site"):
        shutil.rmtree(folder, ignore_errors=True)


def _remove_if_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        folder.rmdir()


def remove_objects(store: Store, video_id: str, size: int | None) -> int:
    """Delete from a DVC cache or remote every version of an artifact that holds the clip.

    All files of such a version go, for rows about the clip need not name it (the key of a benchmark item), except
    those that another version has too. Returns the number of objects.

    Raises:
        RemoteError: the store cannot be used, or still has one of them afterwards.
    """
    held: set[str] = set()
    listings: dict[str, set[str]] = {}
    for name in store.names():
        with store.as_file(name) as path:
            if holds(path, video_id, size):
                held.add(name)
            if name.endswith(LISTING):
                listings[name] = _listed(path)
    gone = {listing for listing, names in listings.items() if names & held}
    doomed = {name for listing in gone for name in listings[listing]} | held
    spared = {name for listing, names in listings.items() if listing not in gone for name in names} - held
    removed = gone | doomed - spared
    store.remove(removed)
    if left := removed & set(store.names()):
        raise RemoteError(
            "a store of DVC keeps what was deleted",
            found=", ".join(sorted(left)[:_SHOWN]),
            wanted="none of them",
            next_step="see whether its address may be written with these credentials, then call this again",
        )
    return len(removed)


def _listed(listing: Path) -> set[str]:
    try:
        return {row["md5"] for row in orjson.loads(listing.read_bytes())}
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return set()
