"""The stages of the corpus and the tasks, one after the other, on documents written by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from sv6d.artifacts import Counts
from sv6d.corpus import dense_reports, sft_corpus, structural_extensions
from sv6d.corpus.config import DenseReportsConfig, SftCorpusConfig, StructuralExtensionsConfig
from sv6d.corpus.extension import CutChange, QuestionAnswer, TensionCurve, read_extensions
from sv6d.corpus.report_text import read_reports
from sv6d.corpus.samples import read_samples
from sv6d.errors import ArtifactError
from sv6d.io import read_json
from sv6d.quality.kept import read_kept
from sv6d.schema.document import Document
from sv6d.tasks import rl_tasks
from sv6d.tasks.config import QuestionLimits, RlTasksConfig
from sv6d.tasks.rl_tasks import read_tasks
from tests.sv6d.handmade import document, video_id
from tests.sv6d.handmade_tables import job, write_inputs

LIMITS = QuestionLimits(min_window_s=0.8, max_window_s=12.0)
EXTENSIONS = StructuralExtensionsConfig(limits=LIMITS, min_confidence=0.5)
SAMPLES = SftCorpusConfig(
    max_samples=100,
    shot_labels_share=0.2,
    summary_share=0.1,
    replay_share=0.1,
    replay_first_index=0,
    max_response_characters=320,
    min_window_s=0.8,
    max_window_s=12.0,
)
TASKS = RlTasksConfig(kinds=("camera_movement", "cut_time", "shot_count"), limits=LIMITS, min_confidence=0.5)

MOVEMENTS = ("static", "pan_left", "tilt_up")
SUBJECTS = ("food", "plant", "animal")
NAMES = {"train": ("a", "b", "c", "d"), "validation": ("e",), "test": ("f",)}
REJECTED = {(video_id("b"), "l1.camera_movement.pan_left")}


def made(name: str) -> Document:
    values = [{"subject_type": s, "camera_movement": m} for s, m in zip(SUBJECTS, MOVEMENTS, strict=True)]
    return document(name, [0.0, 2.0, 4.5, 7.0], values)


class Flow:
    """The inputs, and every stage's folder and counts."""

    def __init__(self, root: Path) -> None:
        splits = {video_id(name): split for split, names in NAMES.items() for name in names}
        documents = [made(name) for names in NAMES.values() for name in names]
        self.root = root
        self.folders = write_inputs(root, documents, splits, REJECTED)
        self.counts: dict[str, Counts] = {}
        self.run("structural_extensions", structural_extensions.run, EXTENSIONS)
        self.run("dense_reports", dense_reports.run, DenseReportsConfig(max_summary_shots=5))
        self.run("sft_corpus", sft_corpus.run, SAMPLES)
        self.run("rl_tasks", rl_tasks.run, TASKS)

    def run(self, word: str, verb: object, config: object) -> None:
        self.folders[word] = self.root / word
        self.counts[word] = verb(config, job(word, self.folders, self.root / word))  # type: ignore[operator]

    def known(self) -> Mapping[str, tuple[set[str], set[str]]]:
        """Kept labels and evidence of each video."""
        kept = read_kept(self.folders["annotations"], self.folders["filtered_corpus"])
        return {d.video.sha256: ({label.id for label in d.labels}, {item.id for item in d.evidence}) for d in kept}

    def citations(self) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
        for item in read_extensions(self.folders["structural_extensions"]):
            yield item.video_id, item.labels, item.evidence
        for line in read_reports(self.folders["dense_reports"]):
            for sentence in line.report.sentences:
                yield line.video_id, sentence.labels, sentence.evidence
            assert line.summary is not None
            yield line.video_id, line.summary.labels, line.summary.evidence
        for sample in read_samples(self.folders["sft_corpus"]):
            if sample.video_id is not None:
                yield sample.video_id, sample.labels, sample.evidence
        for task in (
            *read_tasks(self.folders["rl_tasks"], "train"),
            *read_tasks(self.folders["rl_tasks"], "validation"),
        ):
            yield task.video_id, task.labels, task.evidence


@pytest.fixture(scope="module")
def flow(tmp_path_factory: pytest.TempPathFactory) -> Flow:
    return Flow(tmp_path_factory.mktemp("flow"))


def test_everything_cites_kept_labels_and_evidence_that_is_there(flow: Flow) -> None:
    known = flow.known()
    seen = 0
    for video, labels, evidence in flow.citations():
        assert labels
        assert evidence
        assert set(labels) <= known[video][0]
        assert set(evidence) <= known[video][1]
        seen += 1
    assert seen > 100


def test_extensions_are_counted_by_kind(flow: Flow) -> None:
    items = list(read_extensions(flow.folders["structural_extensions"]))
    counts = flow.counts["structural_extensions"]
    assert counts["items"] == len(items)
    assert sum(isinstance(item, CutChange) for item in items) == counts["cut_changes"] == 12
    # 2 cuts, a count and 3 movements for each of 6 videos; one movement's label was rejected
    assert sum(isinstance(item, QuestionAnswer) for item in items) == counts["question_answers"] == 35
    # these documents have no curve, so there is no tension to speak of
    assert not any(isinstance(item, TensionCurve) for item in items)
    assert counts["videos_without_tension"] == 6
    assert len({item.extension_id for item in items}) == len(items)


def test_the_corpus_is_of_the_training_split_and_says_so(flow: Flow) -> None:
    samples = list(read_samples(flow.folders["sft_corpus"]))
    assert {s.video_id for s in samples if s.video_id is not None} == {video_id(name) for name in NAMES["train"]}
    card = read_json(flow.folders["sft_corpus"] / "card.json")
    assert card["samples_by_split"] == {"train": sum(s.video_id is not None for s in samples)}
    assert card["num_samples"] == len(samples) == flow.counts["sft_corpus"]["items"]
    assert sum(card["kinds"].values()) == len(samples)
    assert card["kinds"]["replay"] == sum(s.studio_seed is not None for s in samples) == 4
    questions = sum(card["kinds"][kind] for kind in ("cut_time", "shot_count", "camera_movement"))
    assert questions == 23
    assert questions > len(samples) / 2


def test_long_responses_are_left_out_and_counted(flow: Flow, tmp_path: Path) -> None:
    config = SAMPLES.model_copy(update={"max_response_characters": 40})
    counts = sft_corpus.run(config, job("sft_corpus", flow.folders, tmp_path / "out"))
    assert counts["responses_too_long"] > 0
    replayed = [s.studio_seed is not None for s in read_samples(tmp_path / "out")]
    assert all(r or len(s.response) <= 40 for r, s in zip(replayed, read_samples(tmp_path / "out"), strict=True))


def test_tasks_are_frozen_by_split_and_leave_rejected_labels_out(flow: Flow) -> None:
    training = list(read_tasks(flow.folders["rl_tasks"], "train"))
    validation = list(read_tasks(flow.folders["rl_tasks"], "validation"))
    assert {task.video_id for task in training} == {video_id(name) for name in NAMES["train"]}
    assert {task.video_id for task in validation} == {video_id(name) for name in NAMES["validation"]}
    assert flow.counts["rl_tasks"] == {
        "items": 23,
        "validation": 6,
        "unmeasured": 0,
        "cut_time": 8,
        "shot_count": 4,
        "camera_movement": 11,
    }
    assert [task.task_id for task in training] == sorted(task.task_id for task in training)
    moves = [task.answer for task in training if task.video_id == video_id("b") and task.kind == "camera_movement"]
    assert sorted(moves) == ["static", "tilt_up"]


def test_evidence_without_a_value_supports_no_task(tmp_path: Path) -> None:
    whole = made("a")
    unmeasured = tuple(
        item.model_copy(update={"value": None}) if item.id == "e1.boundary" else item for item in whole.evidence
    )
    inputs = write_inputs(tmp_path, [whole.model_copy(update={"evidence": unmeasured})], {video_id("a"): "train"})
    counts = rl_tasks.run(TASKS, job("rl_tasks", inputs, tmp_path / "out"))
    # its cut, and the count that rests on it too
    assert counts["unmeasured"] == 2
    assert counts["items"] == 4


def test_the_same_inputs_give_the_same_bytes(flow: Flow, tmp_path: Path) -> None:
    again = Flow(tmp_path)
    for word in flow.counts:
        first = {p.name: p.read_bytes() for p in flow.folders[word].iterdir()}
        assert first == {p.name: p.read_bytes() for p in again.folders[word].iterdir()}


def test_decisions_about_other_documents_are_refused(flow: Flow, tmp_path: Path) -> None:
    other = write_inputs(tmp_path, [made("z")], {video_id("z"): "train"})
    folders = {**flow.folders, "filtered_corpus": other["filtered_corpus"]}
    with pytest.raises(ArtifactError):
        structural_extensions.run(EXTENSIONS, job("structural_extensions", folders, tmp_path / "out"))


def test_extensions_of_another_form_are_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "extensions.jsonl").write_text('{"kind": "cut_rationale", "rationale": "subject_change"}\n')
    with pytest.raises(ArtifactError, match="rebuild structural_extensions"):
        list(read_extensions(tmp_path))
