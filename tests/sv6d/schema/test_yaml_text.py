"""YAML says what JSON says, and nothing else."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
import yaml
from hypothesis import given

from sv6d.errors import SchemaError
from sv6d.schema.document import Document
from sv6d.schema.versions import dump_document, load_document, read_document
from sv6d.schema.yaml_text import parse_yaml
from tests.sv6d.objective.made_documents import documents


@given(document=documents())
def test_a_document_is_the_same_in_yaml_and_in_json(document: Document) -> None:
    values = dump_document(document)
    text = yaml.safe_dump(values, allow_unicode=True).encode()
    assert load_document(text, name="clip.yaml") == load_document(orjson.dumps(values), name="clip.json") == document


@pytest.mark.parametrize("suffix", [".yaml", ".yml", ".YAML"])
def test_a_file_is_read_as_its_suffix_says(tmp_path: Path, suffix: str) -> None:
    text = (Path(__file__).parent / "first_document.json").read_bytes()
    path = tmp_path / f"clip{suffix}"
    path.write_text(yaml.safe_dump(orjson.loads(text)))
    assert dump_document(read_document(path))["shots"] == orjson.loads(text)["shots"]
    with pytest.raises(SchemaError, match="not JSON"):
        load_document(path.read_bytes(), name="clip.json")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: &x [1]\nb: *x", "reference"),
        ("a: 1\na: 2", "twice"),
        ("1: a", "no text"),
        ("yes: a", "no text"),
        ("? [a]\n: 1", "no text"),
        ("a: .nan", "is no number"),
        ("a: -.inf", "is no number"),
        ("a: !!python/object/apply:os.system [ls]", "could not determine a constructor"),
        ("a: 1\n---\nb: 2", "expected a single document"),
        ("a: [", "not YAML"),
        ("- a", "a list"),
        ("", "a NoneType"),
        ("schema_version: sv6d/1\nvideo: !!binary aGk=", "JSON can not hold"),
    ],
)
def test_what_json_could_not_say_is_refused(text: str, found: str) -> None:
    with pytest.raises(SchemaError, match=found):
        load_document(text.encode(), name="odd.yaml")


def test_a_date_and_a_merge_sign_stay_text() -> None:
    assert parse_yaml(b"{title: 2026-03-20, sign: <<, number: 1.5, none: null, sure: true}") == {
        "title": "2026-03-20",
        "sign": "<<",
        "number": 1.5,
        "none": None,
        "sure": True,
    }


def test_a_file_of_many_levels_is_refused_and_not_followed_into_the_ground() -> None:
    with pytest.raises(SchemaError, match="more than 32 levels"):
        load_document(b"[" * 20_000, name="deep.yaml")
