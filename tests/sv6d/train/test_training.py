"""Training on real frames: the loss falls, a kill costs only the steps since a checkpoint, rewards meet their clips."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from sv6d.errors import TrainingError
from sv6d.events import Events
from sv6d.model.inputs import IGNORED, chat_text, encode
from sv6d.train import grpo, sft
from sv6d.train.checkpoints import Bookkeeper, last_complete
from sv6d.train.collator import ResponseCollator
from sv6d.train.config import GrpoCheckpointConfig, OptimizerConfig, SupervisedConfig
from sv6d.train.grpo_checkpoint import reward_rise

OPTIMIZER = OptimizerConfig(learning_rate=0.002, warmup_share=0.1, weight_decay=0.0, max_grad_norm=1.0)


def train(lesson: Any, build: Any, folder: Path, *, steps: int = 6, every: int = 2) -> tuple[Any, list[dict[str, Any]]]:
    rows, clips = lesson
    return sft.fit(
        *build(),
        rows,
        clips,
        config=SupervisedConfig(steps=steps, batch_size=4, optimizer=OPTIMIZER, checkpoint_every_steps=every, seed=3),
        peft_config=None,
        folder=folder,
        events=Events.silent(),
    )


def weights(model: Any) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def test_only_the_response_is_learnt(lesson: Any, build: Any) -> None:
    _, processor = build()
    rows, clips = lesson
    batch = ResponseCollator(processor, rows, clips)([{"row_id": row.row_id} for row in rows[:3]])
    for row, ids, labels in zip(rows, batch["input_ids"], batch["labels"], strict=False):
        learnt = processor.tokenizer.decode(ids[labels != IGNORED])
        assert learnt == row.response + processor.tokenizer.eos_token
        assert torch.equal(ids[labels != IGNORED], labels[labels != IGNORED])


def test_the_loss_falls_and_every_step_is_in_the_history(lesson: Any, build: Any, tmp_path: Path) -> None:
    _, history = train(lesson, build, tmp_path, steps=12, every=6)
    losses = [row["value"] for row in history if row["metric"] == "loss"]
    assert [row["step"] for row in history if row["metric"] == "loss"] == list(range(1, 13))
    assert sum(losses[-3:]) < 0.9 * sum(losses[:3])


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
import conftest, test_training
from sv6d.train import checkpoints

class Killer(checkpoints.Bookkeeper):
    def on_step_end(self, args, state, control, **kwargs):
        if state.global_step == 5:
            os.kill(os.getpid(), signal.SIGKILL)

test_training.sft.Bookkeeper = Killer
lesson = conftest.lesson.__wrapped__()
test_training.train(lesson, conftest.build.__wrapped__(lesson), Path({folder!r}), every=3)
"""


def test_a_killed_training_ends_with_the_same_bits(lesson: Any, build: Any, tmp_path: Path) -> None:
    """Eight rows, four in a step: the checkpoint of step 3 lies in the midst of the second time round."""
    whole, whole_history = train(lesson, build, tmp_path / "whole", every=3)
    script = KILLED.format(tests=str(Path(__file__).parent), folder=str(tmp_path / "killed"))
    died = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, timeout=300
    )
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    resumed_from = last_complete(tmp_path / "killed")
    assert resumed_from is not None
    assert resumed_from.name == "checkpoint-3"
    resumed, resumed_history = train(lesson, build, tmp_path / "killed", every=3)
    assert resumed_history == whole_history
    first, second = weights(whole), weights(resumed)
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_a_half_written_checkpoint_is_not_taken(tmp_path: Path) -> None:
    for step, whole in ((2, True), (4, True), (6, False)):
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(b"part")
        if whole:
            (folder / "complete").touch()
    found = last_complete(tmp_path)
    assert found is not None
    assert found.name == "checkpoint-4"
    assert not (tmp_path / "checkpoint-6").exists()
    assert last_complete(tmp_path / "nothing") is None


def test_a_number_that_is_not_finite_stops_the_training() -> None:
    class State:
        global_step = 7

    bookkeeper = Bookkeeper(Events.silent(), names={"loss": "loss"}, resumed_from=None)
    with pytest.raises(TrainingError, match=r"broke at step 7\n  found:  loss = nan"):
        bookkeeper.on_log(None, State(), None, logs={"loss": float("nan")})


def test_what_could_not_be_scored_is_no_number_of_the_history() -> None:
    class State:
        global_step = 7

    bookkeeper = Bookkeeper(Events.silent(), names={"reward": "reward", "loss": "loss"}, resumed_from=None)
    bookkeeper.on_log(None, State(), None, logs={"reward": None, "loss": 0.5})
    assert bookkeeper.history == [{"step": 7, "metric": "loss", "value": 0.5}]


def grpo_config(**changes: Any) -> GrpoCheckpointConfig:
    values: dict[str, Any] = {
        "kinds": ("letters",),
        "train_vision": True,
        "steps": 2,
        "num_prompts": 2,
        "num_generations": 4,
        "max_new_tokens": 5,
        "temperature": 1.0,
        "clip_epsilon": 0.2,
        "optimizer": OPTIMIZER,
        "checkpoint_every_steps": 1,
        "seed": 0,
    }
    return GrpoCheckpointConfig(**{**values, **changes})


def test_rewards_and_log_probabilities_belong_to_the_rows_own_clip(
    lesson: Any, build: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After TRL's shuffling, each row's log-probabilities equal a direct forward pass with its own video."""
    rows, clips = lesson
    model, processor = build()
    tasks = [
        {"task_id": row.row_id, "prompt": f"Task {i}?", "kind": "letters", "answer": row.row_id}
        for i, row in enumerate(rows)
    ]
    asked: list[tuple[str, str]] = []
    seen: list[tuple[str, float]] = []
    original = grpo.GRPOTrainer._get_per_token_logps_and_entropies

    def watch(self: Any, model: Any, input_ids: Any, attention_mask: Any, logits_to_keep: int, *args: Any, **kw: Any):
        logps, entropies, aux = original(self, model, input_ids, attention_mask, logits_to_keep, *args, **kw)
        for ids, mask, row_logps in zip(input_ids, attention_mask, logps, strict=True):
            text = processor.tokenizer.decode(ids[mask.bool()])
            task = tasks[int(text.split("Task ")[1][0])]
            inputs = encode(processor, [clips[task["task_id"]]], [chat_text(processor, task["prompt"])])
            completion = ids[-logits_to_keep:]
            keep = mask[-logits_to_keep:].bool()
            full = torch.cat([inputs["input_ids"][0], completion[keep]])[None]
            kinds = torch.cat([inputs["mm_token_type_ids"][0], torch.zeros_like(completion[keep])])[None]
            with torch.no_grad():
                logits = self.model(
                    input_ids=full,
                    attention_mask=torch.ones_like(full),
                    mm_token_type_ids=kinds,
                    pixel_values_videos=inputs["pixel_values_videos"],
                    video_grid_thw=inputs["video_grid_thw"],
                ).logits[0]
            start = inputs["input_ids"].shape[1]
            direct = torch.log_softmax(logits[start - 1 : -1], -1).gather(1, full[0, start:, None])[:, 0]
            seen.append((task["task_id"], float((direct - row_logps[keep].detach()).abs().max())))
        return logps, entropies, aux

    monkeypatch.setattr(grpo.GRPOTrainer, "_get_per_token_logps_and_entropies", watch)

    def reward(kind: str, completion: str, answer: str) -> float:
        asked.append((kind, answer))
        return len(set(completion)) / 10

    _, history = grpo.fit(
        model, processor, tasks, clips, config=grpo_config(), reward=reward, folder=tmp_path, events=Events.silent()
    )
    assert len(seen) == len(asked) == 2 * 8
    assert len({task for task, _ in seen}) == 4
    assert max(difference for _, difference in seen) < 1e-4
    names = {row["metric"] for row in history}
    assert {"reward", "reward_std", "equal_reward_groups_share", "entropy_nats", "completion_length_tokens"} <= names


def test_what_can_not_be_scored_is_counted(lesson: Any, build: Any, tmp_path: Path) -> None:
    rows, clips = lesson
    tasks = [{"task_id": row.row_id, "prompt": "What?", "kind": "letters", "answer": "a"} for row in rows]
    scores = iter([None, 1.0, 0.0, None] * 100)
    _, history = grpo.fit(
        *build(),
        tasks,
        clips,
        config=grpo_config(steps=1),
        reward=lambda *_: next(scores),
        folder=tmp_path,
        events=Events.silent(),
    )
    assert [row["value"] for row in history if row["metric"] == "unscored_share"] == [0.5]


def test_too_few_tasks_for_a_step_are_refused(lesson: Any, build: Any, tmp_path: Path) -> None:
    rows, clips = lesson
    tasks = [{"task_id": rows[0].row_id, "prompt": "What?", "kind": "letters", "answer": "a"}]
    with pytest.raises(TrainingError, match="1 tasks, num_prompts 2"):
        grpo.fit(
            *build(),
            tasks,
            clips,
            config=grpo_config(),
            reward=lambda *_: 0.0,
            folder=tmp_path,
            events=Events.silent(),
        )


def test_a_rise_is_told_from_noise() -> None:
    rising = reward_rise([i / 90 for i in range(90)], seed=0)
    assert rising["low"] > 0
    assert rising["difference"] == pytest.approx(60 / 90)
    flat = reward_rise([0.4, 0.6] * 45, seed=0)
    assert flat["low"] < 0 < flat["high"]
