"""The golden documents: whole, keyed by their clips, true to the clips' clocks, and nothing to train on."""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from sv6d.schema.document import Document
from sv6d.schema.fields import DIMENSIONS, FIELDS, OTHER
from sv6d.schema.versions import read_document
from sv6d.video.config import LimitsConfig
from sv6d.video.frames import read_frames
from sv6d.video.probe import probe

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "tests" / "golden"
PATHS = sorted((GOLDEN / "documents").iterdir())
CLIPS = ROOT.parent / "shared" / "videos"
LIMITS = LimitsConfig(
    max_pixels=33_177_600, max_duration_s=600, max_streams=32, max_memory_bytes=2**31, max_seconds=600
)
# 25 seconds of black: no camera can be seen at work, and nothing is told.
NOTHING_TO_SEE = {
    "ecbd4956a16e2f2808a83af2085e5e7b213e9a45dd463852c45a4103f4cc1baf": {"camera", "narrative"},
}


@cache
def golden(path: Path) -> Document:
    return read_document(path)


each_document = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem[:8])


def test_there_are_golden_documents_of_every_dimension_and_kind_of_change() -> None:
    documents = [golden(path) for path in PATHS]
    assert len(documents) >= 12
    assert {label.dimension for document in documents for label in document.labels} == set(DIMENSIONS)
    kinds = {label.value for document in documents for label in document.labels if label.field == "boundary_kind"}
    assert kinds == {"hard_cut", "dissolve", "fade"}


@each_document
def test_a_document_is_keyed_by_its_clip_and_speaks_of_every_dimension(path: Path) -> None:
    document = golden(path)
    assert path.name == f"{document.video.sha256}.yaml"
    missing = set(DIMENSIONS) - {label.dimension for label in document.labels}
    assert missing == NOTHING_TO_SEE.get(document.video.sha256, set())


@each_document
def test_what_is_said_was_seen_by_the_annotator(path: Path) -> None:
    document = golden(path)
    assert {part.source.producer for part in (*document.labels, *document.records)} == {"expert"}
    # Whatever rests on looking cites the frames that were looked at; two numbers of the whole follow from others.
    whole = {"mean_shot_length", "aspect_ratio"}
    assert [item.id for item in document.evidence if not item.frames and item.stat not in whole] == []
    assert [item.id for item in document.evidence if item.method != "viewed" and item.stat not in whole] == []
    mean_ns = document.video.duration_ns / len(document.shots)
    assert [item.value for item in document.evidence if item.stat == "mean_shot_length"] == [mean_ns / 1e9]


@each_document
def test_a_field_of_one_value_has_one_value_over_a_span(path: Path) -> None:
    said = defaultdict(list)
    for label in golden(path).labels:
        said[label.field, label.start_ns, label.end_ns].append(label.value)
    exclusive = {field.name for field in FIELDS if field.exclusive}
    assert [key for key, values in said.items() if len(values) != len(set(values))] == []
    assert [key for key, values in said.items() if key[0] in exclusive and len(values) > 1] == []


@each_document
def test_every_change_of_shot_is_labelled_over_its_boundary(path: Path) -> None:
    document = golden(path)
    boundaries = [shot.boundary_in for shot in document.shots if shot.boundary_in is not None]
    assert len(boundaries) == len(document.shots) - 1
    labelled = [(x.start_ns, x.end_ns, x.value) for x in document.labels if x.field == "boundary_kind"]
    assert labelled == [(item.start_ns, item.end_ns, item.kind) for item in boundaries]
    # A new shot begins within the change that leads to it.
    starts = [shot.start_ns for shot in document.shots[1:]]
    assert all(item.start_ns <= start <= item.end_ns for item, start in zip(boundaries, starts, strict=True))


def test_the_page_counts_what_is_there() -> None:
    documents = [golden(path) for path in PATHS]
    page = (GOLDEN / "README.md").read_text()
    for dimension in DIMENSIONS:
        labels = [label for document in documents for label in document.labels if label.dimension == dimension]
        num_other = sum(label.value == OTHER for label in labels)
        num_fields = len({label.field for label in labels})
        assert f"| {dimension} | {len(labels)} | {num_other} | {num_fields} |" in page
    for document in documents:
        assert f"| `{document.video.sha256[:12]}` |" in page


def test_nothing_trains_on_the_golden_documents() -> None:
    settings = [ROOT / name for name in ("params.yaml", "dvc.yaml", "Makefile", "pyproject.toml")]
    code = [path for room in ("sv6d", "jobs", "assets", "benchmarks") for path in (ROOT / room).rglob("*.py")]
    named = [path.name for path in (*settings, *code) if "tests/golden" in path.read_text()]
    assert named == []
    mentioned = {path.stem for path in PATHS}
    assert [path.name for path in (*settings, *code) if any(sha in path.read_text() for sha in mentioned)] == []


@each_document
def test_the_clip_has_the_frames_that_are_cited(path: Path) -> None:
    document = golden(path)
    clip = _clip(document)
    found = probe(clip, LIMITS)
    video = document.video
    assert (found.width_px, found.height_px, found.has_sound) == (video.width_px, video.height_px, video.has_sound)
    assert (found.duration_ns, found.num_frames) == (video.duration_ns, video.num_frames)
    there = {
        (frame.time.pts, frame.time.time_base_num, frame.time.time_base_den): frame.time_ns
        for frame in read_frames(clip, longest_px=16, pixel_format="gray")
    }
    cited = {(ref.pts, ref.time_base_num, ref.time_base_den) for item in document.evidence for ref in item.frames}
    assert cited - there.keys() == set()
    edges = {shot.start_ns for shot in document.shots} | {
        edge
        for shot in document.shots
        if shot.boundary_in
        for edge in (shot.boundary_in.start_ns, shot.boundary_in.end_ns)
    }
    assert edges - set(there.values()) == set()


def _clip(document: Document) -> Path:
    manifest = CLIPS / "manifest.csv"
    if not manifest.is_file():
        pytest.skip("the clips are not here")
    with manifest.open(newline="") as lines:
        return next(CLIPS / row["file"] for row in csv.DictReader(lines) if row["sha256"] == document.video.sha256)
