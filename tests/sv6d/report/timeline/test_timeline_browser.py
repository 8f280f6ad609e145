"""The page in a browser, used as a person uses it: Debian's Chromium through Playwright."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sv6d.report.timeline.browsed import (
    DURATION_S,
    Open,
    at,
    bar,
    click_track,
    now,
    playhead_share,
    ready,
    until,
)


def test_the_video_lies_in_the_page_and_a_click_on_the_axis_seeks(open_page: Open, one: Path) -> None:
    page = ready(open_page(one))
    assert page.evaluate("document.getElementById('video').duration") == pytest.approx(DURATION_S, abs=0.1)
    click_track(page, ".lane[data-dimension=camera] .title .track", 0.5)
    at(page, 4.0, within=0.05)
    assert playhead_share(page) == pytest.approx(0.5, abs=0.01)
    click_track(page, ".ruler-track", 0.25)
    at(page, 2.0, within=0.05)
    page.get_by_role("slider", name="Position").fill("6")
    at(page, 6.0)
    assert playhead_share(page) == pytest.approx(0.75, abs=0.01)
    assert page.locator("#time").inner_text() == "0:06.000"


def test_the_playhead_runs_over_the_lanes(open_page: Open, one: Path) -> None:
    page = ready(open_page(one))
    page.keyboard.press(" ")
    until(page, "document.getElementById('video').currentTime > 0.3")
    early = playhead_share(page)
    assert page.get_by_role("button", name="Pause").is_visible()
    until(page, "document.getElementById('video').currentTime > 0.9")
    assert playhead_share(page) > early > 0
    page.keyboard.press(" ")
    until(page, "document.getElementById('video').paused")
    assert playhead_share(page) == pytest.approx(now(page) / DURATION_S, abs=0.01)


def test_keys_for_the_player(open_page: Open, one: Path) -> None:
    page = ready(open_page(one))
    for key, seconds in [
        ("n", 2.0),
        ("n", 5.0),
        ("n", 5.0),
        ("p", 2.0),
        ("ArrowRight", 3.0),
        ("Shift+ArrowRight", 3.1),
        ("ArrowLeft", 2.1),
        ("p", 2.0),
        ("p", 0.0),
        ("ArrowLeft", 0.0),
        ("End", 7.95),
        ("Home", 0.0),
    ]:
        page.keyboard.press(key)
        at(page, seconds)
    page.keyboard.press("m")
    assert page.evaluate("document.getElementById('video').muted") is True
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").count() == 0


def test_the_label_under_the_pointer_is_explained_and_a_click_pins_it(open_page: Open, one: Path) -> None:
    page = ready(open_page(one))
    bar(page, "pan right").hover()
    card = page.locator("#card")
    card.wait_for(state="visible")
    told = card.inner_text()
    for part in (
        "Camera language · camera movement",
        "How the frame moves over the scene",
        "CameraBench movement primitives",
        "contradicted: claimed pan_right 0.1, measured static 0.0",
        "0.75",
        "expert by hand",
        "motion amount 0.25 share",
        "20 × 1/10 s",
    ):
        assert part in told
    page.mouse.move(2, 2)
    card.wait_for(state="hidden")
    bar(page, "static").hover()
    card.wait_for(state="visible")
    assert "not re-measured" in card.inner_text()
    bar(page, "human").click()
    at(page, 3.5, within=0.1)
    page.mouse.move(2, 2)
    page.wait_for_timeout(300)
    assert card.is_visible()
    box, picture = page.locator("#boxes div").bounding_box(), page.locator("#video").bounding_box()
    assert box["width"] == pytest.approx(picture["width"] / 2, rel=0.03)
    assert box["height"] == pytest.approx(picture["height"] / 4, rel=0.05)
    assert box["x"] - picture["x"] == pytest.approx(picture["width"] / 4, rel=0.03)
    page.keyboard.press("ArrowRight")  # the keyboard stays with the player
    at(page, 4.5, within=0.1)
    page.keyboard.press("Escape")
    assert not card.is_visible()
    assert page.locator("#boxes div").count() == 0


def test_one_dimension_at_a_time(open_page: Open, one: Path) -> None:
    page = open_page(one)
    page.get_by_role("button", name="Camera language").click()
    shown = "[...document.querySelectorAll('.lane:not([hidden])')].map((each) => each.dataset.dimension)"
    assert page.evaluate(shown) == ["camera"]
    visible_rows = "[...document.querySelectorAll('#table tbody tr')].filter((each) => !each.hidden).length"
    assert page.evaluate(visible_rows) == 2
    page.get_by_role("button", name="Subject").click()
    assert page.evaluate(shown) == ["subject", "camera"]
    page.get_by_role("button", name="All", exact=True).click()
    assert len(page.evaluate(shown)) == 6
    page.keyboard.press("6")
    assert page.evaluate(shown) == ["dissemination"]
    page.keyboard.press("6")
    assert page.evaluate(visible_rows) == 10  # nine labels and what is told beside the video


def test_search_in_labels_and_in_words_on_the_screen(open_page: Open, one: Path) -> None:
    page = ready(open_page(one))
    page.keyboard.press("/")
    page.keyboard.type("pan right")
    found = "[...document.querySelectorAll('.bar:not(.missed)')].map((each) => each.item.value || each.item.words)"
    assert page.evaluate(found) == ["pan_right"]
    assert page.locator("#hits").inner_text() == "1 found"
    page.keyboard.press("Enter")
    at(page, 2.0)
    assert "pan right" in page.locator("#card").inner_text()
    page.keyboard.press("Escape")  # closes the card
    page.keyboard.press("Escape")  # clears the search
    assert page.locator(".bar.missed").count() == 0
    page.keyboard.type("9.99")
    assert page.evaluate(found) == ["Only 9.99", "price_tag"]
    assert page.locator("#table tbody tr:visible").count() == 1
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press(" ")  # the field let go of the keyboard
    until(page, "!document.getElementById('video').paused")
    page.keyboard.press("/")
    page.keyboard.type("nowhere said")
    assert page.locator("#hits").inner_text() == "0 found"


def test_the_keyboard_goes_from_label_to_label(open_page: Open, one: Path) -> None:
    page = ready(open_page(one))
    assert page.locator(".item[tabindex='0']").count() == 1
    page.locator("#help-open").focus()
    page.keyboard.press("Tab")
    focused = "document.activeElement.getAttribute('aria-label')"
    assert page.evaluate(focused).startswith("Shot 1, 0:00.00 to 0:02.00")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused).startswith("Shot 2")
    while "subject type" not in page.evaluate(focused):
        page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == "subject type: human, 0:02.00 to 0:05.00, confidence 0.75, not re-measured"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(focused) == "subject type: food, 0:00.00 to 0:02.00, confidence 0.75, verified"
    assert page.locator(".item[tabindex='0']").count() == 1
    assert "What the shot is mainly of" in page.locator("#card").inner_text()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    at(page, 2.0)
    assert page.evaluate("document.activeElement.getAttribute('aria-selected')") == "true"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    at(page, 3.0)


def test_what_a_screen_reader_is_told(open_page: Open, one: Path) -> None:
    page = open_page(one)
    for role in ("banner", "main", "contentinfo", "search"):
        assert page.get_by_role(role).count() == 1
    for name in ("Video", "Timeline", "At the playhead", "About", "Labels and records as a table"):
        assert page.get_by_role("region", name=name, exact=True).count() == 1
    lists = page.get_by_role("listbox")
    assert lists.count() == 10  # shots, cuts, text, six fields, and the engagement context
    assert page.get_by_role("listbox", name="camera movement, 2").get_by_role("option").count() == 2
    assert page.get_by_role("option", name="hard cut, 0:01.90 to 0:02.00, score 0.90").count() == 1
    table = page.get_by_role("table")
    assert table.get_by_role("row").count() == 11
    assert table.get_by_role("rowheader", name="pan right").count() == 1
    nameless = """[...document.querySelectorAll('button, input, select, [role=option]')].filter((each) =>
      !each.hidden && !each.getAttribute('aria-label') && !each.textContent.trim() && !each.labels?.length).length"""
    assert page.evaluate(nameless) == 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to labels and records as a table"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "list"


def test_two_documents_with_the_judges_matches(open_page: Open, two: Path) -> None:
    page = ready(open_page(two))
    assert page.locator(".lane[data-dimension=subject] .band.prediction .bar").count() == 1
    assert page.locator(".lane[data-dimension=subject] .band.reference .bar").count() == 2
    prediction = page.locator(".lane[data-dimension=subject] .band.prediction").bounding_box()
    reference = page.locator(".lane[data-dimension=subject] .band.reference").bounding_box()
    assert prediction["y"] + prediction["height"] <= reference["y"]
    assert page.locator(".lane[data-dimension=subject] .links polygon").count() == 1
    assert page.locator(".lane[data-dimension=camera] .links polygon").count() == 1
    assert page.locator(".lane[data-dimension=dissemination] .links polygon").count() == 0
    assert page.locator(".row.shots .links polygon").count() == 3
    assert page.locator(".row.cuts .links polygon").count() == 2
    distance = page.locator(".lane[data-dimension=subject] .links .figure").inner_text()
    # IoU 2.0/2.5, one edge half a second off: 0.75 * 0.2 + 0.25 * (0 + 0.5) / 2
    assert distance == "0.21"
    assert page.locator(".lane[data-dimension=camera] .links .figure").inner_text() == "0.75"
    assert page.locator(".bar.alone", has_text="caption").count() == 1
    assert page.locator(".bar.alone", has_text="human").count() == 1
    page.locator(".prediction .bar", has_text="food").hover()
    page.locator("#card").wait_for(state="visible")
    told = page.locator("#card").inner_text()
    assert "matched with the reference's food at distance 0.212 (time 0.212, label 0.000)" in told
    assert page.locator(".reference .bar.partner", has_text="food").count() == 1
    total = page.locator(".about .total strong").inner_text()
    assert 0.0 < float(total) < 1.0


def test_the_table_tells_every_label_with_its_evidence_and_what_was_found(
    open_page: Open, one: Path, two: Path
) -> None:
    rows = (
        "[...document.querySelectorAll('#table tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent))"
    )
    told = open_page(one).evaluate(rows)
    assert told[0] == [
        "0:00.000 – 0:02.000",
        "subject",
        "subject type",
        "food",
        "0.75",
        "keyframe amount 0.25 share",
        "verified",
        "expert by hand",
    ]
    assert [row[1] for row in told] == [
        *("subject", "aesthetics", "narrative", "dissemination"),
        *("editing", "dissemination", "subject", "camera", "camera", "dissemination"),
    ]
    assert told[3][5] == "text “Wait for it”"
    assert told[5][2:5] == ["engagement context", "A clip · #one", "–"]
    assert told[7][6] == "contradicted: claimed pan_right 0.1, measured static 0.0"
    assert told[2][6] == "not machine-checkable"
    page = open_page(two)
    told = page.evaluate(rows)
    assert [(row[1], row[3], row[4], row[9]) for row in told if row[2] == "subject"] == [
        ("reference", "subject type", "food", "0.21"),
        ("prediction", "subject type", "food", "0.21"),
        ("reference", "subject type", "human", "no partner"),
    ]
    ready(page)
    page.locator("#table button", has_text="0:05.000").first.click()
    at(page, 5.0)
