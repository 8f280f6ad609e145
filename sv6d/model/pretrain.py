"""`make base`: caption-pretrain the tiny model on rendered studio clips, and measure it on others.

    python -m sv6d.model.pretrain [--out FOLDER] [--workers N]

Same code, same bytes on one CPU thread. What is learnt is to caption: the label line of a shot, the
list of cuts of a clip. The questions that fine-tuning teaches are not shown.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from sv6d.events import Events
from sv6d.fingerprint import code_version, import_closure
from sv6d.io import sha256_file, write_json
from sv6d.model.base_model import SHIPPED
from sv6d.model.captions import captions
from sv6d.model.fast_vision import restore_vision, speed_up_vision
from sv6d.model.held_out import measure
from sv6d.model.inputs import chat_text, encode
from sv6d.model.load import VideoLanguageModel
from sv6d.model.sampling import FrameSampling
from sv6d.model.tiny import build_model, build_processor, build_tokenizer
from sv6d.model.torchvision_shim import ensure_torchvision_importable
from sv6d.schema.fields import FIELDS
from sv6d.studio.clips import sample_plan
from sv6d.studio.pretraining import pretraining_plan
from sv6d.studio.seeds import pretraining_seed
from sv6d.video.frames import Clip

ensure_torchvision_importable()

import torch  # noqa: E402

_IGNORED = -100  # what the loss passes over


@dataclass(frozen=True, slots=True)
class Recipe:
    """What makes the shipped weights. Changing it is `make base`, and a new card.

    Attributes:
        sampling: 8 frames of 96 x 64: two frames a second of a short shot, and shapes that an
            upright clip fills. Measured: 64 x 64 lost a third of the picture to black bars.
        num_clips: training clips, seeds 0 to num_clips - 1; each gives its list of cuts and the
            label line of every shot, about four samples.
        held_out_first, num_held_out: pretraining clips that are only measured on.
        steps, batch_size, learning_rate, warmup_steps: AdamW with linear warm-up and cosine decay.
    """

    sampling: FrameSampling
    num_clips: int
    held_out_first: int
    num_held_out: int
    vocab_size: int
    steps: int
    batch_size: int
    learning_rate: float
    warmup_steps: int
    weight_decay: float
    seed: int


RECIPE = Recipe(
    sampling=FrameSampling(num_frames=8, height_px=96, width_px=64),
    num_clips=5600,
    held_out_first=1_000_000,
    num_held_out=150,
    vocab_size=640,
    steps=2400,
    batch_size=16,
    learning_rate=1.5e-3,
    warmup_steps=100,
    weight_decay=0.01,
    seed=0,
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One caption with the frames that it is about."""

    clip: Clip
    prompt: str
    response: str


def samples_of(index: int, sampling: FrameSampling) -> list[Sample]:
    """The samples of one pretraining clip: its list of cuts, then the label line of each shot."""
    plan = pretraining_plan(pretraining_seed(index))
    found = []
    for caption in captions(plan):
        clip = sample_plan(plan, start_ns=caption.start_ns, end_ns=caption.end_ns, **asdict(sampling))
        found.append(Sample(clip, caption.prompt.text, caption.response))
    return found


def render(indexes: Sequence[int], sampling: FrameSampling, workers: int, events: Events) -> list[Sample]:
    """The samples of all clips, in order. About 150 kB each in memory."""
    found: list[Sample] = []
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        parts = pool.map(samples_of, indexes, [sampling] * len(indexes), chunksize=16)
        for done, part in enumerate(parts, start=1):
            found += part
            events.progress("clips rendered", done, len(indexes))
    return found


def batches(num_samples: int, recipe: Recipe) -> Iterator[np.ndarray]:
    """Indexes of each step's samples: every sample once before any twice."""
    random = np.random.Generator(np.random.PCG64(recipe.seed))
    queue = np.empty(0, dtype=np.int64)
    for _ in range(recipe.steps):
        while len(queue) < recipe.batch_size:
            queue = np.concatenate([queue, random.permutation(num_samples)])
        yield queue[: recipe.batch_size]
        queue = queue[recipe.batch_size :]


def train(model: Any, processor: Any, samples: Sequence[Sample], recipe: Recipe, events: Events) -> None:
    """Train in place on one thread."""
    torch.set_num_threads(1)
    speed_up_vision(model.model.visual)
    optimizer = torch.optim.AdamW(model.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _share_of_peak(step, recipe))
    model.train()
    events.begin()
    for step, chosen in enumerate(batches(len(samples), recipe), start=1):
        batch = _batch(processor, [samples[index] for index in chosen])
        loss = model(**batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad(set_to_none=True)
        events.metrics(step, {"loss": float(loss.detach())})
        events.progress("steps", step, recipe.steps)
    restore_vision(model.model.visual)
    model.eval()


def _share_of_peak(step: int, recipe: Recipe) -> float:
    if step < recipe.warmup_steps:
        return (step + 1) / recipe.warmup_steps
    done = (step - recipe.warmup_steps) / max(1, recipe.steps - recipe.warmup_steps)
    return 0.5 * (1.0 + float(np.cos(np.pi * min(1.0, done))))


def _batch(processor: Any, samples: Sequence[Sample]) -> dict[str, Any]:
    texts = [chat_text(processor, sample.prompt, sample.response) for sample in samples]
    batch = dict(encode(processor, [sample.clip for sample in samples], texts))
    labels = torch.full_like(batch["input_ids"], _IGNORED)
    for row, sample in enumerate(samples):
        ending = sample.response + processor.tokenizer.eos_token
        length = len(processor.tokenizer(ending, add_special_tokens=False)["input_ids"])
        labels[row, -length:] = batch["input_ids"][row, -length:]
    return {**batch, "labels": labels}


def build(recipe: Recipe, out: Path, *, workers: int, events: Events) -> dict[str, Any]:
    """Render, train, measure; write the model folder and its card; returns the card."""
    samples = render(range(recipe.num_clips), recipe.sampling, workers, events)
    events.message(f"{len(samples)} samples rendered")
    words = [f"{field.name} {' '.join(field.values)} {field.definition}" for field in FIELDS]
    texts = [f"{sample.prompt} {sample.response}" for sample in samples]
    tokenizer = build_tokenizer([*texts, *words], vocab_size=recipe.vocab_size)
    processor, model = build_processor(tokenizer), build_model(tokenizer, seed=recipe.seed)
    train(model, processor, samples, recipe, events)
    folder = out / "model"
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    held_out = render(
        range(recipe.held_out_first, recipe.held_out_first + recipe.num_held_out), recipe.sampling, workers, events
    )
    trained = VideoLanguageModel(model, processor, recipe.sampling)
    card = {
        "name": "tiny",
        "sampling": recipe.sampling.as_dict(),
        "recipe": asdict(recipe),
        "num_samples": len(samples),
        "num_parameters": sum(parameter.numel() for parameter in model.parameters()),
        "code": code_version(import_closure("sv6d.model.pretrain")),
        "held_out": measure(trained, held_out, [sample.response for sample in samples]),
        "files": {path.name: sha256_file(path) for path in sorted(folder.iterdir())},
    }
    write_json(out / "card.json", card)
    return card


def main() -> None:
    parser = argparse.ArgumentParser(description="Caption-pretrain the tiny base model on rendered studio clips.")
    parser.add_argument("--out", type=Path, default=SHIPPED, help="folder of the shipped model")
    parser.add_argument("--workers", type=int, default=2, help="rendering processes")
    arguments = parser.parse_args()
    card = build(RECIPE, arguments.out, workers=arguments.workers, events=Events.from_environment())
    print(f"{card['num_parameters']} parameters, {card['num_samples']} samples; card: {arguments.out / 'card.json'}")


if __name__ == "__main__":
    main()
