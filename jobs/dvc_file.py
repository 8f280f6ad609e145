"""`dvc.yaml` from the stage table: `python -m jobs.dvc_file` writes it, a test holds it equal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from assets.resources.edges import INPUTS, INPUTS_SECTION, PACKAGES, code_files, edges, packages_of
from assets.resources.errors import LineageError
from assets.resources.project import HERE
from sv6d.io import write_bytes
from sv6d.stages import WORDS

_HEADER = "# Generated from sv6d/stages.py and the imports of each stage: python -m jobs.dvc_file\n"


def dvc_stages() -> dict[str, Any]:
    """The stages of `dvc.yaml`. Outputs persist: a failed rebuild must leave the old artifact."""
    stages: dict[str, Any] = {
        INPUTS: {
            "cmd": "python -m jobs.inputs",
            "deps": _code(INPUTS),
            "params": [INPUTS_SECTION, {PACKAGES: list(packages_of(INPUTS))}],
            "outs": [{INPUTS: {"persist": True}}],
        }
    }
    for word in WORDS:
        folders = [INPUTS if name == INPUTS else f"data/{name}" for name in edges(word)]
        stages[word] = {
            "cmd": f"python -m jobs.materialize {word}",
            "deps": [*folders, *_code(word)],
            "params": [word, {PACKAGES: list(packages_of(word))}],
            "outs": [{f"data/{word}": {"persist": True}}],
        }
    return stages


def dvc_yaml() -> bytes:
    """The bytes of `dvc.yaml`."""
    body = yaml.safe_dump({"stages": dvc_stages()}, sort_keys=False, width=120)
    return (_HEADER + body).encode()


def require_current() -> None:
    """See that `dvc.yaml` names the files and packages that the code imports now.

    Raises:
        LineageError: it does not; an edit of a file that it does not name would make nothing stale.
    """
    path = HERE.root / "dvc.yaml"
    if path.read_bytes() != dvc_yaml():
        raise LineageError(
            "dvc.yaml is not the one that the code asks for",
            found=f"other dependencies in {path}",
            wanted="every file and package that a stage imports",
            next_step="make docs (or python -m jobs.dvc_file), and commit it",
        )


def _code(word: str) -> list[str]:
    return [path.relative_to(HERE.root).as_posix() for path in code_files(word)]


def main() -> None:
    path: Path = HERE.root / "dvc.yaml"
    write_bytes(path, dvc_yaml())
    print(f"wrote {path}")


if __name__ == "__main__":
    main()
