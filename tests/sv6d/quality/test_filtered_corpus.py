"""The stage: planted faults found, an adapter trusted as far as experts agree, held-out experts without a say."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest

from sv6d.annotate.documents import DOCUMENTS_NAME, HELD_OUT_NAME, write_documents
from sv6d.artifacts import Job, JobRuntime
from sv6d.errors import ArtifactError, EmptyOutputError
from sv6d.events import Events
from sv6d.evidence.tables import EVIDENCE, TEXTS, TRANSCRIPTS
from sv6d.params import read_config
from sv6d.quality.config import FilteredCorpusConfig
from sv6d.quality.filtered_corpus import run
from sv6d.quality.kept import read_kept
from sv6d.quality.tables import DOCUMENT_DECISIONS, FIELD_TRUST, LABEL_DECISIONS
from sv6d.schema.document import Document, Evidence, Source
from sv6d.schema.fields import field_of
from sv6d.video.sources import scan_sources
from sv6d.video.tables import VIDEOS
from tests.sv6d.objective.made_documents import made_document
from tests.sv6d.quality.made_clips import CACHE, grey_clip

CONFIG = read_config(Path(__file__).parents[3] / "params.yaml", "filtered_corpus")
assert isinstance(CONFIG, FilteredCorpusConfig)
SHOTS = [(0.0, 4.0, "", 0.0, 0.0), (4.0, 8.0, "hard_cut", 3.96, 4.0)]
LUMA = {"low_key": 0.15, "mid_key": 0.45, "high_key": 0.85}
NUM_TRAIN, NUM_HELD_OUT, NUM_PLAIN = 24, 6, 2


def values_of(name: str, draw: random.Random) -> list[str]:
    field = field_of(name)
    assert field is not None
    return [draw.choice(field.values) for _ in SHOTS]


class World:
    """Experts' documents, and ours beside them: subjects mostly right, beats unseen, light as measured."""

    def __init__(self) -> None:
        draw = random.Random(7)
        self.experts: dict[str, Document] = {}
        self.ours: dict[str, Document] = {}
        self.measured: dict[str, Document] = {}  # where it is not what was measured first
        self.clips: list[Path] = []
        self.names: list[str] = []
        for number in range(NUM_TRAIN + NUM_HELD_OUT + NUM_PLAIN):
            light, subject, beat = (values_of(name, draw) for name in ("lighting_key", "subject_type", "beat"))
            guessed = ["context", "hook"]  # the same for every clip, whatever is seen
            path, name = grey_clip(number, tuple(light))
            self.clips.append(path)
            self.names.append(name)
            seen = [value if draw.random() < 0.95 else "food" for value in subject]
            self.experts[name] = document(name, light, subject, beat)
            self.ours[name] = measured(document(name, light, seen, guessed))

    def split(self, name: str) -> str:
        number = self.names.index(name)
        return "train" if number < NUM_TRAIN or number >= NUM_TRAIN + NUM_HELD_OUT else "test"

    def job(self, root: Path, *, held_out: Mapping[str, Document] | None = None) -> Job:
        """All inputs written below `root`."""
        names = self.names
        held = {name: self.experts[name] for name in names[NUM_TRAIN : NUM_TRAIN + NUM_HELD_OUT]}
        write_documents(root / "experts" / DOCUMENTS_NAME, [self.experts[name] for name in names[:NUM_TRAIN]])
        write_documents(root / "experts" / HELD_OUT_NAME, (held if held_out is None else held_out).values())
        write_documents(root / "annotations" / DOCUMENTS_NAME, self.ours.values())
        EVIDENCE.write(
            root / "evidence",
            [row for name in sorted(names) for row in evidence_rows(self.measured.get(name, MEASURED[name]))],
        )
        TEXTS.write(root / "evidence", [])
        TRANSCRIPTS.write(root / "evidence", [])
        VIDEOS.write(root / "raw_videos", [video_row(name, self.split(name)) for name in sorted(names)])
        scan_sources(root / "sources.json", {"mine": self.clips[0].parent}, {"mine": None}, root)
        inputs = {word: root / word for word in ("raw_videos", "evidence", "annotations")}
        out = root / "filtered_corpus"
        return Job(
            "filtered_corpus",
            {**inputs, "expert_annotations": root / "experts"},
            out,
            root / "work",
            CACHE,
            root / "frames",
            JobRuntime(workers=1, sources=root / "sources.json"),
            Events(root / "events.jsonl", None),
        )


def document(name: str, light: list[str], subject: list[str], beat: list[str]) -> Document:
    rows = [
        (field, values[i], SHOTS[i][0], SHOTS[i][1])
        for field, values in (("lighting_key", light), ("subject_type", subject), ("beat", beat))
        for i in range(len(SHOTS))
    ]
    return made_document(SHOTS, rows, sha256=name)


def measured(document: Document) -> Document:
    """The same labels as rules and the adapter would make them, light with the luma that it says."""
    labels, evidence = [], []
    for label, item in zip(document.labels, document.evidence, strict=True):
        rule = label.field == "lighting_key"
        source = Source(producer="rule" if rule else "adapter", name="made", digest="0" * 64)
        labels.append(label.model_copy(update={"source": source, "confidence": 0.92}))
        value = {"stat": "luma_mean", "value": LUMA[label.value]} if rule else {"stat": "sharpness", "value": 0.5}
        evidence.append(item.model_copy(update=value))
    return document.model_copy(update={"labels": tuple(labels), "evidence": tuple(evidence)})


def evidence_rows(document: Document) -> list[dict[str, Any]]:
    return [
        {
            "video_id": document.video.sha256,
            "evidence_id": item.id,
            **{name: getattr(item, name) for name in ("kind", "stat", "start_ns", "end_ns", "value", "unit", "method")},
            "pts": [],
            "time_base_num": 1,
            "time_base_den": 1,
            "box": None,
        }
        for item in document.evidence
    ]


def video_row(name: str, split: str) -> dict[str, Any]:
    numbers = ("bytes", "width_px", "height_px", "turned_deg", "duration_ns", "num_frames", "num_unordered")
    words = ("uri", "source", "container", "codec", "pixel_format", "licence", "origin")
    return {
        **dict.fromkeys((*numbers, "first_pts", "time_base_num", "time_base_den"), 1),
        **dict.fromkeys(words, "made"),
        "video_id": name,
        "variable_rate": False,
        "has_sound": False,
        "split": split,
        "cluster_id": name,
        "context_json": None,
        "reader": "pyav-0",
        "perceptual_hashes": [],
    }


WORLD = World()
MEASURED = WORLD.ours


def video_id(number: int) -> str:
    return WORLD.names[number]


@pytest.fixture
def world() -> World:
    made = World()
    made.ours = dict(made.ours)
    return made


def plant(world: World, number: int, label: str, **changes: Any) -> None:
    document = world.ours[video_id(number)]
    labels = tuple(item.model_copy(update=changes) if item.id == label else item for item in document.labels)
    world.ours[video_id(number)] = document.model_copy(update={"labels": labels})


def reasons(root: Path) -> dict[tuple[str, str], list[str]]:
    rows = LABEL_DECISIONS.read(root / "filtered_corpus")
    return {(row["video_id"], row["label_id"]): row["reasons"] for row in rows}


def test_the_adapter_is_trusted_with_what_it_knows_and_with_nothing_else(world: World, tmp_path: Path) -> None:
    counts = run(CONFIG, world.job(tmp_path))
    trust = {(row["producer"], row["field"]): row for row in FIELD_TRUST.read(tmp_path / "filtered_corpus")}
    subject, beat = trust["adapter", "subject_type"], trust["adapter", "beat"]
    assert subject["num_compared"] == beat["num_compared"] == 2 * NUM_TRAIN
    assert subject["min_confidence"] == CONFIG.confidence_thresholds[0]
    assert subject["lower_bound"] > subject["majority"]
    assert beat["min_confidence"] is None
    found = Counter(code for codes in reasons(tmp_path).values() for code in codes)
    assert found == {"field_not_trusted": 2 * len(world.ours)}
    assert counts["items"] == counts["documents"] == len(world.ours)
    assert counts["labels_kept"] == 4 * len(world.ours)
    assert counts["held_out_compared"] == NUM_HELD_OUT


def test_planted_contradictions_are_rejected_and_nothing_else(world: World, tmp_path: Path) -> None:
    wrong = {"low_key": "high_key", "mid_key": "low_key", "high_key": "mid_key"}
    planted = {}
    for number in (0, 3, NUM_TRAIN + 1, NUM_TRAIN + NUM_HELD_OUT):
        said = world.ours[video_id(number)].labels[0].value
        plant(world, number, "l0", value=wrong[said])
        planted[video_id(number), "l0"] = (wrong[said], said)
    run(CONFIG, world.job(tmp_path))
    rows = {(row["video_id"], row["label_id"]): row for row in LABEL_DECISIONS.read(tmp_path / "filtered_corpus")}
    assert {key for key, row in rows.items() if "contradicted" in row["reasons"]} == set(planted)
    for key, (claimed, really) in planted.items():
        assert (rows[key]["value"], rows[key]["measured"], rows[key]["decision"]) == (claimed, really, "reject")
        assert f"claimed {claimed}, measured {really}" in rows[key]["details"]


def test_numbers_changed_to_fit_a_claim_are_found(world: World, tmp_path: Path) -> None:
    name = video_id(5)
    before = world.ours[name]
    plant(world, 5, "l0", value="mid_key")
    bent = tuple(i.model_copy(update={"value": 0.45}) if i.id == "e0" else i for i in before.evidence)
    world.ours[name] = world.ours[name].model_copy(update={"evidence": bent})
    run(CONFIG, world.job(tmp_path))
    assert before.labels[0].value != "mid_key"
    assert reasons(tmp_path)[name, "l0"] == ["evidence_altered", "remeasured_otherwise"]


def test_a_label_that_measuring_again_contradicts_is_rejected_though_its_evidence_agrees(
    world: World, tmp_path: Path
) -> None:
    name = video_id(2)
    said = world.ours[name].labels[0].value
    other = "high_key" if said == "low_key" else "low_key"
    plant(world, 2, "l0", value=other)
    # The evidence artifact itself was measured wrong.
    bent = tuple(i.model_copy(update={"value": LUMA[other]}) if i.id == "e0" else i for i in world.ours[name].evidence)
    world.ours[name] = world.ours[name].model_copy(update={"evidence": bent})
    world.measured = {**MEASURED, name: world.ours[name]}
    counts = run(CONFIG, world.job(tmp_path))
    rows = {(row["video_id"], row["label_id"]): row for row in LABEL_DECISIONS.read(tmp_path / "filtered_corpus")}
    assert rows[name, "l0"]["reasons"] == ["remeasured_otherwise"]
    assert f"claimed {other}, measured again {said}" in rows[name, "l0"]["details"][0]
    assert counts["rejected_remeasured_otherwise"] == counts["again_contradicted"] == 1
    assert counts["again_verified"] == 2 * len(world.ours) - 1
    kept = {
        document.video.sha256: document
        for document in read_kept(tmp_path / "annotations", tmp_path / "filtered_corpus")
    }
    assert "l0" not in {label.id for label in kept[name].labels}


def test_a_video_that_is_gone_is_red(world: World, tmp_path: Path) -> None:
    job = world.job(tmp_path)
    listing = (tmp_path / "sources.json").read_bytes()
    (tmp_path / "sources.json").write_bytes(listing.replace(video_id(0).encode(), b"0" * 64))
    with pytest.raises(ArtifactError, match="is gone"):
        run(CONFIG, job)


def test_later_stages_read_what_was_kept(world: World, tmp_path: Path) -> None:
    run(CONFIG, world.job(tmp_path))
    kept = read_kept(tmp_path / "annotations", tmp_path / "filtered_corpus")
    assert [document.video.sha256 for document in kept] == sorted(world.ours)
    assert {label.field for document in kept for label in document.labels} == {"lighting_key", "subject_type"}


def test_held_out_experts_change_metrics_and_no_decision(world: World, tmp_path: Path) -> None:
    run(CONFIG, world.job(tmp_path / "with"))
    run(CONFIG, world.job(tmp_path / "without", held_out={}))
    for name in ("label_decisions", "document_decisions", "field_trust"):
        files = [tmp_path / way / "filtered_corpus" / f"{name}.parquet" for way in ("with", "without")]
        assert files[0].read_bytes() == files[1].read_bytes()
    told = [metrics(tmp_path / way) for way in ("with", "without")]
    assert any(name.startswith("agreement/held_out") for name in told[0])
    assert not any(name.startswith("agreement/held_out") for name in told[1])


def metrics(root: Path) -> dict[str, float]:
    events = [orjson.loads(line) for line in (root / "events.jsonl").read_bytes().splitlines()]
    (values,) = [event["values"] for event in events if event["event"] == "metrics"]
    return dict(values)


def test_agreement_is_measured_by_the_judge_and_by_the_metric_beside_it(world: World, tmp_path: Path) -> None:
    run(CONFIG, world.job(tmp_path))
    found = metrics(tmp_path)
    assert found["agreement/train/kept/aesthetics"] == 1.0
    assert found["agreement/train/kept/shots"] == 1.0
    assert found["agreement/train/kept/narrative"] == 0.0  # rejected: experts speak of beats, what is kept does not
    assert 0.0 < found["agreement/train/all/narrative"] < 0.6
    assert found["agreement/held_out/all/f1_iou_0.5.aesthetics"] == 1.0
    assert all(0.0 <= value <= 1.0 for value in found.values())


def test_a_documents_agreement_is_told_where_there_is_a_training_expert_and_nowhere_else(
    world: World, tmp_path: Path
) -> None:
    run(CONFIG, world.job(tmp_path))
    rows = DOCUMENT_DECISIONS.read(tmp_path / "filtered_corpus")
    told = {row["video_id"] for row in rows if row["agreement"] is not None}
    assert told == {video_id(number) for number in range(NUM_TRAIN)}
    assert {row["decision"] for row in rows} == {"keep"}


def test_with_nothing_kept_the_stage_is_red_and_says_why(world: World, tmp_path: Path) -> None:
    unmeasured: list[Evidence] = []
    for name, document in world.ours.items():
        gone = tuple(item.model_copy(update={"value": None}) for item in document.evidence)
        world.ours[name] = document.model_copy(update={"evidence": gone})
        unmeasured += gone
    with pytest.raises(EmptyOutputError, match="no document is kept") as red:
        run(CONFIG, world.job(tmp_path))
    assert f"'evidence_unmeasured': {len(unmeasured)}" in red.value.found


def test_the_same_inputs_give_the_same_bytes(world: World, tmp_path: Path) -> None:
    for way in ("first", "second"):
        run(CONFIG, world.job(tmp_path / way))
    for path in (tmp_path / "first" / "filtered_corpus").iterdir():
        assert path.read_bytes() == (tmp_path / "second" / "filtered_corpus" / path.name).read_bytes()
