from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from sv6d.report.flow_page import flow_page, tables
from sv6d.report.flow_picture import drawn_edges, flow_svg
from sv6d.stages import STAGES, WORDS

DOCS = Path(__file__).parents[3] / "docs"


def test_the_committed_page_is_what_the_code_says() -> None:
    assert (DOCS / "flow.md").read_text() == flow_page(), "run: make docs"
    assert (DOCS / "flow.svg").read_text() == flow_svg(), "run: make docs"


def test_the_picture_shows_every_artifact_once() -> None:
    texts = [node.text for node in ElementTree.fromstring(flow_svg()).iter("{http://www.w3.org/2000/svg}text")]
    assert all(texts.count(word) == 1 for word in WORDS)


def test_drawn_edges_are_real_and_reach_what_the_table_says() -> None:
    edges = drawn_edges()
    for stage in STAGES:
        assert {a for a, b in edges if b == stage.word} <= set(stage.inputs)
        reached = {stage.word}
        for _ in WORDS:
            reached |= {a for a, b in edges if b in reached}
        assert set(stage.inputs) <= reached


def test_every_column_says_what_it_holds() -> None:
    for room, schema in tables():
        assert schema.about, (room, schema.name)
        for column in schema.columns:
            assert column.about.strip(), f"{room}/{schema.name}.{column.name}"
