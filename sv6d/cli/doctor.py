"""`sv6d doctor`: is the project usable, and which scratch folders can go?"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from sv6d.artifacts import JobRuntime, verify
from sv6d.cli.run_stage import input_digests, work_name
from sv6d.errors import Sv6dError
from sv6d.params import read_config
from sv6d.stages import STAGES


@dataclass(frozen=True, slots=True)
class Scratch:
    """A folder under `.work/<word>/` that no job of the present settings, inputs and code would use."""

    path: Path
    num_bytes: int


def check_artifacts(data: Path) -> dict[str, str]:
    """For each word "absent", "whole", or what is wrong with it (every file is re-hashed)."""
    states = {}
    for stage in STAGES:
        folder = data / stage.word
        if not folder.is_dir():
            states[stage.word] = "absent"
            continue
        try:
            states[stage.word] = f"whole, {verify(folder).counts['items']} items"
        except Sv6dError as error:
            states[stage.word] = f"{error.what}: {error.found}"
    return states


def stale_scratch(data: Path, work: Path, params: Path, runtime: JobRuntime) -> list[Scratch]:
    """Scratch folders of other settings, inputs or code, sorted by path.

    A stage whose inputs are not there yet keeps all of its folders: which one it would use can not
    be told.
    """
    found = []
    for stage in STAGES:
        config = read_config(params, stage.word)
        try:
            inputs = {name: data / name for name in stage.inputs}
            used = work_name(stage.word, config, input_digests(stage.word, config, inputs, runtime))
        except Sv6dError:
            continue
        folders = (work / stage.word).glob("*") if (work / stage.word).is_dir() else ()
        found += [
            Scratch(path, sum(p.stat().st_size for p in path.rglob("*") if p.is_file()))
            for path in folders
            if path.is_dir() and path.name not in (used, "cache")
        ]
    return sorted(found, key=lambda scratch: scratch.path)


def remove(scratch: list[Scratch]) -> None:
    for folder in scratch:
        shutil.rmtree(folder.path)
