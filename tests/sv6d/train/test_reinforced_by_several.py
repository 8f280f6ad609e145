"""Reinforcement as two processes (gloo, on CPUs): prompts, groups and gradient of one; a kill costs no bit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file

from sv6d.errors import TrainingError
from sv6d.events import Events
from sv6d.train import grpo
from sv6d.train.tables import HISTORY
from tests.sv6d.train.reinforcement_job import CONFIG, STEPS, reward
from tests.sv6d.train.torchrun import start

_SCRIPT = Path(__file__).with_name("reinforcement_job.py")
Asked = list[list[list[str]]]


def train(folder: Path, num_processes: int, *options: str) -> None:
    folder.mkdir(exist_ok=True)
    done = start(_SCRIPT, [str(folder), *options], num_processes)
    assert done.returncode == 0, done.stderr


def asked(folder: Path, rank: int) -> Asked:
    read: Asked = json.loads((folder / f"asked{rank}.json").read_text())
    return read


def numbers(folder: Path, step: int) -> dict[str, float]:
    return {row["metric"]: row["value"] for row in HISTORY.read(folder / "out") if row["step"] == step}


@pytest.mark.slow
def test_two_processes_reinforce_what_one_reinforces(tmp_path: Path) -> None:
    """Given the same completions. Of three groups of two the middle one lies across both processes."""
    train(tmp_path / "one", 1, "--given")
    train(tmp_path / "two", 2, "--given")
    whole, shares = asked(tmp_path / "one", 0), [asked(tmp_path / "two", rank) for rank in (0, 1)]
    assert [first + second for first, second in zip(*shares, strict=True)] == whole
    assert [len(step) for step in whole] == [CONFIG.num_prompts * CONFIG.num_generations] * STEPS
    one, two = numbers(tmp_path / "one", 1), numbers(tmp_path / "two", 1)
    assert {"loss", "gradient_norm", "reward", "reward_std", "unscored_share", "entropy_nats"} <= set(one)
    # Sums in another order; half a batch, half a group or twice the gradient would show in the first digits.
    assert two == pytest.approx(one, rel=1e-3)
    for step, rows in enumerate(whole, start=1):
        unscored = sum(reward(completion) is None for _, completion in rows)
        assert numbers(tmp_path / "two", step)["unscored_share"] == pytest.approx(unscored / len(rows))
    assert not (tmp_path / "two" / "work" / "checkpoints").exists()


@pytest.mark.slow
def test_two_killed_processes_go_on_to_the_same_bits(tmp_path: Path) -> None:
    train(tmp_path / "whole", 2)
    (tmp_path / "killed").mkdir()
    died = start(_SCRIPT, [str(tmp_path / "killed"), "--killed-in-step", "4"], 2)
    assert died.returncode != 0
    assert "SIGKILL" in died.stderr
    checkpoints = tmp_path / "killed" / "work" / "checkpoints"
    assert [path.parent.name for path in checkpoints.glob("*/complete")] == ["checkpoint-3"]
    assert not any((tmp_path / "killed" / "out").iterdir())
    train(tmp_path / "killed", 2)
    for rank in (0, 1):
        assert asked(tmp_path / "killed", rank) == asked(tmp_path / "whole", rank)[3:]
    history, again = (HISTORY.read(tmp_path / name / "out") for name in ("whole", "killed"))
    assert list(again) == list(history)
    weights, second = (load_file(tmp_path / name / "out/model/model.safetensors") for name in ("whole", "killed"))
    assert all(bool((second[name] == tensor).all()) for name, tensor in weights.items())
    group = CONFIG.num_generations
    first_step = asked(tmp_path / "whole", 0)[0] + asked(tmp_path / "whole", 1)[0]
    middle = first_step[group : 2 * group]
    assert len({answer for answer, _ in middle}) == 1
    assert len({completion for _, completion in middle}) == group, "each process samples by random numbers of its own"


def test_a_batch_that_can_not_be_divided_is_refused(
    lesson: Any, build: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, clips = lesson
    tasks = [{"task_id": row.row_id, "prompt": "What?", "kind": "letters", "answer": "a"} for row in rows]
    monkeypatch.setenv("WORLD_SIZE", "4")
    with pytest.raises(TrainingError, match="num_prompts x num_generations = 6, 4 processes"):
        grpo.fit(
            *build(),
            tasks,
            clips,
            config=CONFIG,
            reward=lambda *_: 0.0,
            folder=tmp_path,
            events=Events.silent(),
        )
