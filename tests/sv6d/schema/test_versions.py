"""Old documents move forward by functions; unknown versions are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from sv6d.errors import SchemaError
from sv6d.schema import versions
from sv6d.schema.versions import dump_document, load_document, read_document
from tests.sv6d.objective.made_documents import made_document

DOCUMENT = made_document([(0.0, 2.0, "", 0.0, 0.0)], [("camera_movement", "pan_left", 0.0, 2.0)])


def rename_movement(raw: dict[str, Any]) -> dict[str, Any]:
    labels = [{**label, "field": label["field"].replace("movement", "camera_movement")} for label in raw["labels"]]
    return {**raw, "labels": labels}


def test_versions_form_a_chain_that_ends_at_the_present_one(monkeypatch: pytest.MonkeyPatch) -> None:
    upgrades = {
        "sv6d/0.1": ("sv6d/0.2", lambda raw: raw),
        "sv6d/0.2": ("sv6d/1", rename_movement),
    }
    monkeypatch.setattr(versions, "UPGRADES", upgrades)
    old = dump_document(DOCUMENT)
    old["schema_version"] = "sv6d/0.1"
    old["labels"][0]["field"] = "movement"
    assert load_document(old, name="old.json") == DOCUMENT


def test_a_document_stored_by_the_first_release_is_read_unchanged() -> None:
    """Stored before there were records, sentences about them, a cover and the time of the first frame."""
    stored = orjson.loads((Path(__file__).parent / "first_document.json").read_bytes())
    document = read_document(Path(__file__).parent / "first_document.json")
    now = dump_document(document)
    assert document.records == ()
    assert document.video.first_frame is None
    new = {"hooks", "cut_rationales", "tension", "packaging_cues", "layouts"}
    for sentence in now["report"]["sentences"]:
        assert sentence.pop("records") == []
    assert {key: now[key] for key in stored if key != "video"} == {k: v for k, v in stored.items() if k != "video"}
    assert set(now) - set(stored) == new
    assert {**now["video"], "context": None} == {**stored["video"], "context": None, "first_frame": None}
    assert now["video"]["context"] == {**stored["video"]["context"], "cover": ""}


def test_a_version_without_a_function_is_refused() -> None:
    with pytest.raises(SchemaError, match="sv6d/0"):
        load_document({**dump_document(DOCUMENT), "schema_version": "sv6d/0"}, name="old.json")


def test_a_document_is_read_from_a_file_and_the_file_is_named_when_it_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "clip.json"
    path.write_bytes(orjson.dumps(dump_document(DOCUMENT)))
    assert read_document(path) == DOCUMENT
    path.write_bytes(b"no")
    with pytest.raises(SchemaError, match=r"clip\.json"):
        read_document(path)
