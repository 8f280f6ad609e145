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
from sv6d.model.inputs import encode_lesson, expected_markers
from sv6d.model.load import VideoLanguageModel
from sv6d.model.motion_energy import start_with_motion_energy
from sv6d.model.prompts import QUESTION_WORDS
from sv6d.model.sampling import FrameSampling
from sv6d.model.tiny import MERGE, PATCH_PX, TEMPORAL_PATCH, build_model, build_processor, build_tokenizer
from sv6d.model.torchvision_shim import ensure_torchvision_importable
from sv6d.model.vision_lesson import Heads, Sight, sight_of
from sv6d.schema.fields import FIELDS
from sv6d.studio.clips import sample_plan
from sv6d.studio.pretraining import pretraining_plan
from sv6d.studio.seeds import pretraining_seed
from sv6d.studio.truth import STUDIO_FIELDS
from sv6d.video.frames import Clip

ensure_torchvision_importable()

import torch  # noqa: E402


@dataclass(frozen=True, slots=True)
class Recipe:
    """What makes the shipped weights. Changing it is `make base`, and a new card.

    Attributes:
        sampling: 8 frames of 96 x 64: two frames a second of a short shot, and shapes that an
            upright clip fills. Measured: 64 x 64 lost a third of the picture to black bars.
        num_clips: training clips, seeds 0 to num_clips - 1; each gives its list of cuts and the
            label line of every shot, about four samples.
        held_out_first, num_held_out: pretraining clips that are only measured on.
        lesson_steps: of the vision encoder alone, see `sv6d.model.vision_lesson`.
        steps, batch_size, learning_rate, warmup_steps: AdamW with linear warm-up and cosine decay; the
            lesson's rate has the same shape over its own steps.
        filters_rate_share: of the learning rate, for the patch embedding. Its weights are small (1,536 to
            a filter of norm 1), so that 25 steps of AdamW at the full rate wipe out the motion
            energies: of the heads' accuracy in camera movement 0.39 is left, with 0.03 it is 0.89.
        sight_weight: of the lesson's loss beside the captions', whose gradient alone unlearns movement.
    """

    sampling: FrameSampling
    num_clips: int
    held_out_first: int
    num_held_out: int
    vocab_size: int
    lesson_steps: int
    steps: int
    batch_size: int
    learning_rate: float
    warmup_steps: int
    weight_decay: float
    filters_rate_share: float
    sight_weight: float
    seed: int


RECIPE = Recipe(
    sampling=FrameSampling(num_frames=8, height_px=96, width_px=64, reader="pyav"),
    num_clips=7500,
    held_out_first=1_000_000,
    num_held_out=150,
    vocab_size=640,
    lesson_steps=2000,
    steps=4500,
    batch_size=16,
    learning_rate=1e-3,
    warmup_steps=100,
    weight_decay=0.01,
    filters_rate_share=0.03,
    sight_weight=0.2,
    seed=0,
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One caption with the frames that it is about."""

    clip: Clip
    prompt: str
    response: str
    sight: Sight | None


def samples_of(index: int, sampling: FrameSampling) -> list[Sample]:
    """The samples of one pretraining clip: its list of cuts, then the label line of each shot."""
    plan = pretraining_plan(pretraining_seed(index))
    found = []
    for shot, caption in enumerate(captions(plan), start=-1):
        clip = sample_plan(plan, start_ns=caption.start_ns, end_ns=caption.end_ns, **sampling.size())
        sight = sight_of(plan, shot, clip.times_ns, sampling) if shot >= 0 else None
        found.append(Sample(clip, caption.prompt.text, caption.response, sight))
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


def batches(num_samples: int, steps: int, recipe: Recipe) -> Iterator[np.ndarray]:
    """Indexes of each step's samples: every sample once before any twice."""
    random = np.random.Generator(np.random.PCG64(recipe.seed))
    queue = np.empty(0, dtype=np.int64)
    for _ in range(steps):
        while len(queue) < recipe.batch_size:
            queue = np.concatenate([queue, random.permutation(num_samples)])
        yield queue[: recipe.batch_size]
        queue = queue[recipe.batch_size :]


def draw_weights(model: Any, seed: int) -> None:
    """Weights of all matrices anew, wider than transformers draws them.

    Measured: at its 0.02 the tiny widths pass so little on that nothing is learnt for 500 steps.
    """
    random = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.dim() >= 2:
                std = next(std for part, std in _SPREADS if part in name)
                weight.copy_(torch.randn(weight.shape, generator=random) * std)


# Standard deviations by the first part that a weight's name holds.
_SPREADS = (("patch_embed", 0.03), ("pos_embed", 0.02), ("visual", 0.1), ("", 0.06))


def teach_to_see(model: Any, processor: Any, samples: Sequence[Sample], recipe: Recipe, events: Events) -> Heads:
    """The vision lesson: the encoder alone, in place. Returns the heads, as far as they have learnt to read it."""
    seen = [sample for sample in samples if _has_sight(sample, recipe)]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        heads = Heads(model.config.vision_config.out_hidden_size)
    vision = model.model.visual
    optimizer = _optimizer(vision, heads, recipe)
    events.begin()
    for step, chosen in enumerate(batches(len(seen), recipe.lesson_steps, recipe), start=1):
        part = [seen[index] for index in chosen]
        frames = processor.video_processor(
            [sample.clip.pixels_THWC for sample in part], do_sample_frames=False, return_tensors="pt"
        )
        pooled = vision(frames["pixel_values_videos"], grid_thw=frames["video_grid_thw"]).pooler_output
        loss = _sight_loss(heads, pooled, part, recipe)
        loss.backward()
        _step(optimizer, recipe.learning_rate * _share_of_peak(step - 1, recipe.lesson_steps, recipe))
        events.metrics(step, {"lesson_loss": float(loss.detach())})
        events.progress("steps of the vision lesson", step, recipe.lesson_steps)
    return heads


def train(model: Any, processor: Any, heads: Heads, samples: Sequence[Sample], recipe: Recipe, events: Events) -> None:
    """Caption training in place, with the heads' lesson beside it so that what was learnt to see stays seen."""
    optimizer = _optimizer(model, heads, recipe)
    seen: list[torch.Tensor] = []
    hook = model.model.visual.register_forward_hook(lambda _, __, output: seen.append(output.pooler_output))
    model.train()
    events.begin()
    for step, chosen in enumerate(batches(len(samples), recipe.steps, recipe), start=1):
        part = [samples[index] for index in chosen]
        loss = model(**_batch(processor, part)).loss
        sight_loss = _sight_loss(heads, seen.pop(), part, recipe)
        (loss + recipe.sight_weight * sight_loss).backward()
        _step(optimizer, recipe.learning_rate * _share_of_peak(step - 1, recipe.steps, recipe))
        events.metrics(step, {"loss": float(loss.detach()), "lesson_loss": float(sight_loss.detach())})
        events.progress("steps", step, recipe.steps)
    hook.remove()
    model.eval()


def _has_sight(sample: Sample, recipe: Recipe) -> bool:
    return sample.sight is not None and len(sample.clip.times_ns) == recipe.sampling.num_frames


def _sight_loss(heads: Heads, pooled_NC: torch.Tensor, part: Sequence[Sample], recipe: Recipe) -> torch.Tensor:
    """The heads' loss over the samples that show one shot; 0 without any. `pooled_NC`: tokens of all samples."""
    per_sample = torch.split(pooled_NC, _tokens_of(part, recipe))
    pairs = recipe.sampling.num_frames // TEMPORAL_PATCH
    chosen = [index for index, sample in enumerate(part) if _has_sight(sample, recipe)]
    if not chosen:
        return pooled_NC.new_zeros(())
    tokens_BPTC = torch.stack([per_sample[index].unflatten(0, (pairs, -1)) for index in chosen])
    return heads.loss(tokens_BPTC, [sight for index in chosen if (sight := part[index].sight)])


def _tokens_of(part: Sequence[Sample], recipe: Recipe) -> list[int]:
    per_pair = recipe.sampling.height_px * recipe.sampling.width_px // (PATCH_PX * MERGE) ** 2
    return [-(-len(sample.clip.times_ns) // TEMPORAL_PATCH) * per_pair for sample in part]


def _optimizer(model: Any, heads: Heads, recipe: Recipe) -> Any:
    """AdamW over the model's (or the encoder's) and the heads' parameters; groups carry their `share` of the rate."""
    filters = [p for name, p in model.named_parameters() if "patch_embed" in name]
    others = [p for name, p in model.named_parameters() if "patch_embed" not in name] + [*heads.parameters()]
    return torch.optim.AdamW(
        [
            {"params": filters, "weight_decay": 0.0, "share": recipe.filters_rate_share},
            {"params": [p for p in others if p.dim() >= 2], "weight_decay": recipe.weight_decay, "share": 1.0},
            {"params": [p for p in others if p.dim() < 2], "weight_decay": 0.0, "share": 1.0},
        ],
        lr=recipe.learning_rate,
        betas=(0.9, 0.95),
    )


def _step(optimizer: Any, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate * group["share"]
    torch.nn.utils.clip_grad_norm_([p for group in optimizer.param_groups for p in group["params"]], 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)


def _share_of_peak(step: int, steps: int, recipe: Recipe) -> float:
    if step < recipe.warmup_steps:
        return (step + 1) / recipe.warmup_steps
    done = (step - recipe.warmup_steps) / max(1, steps - recipe.warmup_steps)
    return 0.5 * (1.0 + float(np.cos(np.pi * min(1.0, done))))


def _markers(clip: Clip) -> str:
    """The times that the processor writes into the prompt."""
    return "".join(f"<{time_s:.1f} seconds>" for time_s in expected_markers(clip.times_ns, TEMPORAL_PATCH))


def _batch(processor: Any, samples: Sequence[Sample]) -> dict[str, Any]:
    clips, prompts = [sample.clip for sample in samples], [sample.prompt for sample in samples]
    responses = [sample.response for sample in samples]
    return encode_lesson(processor, clips, prompts, responses, responses)


def build(recipe: Recipe, out: Path, *, workers: int, events: Events) -> dict[str, Any]:
    """Render, train, measure; write the model folder and its card; returns the card."""
    samples = render(range(recipe.num_clips), recipe.sampling, workers, events)
    events.message(f"{len(samples)} samples rendered")
    # The words of a field that no caption shows would only take up room among the tokens.
    words = [
        f"{field.name} {' '.join(field.values)} {field.definition}" for field in FIELDS if field.name in STUDIO_FIELDS
    ]
    texts = [f"{_markers(sample.clip)}{sample.prompt} {sample.response}" for sample in samples]
    # As often as samples, so that the words of a question are tokens of their own.
    questions = [QUESTION_WORDS] * len(samples)
    tokenizer = build_tokenizer([*texts, *questions, *words], vocab_size=recipe.vocab_size)
    processor, model = build_processor(tokenizer), build_model(tokenizer, seed=recipe.seed)
    torch.set_num_threads(1)
    draw_weights(model, recipe.seed)
    start_with_motion_energy(model.model.visual)
    speed_up_vision(model.model.visual)
    heads = teach_to_see(model, processor, samples, recipe, events)
    train(model, processor, heads, samples, recipe, events)
    restore_vision(model.model.visual)
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
        "sampling": recipe.sampling.size(),
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
