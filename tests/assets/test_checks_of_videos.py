"""Checks of what is measured: each passes a sound folder and says what is wrong with another."""

from __future__ import annotations

from pathlib import Path

import pytest
from staged import complaint, write_lines, write_rows

from sv6d.evidence.tables import EVIDENCE, TEXT_READS
from sv6d.shots.tables import SHOTS
from sv6d.video.tables import VIDEOS


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """Videos a and b for training, c for testing."""
    folder = tmp_path / "raw_videos"
    write_rows(VIDEOS, folder, [_video("a", "train"), _video("b", "train"), _video("c", "test")])
    return folder


def _video(name: str, split: str, cluster: str | None = None) -> dict[str, str]:
    return {"video_id": name, "split": split, "cluster_id": cluster or name}


def test_near_duplicates_in_two_splits_are_refused(manifest: Path, tmp_path: Path) -> None:
    assert complaint("raw_videos", "one_split_per_cluster", manifest) is None
    write_rows(VIDEOS, tmp_path, [_video("a", "train"), _video("b", "test", cluster="a")])
    assert (
        complaint("raw_videos", "one_split_per_cluster", tmp_path) == "1 clusters of near-duplicates in two splits: a"
    )


def test_an_empty_training_split_is_refused(manifest: Path, tmp_path: Path) -> None:
    assert complaint("raw_videos", "has_training_videos", manifest) is None
    write_rows(VIDEOS, tmp_path, [_video("a", "test"), _video("b", "validation")])
    said = complaint("raw_videos", "has_training_videos", tmp_path)
    assert said is not None
    assert said.startswith("none of the 2 videos")


@pytest.mark.parametrize(
    ("spans", "sound"),
    [([(0, 5), (5, 9)], True), ([(0, 5), (6, 9)], False), ([(0, 5), (4, 9)], False), ([(1, 9)], False)],
)
def test_shots_must_tile_their_video(tmp_path: Path, spans: list[tuple[int, int]], sound: bool) -> None:
    write_rows(SHOTS, tmp_path, [{"video_id": "a", "start_ns": start, "end_ns": end} for start, end in spans])
    assert (complaint("shots", "shots_tile_their_video", tmp_path) is None) == sound


def test_many_videos_without_shots_are_refused(manifest: Path, tmp_path: Path) -> None:
    write_rows(SHOTS, tmp_path / "all", [{"video_id": name, "end_ns": 5} for name in "abc"])
    write_rows(SHOTS, tmp_path / "two", [{"video_id": name, "end_ns": 5} for name in "ab"])
    assert complaint("shots", "most_videos_have_shots", tmp_path / "all", raw_videos=manifest) is None
    said = complaint("shots", "most_videos_have_shots", tmp_path / "two", raw_videos=manifest)
    assert said == "1 of 3 videos without shots: c"


def test_each_video_with_shots_is_measured(tmp_path: Path) -> None:
    write_rows(SHOTS, tmp_path / "shots", [{"video_id": name, "end_ns": 5} for name in "ab"])
    write_rows(EVIDENCE, tmp_path / "one", [{"video_id": "a"}])
    write_rows(EVIDENCE, tmp_path / "both", [{"video_id": "a"}, {"video_id": "b"}])
    check = "every_video_is_measured"
    assert complaint("evidence", check, tmp_path / "both", shots=tmp_path / "shots") is None
    assert complaint("evidence", check, tmp_path / "one", shots=tmp_path / "shots") is not None


def test_evidence_that_is_mostly_null_is_refused(tmp_path: Path) -> None:
    write_rows(EVIDENCE, tmp_path / "good", [{"video_id": "a", "value": 1.0}] * 9 + [{"video_id": "a", "value": None}])
    write_rows(EVIDENCE, tmp_path / "bad", [{"video_id": "a", "value": 1.0}, {"video_id": "a", "value": None}])
    assert complaint("evidence", "most_records_have_a_value", tmp_path / "good") is None
    said = complaint("evidence", "most_records_have_a_value", tmp_path / "bad")
    assert said == "1 of 2 records about pictures could not be measured"


def test_videos_whose_text_is_unknown_are_refused(tmp_path: Path) -> None:
    write_rows(SHOTS, tmp_path / "shots", [{"video_id": name, "end_ns": 5} for name in "ab"])
    read = {"video_id": "a", "failure": None}
    write_rows(TEXT_READS, tmp_path / "good", [read, {"video_id": "b", "failure": None}])
    write_rows(TEXT_READS, tmp_path / "bad", [read, {"video_id": "b", "failure": "a line can not be read"}])
    assert complaint("evidence", "text_was_looked_for", tmp_path / "good", shots=tmp_path / "shots") is None
    said = complaint("evidence", "text_was_looked_for", tmp_path / "bad", shots=tmp_path / "shots")
    assert said == "1 videos whose text could not be read: b"


def test_held_out_documents_stay_apart(manifest: Path, tmp_path: Path) -> None:
    about = {name: {"video": {"sha256": name}} for name in "abc"}
    for name, train, held_out in (("good", "ab", "c"), ("leak", "abc", "")):
        write_lines(tmp_path / name, "documents.jsonl", *(about[video] for video in train))
        write_lines(tmp_path / name, "held_out.jsonl", *(about[video] for video in held_out))
    check = "held_out_is_apart"
    assert complaint("expert_annotations", check, tmp_path / "good", raw_videos=manifest) is None
    said = complaint("expert_annotations", check, tmp_path / "leak", raw_videos=manifest)
    assert said == "1 documents on the wrong side of the split: c"


def test_a_label_without_evidence_is_refused(tmp_path: Path) -> None:
    write_rows(SHOTS, tmp_path / "shots", [{"video_id": "a", "end_ns": 5}])
    document = {"video": {"sha256": "a"}, "labels": [{"id": "l0", "evidence": ["e0"]}]}
    bare = {"video": {"sha256": "a"}, "labels": [{"id": "l0", "evidence": []}]}
    write_lines(tmp_path / "good", "documents.jsonl", document)
    write_lines(tmp_path / "bad", "documents.jsonl", bare)
    write_lines(tmp_path / "none", "documents.jsonl")
    shots = tmp_path / "shots"
    assert complaint("annotations", "every_label_cites_evidence", tmp_path / "good") is None
    assert complaint("annotations", "every_label_cites_evidence", tmp_path / "bad") is not None
    assert complaint("annotations", "one_document_per_video", tmp_path / "good", shots=shots) is None
    assert complaint("annotations", "one_document_per_video", tmp_path / "none", shots=shots) is not None
