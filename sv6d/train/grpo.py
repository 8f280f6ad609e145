"""GRPO on video, by TRL. One of the two files that meet it.

TRL's GRPO knows pictures, not videos (huggingface/trl#5373). `ClipProcessor` speaks its language:
a row's "image" is the key of a clip; prompts are rendered with video parts; generation gets the
model's own input names; the tensors that TRL slices and shuffles per picture go under the picture
names, and a hook on the model gives them their own names back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sv6d.errors import TrainingError
from sv6d.events import Events
from sv6d.model.fast_vision import faster_on_cpu
from sv6d.model.inputs import encode, forbidden_tokens
from sv6d.model.torchvision_shim import ensure_torchvision_importable
from sv6d.train.checkpoints import Bookkeeper, last_complete, step_of
from sv6d.train.config import GrpoCheckpointConfig
from sv6d.train.ranks import share_of
from sv6d.train.rows import Clips
from sv6d.train.sft import common_arguments

ensure_torchvision_importable()

from datasets import Dataset  # noqa: E402
from transformers import PrinterCallback, Qwen3VLProcessor  # noqa: E402
from trl import GRPOConfig, GRPOTrainer  # noqa: E402

# (kind, completion, answer) -> reward in [0, 1], or None where it can not be scored.
Reward = Callable[[str, str, str], float | None]

_NAMES = {
    "reward": "reward",
    "reward_std": "reward_std",
    "frac_reward_zero_std": "equal_reward_groups_share",
    "entropy": "entropy_nats",
    "completions/mean_length": "completion_length_tokens",
    "completions/clipped_ratio": "clipped_completions_share",
    "unscored_share": "unscored_share",
    "loss": "loss",
    "grad_norm": "gradient_norm",
    "learning_rate": "learning_rate",
}
# What TRL slices per picture, and what the model calls it.
_ALIASES = {"pixel_values": "pixel_values_videos", "image_grid_thw": "video_grid_thw"}


class ClipProcessor(Qwen3VLProcessor):  # type: ignore[misc]
    """A Qwen3-VL processor whose pictures are keys of clips."""

    _plain: Any
    _clips: Clips

    @classmethod
    def around(cls, plain: Any, clips: Clips) -> ClipProcessor:
        """A processor of the same parts. Not `__init__`: transformers reads the parts from its signature."""
        made = cls(
            image_processor=plain.image_processor,
            tokenizer=plain.tokenizer,
            video_processor=plain.video_processor,
            chat_template=plain.chat_template,
        )
        made._plain, made._clips = plain, clips
        return made

    def apply_chat_template(self, conversation: Any, **options: Any) -> Any:
        """As the plain one; with `tokenize`, model inputs under the model's names, not padded."""
        if not options.get("tokenize", False):
            return self._plain.apply_chat_template(_with_videos(conversation), **options)
        texts = [
            self._plain.apply_chat_template(_with_videos(messages), tokenize=False, add_generation_prompt=True)
            for messages in conversation
        ]
        inputs = encode(self._plain, [self._clips[key] for messages in conversation for key in _keys(messages)], texts)
        kept = inputs["attention_mask"].bool()
        ragged = {
            name: [row[mask].tolist() for row, mask in zip(inputs[name], kept, strict=True)]
            for name in ("input_ids", "attention_mask", "mm_token_type_ids")
        }
        return {**ragged, **{name: inputs[name] for name in _ALIASES.values()}}

    def __call__(self, images: Any = None, text: Any = None, **options: Any) -> Any:
        """Model inputs of rendered prompts, vision tensors under the picture names."""
        inputs = encode(self._plain, [self._clips[key] for keys in images for key in keys], text)
        for alias, name in _ALIASES.items():
            inputs[alias] = inputs.pop(name)
        return inputs

    def save_pretrained(self, save_directory: Any, **options: Any) -> Any:
        """Write the plain processor: nobody who loads a checkpoint needs this class."""
        return self._plain.save_pretrained(save_directory, **options)


def _keys(messages: Sequence[Mapping[str, Any]]) -> list[str]:
    return [part["image"] for message in messages for part in message["content"] if part["type"] == "image"]


def _with_videos(messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            **message,
            "content": [{"type": "video"} if part["type"] == "image" else part for part in message["content"]],
        }
        for message in messages
    ]


class _Trainer(GRPOTrainer):  # type: ignore[misc]
    """A trainer whose order of tasks goes on where a killed training stopped.

    TRL's sampler draws a new order each time round, and knows of none but its own draws: after the
    first time round it would go on in the order of the first (measured, trl 1.16.0).
    """

    rounds_before = 0

    def _get_train_sampler(self, dataset: Any = None) -> Any:
        sampler = super()._get_train_sampler(dataset)
        for _ in range(self.rounds_before):
            next(iter(sampler))  # which draws the order of a whole round
        return sampler


def give_names_back(module: Any, args: Any, kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Forward pre-hook: vision tensors under the model's own names."""
    return args, {_ALIASES.get(name, name): value for name, value in kwargs.items()}


def fit(
    model: Any,
    processor: Any,
    tasks: Sequence[Mapping[str, Any]],
    clips: Clips,
    *,
    config: GrpoCheckpointConfig,
    reward: Reward,
    folder: Path,
    events: Events,
) -> tuple[Any, list[dict[str, Any]]]:
    """Train on `tasks` (task_id, prompt, kind, answer; clips by task_id); returns (model, history).

    A killed training goes on from its last complete checkpoint in `folder`.

    Several processes (`sv6d.train.ranks`) train on the same prompts in the same steps as one. Each
    writes its share of the completions from random numbers of its own, so these are other ones than
    those of one process, as by another seed; given the same completions, rewards, loss and gradient
    are the same up to rounding. The same number of processes goes on after a kill to the same bits.

    Raises:
        TrainingError: a number that is not finite, fewer tasks than prompts in a step, or a batch that can
            not be divided among the processes.
    """
    if len(tasks) < config.num_prompts:
        raise TrainingError(
            "there are too few tasks for one step",
            found=f"{len(tasks)} tasks, num_prompts {config.num_prompts}",
            wanted="at least num_prompts tasks: the prompts of a step differ",
            next_step="lower num_prompts in params.yaml, or name more kinds",
        )
    resumed = last_complete(folder)
    bookkeeper = Bookkeeper(events, names=_NAMES, resumed_from=resumed)
    on_cpu = model.device.type == "cpu"
    trainer = _Trainer(
        model=model,
        reward_funcs=_reward_function(reward),
        args=GRPOConfig(
            **common_arguments(folder, config),
            use_cpu=on_cpu,
            bf16=not on_cpu,
            activation_checkpointing=not on_cpu,
            # A group may lie across processes: TRL gathers all rewards before it compares those of a group.
            per_device_train_batch_size=share_of(
                config.num_prompts * config.num_generations, "num_prompts x num_generations"
            ),
            num_generations=config.num_generations,
            steps_per_generation=1,
            num_iterations=1,
            max_completion_length=config.max_new_tokens,
            temperature=config.temperature,
            top_p=1.0,
            top_k=0,
            repetition_penalty=1.0,
            beta=0.0,  # no reference model: the clipped ratio alone holds the policy, as in DAPO (arXiv 2503.14476)
            epsilon=config.clip_epsilon,
            loss_type="dapo",  # token-level mean over the batch (arXiv 2503.14476): long answers weigh no less
            scale_rewards="group",
            importance_sampling_level="token",
            mask_truncated_completions=False,
            entropy_coef=0.0,
            shuffle_dataset=True,
            disable_dropout=True,
            remove_unused_columns=False,
            log_completions=False,
            use_vllm=False,
            # A model that writes a token standing for vision features breaks its own next forward pass.
            generation_kwargs={"suppress_tokens": forbidden_tokens(processor)},
        ),
        processing_class=ClipProcessor.around(processor, clips),
        train_dataset=Dataset.from_list([_row(task) for task in tasks]),
        callbacks=[bookkeeper],
    )
    trainer.model.register_forward_pre_hook(give_names_back, with_kwargs=True)
    trainer.remove_callback(PrinterCallback)  # events say it
    if resumed:
        trainer.rounds_before = step_of(resumed) // (len(tasks) // config.num_prompts)
    with faster_on_cpu(model):
        trainer.train(resume_from_checkpoint=str(resumed) if resumed else None)
    return trainer.model, bookkeeper.history


def _row(task: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "prompt": [{"role": "user", "content": task["prompt"]}],
        "images": [task["task_id"]],
        "kind": task["kind"],
        "answer": task["answer"],
    }


def _reward_function(reward: Reward) -> Callable[..., list[float | None]]:
    def verified(
        completions: Sequence[Sequence[Mapping[str, str]]],
        kind: Sequence[str],
        answer: Sequence[str],
        log_metric: Callable[[str, float], None],
        **_: Any,
    ) -> list[float | None]:
        texts = [completion[0]["content"] for completion in completions]
        rewards = [reward(*row) for row in zip(kind, texts, answer, strict=True)]
        log_metric("unscored_share", sum(value is None for value in rewards) / len(rewards))
        return rewards

    return verified
