"""The stage `benchmark_scores` on real clips, with small models that always say one thing."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from sv6d.artifacts import JobRuntime, seal
from sv6d.bench import benchmark_scores
from sv6d.bench.baselines import learn_baselines
from sv6d.bench.config import BenchmarkScoresConfig
from sv6d.bench.draw import expert_questions
from sv6d.bench.items import Item, Key, write_benchmark
from sv6d.bench.tables import RECORDS
from sv6d.errors import EmptyOutputError, WorkerError
from sv6d.events import Events
from sv6d.fingerprint import Config
from sv6d.io import read_json, write_json
from sv6d.model.inputs import chat_text, encode
from sv6d.model.tiny import build_model, build_processor, build_tokenizer
from sv6d.report.score_table import score_table
from sv6d.schema.versions import read_document
from sv6d.studio.clips import sample_plan
from sv6d.studio.config import StudioConfig
from sv6d.studio.pretraining import pretraining_plan
from sv6d.studio.seeds import pretraining_seed
from sv6d.studio.studio import render_folder
from sv6d.tasks.config import QuestionLimits
from sv6d.tasks.supported import question_id
from sv6d.video.sources import scan_sources
from tests.sv6d.handmade import video_id
from tests.sv6d.handmade_tables import job

STUDIO = StudioConfig(
    seed=11,
    num_clips=2,
    min_duration_s=4.0,
    max_duration_s=4.5,
    short_side_px=96,
    long_side_px=160,
    crf=30,
    sound_rate_hz=8000,
    sound_bits_per_s=16000,
)
SIZE = {"num_frames": 4, "height_px": 64, "width_px": 64}
SAMPLING = {**SIZE, "reader": "pyav"}
CONFIG = BenchmarkScoresConfig(
    max_new_tokens=8, batch_size=4, num_resamples=200, interval_share=0.95, seed=1, max_undecoded_share=0.3
)
LIMITS = QuestionLimits(min_window_s=0.8, max_window_s=12.0)
# The base is not trained at all, so that what it writes is noise.
SAYS = {"base_model": "", "sft_checkpoint": "2", "grpo_checkpoint": "static"}
_STEPS = 10  # measured: from step 6 on the model says nothing else


class NoSettings(Config):
    """Models that are made by hand here have no settings."""


class Bench:
    """Two clips with their questions, one item about a video that is gone, and three models."""

    def __init__(self, root: Path) -> None:
        self.root = root
        render_folder(STUDIO, root / "studio", 1, Events.silent())
        scan_sources(root / "sources.json", {"studio": root / "studio"}, {"studio": None}, root)
        documents = [read_document(path) for path in sorted((root / "studio" / "documents").glob("*.json"))]
        asked = [(d.video.sha256, q) for d in documents for q in expert_questions(d, LIMITS)]
        asked.append((video_id("gone"), asked[0][1]))
        items = [
            Item(
                item_id=question_id(video, q),
                video_id=video,
                cluster_id=video,
                kind=q.kind,
                prompt_id=q.prompt_id,
                prompt=q.prompt,
                start_ns=q.start_ns,
                end_ns=q.end_ns,
            )
            for video, q in asked
        ]
        keys = [
            Key(
                item_id=item.item_id,
                answer=q.answer,
                producer="studio",
                document=video_id("document"),
                labels=(),
                measured=(),
            )
            for item, (_, q) in zip(items, asked, strict=True)
        ]
        self.questions = {item.item_id: q for item, (_, q) in zip(items, asked, strict=True)}
        answers = {key.item_id: key.answer for key in keys}
        write_benchmark(root / "feedbench", items, keys, learn_baselines([q for _, q in asked], items, answers))
        for word, text in SAYS.items():
            put_model(root / word, text)

    def run(
        self, out: Path, config: BenchmarkScoresConfig = CONFIG, *, num_asked: int = 1, **models: str
    ) -> dict[str, int]:
        """Run the stage; `models` names another folder for a word, `num_asked` how many processes answer."""
        words = ("feedbench", *SAYS)
        made = job("benchmark_scores", {word: self.root / models.get(word, word) for word in words}, out)
        runtime = JobRuntime(workers=1, device="cpu", models=num_asked, sources=self.root / "sources.json")
        return benchmark_scores.run(config, type(made)(**{**made.__dict__, "runtime": runtime}))


def put_model(folder: Path, text: str) -> None:
    """A model artifact that answers `text` to everything."""
    torch.set_num_threads(1)
    prompt = "What is asked?"
    tokenizer = build_tokenizer([f"{prompt} {text}"], vocab_size=400)
    model, processor = build_model(tokenizer, seed=0), build_processor(tokenizer)
    plan = pretraining_plan(pretraining_seed(0))
    clip = sample_plan(plan, start_ns=0, end_ns=plan.duration_ns, **SIZE)
    inputs: dict[str, Any] = dict(encode(processor, [clip], [chat_text(processor, prompt, text)]))
    asked = encode(processor, [clip], [chat_text(processor, prompt)])["input_ids"].shape[1]
    labels = inputs["input_ids"].clone()
    labels[:, :asked] = -100
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    model.train()
    for _ in range(_STEPS if text else 0):
        optimizer.zero_grad()
        model(**inputs, labels=labels).loss.backward()
        optimizer.step()
    model.save_pretrained(folder / "model")
    processor.save_pretrained(folder / "model")
    write_json(folder / "card.json", {"sampling": SAMPLING})
    seal(folder, word=folder.name, config=NoSettings(), inputs={}, counts={"items": 1})


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("bench"))


@pytest.fixture(scope="module")
def scored(bench: Bench) -> tuple[Path, dict[str, int]]:
    out = bench.root / "data" / "benchmark_scores"
    return out, bench.run(out)


def test_every_item_has_a_record_of_every_model_with_its_status(
    bench: Bench, scored: tuple[Path, dict[str, int]]
) -> None:
    out, counts = scored
    rows = RECORDS.read(out)
    for model in ("base", "sft", "grpo", "best_constant", "best_constant_per_prompt"):
        assert [row["item_id"] for row in rows if row["model"] == model] == sorted(bench.questions)
    by_status = {
        model: {row["status"] for row in rows if row["model"] == model and row["video_id"] != video_id("gone")}
        for model in ("base", "sft", "grpo")
    }
    assert by_status == {"base": {"unparsed"}, "sft": {"answered", "unparsed"}, "grpo": {"answered", "unparsed"}}
    for row in rows:
        question = bench.questions[row["item_id"]]
        said = {"sft": ("cut_time", "shot_count"), "grpo": ("camera_movement",)}
        if row["model"] in said and row["status"] == "answered":
            assert question.kind in said[row["model"]]
        assert row["answer"] == question.answer
    assert counts["items"] == 3 * len(bench.questions)
    assert counts["answered"] + counts["unparsed"] + counts["undecoded"] == counts["items"]


def test_a_video_that_is_gone_is_undecoded_for_its_items_alone(scored: tuple[Path, dict[str, int]]) -> None:
    out, counts = scored
    undecoded = [row for row in RECORDS.read(out) if row["status"] == "undecoded"]
    assert {row["video_id"] for row in undecoded} == {video_id("gone")}
    assert counts["undecoded"] == len(undecoded) == 3
    for row in undecoded:
        assert (row["response"], row["correct"], row["num_frames"]) == (None, None, None)
        assert "is gone" in row["failure"]
        assert "/" not in row["failure"]


def test_scores_carry_how_they_were_measured(bench: Bench, scored: tuple[Path, dict[str, int]]) -> None:
    scores = read_json(scored[0] / "scores.json")
    measurement = scores["measurement"]
    assert measurement["sampling"] == dict.fromkeys(("base", "sft", "grpo"), SAMPLING)
    assert measurement["extractor_id"] == "sv6d.tasks/1"
    assert {build["reader"] for build in measurement["reader"].values()} == {"pyav"}
    assert measurement["frames_shown"] == {"min": 4, "max": 4}
    assert set(measurement["prompt_ids"]) == {q.prompt_id for q in bench.questions.values()}
    # the base said nothing that could be read: no score, and no difference from it
    assert scores["models"]["base"]["all"]["accuracy"] is None
    assert {d["difference"] for d in scores["differences"] if d["theirs"] == "base"} == {None}
    sft, grpo = scores["models"]["sft"], scores["models"]["grpo"]
    assert sft["shot_count"]["answered"] == 2
    assert sft["camera_movement"]["accuracy"] is None
    assert grpo["camera_movement"]["unparsed"] == 0
    assert grpo["all"]["undecoded"] == 1
    assert "SFT - base" in score_table(scored[0].parent)


def assert_same_bytes(ours: Path, theirs: Path) -> None:
    for name in ("records.parquet", "scores.json"):
        assert (ours / name).read_bytes() == (theirs / name).read_bytes()


def test_two_processes_give_the_bytes_of_one_whatever_the_threads_of_the_machine(
    bench: Bench, scored: tuple[Path, dict[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    again = bench.root / "again"
    bench.run(again, num_asked=2)
    assert_same_bytes(again, scored[0])


@pytest.mark.cluster
@pytest.mark.slow
@pytest.mark.usefixtures("ray_cluster")
def test_two_slots_of_a_cluster_give_the_same_bytes(
    bench: Bench, scored: tuple[Path, dict[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SV6D_SPREAD", "ray")
    spread = bench.root / "spread"
    bench.run(spread, num_asked=2)
    assert_same_bytes(spread, scored[0])


def test_what_was_answered_is_not_asked_again(bench: Bench, scored: tuple[Path, dict[str, int]]) -> None:
    answers = scored[0].with_name("benchmark_scores.cache") / "answers"
    kept = sorted(path for path in answers.rglob("*") if path.is_file())
    assert len(kept) == 3 * -(-len(bench.questions) // CONFIG.batch_size)
    # A model whose weights are gone can not be asked: its answers come from what is kept.
    shutil.copytree(bench.root / "sft_checkpoint", bench.root / "hollow")
    (bench.root / "hollow" / "model" / "model.safetensors").unlink()
    out = bench.root / "kept"
    shutil.copytree(scored[0].with_name("benchmark_scores.cache"), out.with_name("kept.cache"))
    bench.run(out, sft_checkpoint="hollow")
    assert_same_bytes(out, scored[0])
    # A measurement that was cut off asks for the batches that are not there, and gets the same bytes.
    cut_off = bench.root / "cut_off"
    for path in kept[::2]:
        copy = cut_off.with_name("cut_off.cache") / path.relative_to(scored[0].with_name("benchmark_scores.cache"))
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    bench.run(cut_off)
    assert (cut_off / "records.parquet").read_bytes() == (scored[0] / "records.parquet").read_bytes()
    with pytest.raises(WorkerError, match="made ready"):
        bench.run(bench.root / "nothing_kept", sft_checkpoint="hollow")


def test_a_trained_model_that_answers_nothing_is_no_score_of_zero(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(EmptyOutputError, match="not one answer of sft"):
        bench.run(tmp_path / "out", sft_checkpoint="base_model")


def test_too_many_undecoded_items_are_no_score(bench: Bench, tmp_path: Path) -> None:
    config = CONFIG.model_copy(update={"max_undecoded_share": 0.01})
    with pytest.raises(EmptyOutputError, match="could not be decoded"):
        bench.run(tmp_path / "out", config)
