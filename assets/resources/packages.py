"""`packages.yaml`: the versions of what is installed here, where DVC can see them.

    python -m assets.resources.packages

`make setup` calls it, every door calls it too.
"""

from __future__ import annotations

import yaml

from assets.resources.edges import INPUTS, PACKAGES, packages_of
from assets.resources.project import HERE, Project
from sv6d.io import write_changed
from sv6d.stages import WORDS

_HEADER = "# Written by every door of the project: what is installed, of what its stages import. Not for git.\n"


def refresh_packages(project: Project) -> None:
    """Write the versions of every distribution that a stage names, where they are not the ones that are written."""
    write_changed(project.root / PACKAGES, (_HEADER + yaml.safe_dump(packages_of(INPUTS, *WORDS))).encode())


if __name__ == "__main__":
    refresh_packages(HERE)
