"""The stage `base_model`: files are pinned one by one, and the shipped ones are those of their card."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from sv6d.artifacts import Job, JobRuntime, seal, verify
from sv6d.errors import ModelError
from sv6d.events import Events
from sv6d.io import read_json, sha256_file
from sv6d.model import base_model
from sv6d.model.config import BaseModelConfig
from sv6d.model.held_out import measure
from sv6d.model.load import load_model
from sv6d.model.pretrain import RECIPE, samples_of
from sv6d.model.sampling import read_sampling
from tests.sv6d.model.conftest import SAMPLING

MAX_BYTES = 8_000_000


def job(folder: Path) -> Job:
    for name in ("out", "work", "cache"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return Job(
        "base_model",
        {},
        folder / "out",
        folder / "work",
        folder / "cache",
        folder / "frames",
        JobRuntime(device="cpu"),
        Events.silent(),
    )


def config(name: str, **changes: Any) -> BaseModelConfig:
    values = {"name": name, "revision": "shipped", "sampling": RECIPE.sampling.as_dict()}
    return BaseModelConfig(**{**values, **changes})


def test_the_shipped_model_is_small_and_holds_no_pickle() -> None:
    files = [path for path in base_model.SHIPPED.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= MAX_BYTES
    assert {path.suffix for path in files} == {".json", ".jinja", ".safetensors"}
    card = read_json(base_model.SHIPPED / "card.json")
    assert card["num_samples"] >= 20_000
    assert {name: sha256_file(base_model.SHIPPED / "model" / name) for name in card["files"]} == card["files"]


def test_the_shipped_model_becomes_an_artifact(tmp_path: Path) -> None:
    made = job(tmp_path)
    counts = base_model.run(config("tiny"), made)
    seal(made.out, word="base_model", config=config("tiny"), inputs={}, counts=counts)
    assert verify(made.out).counts["items"] == counts["items"] == len(list((made.out / "model").iterdir()))
    assert read_sampling(made.out) == RECIPE.sampling
    card = read_json(made.out / "card.json")
    assert card["files"]["model.safetensors"] == sha256_file(made.out / "model" / "model.safetensors")


def test_the_shipped_model_sees(tmp_path: Path) -> None:
    """On clips of no training: light, colour and subject far above the most frequent value."""
    made = job(tmp_path)
    base_model.run(config("tiny"), made)
    model = load_model(made.out, adapter=None, device="cpu")
    samples = [sample for index in range(2_000_000, 2_000_010) for sample in samples_of(index, RECIPE.sampling)]
    fields = measure(model, samples, [sample.response for sample in samples])["fields"]
    for name in ("lighting_key", "colour_tone", "subject_type", "packaging"):
        assert fields[name]["low"] > fields[name]["most_frequent"], (name, fields[name])


def test_changed_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(base_model.SHIPPED, tmp_path / "tiny")
    weights = tmp_path / "tiny" / "model" / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    monkeypatch.setattr(base_model, "SHIPPED", tmp_path / "tiny")
    with pytest.raises(ModelError, match=r"not the one that its card describes\n  found:  .*model\.safetensors"):
        base_model.run(config("tiny"), job(tmp_path))


def test_another_sampling_than_it_was_trained_with_is_refused(tmp_path: Path) -> None:
    other = config("tiny", sampling={**RECIPE.sampling.as_dict(), "num_frames": 16})
    with pytest.raises(ModelError, match="keep the card's sampling"):
        base_model.run(other, job(tmp_path))


def test_any_folder_that_transformers_loads(artifact: Path, tmp_path: Path) -> None:
    made = job(tmp_path)
    source = tmp_path / "my_model"
    shutil.copytree(artifact / "model", source)
    (source / "pytorch_model.bin").write_bytes(b"not copied")
    base_model.run(config(str(source), revision="local", sampling=SAMPLING), made)
    assert not (made.out / "model" / "pytorch_model.bin").exists()
    assert load_model(made.out, adapter=None, device="cpu").sampling == read_sampling(made.out)
    card = json.loads((made.out / "card.json").read_text())
    assert card["name"] == "my_model"
    assert str(tmp_path) not in json.dumps(card)


def test_a_folder_without_safetensors_is_refused(tmp_path: Path) -> None:
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(ModelError, match="no weights that can be used"):
        base_model.run(config(str(tmp_path / "weights"), revision="local"), job(tmp_path))


def test_a_hub_name_needs_a_commit(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is not pinned"):
        base_model.run(config("Qwen/Qwen3-VL-8B-Instruct", revision="main"), job(tmp_path))
