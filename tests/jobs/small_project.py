"""A project whose five stages take no time: the real doors, transaction, DVC and Dagster, over verbs that count.

Its stages write a number that follows from their setting, their code and their inputs, halved, so that some
edits change the bytes and others do not. A driver process holds the platforms loaded and takes events as JSON.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
DRIVER = Path(__file__).with_name("small_project_driver.py")
EDGES: dict[str, tuple[str, ...]] = {
    "raw_videos": (),
    "shots": ("raw_videos",),
    "evidence": ("raw_videos", "shots"),
    "base_model": (),
    "benchmark_scores": ("evidence", "base_model"),
}
# The stage whose code imports a distribution beside the core's.
PACKAGED = "evidence"
_CORE = ("__init__", "artifacts", "errors", "events", "fingerprint", "io", "params", "timeline")
_LIBRARY = (
    "schema",
    "video/__init__.py",
    "video/forgotten.py",
    "video/sources.py",
    "train/__init__.py",
    "train/ranks.py",
    "cli/__init__.py",
    "cli/run_stage.py",
    "cli/list_sources.py",
    "cli/output.py",
)

_STAGES = """
from sv6d.errors import ConfigError
@dataclass(frozen=True, slots=True)
class Stage:
    word: str
    room: str
    inputs: tuple[str, ...]
    group: str
    about: str
    trains: bool = False
    parallel: bool = False
    answers: bool = False
    @property
    def module(self):
        return f"sv6d.{self.room}.{self.word}"
STAGES = tuple(Stage(word, "toy", inputs, "main", word) for word, inputs in %r.items())
WORDS = tuple(stage.word for stage in STAGES)
def stage_of(word):
    return next(stage for stage in STAGES if stage.word == word)
"""
_CONFIG = "from sv6d.fingerprint import Config\n" + "".join(
    f"class {''.join(part.capitalize() for part in word.split('_'))}Config(Config):\n    value: int\n    pause: float\n"
    for word in EDGES
)
_FOLD = """
import os
import time
from sv6d.io import read_json, write_json
from sv6d.video.sources import read_sources

def fold(config, job, factor):
    deadline_s = time.monotonic() + config.pause
    (job.work / "started").touch()
    while time.monotonic() < deadline_s:
        time.sleep(0.02)
    found = {name: read_json(folder / "value.json") for name, folder in sorted(job.inputs.items())}
    if job.word == "raw_videos":
        listed = read_sources(job.runtime.sources)
        found["clips"] = {e.uri: listed.path_of(e).read_text() for e in listed.files}
    value = {"value": config.value // 2, "factor": factor // 2, "inputs": found}
    write_json(job.out / "value.json", value)
    if job.word == "benchmark_scores":
        accuracy = {"all": {"accuracy": (config.value // 2) / 10}}
        write_json(job.out / "scores.json", {"models": {"base": accuracy}})
    return {"items": 1}
"""
_VERB = (
    "{head}from sv6d.toy.fold import fold\nFACTOR = 0\ndef run(config, job):\n    return fold(config, job, FACTOR)\n"
)
_STUDIO = """
from sv6d.io import write_bytes
def render_folder(config, out, workers, events):
    write_bytes(out / "studio.mp4", b"studio %d" % config.value)
    write_bytes(out / "documents" / "studio.json", b"{}")
"""
_MAIN = """
import argparse, sys
from pathlib import Path
from sv6d.artifacts import JobRuntime
from sv6d.events import Events
from sv6d.params import read_config
parser = argparse.ArgumentParser()
for flag in ("--out", "--data", "--work", "--params", "--sources", "--inputs", "--videos"):
    parser.add_argument(flag, type=Path)
parser.add_argument("--workers", type=int)
parser.add_argument("--device")
parser.add_argument("--gpus", type=int)
parser.add_argument("--models", type=int)
parser.add_argument("word")
given = parser.parse_args()
events = Events.from_environment()
if given.word == "studio":
    from sv6d.studio.studio import render_folder
    render_folder(read_config(given.params, "studio"), given.out, 1, events)
elif given.word == "sources":
    from sv6d.cli.list_sources import list_sources
    list_sources(given.inputs, videos=[given.videos] if given.videos else [], documents=None, work=given.work)
else:
    from sv6d.cli.run_stage import run_stage
    runtime = JobRuntime(workers=1, device="cpu", sources=given.sources)
    places = {"out": given.out, "data": given.data, "work": given.work, "params": given.params}
    run_stage(given.word, **places, runtime=runtime, events=events)
"""


class SmallProject:
    """The project's folder and its driver."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._driver: subprocess.Popen[str] | None = None

    @classmethod
    def create(cls, root: Path) -> SmallProject:
        """Everything made once, committed to git, and all of it fresh."""
        project = cls(root)
        for name in ("assets/resources", "jobs", "mlflow"):
            shutil.copytree(CHECKOUT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in _LIBRARY:
            copy = shutil.copytree if (CHECKOUT / "sv6d" / name).is_dir() else shutil.copyfile
            (root / "sv6d" / name).parent.mkdir(parents=True, exist_ok=True)
            copy(CHECKOUT / "sv6d" / name, root / "sv6d" / name)
        for name in _CORE:
            shutil.copyfile(CHECKOUT / "sv6d" / f"{name}.py", root / "sv6d" / f"{name}.py")
        for name in (
            ".dvcignore",
            ".dvc/config",
            ".dvc/.gitignore",
            ".gitignore",
            "assets/__init__.py",
            "assets/inputs.py",
        ):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(CHECKOUT / name, root / name)
        project._write_stages()
        (root / ".gitignore").write_text((root / ".gitignore").read_text() + "/clips/\n/site/\n/leases/\n")
        project.set_package(0)
        project.set_clip(0)
        project.run("-m", "jobs.dvc_file")
        project.git("init", "-q", "-b", "main")
        project.git("config", "user.email", "somebody@example.org")
        project.git("config", "user.name", "somebody")
        with project:
            project.ask("inputs", videos="clips")
            project.ask("run")
        project.git("add", "-A")
        project.git("commit", "-qm", "first")
        return project

    def _write_stages(self) -> None:
        package = self.root / "sv6d"
        files = {
            "stages.py": "from dataclasses import dataclass\n" + _STAGES % (EDGES,),
            "toy/__init__.py": "",
            "toy/config.py": _CONFIG,
            "toy/fold.py": _FOLD,
            "studio/__init__.py": "",
            "studio/config.py": "from sv6d.fingerprint import Config\nclass StudioConfig(Config):\n    value: int\n",
            "studio/studio.py": _STUDIO,
            "cli/main.py": _MAIN,
        }
        for word in EDGES:
            files[f"toy/{word}.py"] = _VERB.format(head="import toydist\n" if word == PACKAGED else "")
            asset = f'from assets.resources.flow_asset import flow_asset\n{word} = flow_asset("{word}")\n'
            (self.root / "assets" / f"{word}.py").write_text(asset)
        for name, text in files.items():
            (package / name).parent.mkdir(parents=True, exist_ok=True)
            (package / name).write_text(text)
        sections = {"studio": {"value": 0}, **{word: {"value": 0, "pause": 0.0} for word in EDGES}}
        (self.root / "params.yaml").write_text(yaml.safe_dump(sections, sort_keys=False))

    def __enter__(self) -> SmallProject:
        self._driver = subprocess.Popen(
            [sys.executable, str(DRIVER)],
            cwd=self.root,
            env=self.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *error: object) -> None:
        assert self._driver is not None
        self._driver.communicate()

    def ask(self, event: str, **arguments: Any) -> Any:
        """Let the driver do something; its answer."""
        assert self._driver is not None
        assert self._driver.stdin is not None
        assert self._driver.stdout is not None
        self._driver.stdin.write(json.dumps({"event": event, **arguments}) + "\n")
        self._driver.stdin.flush()
        answer = json.loads(self._driver.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer["answer"]

    def environment(self) -> dict[str, str]:
        gone = ("DAGSTER_HOME", "MLFLOW_TRACKING_URI", "DVC_SITE_CACHE_DIR", "DVC_STAGE", "SV6D_EVENTS")
        kept = {name: value for name, value in os.environ.items() if name not in gone}
        path = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
        return {
            **kept,
            "PATH": path,
            "PYTHONPATH": f"{self.root}{os.pathsep}{self.root / 'site'}",
            "SV6D_LEASES": str(self.root / "leases"),
        }

    def run(self, *arguments: str, status: int = 0) -> str:
        """`python ARGUMENTS` in the project's folder; what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments], cwd=self.root, env=self.environment(), capture_output=True, text=True
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def git(self, *arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=self.root, capture_output=True, text=True, check=True
        ).stdout.strip()

    def clone(self, root: Path) -> SmallProject:
        """A clone of it by git, with what git does not hold of the code and the clips."""
        self.git("clone", "-q", str(self.root), str(root))
        for name in ("site", "clips"):
            shutil.copytree(self.root / name, root / name)
        return SmallProject(root)

    def set_value(self, word: str, value: int, **more: Any) -> None:
        path = self.root / "params.yaml"
        sections = yaml.safe_load(path.read_text())
        sections[word] = {**sections[word], "value": value, **more}
        path.write_text(yaml.safe_dump(sections, sort_keys=False))

    def set_factor(self, word: str, factor: int) -> None:
        path = self.root / "sv6d" / "toy" / f"{word}.py"
        lines = path.read_text().splitlines()
        lines = [f"FACTOR = {factor}" if line.startswith("FACTOR") else line for line in lines]
        path.write_text("\n".join(lines) + "\n")

    def set_package(self, version: int) -> None:
        site = self.root / "site"
        shutil.rmtree(site, ignore_errors=True)
        (site / "toydist-1.dist-info").mkdir(parents=True)
        (site / "toydist.py").write_text("")
        (site / "toydist-1.dist-info" / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: toydist\nVersion: {version}\n"
        )

    def set_clip(self, version: int) -> None:
        (self.root / "clips").mkdir(exist_ok=True)
        (self.root / "clips" / "own.mp4").write_text(f"clip {version}")

    def edit_by_hand(self, word: str) -> None:
        (self.root / "data" / word / "value.json").write_text('{"value": "by hand"}')

    def value(self, word: str) -> Any:
        return json.loads((self.root / "data" / word / "value.json").read_text())
