"""A job of the tests: reinforcement of an untrained small model, by as many processes as were started.

Each process leaves what it asked a reward for in `asked<rank>.json`: a list per step of [answer, completion].
"""

from __future__ import annotations

import argparse
import json
import os
import signal
from pathlib import Path
from typing import Any

import numpy as np

from sv6d.artifacts import Job, JobRuntime
from sv6d.events import Events
from sv6d.train import finish, grpo, ranks
from sv6d.train.config import GrpoCheckpointConfig, OptimizerConfig
from tests.sv6d.train import conftest

STEPS = 4  # of eight tasks, three in a step: the last two are the second time round
# Groups of two in a batch of six: of two processes, each has one group and half of a third.
CONFIG = GrpoCheckpointConfig(
    kinds=("letters",),
    train_vision=True,
    steps=STEPS,
    num_prompts=3,
    num_generations=2,
    max_new_tokens=5,
    temperature=1.0,
    clip_epsilon=0.2,
    optimizer=OptimizerConfig(learning_rate=0.001, warmup_share=0.0, weight_decay=0.0, max_grad_norm=1.0),
    checkpoint_every_steps=3,
    seed=1,
)


def give_completions(self: Any, prompt_ids: Any, *_: Any) -> tuple[list[list[int]], None]:
    """In place of sampling: a completion that hangs on the step and on the row's place in the whole batch."""
    first = self.accelerator.process_index * len(prompt_ids)
    draws = [np.random.default_rng([self.state.global_step, first + row]) for row in range(len(prompt_ids))]
    return [draw.integers(20, 200, size=draw.integers(1, 7)).tolist() for draw in draws], None


def reward(completion: str) -> float | None:
    """None for about a third of all completions."""
    return None if len(completion) % 3 == 0 else len(set(completion)) / 20


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--given", action="store_true", help="completions are given, not sampled")
    parser.add_argument("--killed-in-step", type=int, help="the last process kills itself there")
    options = parser.parse_args()
    rank = int(os.environ.get("RANK", "0"))

    class Watched(grpo.Bookkeeper):
        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            asked.append([])
            if state.global_step == options.killed_in_step and rank == ranks.num_ranks() - 1:
                os.kill(os.getpid(), signal.SIGKILL)
            super().on_step_end(args, state, control, **kwargs)

    grpo.Bookkeeper = Watched
    if options.given:
        grpo.GRPOTrainer._generate_single_turn = give_completions
    asked: list[list[tuple[str, str]]] = [[]]

    def ask(kind: str, completion: str, answer: str) -> float | None:
        asked[-1].append((answer, completion))
        return reward(completion)

    ranks.join("cpu")
    with ranks.leader_first():
        rows, clips = conftest.lesson.__wrapped__()
    tasks = [{"task_id": row.row_id, "prompt": "What?", "kind": "letters", "answer": row.row_id} for row in rows]
    model, processor = conftest.build.__wrapped__((rows, clips))()
    folder: Path = options.folder
    events = Events(folder / "events.jsonl", None) if ranks.leads() else Events.silent()
    scratch = folder / "work", folder / "cache", folder / "frames"
    job = Job("grpo_checkpoint", {}, folder / "out", *scratch, JobRuntime(), events)

    def train(result: Path, checkpoints: Path) -> None:
        trained, history = grpo.fit(
            model, processor, tasks, clips, config=CONFIG, reward=ask, folder=checkpoints, events=events
        )
        finish.save_model(trained, processor, result / "model")
        finish.write_training(result, history, {})

    if ranks.leads():
        job.work.mkdir(exist_ok=True)
        job.out.mkdir(exist_ok=True)
    finish.once(job, train)
    (folder / f"asked{rank}.json").write_text(json.dumps(asked[:-1]))


if __name__ == "__main__":
    main()
