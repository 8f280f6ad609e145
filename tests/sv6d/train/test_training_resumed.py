"""What training leaves behind: GRPO resumed to the same bits, weights that plain transformers reads, work done once."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForImageTextToText, AutoProcessor

from sv6d.artifacts import Job, JobRuntime
from sv6d.errors import TrainingError
from sv6d.events import Events
from sv6d.model.inputs import chat_text, encode, forbidden_tokens
from sv6d.train import grpo
from sv6d.train.annotator import save_adapter
from sv6d.train.checkpoints import last_complete
from sv6d.train.config import GrpoCheckpointConfig, OptimizerConfig
from sv6d.train.finish import once, save_model, write_training

CONFIG = GrpoCheckpointConfig(
    kinds=("letters",),
    train_vision=True,
    steps=4,
    num_prompts=2,
    num_generations=4,
    max_new_tokens=5,
    temperature=1.0,
    clip_epsilon=0.2,
    optimizer=OptimizerConfig(learning_rate=0.001, warmup_share=0.25, weight_decay=0.0, max_grad_norm=1.0),
    checkpoint_every_steps=3,
    seed=1,
)


def reinforce(lesson: Any, build: Any, folder: Path, written: list[str] | None = None) -> tuple[Any, Any]:
    rows, clips = lesson
    # Five tasks, two in a step: the checkpoint of step 3 lies in the midst of the second time round.
    tasks = [{"task_id": row.row_id, "prompt": "What?", "kind": "letters", "answer": "a"} for row in rows[:5]]

    def reward(kind: str, completion: str, answer: str) -> float:
        if written is not None:
            written.append(completion)
        return len(set(completion)) / 10

    return grpo.fit(*build(), tasks, clips, config=CONFIG, reward=reward, folder=folder, events=Events.silent())


def test_reinforcement_goes_on_to_the_same_bits(lesson: Any, build: Any, tmp_path: Path) -> None:
    """Sampling included: the checkpoint restores random numbers and the place in the data."""
    whole, whole_history = reinforce(lesson, build, tmp_path)
    # As after a kill in step 4: the newest checkpoint is only half there.
    (tmp_path / "checkpoint-4" / "complete").unlink()
    written: list[str] = []
    resumed, resumed_history = reinforce(lesson, build, tmp_path, written)
    assert len(written) == 8, "one step was done again, not four"
    assert resumed_history == whole_history
    second = resumed.state_dict()
    assert all(torch.equal(tensor, second[name]) for name, tensor in whole.state_dict().items())
    assert last_complete(tmp_path) == tmp_path / "checkpoint-4"


def test_no_completion_holds_a_vision_token(
    lesson: Any, build: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, processor = build()
    forbidden = forbidden_tokens(processor)

    def prefer_them(module: Any, inputs: Any, logits: torch.Tensor) -> torch.Tensor:
        logits = logits.clone()
        logits[..., forbidden] += 1e4
        return logits

    model.lm_head.register_forward_hook(prefer_them)
    sampled: list[int] = []
    original = grpo.GRPOTrainer._generate_single_turn

    def watch(self: Any, *args: Any, **options: Any) -> Any:
        ids, logprobs = original(self, *args, **options)
        sampled.extend(token for row in ids for token in row)
        return ids, logprobs

    monkeypatch.setattr(grpo.GRPOTrainer, "_generate_single_turn", watch)
    reinforce(lesson, lambda: (model, processor), tmp_path)
    assert sampled
    assert not set(sampled) & set(forbidden)


def test_plain_transformers_computes_the_same(lesson: Any, build: Any, tmp_path: Path) -> None:
    model, processor = build()
    save_model(model, processor, tmp_path)
    rows, clips = lesson
    texts = [chat_text(processor, row.prompt, row.response) for row in rows[:2]]
    inputs = encode(processor, [clips[row.row_id] for row in rows[:2]], texts)
    plain = AutoModelForImageTextToText.from_pretrained(tmp_path, local_files_only=True)
    again = encode(
        AutoProcessor.from_pretrained(tmp_path, local_files_only=True), [clips[row.row_id] for row in rows[:2]], texts
    )
    with torch.no_grad():
        assert torch.equal(plain.eval()(**again).logits, model.eval()(**inputs).logits)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "chat_template.jinja",
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "processor_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
    ]


def test_an_adapter_is_written_in_one_order_and_loads(build: Any, tmp_path: Path) -> None:
    """PEFT keeps module names in a set: unsorted, the file would differ from process to process."""
    settings = LoraConfig(r=2, target_modules="all-linear", exclude_modules=r".*visual.*", task_type="CAUSAL_LM")
    save_adapter(get_peft_model(build()[0], settings), tmp_path)
    names = json.loads((tmp_path / "adapter_config.json").read_text())["target_modules"]
    assert len(names) > 6
    assert names == sorted(names)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["adapter_config.json", "adapter_model.safetensors"]
    adapted = PeftModel.from_pretrained(build()[0], tmp_path)
    assert not any("visual" in name for name in adapted.state_dict() if "lora_" in name)


def job_in(folder: Path) -> Job:
    for name in ("work", "cache"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder / "out", ignore_errors=True)
    (folder / "out").mkdir()
    return Job(
        "annotator",
        {},
        folder / "out",
        folder / "work",
        folder / "cache",
        folder / "frames",
        JobRuntime(),
        Events.silent(),
    )


def test_a_training_that_ended_is_only_copied_out(tmp_path: Path) -> None:
    calls: list[Path] = []

    def train(result: Path, checkpoints: Path) -> None:
        calls.append(checkpoints)
        (checkpoints / "checkpoint-1").mkdir(parents=True)
        write_training(result, [{"step": 1, "metric": "loss", "value": 0.5}], {"rows": 3})

    once(job_in(tmp_path), train)
    first = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    once(job_in(tmp_path), train)
    assert len(calls) == 1
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == first
    assert set(first) == {"history.parquet", "training.json"}
    assert not calls[0].exists()  # of a large model they are several times the size of the result


def test_a_training_that_broke_leaves_nothing_to_copy(tmp_path: Path) -> None:
    def breaks(result: Path, checkpoints: Path) -> None:
        (result / "model.safetensors").write_bytes(b"half")
        raise TrainingError("broke", found="nan", wanted="numbers", next_step="lower the rate")

    def works(result: Path, checkpoints: Path) -> None:
        write_training(result, [{"step": 1, "metric": "loss", "value": 0.5}], {})

    with pytest.raises(TrainingError):
        once(job_in(tmp_path), breaks)
    assert not any((tmp_path / "out").iterdir())
    once(job_in(tmp_path), works)
    assert not (tmp_path / "out" / "model.safetensors").exists()
