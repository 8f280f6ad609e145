"""`make gc`: free what no kept revision needs, after showing it.

    python -m jobs.gc [--yes] [--all-commits]

Kept is what the folder as it is, every branch, every tag and every variant name in their dvc.lock; with
`--all-commits` every commit's. Freed are objects of DVC's cache, scratch that no job would use, and copies of clips
that no list of sources names any more. Nothing is freed while a job runs. The DVC remote is left alone.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.environment import prepare

if TYPE_CHECKING:
    from assets.resources.project import Project

_MB = 1e6


@dataclass(frozen=True, slots=True)
class Waste:
    """Files that nobody needs.

    Attributes:
        what: one line for a person.
        files: what would be removed.
        num_bytes: of all of them; what a hard link shares is counted once for each name.
    """

    what: str
    files: tuple[Path, ...]
    num_bytes: int


def waste(project: Project, *, all_commits: bool) -> list[Waste]:
    """What could be freed, by kind; empty kinds are left out."""
    folders = [project.root, *variant_folders(project)]
    found = [
        _waste("objects of DVC's cache that no kept revision names", _unused_objects(project, folders, all_commits)),
        _waste("copies of clips that no list of sources names", _unlisted_clips(project, folders)),
        _waste("what jobs that are gone had read and made", _left_over(project)),
    ]
    return [item for item in found if item.files]


def variant_folders(project: Project) -> list[Path]:
    """The worktrees of the variants that are there, sorted."""
    return sorted(path for path in (project.work / "variants").glob("*") if (path / ".dvc").is_dir())


def _waste(what: str, files: Iterator[Path]) -> Waste:
    listed = tuple(sorted(files))
    return Waste(what, listed, sum(path.lstat().st_size for path in listed))


def _unused_objects(project: Project, folders: list[Path], all_commits: bool) -> Iterator[Path]:
    from dvc.repo import Repo
    from dvc.scm import NoSCM

    used: set[str] = set()
    for folder in folders:
        with Repo(str(folder), _wait_for_lock=True) as repo:
            # A variant's branch is among the project's; of the worktree only its present state is more.
            history = folder == project.root and not isinstance(repo.scm, NoSCM)
            revisions = {"all_branches": history, "all_tags": history, "all_commits": history and all_commits}
            used |= {oid for objects in repo.used_objs(**revisions).values() for oid in _names(repo, objects)}
    with Repo(str(project.root), _wait_for_lock=True) as repo:
        odb = repo.cache.local
        for oid in odb.all():
            if oid not in used:
                yield Path(odb.oid_to_path(oid))


def _names(repo: Any, objects: Any) -> Iterator[str]:
    from dvc_data.hashfile import load

    for info in objects:
        yield info.value
        if info.isdir and repo.cache.local.exists(info.value):
            tree: Any = load(repo.cache.local, info)
            yield from (entry.value for _, (_, entry) in tree.iteritems())


def _unlisted_clips(project: Project, folders: list[Path]) -> Iterator[Path]:
    from sv6d.video.sources import read_sources

    listed = set()
    for folder in folders:
        sources = folder / "inputs" / "sources.json"
        if sources.is_file():
            now = read_sources(sources)
            listed |= {entry.sha256 for entry in (*now.files, *now.sidecars, *now.documents)}
    for root in (folder / ".work" / "pinned_sources" for folder in folders):
        yield from (path for path in root.rglob("*") if path.is_file() and path.name not in listed)


def _left_over(project: Project) -> Iterator[Path]:
    from sv6d.stages import WORDS

    for word in WORDS:
        for folder in (project.staging(word), project.pinned(word)):
            yield from (path for path in folder.rglob("*") if path.is_file() or path.is_symlink())


def _doctor(project: Project, *options: str) -> str:
    """What `sv6d doctor` says of scratch: a process of its own, since it loads the stages."""
    command = [sys.executable, "-m", "sv6d.cli.main", "doctor", *options]
    told = subprocess.run(command, cwd=project.root, capture_output=True, text=True, check=False).stdout
    return "\n".join(line for line in told.splitlines() if ".work" in line)


def free(project: Project, found: list[Waste]) -> int:
    """Remove what was found; returns the bytes that were freed."""
    for item in found:
        for path in item.files:
            path.unlink(missing_ok=True)
    _doctor(project, "--remove")
    return sum(item.num_bytes for item in found)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m jobs.gc", description=__doc__)
    parser.add_argument("--yes", action="store_true", help="free it without asking")
    parser.add_argument("--all-commits", action="store_true", help="keep what any commit names")
    options = parser.parse_args()
    prepare()
    from jobs.door import at_the_door

    with at_the_door(), ExitStack() as held:
        from assets.resources.project import HERE
        from assets.resources.transaction import PUBLISH
        from sv6d.stages import WORDS

        for word in WORDS:  # refused where a job runs
            held.enter_context(HERE.alone(word))
        held.enter_context(HERE.alone(PUBLISH, wait=True))
        found = waste(HERE, all_commits=options.all_commits)
        scratch = _doctor(HERE)
        for item in found:
            print(f"{item.num_bytes / _MB:10.1f} MB  {len(item.files):6} files  {item.what}")
        if scratch:
            print(f"scratch that no job would use:\n{scratch}")
        for folder in variant_folders(HERE):
            print(f"kept: the variant {folder.name}")
        if not found and not scratch:
            print("nothing to free")
        elif options.yes or _confirmed():
            print(f"freed {free(HERE, found) / _MB:.1f} MB and the scratch")
        else:
            print("nothing was freed: make gc YES=1 does it without asking")


def _confirmed() -> bool:
    return sys.stdin.isatty() and input("free it? [y/N] ").strip().lower() in ("y", "yes")


if __name__ == "__main__":
    main()
