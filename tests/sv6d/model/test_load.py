"""A model folder is loaded as it stands, answers the same each time, and never writes vision tokens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForImageTextToText, AutoProcessor

from sv6d.errors import ModelError
from sv6d.io import write_json
from sv6d.model.answer import Request
from sv6d.model.inputs import forbidden_tokens
from sv6d.model.load import load_model, load_parts
from sv6d.model.sampling import FrameSampling, read_sampling
from sv6d.model.tiny import build_model, build_processor, build_tokenizer


def test_the_tiny_model_is_a_qwen3_vl_of_about_1_6_million_parameters() -> None:
    model = build_model(build_tokenizer(["a"], vocab_size=640), seed=0)
    assert type(model).__name__ == "Qwen3VLForConditionalGeneration"
    assert 1.4e6 < sum(parameter.numel() for parameter in model.parameters()) < 1.8e6


def test_equal_seeds_give_equal_weights_and_leave_the_random_state_alone() -> None:
    tokenizer = build_tokenizer(["a"], vocab_size=300)
    torch.manual_seed(5)
    first = build_model(tokenizer, seed=1).state_dict()
    drawn = torch.rand(1)
    torch.manual_seed(5)
    assert torch.equal(torch.rand(1), drawn)
    second, other = build_model(tokenizer, seed=1).state_dict(), build_model(tokenizer, seed=2).state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not torch.equal(first["lm_head.weight"], other["lm_head.weight"])


def test_what_is_saved_again_is_the_same_and_names_no_folder(artifact: Path, tmp_path: Path) -> None:
    for source, copy in ((artifact / "model", tmp_path / "a"), (tmp_path / "a", tmp_path / "b")):
        model, processor = load_parts(source, device="cpu")
        model.save_pretrained(copy)
        processor.save_pretrained(copy)
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "b").iterdir())
    for name in names:
        first = (tmp_path / "a" / name).read_bytes()
        assert first == (tmp_path / "b" / name).read_bytes(), name
        assert str(artifact).encode() not in first
        assert str(tmp_path).encode() not in first


def test_plain_transformers_loads_it(artifact: Path) -> None:
    model = AutoModelForImageTextToText.from_pretrained(artifact / "model", local_files_only=True)
    processor = AutoProcessor.from_pretrained(artifact / "model", local_files_only=True)
    ours, _ = load_parts(artifact / "model", device="cpu")
    assert type(processor).__name__ == "Qwen3VLProcessor"
    for name, weight in ours.state_dict().items():
        assert torch.equal(weight, model.state_dict()[name])


def test_answers_are_the_same_each_time(artifact: Path, requests_made: list[Request]) -> None:
    model = load_model(artifact, adapter=None, device="cpu")
    assert model.sampling == FrameSampling(num_frames=4, height_px=64, width_px=64, reader="pyav")
    first = model.generate(requests_made, max_new_tokens=6, batch_size=2)
    torch.manual_seed(99)
    assert model.generate(requests_made, max_new_tokens=6, batch_size=2) == first
    assert (
        load_model(artifact, adapter=None, device="cpu").generate(requests_made, max_new_tokens=6, batch_size=2)
        == first
    )
    assert len(first) == 3


def test_vision_tokens_are_never_written(artifact: Path, requests_made: list[Request]) -> None:
    model = load_model(artifact, adapter=None, device="cpu")
    forbidden = forbidden_tokens(model.processor)

    def prefer_them(module: Any, inputs: Any, logits: torch.Tensor) -> torch.Tensor:
        logits = logits.clone()
        logits[..., forbidden] += 1e4
        return logits

    model.model.lm_head.register_forward_hook(prefer_them)
    written: list[torch.Tensor] = []
    original = model.model.generate

    def watch(**options: Any) -> Any:
        written.append(original(**options))
        return written[-1]

    model.model.generate = watch
    model.generate(requests_made, max_new_tokens=5, batch_size=3)
    new_tokens = written[0].sequences[:, -5:]
    assert not torch.isin(new_tokens, torch.tensor(forbidden)).any()


def test_an_adapter_is_put_on_top(artifact: Path, requests_made: list[Request], tmp_path: Path) -> None:
    base, _ = load_parts(artifact / "model", device="cpu")
    torch.manual_seed(0)
    adapted = get_peft_model(
        base, LoraConfig(r=4, target_modules="all-linear", exclude_modules=r".*visual.*", init_lora_weights=False)
    )
    adapted.save_pretrained(tmp_path / "adapter")
    plain = load_model(artifact, adapter=None, device="cpu")
    changed = load_model(artifact, adapter=tmp_path / "adapter", device="cpu")
    options = {"max_new_tokens": 6, "batch_size": 3}
    assert plain.generate(requests_made, **options) != changed.generate(requests_made, **options)
    with pytest.raises(ModelError, match="does not fit"):
        load_model(artifact, adapter=tmp_path / "none", device="cpu")


def test_what_is_no_model_is_refused(artifact: Path, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    with pytest.raises(ModelError, match="does not say how frames are sampled"):
        load_model(tmp_path, adapter=None, device="cpu")
    write_json(
        tmp_path / "card.json", {"sampling": {"num_frames": 4, "height_px": 64, "width_px": 64, "reader": "pyav"}}
    )
    with pytest.raises(ModelError, match="can not be loaded"):
        load_model(tmp_path, adapter=None, device="cpu")
    with pytest.raises(ModelError, match="does not say how frames are sampled"):
        load_model(artifact / "model", adapter=None, device="cpu")


def test_weights_in_a_format_that_can_run_code_are_not_read(artifact: Path, tmp_path: Path) -> None:
    model, processor = load_parts(artifact / "model", device="cpu")
    processor.save_pretrained(tmp_path)
    model.config.save_pretrained(tmp_path)
    torch.save(model.state_dict(), tmp_path / "pytorch_model.bin")
    with pytest.raises(ModelError, match="can not be loaded"):
        load_parts(tmp_path, device="cpu")


def test_a_checkpoint_carries_the_sampling_on(tmp_path: Path) -> None:
    stored = {"num_frames": 8, "height_px": 96, "width_px": 64, "reader": "decord"}
    write_json(tmp_path / "training.json", {"sampling": stored})
    assert read_sampling(tmp_path) == FrameSampling(num_frames=8, height_px=96, width_px=64, reader="decord")
    for wrong in ({"num_frames": 8}, {**stored, "reader": "another"}):
        write_json(tmp_path / "training.json", {"sampling": wrong})
        with pytest.raises(ModelError, match="does not say"):
            read_sampling(tmp_path)


def test_a_processor_keeps_the_size_of_the_frames() -> None:
    processor = build_processor(build_tokenizer(["a"], vocab_size=300))
    for frames, height, width in ((2, 64, 64), (8, 96, 64), (16, 64, 128)):
        video = torch.zeros((frames, 3, height, width), dtype=torch.uint8)
        made = processor.video_processor([video], do_sample_frames=False, return_tensors="pt")
        assert made["video_grid_thw"].tolist() == [[frames // 2, height // 16, width // 16]]
