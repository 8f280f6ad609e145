"""Settings of the stages that train."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sv6d.fingerprint import Config

Positive = Annotated[int, Field(gt=0)]
Rate = Annotated[float, Field(gt=0, lt=1)]
Share = Annotated[float, Field(ge=0, le=1)]


class OptimizerConfig(Config):
    """AdamW with linear warm-up and cosine decay to zero (Loshchilov and Hutter, arXiv 1711.05101).

    Attributes:
        learning_rate: peak, reached at the end of the warm-up.
        warmup_share: of all steps.
        weight_decay: decoupled, per step, on everything but biases and norms.
        max_grad_norm: gradients are scaled down to this norm.
    """

    learning_rate: Rate
    warmup_share: Share
    weight_decay: Annotated[float, Field(ge=0)]
    max_grad_norm: Annotated[float, Field(gt=0)]


class TrainingConfig(Config):
    """What every training has.

    Attributes:
        steps: optimizer steps.
        checkpoint_every_steps: what a kill costs at most.
        seed: of the order of the samples, of new weights and of what is sampled.
    """

    steps: Positive
    optimizer: OptimizerConfig
    checkpoint_every_steps: Positive
    seed: int


class SupervisedConfig(TrainingConfig):
    """Training on prompts with their responses.

    Attributes:
        batch_size: samples (shots, for the annotator) per step.
    """

    batch_size: Positive


class AnnotatorConfig(SupervisedConfig):
    """LoRA on every linear layer of the language model (arXiv 2106.09685).

    Attributes:
        rank, alpha: of the adapter; its output is scaled by alpha / rank.
        dropout: of the adapter's input.
    """

    rank: Positive
    alpha: Positive
    dropout: Share


class SftCheckpointConfig(SupervisedConfig):
    """Supervised fine-tuning.

    Attributes:
        train_vision: false leaves the vision encoder as the base model's; everything else is trained.
    """

    train_vision: bool


class GrpoCheckpointConfig(TrainingConfig):
    """Group relative policy optimization (arXiv 2402.03300); each step on freshly sampled completions.

    Attributes:
        kinds: of questions; the others stay out of training.
        train_vision: as in `SftCheckpointConfig`.
        num_prompts, num_generations: prompts per step, and completions per prompt (a group).
        max_new_tokens: of a completion; longer ones are cut and counted as clipped.
        temperature: of sampling.
        clip_epsilon: of the probability ratio, both sides.
    """

    kinds: tuple[str, ...]
    train_vision: bool
    num_prompts: Positive
    num_generations: Annotated[int, Field(ge=2)]
    max_new_tokens: Positive
    temperature: Annotated[float, Field(gt=0)]
    clip_epsilon: Rate
