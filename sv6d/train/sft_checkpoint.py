"""The stage `sft_checkpoint`: the base model after supervised fine-tuning of all parameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from sv6d.artifacts import Counts, Job, JobRuntime, read_record
from sv6d.corpus.samples import Sample, read_samples
from sv6d.fingerprint import fingerprint
from sv6d.model.load import load_parts, resolve_device
from sv6d.model.sampling import read_sampling
from sv6d.train.config import SftCheckpointConfig
from sv6d.train.finish import fix_threads, once, save_model, write_training
from sv6d.train.ranks import join, leader_first
from sv6d.train.rows import Row, load_clips
from sv6d.train.sft import fit


def narrow(config: SftCheckpointConfig, inputs: Mapping[str, Path], runtime: JobRuntime) -> dict[str, str]:
    """Of the manifest nothing that `sft_corpus` does not pin: its rows name videos by the hash of their bytes."""
    return {"raw_videos": fingerprint({"pinned by": read_record(inputs["sft_corpus"]).digest})}


def run(config: SftCheckpointConfig, job: Job) -> Counts:
    """Write `model/` (plain transformers, safetensors), `training.json` and `history.parquet`.

    Counts: items (samples learnt from), steps.

    Raises:
        TrainingError: see `sv6d.train.sft.fit`.
    """
    samples = list(read_samples(job.inputs["sft_corpus"]))
    once(job, lambda result, checkpoints: _train(config, job, samples, result, checkpoints))
    return {"items": len(samples), "steps": config.steps}


def _train(config: SftCheckpointConfig, job: Job, samples: list[Sample], result: Path, checkpoints: Path) -> None:
    base = job.inputs["base_model"]
    device = resolve_device(job.runtime.device)
    fix_threads(device)
    join(device.type)
    sampling = read_sampling(base)
    rows = [_row(sample) for sample in samples]
    with leader_first():
        clips = load_clips(rows, sampling, job)
    model, processor = load_parts(base / "model", device=job.runtime.device)
    model.model.visual.requires_grad_(config.train_vision)
    model, history = fit(
        model,
        processor,
        rows,
        clips,
        config=config,
        peft_config=None,
        folder=checkpoints,
        events=job.events,
    )
    save_model(model, processor, result / "model")
    kinds = dict(sorted(Counter(sample.kind for sample in samples).items()))
    write_training(result, history, {"rows": len(rows), "rows_by_kind": kinds, "sampling": sampling.as_dict()})


def _row(sample: Sample) -> Row:
    return Row(
        row_id=sample.sample_id,
        video_id=sample.video_id,
        studio_seed=sample.studio_seed,
        start_ns=sample.start_ns,
        end_ns=sample.end_ns,
        prompt=sample.prompt,
        response=sample.response,
    )
