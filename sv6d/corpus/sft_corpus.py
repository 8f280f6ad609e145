"""The stage `sft_corpus`: chat samples with video, from the training split alone, with a share of replay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sv6d.artifacts import Counts, Job
from sv6d.corpus.config import SftCorpusConfig
from sv6d.corpus.extension import QuestionAnswer, read_extensions
from sv6d.corpus.replay import replayed_samples
from sv6d.corpus.report_text import read_reports
from sv6d.corpus.samples import Sample, check_splits, from_answers, from_report, from_shots
from sv6d.corpus.selection import num_replayed, select
from sv6d.io import write_json, write_jsonl
from sv6d.quality.kept import read_kept
from sv6d.timeline import NS_PER_S
from sv6d.video.manifest import read_videos


def run(config: SftCorpusConfig, job: Job) -> Counts:
    """Write `samples.jsonl`, sorted by sample id, and `card.json`.

    Counts: items, a count per kind, videos, and what was left out: responses_too_long,
    windows_out_of_range, over_size (usable but not drawn).

    Raises:
        ArtifactError: a sample is about a video of another split than training.
    """
    splits = {row.video_id: row.split for row in read_videos(job.inputs["raw_videos"])}
    offered = [sample for sample in _offered(job) if splits.get(str(sample.video_id)) == "train"]
    usable, left_out = _usable(offered, config)
    chosen = select(usable, config)
    left_out["over_size"] = len(usable) - len(chosen)
    replayed = replayed_samples(config.replay_first_index, num_replayed(len(chosen), config))
    samples = sorted([*chosen, *replayed], key=lambda sample: sample.sample_id)
    by_split = check_splits(samples, splits)
    card = _card(samples, config, by_split, left_out)
    write_json(job.out / "card.json", card)
    num = write_jsonl(job.out / "samples.jsonl", [sample.model_dump(mode="json") for sample in samples])
    job.events.progress("samples", num, num)
    kinds = Counter(sample.kind for sample in samples)
    return {"items": num, "videos": len({s.video_id for s in chosen}), **kinds, **left_out}


def _offered(job: Job) -> list[Sample]:
    samples: list[Sample] = from_answers(
        item for item in read_extensions(job.inputs["structural_extensions"]) if isinstance(item, QuestionAnswer)
    )
    reports = {line.video_id: line for line in read_reports(job.inputs["dense_reports"])}
    for document in read_kept(job.inputs["annotations"], job.inputs["filtered_corpus"]):
        samples += from_shots(document)
        if document.video.sha256 in reports:
            samples += from_report(document, reports[document.video.sha256])
    return samples


def _usable(samples: Sequence[Sample], config: SftCorpusConfig) -> tuple[list[Sample], dict[str, int]]:
    usable, left_out = [], {"responses_too_long": 0, "windows_out_of_range": 0}
    low_ns, high_ns = config.min_window_s * NS_PER_S, config.max_window_s * NS_PER_S
    for sample in samples:
        if len(sample.response) > config.max_response_characters:
            left_out["responses_too_long"] += 1
        elif not low_ns <= sample.span.length_ns <= high_ns:
            left_out["windows_out_of_range"] += 1
        else:
            usable.append(sample)
    return usable, left_out


def _card(
    samples: Sequence[Sample], config: SftCorpusConfig, by_split: Mapping[str, int], left_out: Mapping[str, int]
) -> dict[str, Any]:
    kinds = Counter(sample.kind for sample in samples)
    return {
        "num_samples": len(samples),
        "kinds": dict(sorted(kinds.items())),
        "prompt_ids": sorted({sample.prompt_id for sample in samples}),
        "videos": len({sample.video_id for sample in samples if sample.video_id is not None}),
        "samples_by_split": dict(by_split),
        "left_out": dict(left_out),
        "replay": {
            "share_wanted": config.replay_share,
            "share": kinds["replay"] / len(samples) if samples else 0.0,
            "what": "label lines and cut lists of rendered clips with pretraining seeds, by reference: what the base "
            "model was pretrained on, so that fine-tuning does not unlearn it",
        },
    }
