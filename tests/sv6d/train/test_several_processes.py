"""Training as two processes (gloo, on CPUs): the whole batch is the same, and one of them keeps and publishes."""

from __future__ import annotations

from pathlib import Path

import pytest
from safetensors.torch import load_file

from sv6d.train.tables import HISTORY
from tests.sv6d.train.torchrun import start

_JOB = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
import conftest
from sv6d.artifacts import Job, JobRuntime
from sv6d.events import Events
from sv6d.train import finish, ranks, sft
from sv6d.train.config import OptimizerConfig, SupervisedConfig

folder = Path(sys.argv[1])
ranks.join("cpu")
with ranks.leader_first():
    lesson = conftest.lesson.__wrapped__()
model, processor = conftest.build.__wrapped__(lesson)()
optimizer = OptimizerConfig(learning_rate=0.002, warmup_share=0.0, weight_decay=0.0, max_grad_norm=1.0)
config = SupervisedConfig(steps=2, batch_size=4, optimizer=optimizer, checkpoint_every_steps=1, seed=3)
events = Events(folder / f"events{{ranks.leads():d}}.jsonl", None)
scratch = folder / "work", folder / "cache", folder / "frames"
job = Job("sft_checkpoint", {{}}, folder / "out", *scratch, JobRuntime(), events)

def train(result, checkpoints):
    trained, history = sft.fit(
        model, processor, *lesson, config=config, peft_config=None, folder=checkpoints, events=events
    )
    (folder / "checkpoints.txt").write_text(" ".join(sorted(
        path.name for path in checkpoints.iterdir() if (path / "complete").is_file()
    )))
    finish.save_model(trained, processor, result / "model")
    finish.write_training(result, history, {{}})

if ranks.leads():
    job.work.mkdir()
    job.out.mkdir()
finish.once(job, train)
(folder / f"ended{{ranks.num_ranks()}}-{{ranks.leads():d}}").touch()
"""


def _train(folder: Path, num_processes: int) -> None:
    folder.mkdir()
    script = folder / "job.py"
    script.write_text(_JOB.format(tests=str(Path(__file__).parent)))
    done = start(script, [str(folder)], num_processes)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_two_processes_learn_what_one_learns_and_one_publishes(tmp_path: Path) -> None:
    _train(tmp_path / "one", 1)
    _train(tmp_path / "two", 2)
    assert {path.name for path in (tmp_path / "two").glob("ended*")} == {"ended2-0", "ended2-1"}
    one, two = (_first_step(tmp_path / name / "out") for name in ("one", "two"))
    # Sums in another order; half a batch, or twice the gradient, would show in the first digits.
    assert two == pytest.approx(one, rel=1e-3)
    weights = [load_file(tmp_path / name / "out" / "model" / "model.safetensors") for name in ("one", "two")]
    assert weights[0].keys() == weights[1].keys()
    assert (tmp_path / "two" / "checkpoints.txt").read_text() == "checkpoint-1 checkpoint-2"
    assert not (tmp_path / "two" / "work" / "checkpoints").exists()


def _first_step(folder: Path) -> dict[str, float]:
    """Loss and length of the gradient of the whole batch, before anything was learnt."""
    rows = [row for row in HISTORY.read(folder) if row["step"] == 1]
    return {row["metric"]: row["value"] for row in rows if row["metric"] in ("loss", "gradient_norm")}
