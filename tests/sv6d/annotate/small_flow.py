"""The flow up to the annotator on a few small studio clips, with a model that always says one thing."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import torch
import yaml

from sv6d.artifacts import JobRuntime, Record, seal
from sv6d.cli.run_stage import run_stage
from sv6d.events import Events
from sv6d.fingerprint import Config
from sv6d.io import write_json
from sv6d.model.inputs import chat_text, encode
from sv6d.model.prompts import SHOT_LABELS
from sv6d.model.tiny import build_model, build_processor, build_tokenizer
from sv6d.studio.clips import sample_plan
from sv6d.studio.config import StudioConfig
from sv6d.studio.pretraining import pretraining_plan
from sv6d.studio.seeds import pretraining_seed
from sv6d.studio.studio import render_folder
from sv6d.video.sources import scan_sources

ROOT = Path(__file__).parents[3]
PHRASE = "subject_type human; lighting_key low_key; beat hook; packaging caption"
SIZE = {"num_frames": 4, "height_px": 64, "width_px": 64}
SAMPLING = {**SIZE, "reader": "pyav"}
_STEPS = 40  # measured: from step 25 on the model says nothing else


class NoSettings(Config):
    """Artifacts that are made by hand here have no settings."""


class SmallFlow:
    """A project's folder: `inputs/`, `data/`, `.work/` and `params.yaml`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copy(ROOT / "params.yaml", root)
        self._params = yaml.safe_load((root / "params.yaml").read_text())
        self.render(num_clips=3)

    @property
    def data(self) -> Path:
        return self.root / "data"

    def render(self, *, num_clips: int) -> None:
        """Studio clips with truth, and their list."""
        settings = self._params["studio"] | {"num_clips": num_clips, "short_side_px": 96, "long_side_px": 160}
        studio = self.root / "inputs" / "studio"
        render_folder(StudioConfig.model_validate(settings), studio, 1, Events.silent())
        self.list_sources({"studio": studio})

    def list_sources(self, folders: dict[str, Path]) -> None:
        documents = {"studio": folders["studio"] / "documents"}
        scan_sources(self.root / "inputs" / "sources.json", folders, documents, self.root)

    def settings(self, word: str, **changes: Any) -> None:
        """Change settings of one section of this project's params.yaml."""
        self._params[word] |= changes
        (self.root / "params.yaml").write_text(yaml.safe_dump(self._params))

    def make(self, word: str, *, models: int = 1) -> Record:
        """Run a stage as the command does, and put its artifact in place."""
        staging = self.root / "staging" / word
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
        record = run_stage(
            word,
            out=staging,
            data=self.data,
            work=self.root / ".work",
            params=self.root / "params.yaml",
            runtime=JobRuntime(workers=1, device="cpu", models=models, sources=self.root / "inputs" / "sources.json"),
            events=Events.silent(),
        )
        self.put(word, staging)
        return record

    def put(self, word: str, folder: Path) -> None:
        published = self.data / word
        shutil.rmtree(published, ignore_errors=True)
        published.parent.mkdir(exist_ok=True)
        folder.rename(published)

    def put_model(self) -> None:
        """A base model that answers `PHRASE` to everything, and an adapter that changes nothing."""
        from peft import LoraConfig, get_peft_model  # after the model room has made torchvision importable

        torch.set_num_threads(1)
        tokenizer = build_tokenizer([f"{SHOT_LABELS.text} {PHRASE}"], vocab_size=400)
        model, processor = build_model(tokenizer, seed=0), build_processor(tokenizer)
        _teach(model, processor)
        base = self.root / "staging" / "base_model"
        model.save_pretrained(base / "model")
        processor.save_pretrained(base / "model")
        write_json(base / "card.json", {"sampling": SAMPLING})
        seal(base, word="base_model", config=NoSettings(), inputs={}, counts={"items": 1})
        self.put("base_model", base)
        annotator = self.root / "staging" / "annotator"
        torch.manual_seed(0)
        adapted = get_peft_model(model, LoraConfig(r=2, target_modules=["q_proj"], task_type="CAUSAL_LM"))
        adapted.save_pretrained(annotator / "adapter")
        seal(annotator, word="annotator", config=NoSettings(), inputs={}, counts={"items": 1})
        self.put("annotator", annotator)


def _teach(model: Any, processor: Any) -> None:
    plans = [pretraining_plan(pretraining_seed(index)) for index in range(2)]
    clips = [sample_plan(plan, start_ns=0, end_ns=plan.duration_ns, **SIZE) for plan in plans]
    inputs = encode(processor, clips, [chat_text(processor, SHOT_LABELS.text, PHRASE)] * len(clips))
    asked = encode(processor, clips, [chat_text(processor, SHOT_LABELS.text)] * len(clips))["input_ids"].shape[1]
    labels = inputs["input_ids"].clone()
    labels[:, :asked] = -100
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    model.train()
    for _ in range(_STEPS):
        optimizer.zero_grad()
        model(**inputs, labels=labels).loss.backward()
        optimizer.step()
    model.eval()
