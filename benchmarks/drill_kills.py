"""Random SIGKILLs of everything that makes an artifact, and what the next run finds and does again."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.drill_project import DrillProject, seconds_until
from sv6d.stages import WORDS

_GONE_LIMIT_S = 10.0
_WAIT_S = 0.02
# What a run does before and after its job is killed too: shares of its whole duration.
_EARLIEST, _LATEST = 0.1, 1.0
_TARGETS = ("run", "job")
_SHARE_OF_JOB = 0.3  # measured: of the run of a small artifact; the rest is imports, DVC, Dagster and MLflow
# What the jobs that take long keep while they run, and how many make a unit: a training keeps steps by its
# checkpoints, a measurement answers by batches. The other artifacts are one unit each, of seconds even for
# thousands of clips.
KEPT = {
    "raw_videos": ("files", 1),
    **dict.fromkeys(("shots", "evidence", "annotations", "filtered_corpus"), ("clips", 1)),
    **dict.fromkeys(("annotator", "sft_checkpoint", "grpo_checkpoint"), ("steps", 2)),
    "benchmark_scores": ("answers", 4),
}


@dataclass
class Kill:
    """One kill and its consequences.

    Attributes:
        word: the artifact that was being made.
        target: "run" (the process that holds the transaction) or "job" (`sv6d WORD`).
        after_s: how long after its start; a job's from when it was seen.
        done: of what is kept (`KEPT`), how much was reported when it was killed; None where nothing was, and for
            artifacts that are one unit.
        found: how much of it the next job found finished, None where it reports none.
        redone: whole units that were finished and done again; None where nothing can be said.
        at_end: the run had ended before the kill came.
        descendants: processes of it that were left after 10 s.
        locks: locks that were left then.
        whole: the published artifact, if any, fitted its record, and was the one before or the one after.
        settled: the next run ended well, with the bytes of a run that nobody disturbed.
    """

    word: str
    target: str
    after_s: float
    done: int | None
    found: int | None
    at_end: bool
    descendants: int
    locks: int
    whole: bool
    settled: bool
    redone: int | None = field(init=False)

    def __post_init__(self) -> None:
        known = self.done is not None and self.found is not None
        self.redone = max(0, (self.done or 0) - (self.found or 0)) // KEPT[self.word][1] if known else None


class Killer:
    """Kills runs of a project whose artifacts are all made, so that each has bytes to compare with."""

    def __init__(self, project: DrillProject, seed: int) -> None:
        self.project = project
        self._random = random.Random(seed)
        self._seconds: dict[str, float] = {}
        self._digests = {word: project.digest(word) for word in WORDS}

    def kill(self, word: str) -> Kill:
        """Make the artifact anew from nothing, kill it at some moment, then let the next run finish."""
        target = self._random.choice(_TARGETS)
        moment = self._random.uniform(_EARLIEST, _LATEST)
        if word not in self._seconds:
            self._seconds[word] = self._undisturbed(word)
        self._forget(word)
        run = self.project.start("-m", "jobs.materialize", word)
        after_s = moment * self._seconds[word]
        if target == "job":  # it lives for a part of its run alone: from when it is there
            seconds_until(lambda: self.project.jobs(word) or run.poll() is not None, self._seconds[word])
            after_s *= _SHARE_OF_JOB
        ended = seconds_until(lambda: run.poll() is not None, after_s) is not None
        jobs = self.project.jobs(word)
        if target == "job" and jobs:
            jobs[0].kill()
        else:
            target = "run"
            run.kill()
        run.communicate()
        done = self._reported(word, last=True)
        time.sleep(_WAIT_S)
        seconds_until(lambda: not self.project.processes(), _GONE_LIMIT_S)
        left, locks = len(self.project.processes()), len(self.project.locks_held())
        whole = self.project.is_whole(word) and self.project.digest(word) == self._digests[word]
        again = self.project.start("-m", "jobs.materialize", word)
        again.communicate()
        found = self._reported(word, last=False)
        settled = (
            again.returncode == 0
            and self.project.digest(word) == self._digests[word]
            and "RUNNING" not in self.project.mlflow_runs()
            and not {"STARTED", "STARTING", "NOT_STARTED"} & set(self.project.dagster_runs().values())
        )
        return Kill(word, target, round(after_s, 2), done, found, ended, left, locks, whole, settled)

    def _undisturbed(self, word: str) -> float:
        """Seconds of a run from nothing."""
        self._forget(word)
        started_s = time.monotonic()
        self.project.run("-m", "jobs.materialize", word)
        return time.monotonic() - started_s

    def _forget(self, word: str) -> None:
        """Remove the scratch of a word, so that there is work to lose, and what its last job reported."""
        (self.project.root / ".work" / "jobs" / word / "events.jsonl").unlink(missing_ok=True)
        scratch = self.project.root / ".work" / word
        for path in sorted(scratch.rglob("*"), reverse=True):
            if path.is_dir():
                path.rmdir()
            else:
                path.unlink()

    def _reported(self, word: str, *, last: bool) -> int | None:
        """Kept units done in the last (or first) progress event of a word's latest job."""
        events = [event for event in self.project.events(word) if event["event"] == "progress"]
        done = [event["done"] for event in events if word in KEPT and event["unit"] == KEPT[word][0]]
        return int(done[-1 if last else 0]) if done else None


def order_of_words(num: int) -> list[str]:
    """The words of `num` kills: all in turn."""
    return [WORDS[number % len(WORDS)] for number in range(num)]


def make_all(root: Path) -> DrillProject:
    """A small project with all artifacts made, or the one that an earlier drill left there."""
    if (root / "made").exists():
        return DrillProject(root)
    project = DrillProject.create(root, **SMALL)
    project.run("-m", "jobs.run")
    (root / "made").touch()
    return project


# What makes the whole flow a matter of minutes; nothing is learnt by it. Checkpoints and batches are those of `KEPT`.
SMALL: dict[str, dict[str, Any]] = {
    "studio": {"num_clips": 12, "min_duration_s": 4.0, "max_duration_s": 4.5, "short_side_px": 96, "long_side_px": 128},
    "evidence": {"motion_px": 96, "text": {"find_px": 128, "read_px": 128}},
    "annotator": {"steps": 6, "batch_size": 2, "checkpoint_every_steps": 2},
    "filtered_corpus": {"min_document_score": 0.0, "min_agreement": 0.0},
    "sft_corpus": {"max_samples": 40},
    "sft_checkpoint": {"steps": 6, "batch_size": 2, "checkpoint_every_steps": 2},
    "grpo_checkpoint": {"steps": 4, "num_prompts": 2, "num_generations": 2, "checkpoint_every_steps": 2},
    "benchmark_scores": {"batch_size": 4},
    "feedbench": {"min_items": 1, "max_answer_share": 1.0},
}
