"""The corpus index: what it tells, and in a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sv6d.errors import ArtifactError
from sv6d.events import Events
from sv6d.report.timeline.index_page import write_index, write_pages
from sv6d.report.timeline.index_view import gather
from sv6d.video.sources import scan_sources
from tests.sv6d.handmade import video_id
from tests.sv6d.report.timeline.made_clip import DocumentMaker, write_clip
from tests.sv6d.report.timeline.made_corpus import (
    HOSTILE,
    make_corpus,
    video_row,
    write_annotations,
    write_manifest,
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return make_corpus(tmp_path / "data")


def test_counts_decisions_and_reasons(data: Path) -> None:
    index = gather(data, {video_id("a"): "videos/a.html"})
    by_id = {line.video_id: line for line in index.lines}
    a, b = by_id[video_id("a")], by_id[video_id("b")]
    assert (a.title, a.page, a.split, a.num_shots, a.num_labels, a.num_kept) == (
        HOSTILE,
        "videos/a.html",
        "train",
        2,
        6,
        5,
    )
    assert (b.title, b.page, b.decision, b.refused, b.reasons) == ("", "", "keep", (), ())
    assert dict(a.by_dimension) == {
        "subject": 2,
        "aesthetics": 0,
        "camera": 1,
        "editing": 2,
        "narrative": 0,
        "dissemination": 1,
    }
    assert (a.decision, a.reasons) == ("reject", ("contradicted", "too_few_kept"))
    (refused,) = a.refused
    assert (refused.field, refused.value, refused.reasons) == ("subject type", "food", "contradicted")
    assert a.thumbnail
    assert not b.thumbnail
    assert index.reasons == (("contradicted", 1), ("too_few_kept", 1))
    assert index.splits == (("train", 2),)
    assert index.decisions == (("keep", 1), ("reject", 1))
    assert (index.num_labels, index.num_kept, len(index.quarantine)) == (8, 7, 1)


def test_before_anything_is_annotated_the_videos_are_listed(tmp_path: Path) -> None:
    made = DocumentMaker(write_clip(tmp_path / "clip.mp4", (0.0, 0.5)), (0.0, 0.5)).document()
    write_manifest(tmp_path / "data", [video_row(made, uri="mine/clip.mp4", title="")], [])
    (line,) = gather(tmp_path / "data", {}).lines
    assert (line.num_labels, line.num_kept, line.score, line.decision) == (None, None, None, "")
    text = write_index(tmp_path / "data", tmp_path / "index.html", link_all=False, contact_sheet=None).read_text()
    assert "Files refused" not in text
    assert 'data-score=""' in text


def test_without_a_manifest_there_is_nothing_to_show(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="videos"):
        write_index(tmp_path, tmp_path / "index.html", link_all=False, contact_sheet=None)


def test_pages_of_all_annotated_videos_are_written_and_linked(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clips" / "clip.mp4", (0.0, 1.0))
    made = DocumentMaker(clip, (0.0, 1.0)).document()
    data = tmp_path / "data"
    write_manifest(data, [video_row(made, uri="mine/clip.mp4", title="One")], [])
    write_annotations(data, [made])
    sources = tmp_path / "inputs" / "sources.json"
    scan_sources(sources, {"mine": clip.parent}, {"mine": None}, tmp_path)
    out = tmp_path / "site" / "index.html"
    assert write_pages(data, sources, out, Events.from_environment()) == 1
    link = f"videos/{made.video.sha256}.html"
    assert (out.parent / link).is_file()
    assert f'<a href="{link}">One</a>' in write_index(data, out, link_all=False, contact_sheet=None).read_text()


def test_sorting_and_filtering_in_a_browser(data: Path, tmp_path: Path, open_page: Callable[..., Any]) -> None:
    page = open_page(write_index(data, tmp_path / "index.html", link_all=False, contact_sheet=None))
    rows = "[...document.querySelectorAll('#videos tbody tr:not([hidden])')]"
    titles = f"{rows}.map((row) => row.querySelector('.video > :first-child').textContent)"
    assert page.evaluate(titles) == [HOSTILE, "mine/b.mp4"]
    for name, order in (("score", ["mine/b.mp4", HOSTILE]), ("labels", [HOSTILE, "mine/b.mp4"])):
        heading = page.get_by_role("columnheader", name=name)
        heading.get_by_role("button").click()
        assert heading.get_attribute("aria-sort") == "descending"
        assert page.evaluate(titles) == order
    page.get_by_role("columnheader", name="labels").get_by_role("button").click()
    assert page.evaluate(titles) == ["mine/b.mp4", HOSTILE]
    page.get_by_role("button", name="contradicted").click()
    assert page.evaluate(titles) == [HOSTILE]
    assert page.locator("#hits").inner_text() == "1 of 2 videos"
    page.get_by_role("button", name="keep").click()
    assert page.locator("#nothing").is_visible()
    page.get_by_role("button", name="keep").click()
    page.get_by_role("button", name="contradicted").click()
    page.keyboard.press("/")
    page.keyboard.type("low key")
    assert page.evaluate(titles) == ["mine/b.mp4"]
    page.keyboard.press("Escape")
    assert len(page.evaluate(titles)) == 2
    page.locator("summary").click()
    assert "the keyframe shows <b>no</b> food" in page.locator("details li").inner_text()
    assert page.locator(".refused tbody tr").count() == 1
    assert page.evaluate("document.querySelectorAll('script').length") == 1
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
