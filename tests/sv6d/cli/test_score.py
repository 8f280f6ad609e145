"""`sv6d score` as a person meets it: a table, JSON of one form, and errors that say what to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import orjson
import pytest
import yaml

from sv6d.cli.score import as_json, as_table, score_paths
from sv6d.errors import InputError, SchemaError
from sv6d.io import dump_json, write_json, write_jsonl
from sv6d.objective.document_score import document_score
from sv6d.objective.f1 import f1_at_iou
from sv6d.schema.document import Document
from sv6d.schema.versions import dump_document
from tests.sv6d.objective.made_answers import HONEST, SHOTS, TRUTH, truth_labels
from tests.sv6d.objective.made_documents import made_document

VIDEOS = ("a" * 64, "b" * 64, "c" * 64)


def about(video: str, document: Document) -> Document:
    return document.model_copy(update={"video": document.video.model_copy(update={"sha256": video})})


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Predictions about videos a and b, references about b, c and a: in files of other names."""
    for name, documents in {
        "pred": {"one.json": about(VIDEOS[0], HONEST), "two.json": about(VIDEOS[1], TRUTH)},
        "ref": {
            "1.json": about(VIDEOS[1], TRUTH),
            "2.json": about(VIDEOS[2], TRUTH),
            "3.json": about(VIDEOS[0], TRUTH),
        },
    }.items():
        for file, document in documents.items():
            write_json(tmp_path / name / file, dump_document(document))
    return tmp_path / "pred", tmp_path / "ref"


def test_two_documents_give_a_table_and_canonical_json(tmp_path: Path) -> None:
    write_json(tmp_path / "p.json", dump_document(HONEST))
    write_json(tmp_path / "r.json", dump_document(TRUTH))
    for name in ("one", "two"):
        words = [sys.executable, "-m", "sv6d.cli.main", "score", "p.json", "r.json", "--json", f"{name}.json"]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
    raw = (tmp_path / "one.json").read_bytes()
    assert raw == (tmp_path / "two.json").read_bytes() == dump_json(orjson.loads(raw))
    score = document_score(HONEST, TRUTH)
    assert [line.split() for line in done.stdout.splitlines() if line.startswith("total")] == [
        ["total", f"{score.total:.3f}", "0.667", "0.667", "0.667"]
    ]


def test_the_json_holds_scores_flaws_matched_pairs_and_the_metric(tmp_path: Path) -> None:
    write_json(tmp_path / "p.json", dump_document(HONEST))
    write_json(tmp_path / "r.json", dump_document(TRUTH))
    found = as_json(score_paths(tmp_path / "p.json", tmp_path / "r.json"))
    (pair,) = found["pairs"]
    score = document_score(HONEST, TRUTH)
    assert (pair["total"], pair["alignment"], pair["quality"]) == (score.total, score.alignment, score.quality)
    assert set(pair["flaws"]) == {"unsupported", "duplicated", "conflicting", "uncovered", "verbose"}
    assert [component["name"] for component in pair["components"]] == [c.name for c in score.components]
    costs = [item["cost"] for component in pair["components"] for item in component["pairs"]]
    assert costs == [item.cost for item in score.pairs]
    assert [item["f1"] for item in pair["f1"]] == [item.f1 for item in f1_at_iou(HONEST, TRUTH)]
    assert found["mean"]["total"] == score.total


def test_folders_are_paired_by_video_and_what_has_no_counterpart_is_named(folders: tuple[Path, Path]) -> None:
    scores = score_paths(*folders)
    assert [(pair.pred, pair.ref) for pair in scores.pairs] == [("one.json", "3.json"), ("two.json", "1.json")]
    assert [pair.score.total for pair in scores.pairs] == [document_score(HONEST, TRUTH).total, 1.0]
    assert (scores.unpaired_pred, scores.unpaired_ref) == ((), ("2.json",))
    assert as_json(scores)["unpaired"] == {"pred": [], "ref": ["2.json"]}
    assert "not scored, 1 without a counterpart (reference): 2.json" in as_table(scores)


def test_lines_of_a_file_and_a_folder_give_the_same_scores(folders: tuple[Path, Path], tmp_path: Path) -> None:
    lines = tmp_path / "all.jsonl"
    write_jsonl(lines, (orjson.loads(path.read_bytes()) for path in sorted(folders[0].iterdir())))
    by_line, by_file = score_paths(lines, folders[1]), score_paths(*folders)
    assert [pair.score for pair in by_line.pairs] == [pair.score for pair in by_file.pairs]
    assert [pair.pred for pair in by_line.pairs] == ["all.jsonl:1", "all.jsonl:2"]


def test_documents_in_yaml_are_scored_like_those_in_json(folders: tuple[Path, Path], tmp_path: Path) -> None:
    written = tmp_path / "yaml"
    written.mkdir()
    for path, name in zip(sorted(folders[0].iterdir()), ("one.yaml", "TWO.YML"), strict=True):
        (written / name).write_text(yaml.safe_dump(orjson.loads(path.read_bytes())))
    by_yaml, by_json = score_paths(written, folders[1]), score_paths(*folders)
    assert [pair.score for pair in by_yaml.pairs] == [pair.score for pair in by_json.pairs]
    assert [pair.pred for pair in by_yaml.pairs] == ["one.yaml", "TWO.YML"]
    (pair,) = score_paths(written / "one.yaml", folders[1] / "3.json").pairs
    assert pair.score == by_json.pairs[0].score
    with pytest.raises(InputError, match="only documents about one video"):
        score_paths(written / "one.yaml", folders[1] / "1.json")


def test_two_files_about_one_video_are_refused_whatever_they_are_written_in(folders: tuple[Path, Path]) -> None:
    pred, ref = folders
    (pred / "one.yaml").write_text(yaml.safe_dump(orjson.loads((pred / "one.json").read_bytes())))
    with pytest.raises(InputError, match=r"one\.json and one\.yaml, video aaaa") as found:
        score_paths(pred, ref)
    assert "remove one of them" in str(found.value)


def test_free_texts_are_compared_and_not_counted(tmp_path: Path) -> None:
    rows = [*truth_labels(), ("beat", "other", 0.0, 2.0)]
    document = made_document(SHOTS, rows)
    last = document.labels[-1].model_copy(update={"other_text": "Free  wordz"})
    write_json(tmp_path / "r.json", dump_document(document))
    write_json(
        tmp_path / "p.json", dump_document(document.model_copy(update={"labels": (*document.labels[:-1], last)}))
    )
    scores = score_paths(tmp_path / "p.json", tmp_path / "r.json")
    other = as_json(scores)["pairs"][0]["other"]
    assert (other["num_pred"], other["num_ref"]) == (1, 1)
    assert other["pairs"][0]["text_similarity"] == pytest.approx(0.9)
    assert scores.pairs[0].score.total == 1.0
    assert "other (not counted): 1 predicted, 1 in the reference, 1 matched, texts alike by 0.900" in as_table(scores)


def test_two_videos_are_not_compared(tmp_path: Path) -> None:
    write_json(tmp_path / "p.json", dump_document(TRUTH))
    write_json(tmp_path / "r.json", dump_document(about(VIDEOS[0], TRUTH)))
    with pytest.raises(InputError, match="only documents about one video"):
        score_paths(tmp_path / "p.json", tmp_path / "r.json")


def test_what_can_not_be_paired_or_read_is_refused(folders: tuple[Path, Path], tmp_path: Path) -> None:
    pred, ref = folders
    with pytest.raises(InputError, match="nothing there"):
        score_paths(tmp_path / "nowhere", ref)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="a folder without any"):
        score_paths(tmp_path / "empty", ref)
    (pred / "two.json").unlink()
    with pytest.raises(InputError, match="no video is spoken of on both sides"):
        score_paths(pred, ref / "2.json")
    (ref / "4.json").write_bytes((ref / "1.json").read_bytes())
    with pytest.raises(InputError, match=r"1\.json and 4\.json"):
        score_paths(pred, ref)
    (ref / "4.json").write_text("{}")
    with pytest.raises(SchemaError, match=r"4\.json is no SV6D document"):
        score_paths(pred, ref)
