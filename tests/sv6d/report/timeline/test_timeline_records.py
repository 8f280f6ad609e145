"""Records on the timeline page, read and used in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from sv6d.report.timeline.records import KINDS, record_kinds, records
from sv6d.report.timeline.show import show
from tests.sv6d.report.timeline.browsed import DURATION_S, Open, Page, at, labelled, ready, recorded

TEXTS = (
    *("You will see the end", "Wait for it", "A nearer view of the same.", "cut", "The title", "New"),
    *("Read this", "by hand", "A clip", "#one", "cover.jpg", "What a clip"),
)


@pytest.fixture(scope="module")
def with_records(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("records")
    document = recorded(clip, TEXTS).write(folder / "document.json")
    return show(document, clip, folder / "page.html", over=None, verification=None)


def card_of(page: Page, selector: str) -> str:
    page.locator(selector).first.hover()
    page.locator("#card").wait_for(state="visible")
    page.wait_for_timeout(150)
    return " ".join(page.locator("#card").inner_text().split())


def test_every_record_has_its_row_in_the_lane_of_its_dimension(open_page: Open, with_records: Path) -> None:
    page = open_page(with_records)
    rows = page.evaluate(
        """[...document.querySelectorAll('.lane')].flatMap((lane) =>
           [...lane.querySelectorAll('.row.record')].map((row) =>
             [lane.dataset.dimension, row.querySelector('.name').textContent, row.querySelectorAll('.item').length]))"""
    )
    assert rows == [
        ["aesthetics", "image-text layout", 1],
        ["editing", "cut rationale", 1],
        ["editing", "tension", 3],
        ["dissemination", "hook", 1],
        ["dissemination", "packaging cue", 2],
        ["dissemination", "engagement context", 1],
    ]
    counts = page.evaluate("[...document.querySelectorAll('.chip .count')].map((each) => each.textContent)")
    assert counts == ["1", "1", "0", "4", "0", "4"]
    assert "6 records" in page.locator(".facts").inner_text()  # tension is one, the context none


def test_the_payoff_is_marked_on_the_axis_and_in_the_row_of_its_hook(open_page: Open, with_records: Path) -> None:
    page = ready(open_page(with_records))
    track = page.locator(".ruler-track").bounding_box()
    mark = page.locator(".kept").bounding_box()
    assert (mark["x"] + mark["width"] / 2 - track["x"]) / track["width"] == pytest.approx(6.0 / DURATION_S, abs=0.01)
    way = page.locator(".payoff").bounding_box()
    assert way["x"] - track["x"] == pytest.approx(track["width"] * 2.0 / DURATION_S, abs=3)
    assert way["width"] == pytest.approx(track["width"] * 4.0 / DURATION_S, abs=3)
    told = card_of(page, ".hook .bar")
    for part in ("How the opening wins attention", "question", "on screen text", "0.50", "text “Wait for it”"):
        assert part in told
    page.locator("#card").get_by_role("button", name="0:06.000").click()
    at(page, 6.0)


def test_tension_stands_over_each_shot_with_its_causes(open_page: Open, with_records: Path) -> None:
    page = ready(open_page(with_records))
    heights = page.evaluate(
        "[...document.querySelectorAll('.point .level')].map((each) => "
        "each.getBoundingClientRect().height / each.parentElement.getBoundingClientRect().height)"
    )
    assert heights == pytest.approx([0.4, 0.8], abs=0.01)
    assert page.locator(".point.unmeasured").count() == 1
    told = card_of(page, ".point.high")
    assert "pace 0.25 motion 0.80 light change 0.50" in told
    assert "not measured" in card_of(page, ".point.unmeasured")


def test_a_cut_rationale_says_why_and_what_changes_at_its_boundary(open_page: Open, with_records: Path) -> None:
    page = ready(open_page(with_records))
    told = card_of(page, ".flag")
    for part in ("why emphasis", "changes subject type", "A nearer view of the same.", "0:01.900 – 0:02.000"):
        assert part in told
    page.locator(".flag").click()  # anywhere on its words is at the boundary
    at(page, 1.95, within=0.06)


def test_boxes_of_a_cue_and_regions_of_a_layout_lie_over_the_picture(open_page: Open, with_records: Path) -> None:
    page = ready(open_page(with_records))
    card_of(page, ".cue .bar >> nth=1")
    box, picture = page.locator("#boxes div").bounding_box(), page.locator("#video").bounding_box()
    assert box["width"] == pytest.approx(picture["width"] / 2, rel=0.03)
    assert box["y"] - picture["y"] == pytest.approx(picture["height"] / 4, rel=0.05)
    assert "text: Read this" in card_of(page, ".layout .bar")
    assert page.locator("#boxes span").all_inner_texts() == ["image", "text"]
    page.mouse.move(2, 2)
    page.locator("#card").wait_for(state="hidden")
    assert page.locator("#boxes div").count() == 0


def test_records_are_searched_filtered_and_told_in_the_table(open_page: Open, with_records: Path) -> None:
    page = ready(open_page(with_records))
    visible = (
        "[...document.querySelectorAll('#table tbody tr')].filter((each) => !each.hidden)"
        ".map((row) => [row.cells[2].textContent, row.cells[3].textContent])"
    )
    rows = page.evaluate(visible)
    assert len(rows) == 10
    by = "by on screen text; paid off at 0:06.000"
    assert ["hook", f"question: You will see the end ({by})"] in rows
    assert ["tension", "not measured (pace 0.25, motion not measured, light change 0.50)"] in rows
    assert ["engagement context", "A clip · #one · 1 comment (What a clip)"] in rows
    page.keyboard.press("4")
    assert {name for name, _ in page.evaluate(visible)} == {"cut rationale", "tension"}
    page.keyboard.press("4")
    for asked, found in [
        ("what a clip", "engagement context"),
        ("nearer view", "cut rationale"),
        ("read this", "image-text layout"),
    ]:
        page.get_by_role("searchbox").fill(asked)
        assert [name for name, _ in page.evaluate(visible)] == [found]
    assert page.locator(".record .item.missed").count() == 8


def test_what_a_screen_reader_is_told_of_records(open_page: Open, with_records: Path) -> None:
    page = open_page(with_records)
    points = page.get_by_role("listbox", name="tension records, 3").get_by_role("option")
    assert points.nth(0).get_attribute("aria-label") == (
        "tension: 0.40, pace 0.25, motion 0.40, light change not measured, 0:00.00 to 0:02.00, confidence 0.50"
    )
    hooks = page.get_by_role("listbox", name="hook records, 1").get_by_role("option")
    assert hooks.get_attribute("aria-label") == (
        "hook: question: You will see the end, by on screen text, paid off at 0:06.000, "
        "0:00.00 to 0:02.00, confidence 0.50"
    )


def test_records_of_two_documents(open_page: Open, clip: Path, tmp_path: Path) -> None:
    prediction = recorded(clip, TEXTS).write(tmp_path / "prediction.json")
    reference = labelled(clip).write(tmp_path / "reference.json")
    page = ready(open_page(show(prediction, clip, tmp_path / "page.html", over=reference, verification=None)))
    assert page.locator(".hook.prediction .bar").count() == 1
    assert page.locator(".context.prediction .bar").count() == page.locator(".context.reference .bar").count() == 1
    assert page.locator(".record .alone").count() == 0  # the judge does not compare records
    row = "[...document.querySelectorAll('#table tbody tr')].find((row) => row.cells[3].textContent === 'hook')"
    assert page.evaluate(f"{row}.cells[1].textContent") == "prediction"
    assert page.evaluate(f"{row}.cells[9].textContent") == "not compared"
    assert "does not compare records" in card_of(page, ".hook .bar")


def test_every_kind_of_record_has_a_row_and_only_those_that_are_there(clip: Path) -> None:
    document = recorded(clip, TEXTS).document()
    assert [kind["name"] for kind in record_kinds([document])] == list(KINDS)
    assert all(kind["definition"].endswith(".") and "`" not in kind["definition"] for kind in record_kinds([document]))
    bare = document.model_copy(update={"tension": None, "hooks": ()})
    assert {item["record"] for item in records(bare)} == set(KINDS) - {"tension", "hook"}
