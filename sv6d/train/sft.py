"""Supervised fine-tuning on video, by TRL. One of the two files that meet it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sv6d.events import Events
from sv6d.model.fast_vision import faster_on_cpu
from sv6d.model.torchvision_shim import ensure_torchvision_importable
from sv6d.train.checkpoints import Bookkeeper, last_complete
from sv6d.train.collator import ResponseCollator
from sv6d.train.config import SupervisedConfig, TrainingConfig
from sv6d.train.ranks import share_of
from sv6d.train.rows import Clips, Row

ensure_torchvision_importable()

from datasets import Dataset  # noqa: E402
from transformers import PrinterCallback  # noqa: E402
from trl import SFTConfig, SFTTrainer  # noqa: E402

# What TRL calls its numbers, and what the catalogue (mlflow/metrics.yaml) calls them.
_NAMES = {
    "loss": "loss",
    "grad_norm": "gradient_norm",
    "learning_rate": "learning_rate",
    "mean_token_accuracy": "token_accuracy_share",
    "entropy": "entropy_nats",
}


def fit(
    model: Any,
    processor: Any,
    rows: Sequence[Row],
    clips: Clips,
    *,
    config: SupervisedConfig,
    peft_config: Any | None,
    folder: Path,
    events: Events,
) -> tuple[Any, list[dict[str, Any]]]:
    """Train and return (the trained model, its history).

    A killed training goes on from its last complete checkpoint in `folder`, and ends with the same
    weights as one that was not killed (measured: bit for bit on a CPU with one thread).

    Raises:
        TrainingError: a number that is not finite, or a row without frames or response.
    """
    resumed = last_complete(folder)
    bookkeeper = Bookkeeper(events, names=_NAMES, resumed_from=resumed)
    trainer = SFTTrainer(
        model=model,
        args=SFTConfig(
            **common_arguments(folder, config),
            use_cpu=model.device.type == "cpu",
            bf16=model.device.type != "cpu",
            per_device_train_batch_size=share_of(config.batch_size, "batch_size"),
            # The collator makes the batch, frames included; TRL's own pipeline knows no video.
            remove_unused_columns=False,
            dataset_kwargs={"skip_prepare_dataset": True},
            max_length=None,
            packing=False,
            padding_free=False,
            completion_only_loss=False,  # the collator masks the prompt itself
            assistant_only_loss=False,
            loss_type="nll",
            activation_checkpointing=model.device.type != "cpu",  # memory is what a GPU runs out of
        ),
        processing_class=processor,
        train_dataset=Dataset.from_list([{"row_id": row.row_id} for row in rows]),
        data_collator=ResponseCollator(processor, rows, clips),
        peft_config=peft_config,
        callbacks=[bookkeeper],
    )
    trainer.remove_callback(PrinterCallback)  # events say it
    with faster_on_cpu(model):
        trainer.train(resume_from_checkpoint=str(resumed) if resumed else None)
    return trainer.model, bookkeeper.history


def common_arguments(folder: Path, config: TrainingConfig) -> dict[str, Any]:
    """Trainer arguments that all kinds of training share."""
    optimizer = config.optimizer
    return {
        "output_dir": str(folder),
        "max_steps": config.steps,
        "gradient_accumulation_steps": 1,
        "optim": "adamw_torch",
        "learning_rate": optimizer.learning_rate,
        "lr_scheduler_type": "cosine",
        "warmup_steps": round(optimizer.warmup_share * config.steps),
        "weight_decay": optimizer.weight_decay,
        "max_grad_norm": optimizer.max_grad_norm,
        "seed": config.seed,
        "data_seed": config.seed,
        "save_strategy": "steps",
        "save_steps": config.checkpoint_every_steps,
        "save_total_limit": 2,  # the newest may be the one that a kill interrupts
        "logging_strategy": "steps",
        "logging_steps": 1,
        "logging_first_step": True,
        "logging_nan_inf_filter": False,  # a broken number must be seen, not averaged away
        "report_to": "none",  # events go to whoever started the job
        "disable_tqdm": True,
        "dataloader_num_workers": 0,  # clips are in memory
        "dataloader_pin_memory": False,
        "push_to_hub": False,
    }
