"""The stage `grpo_checkpoint`: the SFT checkpoint after reinforcement on rewards that code verifies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sv6d.artifacts import Counts, Job, JobRuntime, read_record
from sv6d.errors import EmptyOutputError
from sv6d.fingerprint import fingerprint
from sv6d.model.load import load_parts, resolve_device
from sv6d.model.sampling import read_sampling
from sv6d.tasks.registry import reward
from sv6d.tasks.rl_tasks import read_tasks
from sv6d.train.config import GrpoCheckpointConfig
from sv6d.train.finish import fix_threads, once, save_model, write_training
from sv6d.train.grpo import fit
from sv6d.train.ranks import join, leader_first
from sv6d.train.rows import Row, load_clips

# Ours: enough resamples that the interval's ends move by less than their third digit between seeds.
_NUM_RESAMPLES = 2000
_CONFIDENCE = 0.95


def narrow(config: GrpoCheckpointConfig, inputs: Mapping[str, Path], runtime: JobRuntime) -> dict[str, str]:
    """Of the manifest nothing that `rl_tasks` does not pin: its rows name videos by the hash of their bytes."""
    return {"raw_videos": fingerprint({"pinned by": read_record(inputs["rl_tasks"]).digest})}


def run(config: GrpoCheckpointConfig, job: Job) -> Counts:
    """Write `model/`, `training.json` and `history.parquet`.

    Counts: items (tasks trained on), steps, other_kinds (tasks of kinds that are not configured).

    Raises:
        EmptyOutputError: no task of the training split is of a configured kind.
        TrainingError: see `sv6d.train.grpo.fit`.
    """
    training = [task.model_dump() for task in read_tasks(job.inputs["rl_tasks"], "train")]
    chosen = [task for task in training if task["kind"] in config.kinds]
    if not chosen:
        raise EmptyOutputError(
            "there is nothing to train on",
            found=f"{len(training)} tasks of the training split, of kinds {sorted({t['kind'] for t in training})}",
            wanted=f"tasks of kinds {list(config.kinds)}",
            next_step="look at the counts of rl_tasks, or name other kinds in params.yaml",
        )
    once(job, lambda result, checkpoints: _train(config, job, chosen, result, checkpoints))
    return {"items": len(chosen), "steps": config.steps, "other_kinds": len(training) - len(chosen)}


def _train(
    config: GrpoCheckpointConfig, job: Job, tasks: Sequence[Mapping[str, Any]], result: Path, checkpoints: Path
) -> None:
    start = job.inputs["sft_checkpoint"]
    device = resolve_device(job.runtime.device)
    fix_threads(device)
    join(device.type)
    sampling = read_sampling(start)
    with leader_first():
        clips = load_clips([_row(task) for task in tasks], sampling, job)
    model, processor = load_parts(start / "model", device=job.runtime.device)
    model.model.visual.requires_grad_(config.train_vision)
    model, history = fit(
        model, processor, tasks, clips, config=config, reward=reward, folder=checkpoints, events=job.events
    )
    save_model(model, processor, result / "model")
    kinds = dict(sorted(Counter(task["kind"] for task in tasks).items()))
    rise = reward_rise([row["value"] for row in history if row["metric"] == "reward"], seed=config.seed)
    summary = {"tasks": len(tasks), "tasks_by_kind": kinds, "reward": rise, "sampling": sampling.as_dict()}
    write_training(result, history, summary)
    job.events.message(
        f"mean reward {rise['first_third']:.3f} in the first third, {rise['last_third']:.3f} in the last "
        f"(difference {rise['difference']:.3f}, 95 % interval {rise['low']:.3f} to {rise['high']:.3f})"
    )


def reward_rise(rewards: Sequence[float], *, seed: int) -> dict[str, float]:
    """Mean reward of the first and the last third of the steps, and their difference.

    `low` and `high` bound the difference in 95 % of bootstrap resamples of the steps of each third
    (Efron and Tibshirani 1993, percentile method). Rewards in [0, 1]. The thirds hold one step or more.
    """
    values = np.asarray(rewards)
    third = max(1, len(values) // 3)
    first, last = values[:third], values[-third:]
    random = np.random.Generator(np.random.PCG64(seed))
    draws = random.integers(third, size=(2, _NUM_RESAMPLES, third))
    differences = last[draws[1]].mean(axis=1) - first[draws[0]].mean(axis=1)
    tail = (1 - _CONFIDENCE) / 2
    low, high = np.quantile(differences, [tail, 1 - tail])
    return {
        "first_third": float(first.mean()),
        "last_third": float(last.mean()),
        "difference": float(last.mean() - first.mean()),
        "low": float(low),
        "high": float(high),
    }


def _row(task: Mapping[str, Any]) -> Row:
    return Row(
        row_id=task["task_id"],
        video_id=task["video_id"],
        studio_seed=None,
        start_ns=task["start_ns"],
        end_ns=task["end_ns"],
        prompt=task["prompt"],
        response=task["answer"],
    )
