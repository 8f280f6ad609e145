"""`sv6d sources`: the studio's folder and a person's own, listed with every file's hash."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from pathlib import Path

from sv6d.errors import InputError
from sv6d.params import STUDIO
from sv6d.video.sources import Sources, scan_sources


def list_sources(inputs: Path, *, videos: Sequence[Path], documents: Path | None, work: Path) -> Sources:
    """Write `sources.json` below `inputs` and return it.

    A folder of one's own is named by its last part, with a number where that is taken. `documents`
    holds SV6D documents about any of these videos: they are matched by hash, not by place.

    Raises:
        InputError: a folder is missing, or documents are given without videos.
    """
    if documents is not None and not videos:
        raise InputError(
            "there are documents but no videos that they could be about",
            found=f"documents in {documents}",
            wanted="the folder of the videos too",
            next_step="give both: VIDEOS=folder DOCUMENTS=folder",
        )
    folders = {STUDIO: inputs / STUDIO}
    truths: dict[str, Path | None] = {STUDIO: inputs / STUDIO / "documents"}
    for folder in videos:
        name = _free_name(folder, folders)
        folders[name] = folder
        truths.setdefault(name, documents if folder == videos[0] else None)
    return scan_sources(
        inputs / "sources.json", folders, truths, inputs.resolve().parent, hash_cache=work / "source_hashes.json"
    )


def _free_name(folder: Path, taken: dict[str, Path]) -> str:
    name = folder.resolve().name or "videos"
    names = (name if number == 1 else f"{name}-{number}" for number in count(1))
    return next(one for one in names if one not in taken)
