from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from sv6d import fingerprint as fingerprints
from sv6d.errors import FingerprintError
from sv6d.fingerprint import (
    ABSENT,
    PACKAGE_ROOT,
    Config,
    Runtime,
    code_version,
    distributions,
    fingerprint,
    import_closure,
)
from sv6d.schema.fields import DIMENSIONS
from sv6d.stages import WORDS, stage_of


class Depth(Config):
    depth: int
    names: tuple[str, ...]


class Place(Runtime):
    folder: str


def test_equal_values_have_one_fingerprint() -> None:
    assert fingerprint({"a": 1, "b": [1, 2]}) == fingerprint({"b": (1, 2), "a": 1})
    assert fingerprint(Depth(depth=1, names=("a",))) == fingerprint({"depth": 1, "names": ["a"]})
    assert fingerprint(0.0) == fingerprint(-0.0)


def test_a_fingerprint_is_known_and_stays() -> None:
    """Stored records name fingerprints; another form would orphan them. From sha256sum, not from our code."""
    assert fingerprint({"word": "shots"}) == "25b1170d745da3b098d9de1bb09c58b37e58fc69ff9c3be49778c558653b6907"


@pytest.mark.parametrize("pair", [(1, 1.5), (1, True), ("1", 1), ([], {}), (None, "")])
def test_different_values_differ(pair: tuple[Any, Any]) -> None:
    assert fingerprint(pair[0]) != fingerprint(pair[1])


@pytest.mark.parametrize(
    "value",
    [
        {1, 2},
        b"bytes",
        Path("a"),
        datetime(2026, 1, 1, tzinfo=UTC),
        float("nan"),
        float("inf"),
        lambda: None,
        object(),
        {1: "a"},
        2**64,
        Place(folder="a"),
    ],
)
def test_unstable_values_are_refused_with_their_place(value: Any) -> None:
    with pytest.raises(FingerprintError, match=r"value\.deep\[0\] has no stable fingerprint"):
        fingerprint({"deep": [value]})


def test_the_import_closure_holds_what_is_imported_and_no_more() -> None:
    names = {path.relative_to(PACKAGE_ROOT).as_posix() for path in import_closure("sv6d.schema.phrases")}
    dimensions = {f"schema/{name}.py" for name in DIMENSIONS}
    language = {"schema/phrases.py", "schema/fields.py", "schema/field.py", "schema/boundaries.py", *dimensions}
    assert names == {"__init__.py", "schema/__init__.py", *language}


def test_the_code_version_follows_the_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sv6d.fingerprint.PACKAGE_ROOT", tmp_path / "sv6d")
    source = tmp_path / "sv6d" / "a.py"
    source.parent.mkdir()
    source.write_text("x = 1\n")
    before = code_version([source])
    source.write_text("x = 2\n")
    assert code_version([source]) != before


def test_the_code_version_follows_the_distributions_that_the_code_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = PACKAGE_ROOT / "video" / "reader.py"
    assert distributions([source])["av"] == version("av")
    assert set(distributions([PACKAGE_ROOT / "evidence" / "ocr.py"])) >= {"onnxruntime", "opencv-python-headless"}
    before = code_version([source])
    folder = tmp_path / "av-0.1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: av\nVersion: 0.1+local\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    fingerprints._installed.cache_clear()
    try:
        assert distributions([source])["av"] == "0.1"
        assert code_version([source]) != before
    finally:
        fingerprints._installed.cache_clear()


def test_every_distribution_that_a_stage_names_is_installed() -> None:
    """A module of another name than its distribution's must be in the table; extras may be absent."""
    project = tomllib.loads((PACKAGE_ROOT.parent / "pyproject.toml").read_text())["project"]
    extras = {re.split(r"[=<>\[]", entry)[0] for part in project["optional-dependencies"].values() for entry in part}
    named = {
        name: number for word in WORDS for name, number in distributions(import_closure(stage_of(word).module)).items()
    }
    assert {name for name, number in named.items() if number == ABSENT} <= extras
    assert "ray" not in named
