"""The stage `benchmark_scores`: base, SFT and GRPO on FeedBench, item by item, with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import fsum
from typing import Any

from sv6d.artifacts import Counts, Job
from sv6d.bench.answers import Answered, ask
from sv6d.bench.baselines import BASELINES, constant_answer
from sv6d.bench.config import BenchmarkScoresConfig
from sv6d.bench.frames import Shown, show
from sv6d.bench.items import Benchmark, read_benchmark
from sv6d.bench.scoring import (
    ALL,
    UNDECODED,
    Bootstrap,
    Record,
    difference,
    independent_metrics,
    judged,
    of_kind,
    score,
)
from sv6d.bench.tables import RECORDS
from sv6d.errors import EmptyOutputError
from sv6d.io import write_json
from sv6d.model.sampling import FrameSampling, read_sampling
from sv6d.tasks.extraction import EXTRACTOR_ID
from sv6d.timeline import NS_PER_S
from sv6d.video.windows import reader_build

MODELS: Mapping[str, str] = {"base": "base_model", "sft": "sft_checkpoint", "grpo": "grpo_checkpoint"}
# (ours, theirs): what each training step brought, and both together.
DIFFERENCES = (("sft", "base"), ("grpo", "sft"), ("grpo", "base"))
# The base model was never shown these prompts, so that it may answer none; a trained one that does is broken.
_MUST_ANSWER = ("sft", "grpo")


def run(config: BenchmarkScoresConfig, job: Job) -> Counts:
    """Write `records.parquet` and `scores.json`. A batch whose key is in the cache is not asked again.

    Counts: items (records of models), and answered, unparsed, undecoded over them.

    Raises:
        EmptyOutputError: too many items could not be decoded, or a trained model answered nothing.
    """
    benchmark = read_benchmark(job.inputs["feedbench"])
    samplings = {name: read_sampling(job.inputs[word]) for name, word in MODELS.items()}
    # Most often one sampling: the frames of all items are then looked for once, and not once per model.
    shown = {sampling: show(benchmark.items, sampling, job) for sampling in dict.fromkeys(samplings.values())}
    records: list[Record] = []
    for name, word in MODELS.items():
        sampling = samplings[name]
        answered = ask(name, job.inputs[word], shown[sampling], sampling=sampling, config=config, job=job)
        records += [_record(name, one, benchmark.answers[one.shown.item.item_id]) for one in answered]
        check_measured(name, [record for record in records if record.model == name], config.max_undecoded_share)
    baselines = [record for name in BASELINES for record in constant_records(name, benchmark)]
    scores = score_all([*records, *baselines], benchmark, samplings, config)
    RECORDS.write(job.out, [asdict(r) for r in sorted([*records, *baselines], key=lambda r: (r.model, r.item_id))])
    write_json(job.out / "scores.json", scores)
    job.events.metrics(0, _headline(scores))
    statuses = [record.status for record in records]
    return {
        "items": len(records),
        "answered": statuses.count("answered"),
        "unparsed": statuses.count("unparsed"),
        "undecoded": statuses.count("undecoded"),
    }


def constant_records(name: str, benchmark: Benchmark) -> list[Record]:
    """The records of a baseline; items of a kind that it knows no answer to are unparsed."""
    found = []
    for item in benchmark.items:
        text = constant_answer(benchmark.baselines, item, per_prompt=name == "best_constant_per_prompt") or ""
        answered = Answered(Shown(item, None, None), text, None)
        found.append(_record(name, answered, benchmark.answers[item.item_id]))
    return found


def check_measured(name: str, records: Sequence[Record], max_undecoded_share: float) -> None:
    """Refuse to call something a score that measured nothing.

    Raises:
        EmptyOutputError: see `run`.
    """
    undecoded = [record for record in records if record.status == "undecoded"]
    if len(undecoded) > max_undecoded_share * len(records):
        raise EmptyOutputError(
            "too many items of the benchmark could not be decoded",
            found=f"{len(undecoded)} of {len(records)}; the first: {undecoded[0].failure}",
            wanted=f"at most a share of {max_undecoded_share}",
            next_step="look at the videos named in feedbench/items.jsonl; check that their bytes still decode",
        )
    if name in _MUST_ANSWER and not any(record.status == "answered" for record in records):
        written = sorted({str(record.response) for record in records if record.response is not None})
        raise EmptyOutputError(
            f"not one answer of {name} could be read",
            found=f"{len(records)} completions such as {written[:3]}",
            wanted="at least one answer; none at all is a failure to measure, not a score of 0",
            next_step="check the prompts and the training of the checkpoint, then the extraction rules in sv6d/tasks",
        )


def score_all(
    records: Sequence[Record],
    benchmark: Benchmark,
    samplings: Mapping[str, FrameSampling],
    config: BenchmarkScoresConfig,
) -> dict[str, Any]:
    """The content of `scores.json`: settings of the measurement, scores, differences, second metrics."""
    bootstrap = Bootstrap(config.num_resamples, config.interval_share, config.seed)
    kinds = [*sorted({item.kind for item in benchmark.items}), ALL]
    by_model = {name: [r for r in records if r.model == name] for name in (*MODELS, *BASELINES)}
    return {
        "benchmark": "feedbench",
        "num_items": len(benchmark.items),
        "num_videos": len({item.video_id for item in benchmark.items}),
        "num_clusters": len({item.cluster_id for item in benchmark.items}),
        "measurement": {
            "extractor_id": EXTRACTOR_ID,
            "prompt_ids": sorted({item.prompt_id for item in benchmark.items}),
            "sampling": {name: sampling.as_dict() for name, sampling in samplings.items()},
            "frames_shown": _range([r.num_frames for r in records]),
            "fps": _range([r.fps for r in records]),
            "reader": {name: reader_build(sampling.reader) for name, sampling in samplings.items()},
            "max_new_tokens": config.max_new_tokens,
            "decoding": "greedy",
            "interval": {
                "share": config.interval_share,
                "resamples": config.num_resamples,
                "seed": config.seed,
                "unit": "near-duplicate cluster of videos",
            },
        },
        "models": {
            name: {kind: score(of_kind(by_model[name], kind), bootstrap) for kind in kinds} for name in by_model
        },
        "chance": _chance(benchmark),
        "differences": [
            {"ours": a, "theirs": b, "kind": kind}
            | difference(of_kind(by_model[a], kind), of_kind(by_model[b], kind), bootstrap)
            for a, b in DIFFERENCES
            for kind in kinds
        ],
        "independent": {name: independent_metrics(found) for name, found in by_model.items()},
    }


def _record(name: str, answered: Answered, answer: str) -> Record:
    item, response, num_frames = answered.shown.item, answered.response, answered.num_frames
    verdict = UNDECODED if response is None else judged(item.kind, response, answer)
    return Record(
        model=name,
        item_id=item.item_id,
        video_id=item.video_id,
        cluster_id=item.cluster_id,
        kind=item.kind,
        prompt_id=item.prompt_id,
        status=verdict.status,
        response=response,
        parsed=verdict.parsed,
        answer=answer,
        correct=verdict.correct,
        error=verdict.error,
        num_frames=num_frames,
        fps=round(num_frames * NS_PER_S / item.span.length_ns, 3) if num_frames is not None else None,
        failure=answered.shown.failure,
    )


def _headline(scores: Mapping[str, Any]) -> dict[str, float]:
    """Numbers for the tracker: accuracies that were measured, by model and kind."""
    return {
        f"{name}/{kind}/accuracy": entry["accuracy"]
        for name, kinds in scores["models"].items()
        for kind, entry in kinds.items()
        if entry["accuracy"] is not None
    }


def _chance(benchmark: Benchmark) -> dict[str, float]:
    """Chance per kind, and over all items."""
    chance = benchmark.baselines.chance
    return {**chance, ALL: fsum(chance[item.kind] for item in benchmark.items) / len(benchmark.items)}


def _range(values: Sequence[float | None]) -> dict[str, float]:
    measured = [value for value in values if value is not None]
    return {"max": max(measured), "min": min(measured)}
