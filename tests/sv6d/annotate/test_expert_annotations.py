"""Expert documents: who is let in, who is not and why, and what a new clip leaves alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from sv6d.annotate.config import ExpertAnnotationsConfig
from sv6d.annotate.documents import HELD_OUT_NAME, read_documents
from sv6d.annotate.expert_annotations import narrow, run
from sv6d.annotate.tables import REFUSED_DOCUMENTS
from sv6d.artifacts import Job, JobRuntime
from sv6d.errors import ArtifactError, EmptyOutputError
from sv6d.events import Events
from sv6d.schema.document import Document
from sv6d.schema.versions import dump_document
from sv6d.video.sources import scan_sources
from sv6d.video.tables import VIDEOS
from tests.sv6d.objective.made_documents import made_document

CONFIG = ExpertAnnotationsConfig(producers=("expert",))


def video_bytes(name: str) -> bytes:
    return f"the bytes of {name}".encode()


def video_id(name: str) -> str:
    return hashlib.sha256(video_bytes(name)).hexdigest()


def document_about(name: str, duration_s: float = 4.0) -> Document:
    return made_document(
        [(0.0, duration_s, "", 0.0, 0.0)], [("lighting_key", "low_key", 0.0, duration_s)], sha256=video_id(name)
    )


def video_row(name: str, split: str) -> dict[str, Any]:
    numbers = {"width_px": 64, "height_px": 64, "turned_deg": 0, "num_frames": 100, "num_unordered": 0, "first_pts": 0}
    words = {"container": "mp4", "codec": "h264", "pixel_format": "yuv420p", "licence": "unknown", "origin": "unknown"}
    return {
        **numbers,
        **words,
        "video_id": video_id(name),
        "uri": f"clips/{name}.mp4",
        "source": "clips",
        "bytes": len(video_bytes(name)),
        "duration_ns": 4_000_000_000,
        "variable_rate": False,
        "time_base_num": 1,
        "time_base_den": 25,
        "has_sound": False,
        "split": split,
        "cluster_id": video_id(name),
        "context_json": None,
        "reader": "pyav-0",
        "perceptual_hashes": [],
    }


class Place:
    """A root with a folder of clips, a folder of documents, the list of both, and a manifest."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.splits: dict[str, str] = {}
        for folder in ("clips", "documents", "raw_videos"):
            (root / folder).mkdir()

    def video(self, name: str, split: str) -> None:
        (self.root / "clips" / f"{name}.mp4").write_bytes(video_bytes(name))
        self.splits[name] = split

    def document(self, file_name: str, document: Document) -> None:
        (self.root / "documents" / file_name).write_bytes(orjson.dumps(dump_document(document)))

    def listed(self) -> JobRuntime:
        sources = self.root / "sources.json"
        scan_sources(sources, {"clips": self.root / "clips"}, {"clips": self.root / "documents"}, self.root)
        rows = sorted((video_row(name, split) for name, split in self.splits.items()), key=lambda row: row["video_id"])
        VIDEOS.write(self.root / "raw_videos", rows)
        return JobRuntime(sources=sources)

    def job(self, runtime: JobRuntime) -> Job:
        out = self.root / "out"
        out.mkdir(exist_ok=True)
        inputs = {"raw_videos": self.root / "raw_videos"}
        return Job("expert_annotations", inputs, out, self.root, self.root, self.root, runtime, Events.silent())

    def digest(self, runtime: JobRuntime) -> str:
        return narrow(CONFIG, {"raw_videos": self.root / "raw_videos"}, runtime)["raw_videos"]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path)
    for name, split in (("a", "train"), ("b", "train"), ("c", "test"), ("d", "validation")):
        made.video(name, split)
        made.document(f"{name}.json", document_about(name))
    return made


def refusals(place: Place) -> dict[str, tuple[str, str]]:
    return {row["name"]: (row["code"], row["reason"]) for row in REFUSED_DOCUMENTS.read(place.root / "out")}


def test_training_documents_are_kept_apart_from_held_out_ones_and_sorted(place: Place) -> None:
    counts = run(CONFIG, place.job(place.listed()))
    train = [document.video.sha256 for document in read_documents(place.root / "out")]
    held_out = [document.video.sha256 for document in read_documents(place.root / "out", HELD_OUT_NAME)]
    assert train == sorted([video_id("a"), video_id("b")])
    assert held_out == sorted([video_id("c"), video_id("d")])
    assert counts == {"items": 4, "train": 2, "held_out": 2, "labels": 4, "refused": 0}


def by_a_rule(document: Document) -> Document:
    label = document.labels[0]
    source = label.source.model_copy(update={"producer": "rule"})
    return document.model_copy(update={"labels": (label.model_copy(update={"source": source}),)})


def says_nothing(document: Document) -> Document:
    return document.model_copy(update={"labels": ()})


@pytest.mark.parametrize(
    ("document", "code", "reason"),
    [
        (by_a_rule(document_about("a")), "producer", "labels by rule"),
        (says_nothing(document_about("a")), "no_labels", "says nothing"),
        (document_about("elsewhere"), "unknown_video", video_id("elsewhere")),
        (document_about("a", 4.05), "duration", "the document says 4.050 s, the video lasts 4.000 s"),
        (document_about("b"), "second_document", "clips/a.json is about the same video"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_a_document_that_does_not_fit_is_refused_with_its_reason(
    place: Place, document: Document, code: str, reason: str
) -> None:
    place.document("a.json", document_about("b") if code == "second_document" else document_about("a"))
    place.document("b.json", document)
    counts = run(CONFIG, place.job(place.listed()))
    found_code, found_reason = refusals(place)["b.json"]
    assert found_code == code
    assert reason in found_reason
    assert counts["refused"] == 1
    assert counts["items"] == 3


def test_a_file_that_is_no_document_is_refused_and_the_others_go_through(place: Place) -> None:
    (place.root / "documents" / "b.json").write_bytes(b'{"schema_version": "sv6d/1"}')
    counts = run(CONFIG, place.job(place.listed()))
    code, reason = refusals(place)["b.json"]
    assert (code, counts["refused"], counts["items"]) == ("schema", 1, 3)
    assert "video: Field required" in reason


def test_one_frame_of_difference_in_duration_is_let_in(place: Place) -> None:
    place.document("b.json", document_about("b", 4.04))
    assert run(CONFIG, place.job(place.listed()))["refused"] == 0


def test_nothing_usable_is_red_and_says_why(place: Place) -> None:
    for path in (place.root / "documents").iterdir():
        path.write_bytes(b"no")
    with pytest.raises(EmptyOutputError) as red:
        run(CONFIG, place.job(place.listed()))
    assert "clips/a.json (schema: not JSON" in red.value.found
    assert "and 1 more" in red.value.found


def test_a_document_changed_after_it_was_listed_is_red(place: Place) -> None:
    runtime = place.listed()
    place.document("a.json", document_about("a", 3.99))
    with pytest.raises(ArtifactError, match=r"document clips/a\.json is not the one that was listed"):
        run(CONFIG, place.job(runtime))


def test_a_new_clip_without_a_document_leaves_the_digest_and_the_bytes(place: Place) -> None:
    runtime = place.listed()
    before = place.digest(runtime)
    run(CONFIG, place.job(runtime))
    written = {path.name: path.read_bytes() for path in (place.root / "out").iterdir()}
    place.video("new", "train")
    runtime = place.listed()
    assert place.digest(runtime) == before
    run(CONFIG, place.job(runtime))
    assert {path.name: path.read_bytes() for path in (place.root / "out").iterdir()} == written


CHANGES: dict[str, Callable[[Place], None]] = {
    "a document changes": lambda place: place.document("a.json", document_about("a", 3.99)),
    "a document is added": lambda place: place.document("z.json", document_about("a")),
    "a document goes": lambda place: (place.root / "documents" / "a.json").unlink(),
    "a video of a document moves to another split": lambda place: place.video("a", "test"),
    "the clip of a waiting document arrives": lambda place: place.video("elsewhere", "train"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_bears_on_the_result_changes_the_digest(place: Place, name: str) -> None:
    place.document("waiting.json", document_about("elsewhere"))
    before = place.digest(place.listed())
    CHANGES[name](place)
    assert place.digest(place.listed()) != before
