"""`forgotten.json`: the clips that were taken down. What is in it does not come in again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sv6d.errors import ArtifactError, InputError
from sv6d.io import read_json, write_json

SCHEMA = "sv6d/forgotten/1"
FILE = "forgotten.json"
REASON = "it was taken down: forgotten.json names its hash"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A clip that was taken down. Of the clip itself only the hash stays: without it, it could not be refused.

    Attributes:
        sha256: of its bytes.
        on: the day, ISO 8601.
        reason: as it was given.
        seen_by: MD5s of the versions that saw it, by artifact: models that were trained on it, and their scores.
    """

    sha256: str
    on: str
    reason: str
    seen_by: Mapping[str, list[str]] = field(default_factory=dict)


def read_forgotten(root: Path) -> tuple[Forgotten, ...]:
    """The clips that were taken down, in the order in which they were; none where there is no list.

    Raises:
        InputError: the list cannot be read. Nothing may come in then, since nobody knows what must not.
    """
    path = root / FILE
    if not path.is_file():
        return ()
    try:
        raw = read_json(path)
        if raw["schema"] != SCHEMA:
            raise ValueError(f"schema {raw['schema']}")
        return tuple(Forgotten(**entry) for entry in raw["clips"])
    except (ArtifactError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{path} does not list the clips that were taken down",
            found=error.found if isinstance(error, ArtifactError) else f"{type(error).__name__}: {error}",
            wanted=f"a list of form {SCHEMA}",
            next_step="git checkout forgotten.json",
        ) from error


def write_forgotten(root: Path, clips: tuple[Forgotten, ...]) -> None:
    """Write the list whole."""
    write_json(root / FILE, {"schema": SCHEMA, "clips": [asdict(clip) for clip in clips]})
