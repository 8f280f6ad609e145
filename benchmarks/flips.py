"""Does an audit find a changed byte? One bit at a time, in every kind of record, on a copy of this project.

    python -m benchmarks.flips [--flips 10000] [--commands 100] [--clean 1000] [--json OUT]

Each flip changes one bit of an artifact, its record, DVC's cache or `dvc.lock`, a row of Dagster or MLflow, a signed
statement, its signature or the public key; or a file together with every hash of it that is no signature. It counts as
found where the verification names the artifact. `--commands` of them go through `python -m jobs.audit --verify`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import benchmarks  # noqa: F401 - where this file is run by its path, what is imported next is found by it

# isort: split
from assets.resources.project import HERE, Project
from assets.resources.signing_key import KEY, key_path
from benchmarks.flipper import Flipper, look
from jobs.audit.snapshot import open_snapshot
from jobs.audit.verify import recorded_words, verify
from sv6d.io import write_json

_COPIED = ("sv6d", "assets", "jobs", "data", "inputs", "signatures", ".dvc", ".dagster", "params.yaml")
_FILES = ("dvc.lock", "dvc.yaml", "mlflow.db")
_SHOWN = 10


def copy_project(root: Path) -> Project:
    """What a verification reads, copied to `root`."""
    for name in _COPIED + _FILES:
        source = HERE.root / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__", "tmp"))
        elif source.is_file():
            shutil.copyfile(source, root / name)
    return Project(root)


def measure(project: Project, *, flips: int, commands: int, clean: int, seed: int) -> dict[str, Any]:
    """Counts of changes made and found, and of false alarms."""
    flipper = Flipper(project, seed)
    made: Counter[str] = Counter()
    found: Counter[str] = Counter()
    missed: list[str] = []
    started_s = time.process_time()
    for number in range(flips + commands):
        with flipper.flip() as flip:
            made[flip.kind] += 1
            if number < flips:
                named = any(finding.word == flip.word for finding in look(project, flip.word))
            else:
                named = _by_command(project, flip.word)
        found[flip.kind] += named
        missed += [] if named else [f"{flip.kind} of {flip.word}: {flip.where}"]
    flips_s = time.process_time() - started_s
    started_s = time.process_time()
    words = recorded_words(open_snapshot(project, None))
    alarms = 0
    for number in range(clean):
        alarms += bool(verify(open_snapshot(project, None), [words[number % len(words)]]).findings)
    return {
        "made": dict(sorted(made.items())),
        "found": dict(sorted(found.items())),
        "missed": missed,
        "clean_passes": clean,
        "false_alarms": alarms,
        "cpu_s_per_flip": flips_s / max(1, flips),
        "cpu_s_per_clean_pass": (time.process_time() - started_s) / max(1, clean),
    }


def _by_command(project: Project, word: str) -> bool:
    done = subprocess.run(
        [sys.executable, "-m", "jobs.audit", word, "--verify"],
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(project.root), os.environ.get("PYTHONPATH", "")])},
    )
    told = done.stdout + done.stderr
    return done.returncode == 1 and (f"{word}: " in told or "error: " in told)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.flips", description=__doc__)
    parser.add_argument("--flips", type=int, default=10_000)
    parser.add_argument("--commands", type=int, default=100)
    parser.add_argument("--clean", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    os.environ[KEY] = str(key_path().absolute())
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "project"
        project = copy_project(root)
        os.environ["DAGSTER_HOME"] = str(root / ".dagster")
        os.environ["MLFLOW_TRACKING_URI"] = f"sqlite:///{root / 'mlflow.db'}"
        outcome = measure(
            project, flips=options.flips, commands=options.commands, clean=options.clean, seed=options.seed
        )
    for kind, number in outcome["made"].items():
        print(f"{kind:<22} {outcome['found'].get(kind, 0):>6} of {number:>6} found")
    print(f"{outcome['false_alarms']} false alarms in {outcome['clean_passes']} clean passes")
    print("\n".join(f"missed: {where}" for where in outcome["missed"][:_SHOWN]))
    if options.json:
        write_json(options.json, outcome)
    sys.exit(1 if outcome["missed"] or outcome["false_alarms"] else 0)


if __name__ == "__main__":
    main()
