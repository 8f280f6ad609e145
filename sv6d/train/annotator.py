"""The stage `annotator`: a LoRA adapter that writes the labels of a shot, learnt from experts' documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sv6d.artifacts import Counts, Job, JobRuntime, read_record
from sv6d.errors import EmptyOutputError
from sv6d.fingerprint import fingerprint
from sv6d.io import read_jsonl
from sv6d.model.load import load_parts, resolve_device
from sv6d.model.prompts import SHOT_LABELS
from sv6d.model.sampling import read_sampling
from sv6d.schema.document import Document, Shot
from sv6d.schema.phrases import write_phrase
from sv6d.schema.versions import load_document
from sv6d.train.config import AnnotatorConfig
from sv6d.train.finish import check_weights, fix_threads, once, write_training
from sv6d.train.ranks import join, leader_first, leads
from sv6d.train.rows import Row, load_clips
from sv6d.train.sft import fit

_DOCUMENTS = "documents.jsonl"
_ADAPTER_WEIGHTS = "adapter_model.safetensors"


def narrow(config: AnnotatorConfig, inputs: Mapping[str, Path], runtime: JobRuntime) -> dict[str, str]:
    """Of the experts' artifact the training documents; of the manifest nothing that they do not pin.

    A document names its video by the hash of its bytes, so a clip without expert truth changes
    neither digest, and trains nothing again.
    """
    documents = str(read_record(inputs["expert_annotations"]).files[_DOCUMENTS]["sha256"])
    return {"expert_annotations": documents, "raw_videos": fingerprint({"pinned by": documents})}


def run(config: AnnotatorConfig, job: Job) -> Counts:
    """Write `adapter/` (PEFT), `training.json` and `history.parquet`.

    Counts: items (shots learnt from), documents, shots_without_labels.

    Raises:
        EmptyOutputError: no document has a label to learn.
        TrainingError: see `sv6d.train.sft.fit`.
    """
    documents = [
        load_document(raw, name=f"line {i} of {_DOCUMENTS}")
        for i, raw in enumerate(read_jsonl(job.inputs["expert_annotations"] / _DOCUMENTS), start=1)
    ]
    rows = [row for document in documents for row in shot_rows(document)]
    if not rows:
        raise EmptyOutputError(
            "there is nothing to learn from",
            found=f"{len(documents)} documents of the training split, none with a label on a shot",
            wanted="at least one shot with labels",
            next_step="add documents of videos in the training split (DOCUMENTS=folder)",
        )
    num_shots = sum(len(document.shots) for document in documents)
    once(job, lambda result, checkpoints: _train(config, job, rows, result, checkpoints))
    return {"items": len(rows), "documents": len(documents), "shots_without_labels": num_shots - len(rows)}


def shot_rows(document: Document) -> Iterator[Row]:
    """A row per shot that has labels of its own: its frames, and the line of its labels."""
    for shot in document.shots:
        phrase = write_phrase(_values(document, shot))
        if phrase:
            yield Row(
                row_id=f"{document.video.sha256}:{shot.id}",
                video_id=document.video.sha256,
                studio_seed=None,
                start_ns=shot.start_ns,
                end_ns=shot.end_ns,
                prompt=SHOT_LABELS.text,
                response=phrase,
            )


def _values(document: Document, shot: Shot) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for label in document.labels:
        if label.span == shot.span and label.other_text is None:
            values.setdefault(label.field, []).append(label.value)
    return values


def _train(config: AnnotatorConfig, job: Job, rows: list[Row], result: Path, checkpoints: Path) -> None:
    from peft import LoraConfig

    base = job.inputs["base_model"]
    device = resolve_device(job.runtime.device)
    fix_threads(device)
    join(device.type)
    sampling = read_sampling(base)
    with leader_first():
        clips = load_clips(rows, sampling, job)
    model, processor = load_parts(base / "model", device=job.runtime.device)
    adapted, history = fit(
        model,
        processor,
        rows,
        clips,
        config=config,
        peft_config=LoraConfig(
            r=config.rank,
            lora_alpha=config.alpha,
            lora_dropout=config.dropout,
            target_modules="all-linear",
            exclude_modules=r".*visual.*",  # how shots look is the base's; how they are labelled is learnt here
            task_type="CAUSAL_LM",
        ),
        folder=checkpoints,
        events=job.events,
    )
    if leads():
        save_adapter(adapted, result / "adapter")
    summary = {"prompt_id": SHOT_LABELS.prompt_id, "rows": len(rows), "sampling": sampling.as_dict()}
    write_training(result, history, summary)


def save_adapter(adapted: Any, folder: Path) -> None:
    """The adapter as PEFT loads it; same weights, same bytes. Checked after writing.

    Raises:
        TrainingError: see `check_weights`.
    """
    from peft import get_peft_model_state_dict

    settings = adapted.peft_config["default"]
    settings.base_model_name_or_path = None
    # PEFT holds these as a set and writes them in its order, which differs from process to process.
    settings.target_modules = sorted(settings.target_modules)
    adapted.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)  # a form with nothing filled in
    check_weights(folder / _ADAPTER_WEIGHTS, get_peft_model_state_dict(adapted))
