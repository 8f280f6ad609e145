"""The published pages are those of the code."""

from __future__ import annotations

from pathlib import Path

from sv6d.schema.fields import FIELDS
from sv6d.schema.page import JSON_SCHEMA_NAME, PAGE_NAME, schema_page, write_docs

DOCS = Path(__file__).parents[3] / "docs"


def test_the_published_pages_equal_the_code(tmp_path: Path) -> None:
    write_docs(tmp_path)
    for name in (PAGE_NAME, JSON_SCHEMA_NAME):
        assert (DOCS / name).read_bytes() == (tmp_path / name).read_bytes(), "run: make docs"


def test_the_page_names_every_field_value_and_source() -> None:
    page = schema_page()
    for field in FIELDS:
        assert f"### `{field.name}`" in page
        assert field.source in page
        for term in field.terms:
            assert f"| `{term.name}` | {term.definition} | {', '.join(term.aliases)} |" in page
        assert all(pair.reason in page for pair in field.confusable)


def test_the_page_says_of_each_check_whether_this_version_measures_its_numbers() -> None:
    rows = {cells[1].split("`")[1]: cells[5].strip() for cells in _rows() if cells[1].startswith(" [`")}
    assert set(rows) == {field.name for field in FIELDS}
    assert (rows["steadiness"], rows["video_format"], rows["beat"]) == ("measured", "declared", "-")


def _rows() -> list[list[str]]:
    return [line.split("|") for line in schema_page().splitlines() if line.startswith("|")]
