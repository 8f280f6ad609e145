"""`make try` and `make promote`: the flow with other settings beside the one that is there, and home if it is better.

    python -m jobs.variants try NAME [--set WORD.KEY=VALUE]...
    python -m jobs.variants promote NAME

A variant is a git worktree in `.work/variants/NAME` on the branch `variant/NAME`. It shares DVC's cache, the per-clip
results and MLflow with the project, so only what its settings change is made. Calling `try` again goes on with it.
"""

from __future__ import annotations

import argparse
import configparser
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.environment import VARIANT_OF, prepare
from jobs.settings import write_settings

if TYPE_CHECKING:
    from assets.resources.errors import VariantError
    from assets.resources.project import Project

_BASE_LOCK = "variant_base.lock"
_LOCK = "dvc.lock"


def start(project: Project, name: str, given: Sequence[str]) -> int:
    """Make the worktree unless it is there, set what was given, rebuild it; returns the exit status of the rebuild.

    Raises:
        VariantError: the name cannot be a branch, or there is nothing in git to start from.
        SettingError: a setting has no such key.
        ConfigError: it has a value that is not allowed.
    """
    folder = folder_of(project, name)
    if not folder.is_dir():
        _create(project, name, folder)
    settings = write_settings(folder / "params.yaml", given)
    from sv6d.params import validate_all

    validate_all(folder / "params.yaml")
    print(f"variant {name} in {folder}")
    command = [sys.executable, "-m", "jobs.rebuild", "--local"]
    status = subprocess.run(command, cwd=folder, env=_environment(), check=False).returncode
    if status == 0:
        _commit(project, name, folder, settings)
    return status


def folder_of(project: Project, name: str) -> Path:
    """The worktree of a variant."""
    return project.work / "variants" / name


def _create(project: Project, name: str, folder: Path) -> None:
    refused = _git(project.root, "check-ref-format", f"refs/heads/variant/{name}", check=False).returncode != 0
    if refused or "/" in name or _git(project.root, "rev-parse", "HEAD", check=False).returncode != 0:
        raise _error(
            f"a variant {name!r} cannot be made",
            found="a name that git refuses" if refused or "/" in name else "a project without a commit",
            wanted="a short name of letters and digits, and a project with its code and settings in git",
            next_step="make try NAME=slower SET=sft_checkpoint.lr=1e-5",
        )
    _git(project.root, "worktree", "add", "-q", "-b", f"variant/{name}", str(folder), "HEAD")
    # What was edited and not committed is a part of what the variant is compared with.
    edited = _git(project.root, "diff", "HEAD", "--binary").stdout
    if edited:
        subprocess.run(["git", "apply"], cwd=folder, input=edited, check=True)
    (folder / ".work").mkdir(exist_ok=True)
    (folder / VARIANT_OF).write_text(str(project.root))
    if (project.root / _LOCK).is_file():
        shutil.copyfile(project.root / _LOCK, folder / _LOCK)
        shutil.copyfile(project.root / _LOCK, folder / ".work" / _BASE_LOCK)
    _share(project, folder)
    subprocess.run([sys.executable, "-m", "dvc", "checkout", "-q"], cwd=folder, env=_environment(), check=True)


def _share(project: Project, folder: Path) -> None:
    """Let the worktree use the project's cache, environment, per-clip results and source folders."""
    from sv6d.stages import WORDS
    from sv6d.video.sources import read_sources

    _write_cache_setting(project, folder / ".dvc" / "config.local")
    if (project.root / ".venv").exists():
        (folder / ".venv").symlink_to((project.root / ".venv").resolve())
    for word in WORDS:
        cache = project.work / word / "cache"
        cache.mkdir(parents=True, exist_ok=True)
        (folder / ".work" / word).mkdir()
        (folder / ".work" / word / "cache").symlink_to(cache)
    listed = read_sources(project.sources).sources if project.sources.is_file() else ()
    for path in {place for source in listed for place in (source.path, source.documents) if place is not None}:
        place = folder / path
        if not Path(path).is_absolute() and not place.is_relative_to(folder / "inputs") and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(project.root / path)


def _write_cache_setting(project: Project, path: Path) -> None:
    from dvc.repo import Repo

    with Repo(str(project.root)) as repo:
        cache = repo.cache.local_cache_dir
    config = configparser.ConfigParser()
    config.read(project.root / ".dvc" / "config.local")
    if not config.has_section("cache"):
        config.add_section("cache")
    config.set("cache", "dir", str(cache))
    with path.open("w") as stream:
        config.write(stream)


def _commit(project: Project, name: str, folder: Path, settings: Mapping[str, str]) -> None:
    told = ", ".join(f"{key} = {value}" for key, value in settings.items()) or "as edited"
    _git(folder, "add", "-u")
    if _git(folder, "diff", "--cached", "--quiet", check=False).returncode != 0:
        _git(folder, "commit", "-q", "-m", f"Variant {name}: {told}")


def promote(project: Project, name: str) -> list[str]:
    """Merge a variant's branch and its artifacts into the project; returns the artifacts that changed.

    Raises:
        VariantError: there is no such variant, it is not complete, or the project has changes that are not
            committed or that contradict it.
    """
    from assets.resources.lineage import Lineage
    from assets.resources.project import Project
    from assets.resources.transaction import PUBLISH

    folder = folder_of(project, name)
    if not folder.is_dir():
        raise _error(f"there is no variant {name}", found=str(folder), wanted="a variant", next_step="make try NAME=x")
    stale = sorted(Lineage(Project(folder)).stale())
    if stale:
        raise _error(
            f"the variant {name} is not complete",
            found=f"stale: {', '.join(stale)}",
            wanted="a variant whose artifacts are made",
            next_step=f"make try NAME={name}",
        )
    _commit(project, name, folder, {})
    edited = _git(project.root, "status", "--porcelain", "--untracked-files=no").stdout.decode().split("\n")[:-1]
    if edited:
        raise _error(
            "the project has changes that are not committed",
            found="; ".join(edited[:5]),
            wanted="a project as git has it, so that the merge can be undone",
            next_step="git commit (or git stash), then make promote again",
        )
    with project.alone(PUBLISH, wait=True):
        return _merge(project, name, folder)


def _merge(project: Project, name: str, folder: Path) -> list[str]:
    from sv6d.io import write_bytes

    lock = project.root / _LOCK
    tracked = _git(project.root, "ls-files", "--error-unmatch", _LOCK, check=False).returncode == 0
    ours, theirs, base = (_stages(path) for path in (lock, folder / _LOCK, folder / ".work" / _BASE_LOCK))
    _git(project.root, "merge", "--no-ff", "--no-commit", f"variant/{name}", check=False)
    conflicts = set(_git(project.root, "diff", "--name-only", "--diff-filter=U").stdout.decode().split())
    if conflicts - {_LOCK}:
        _git(project.root, "merge", "--abort")
        raise _error(
            f"the variant {name} and the project changed the same lines",
            found=", ".join(sorted(conflicts - {_LOCK})),
            wanted="changes that can stand beside each other",
            next_step=f"merge the branch variant/{name} by hand, then dvc checkout and make sync",
        )
    merged = {**ours, **{word: stage for word, stage in theirs.items() if stage != base.get(word)}}
    write_bytes(lock, _lock_text(merged))
    if tracked:
        _git(project.root, "add", _LOCK)
    if (project.root / _git(project.root, "rev-parse", "--git-path", "MERGE_HEAD").stdout.decode().strip()).exists():
        _git(project.root, "commit", "-q", "-m", f"Variant {name} promoted")
    changed = sorted(word for word, stage in merged.items() if stage.get("outs") != ours.get(word, {}).get("outs"))
    places = [merged[word]["outs"][0]["path"] for word in changed]
    if places:
        command = [sys.executable, "-m", "dvc", "checkout", "-q", "--force", *places]
        subprocess.run(command, cwd=project.root, env=_environment(), check=True)
    _git(project.root, "worktree", "remove", "--force", str(folder))
    _git(project.root, "branch", "-q", "-D", f"variant/{name}")
    return changed


def _stages(path: Path) -> dict[str, Any]:
    from ruamel.yaml import YAML

    return dict(YAML(typ="safe").load(path.read_text())["stages"]) if path.is_file() else {}


def _lock_text(stages: Mapping[str, Any]) -> bytes:
    from dvc.utils.serialize import dumps_yaml

    text: str = dumps_yaml({"schema": "2.0", "stages": dict(stages)})
    return text.encode()


def _environment() -> dict[str, str]:
    """Ours, without what this process has set for its own folder; MLflow stays the project's."""
    return {name: value for name, value in os.environ.items() if name not in ("DAGSTER_HOME", "DVC_SITE_CACHE_DIR")}


def _git(folder: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False)
    if check and done.returncode != 0:
        raise _error(
            f"git {arguments[0]} failed",
            found=done.stderr.decode(errors="replace").strip(),
            wanted="a project in git",
            next_step="correct what git says, then try again",
        )
    return done


def _error(what: str, *, found: str, wanted: str, next_step: str) -> VariantError:
    from assets.resources.errors import VariantError

    return VariantError(what, found=found, wanted=wanted, next_step=next_step)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m jobs.variants", description=__doc__)
    parser.add_argument("action", choices=("try", "promote"))
    parser.add_argument("name")
    parser.add_argument("--set", action="append", default=[], metavar="WORD.KEY=VALUE", dest="settings")
    options = parser.parse_args()
    prepare()
    from jobs.door import at_the_door

    status = 0
    with at_the_door() as instance:
        from assets.resources.agreement import mark_edited, tell
        from assets.resources.project import HERE
        from sv6d.stages import WORDS

        if options.action == "try":
            status = start(HERE, options.name, options.settings)
        else:
            changed = promote(HERE, options.name)
            tell(HERE, instance, WORDS)
            mark_edited(HERE, instance, WORDS)
            print(f"variant {options.name} is home: {', '.join(changed) or 'no artifact changed'}")
    sys.exit(status)


if __name__ == "__main__":
    main()
