"""The page in a browser, used as a person uses it: Debian's Chromium through Playwright."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sv6d.io import write_json
from sv6d.report.timeline.media import EMBED_LIMIT_BYTES
from sv6d.report.timeline.show import show
from sv6d.schema.document import Context
from tests.sv6d.report.timeline.made_clip import DocumentMaker, many_labels, write_clip

EDGES_S = (0.0, 2.0, 5.0, 8.0)
DURATION_S = EDGES_S[-1]
Page = Any
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", EDGES_S)


def labelled(clip: Path) -> DocumentMaker:
    maker = DocumentMaker(clip, EDGES_S, context=Context(title="A clip", hashtags=("#one",)))
    maker.label("sub0", "subject_type", "food", (0.0, 2.0))
    maker.label("sub1", "subject_type", "human", (2.0, 5.0), box=(0.25, 0.25, 0.75, 0.5))
    maker.label("cam1", "camera_movement", "pan_right", (2.0, 5.0))
    maker.label("cam2", "camera_movement", "static", (5.0, 8.0))
    maker.label("beat0", "beat", "hook", (0.0, 2.0))
    maker.label("pack0", "packaging", "hook_line", (0.0, 2.0), words="Wait for it")
    maker.label("pack2", "packaging", "price_tag", (5.0, 8.0), words="Only 9.99")
    maker.label("light0", "lighting_key", "mid_key", (0.0, 2.0))
    maker.label("pace", "pacing", "slow", (0.0, 8.0))
    return maker


@pytest.fixture(scope="module")
def one(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of one document, with the result of a re-measurement."""
    folder = tmp_path_factory.mktemp("one")
    document = labelled(clip).write(folder / "document.json")
    checks = folder / "checks.json"
    write_json(
        checks,
        {
            "sub0": {"state": "verified"},
            "cam1": {"state": "contradicted", "claimed": "pan_right 0.1", "measured": "static 0.0"},
            "beat0": {"state": "not_checkable"},
        },
    )
    return show(document, clip, folder / "page.html", over=None, verification=checks)


@pytest.fixture(scope="module")
def two(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prediction laid over a reference: one label moved, one of another value, one without partner."""
    folder = tmp_path_factory.mktemp("two")
    reference = labelled(clip).write(folder / "reference.json")
    maker = DocumentMaker(clip, (0.0, 2.0, 5.2, 8.0))
    maker.label("p0", "subject_type", "food", (0.0, 2.5))
    maker.label("p1", "camera_movement", "pan_left", (2.0, 5.0))
    maker.label("p2", "packaging", "caption", (2.0, 5.0), words="elsewhere")
    prediction = maker.write(folder / "prediction.json")
    return show(prediction, clip, folder / "page.html", over=reference, verification=None)


def until(page: Page, expression: str) -> None:
    """Waits for an expression to hold. (The page's policy forbids what Playwright's own waiting does: `eval`.)"""
    for _ in range(200):
        if page.evaluate(f"Boolean({expression})"):
            return
        page.wait_for_timeout(25)
    pytest.fail(f"never: {expression}")


def ready(page: Page) -> Page:
    until(page, "document.getElementById('video').readyState >= 2")
    return page


def now(page: Page) -> float:
    return float(page.evaluate("document.getElementById('video').currentTime"))


def at(page: Page, seconds: float, *, within: float = 0.02) -> None:
    until(page, f"Math.abs(document.getElementById('video').currentTime - {seconds}) <= {within}")


def playhead_share(page: Page) -> float:
    return float(
        page.evaluate(
            """(() => {
              const track = document.querySelector('.ruler-track').getBoundingClientRect();
              const head = document.querySelector('.playhead').getBoundingClientRect();
              return (head.left + 1 - track.left) / track.width;
            })()"""
        )
    )


def bar(page: Page, text: str) -> Any:
    return page.locator(".bar", has_text=text).first


def click_track(page: Page, selector: str, share: float) -> None:
    box = page.locator(selector).first.bounding_box()
    page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)


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
        "3 × 1/10 s",
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
    assert page.evaluate(visible_rows) == 9


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
    for name in ("Video", "Timeline", "At the playhead", "About", "Labels as a table"):
        assert page.get_by_role("region", name=name, exact=True).count() == 1
    lists = page.get_by_role("listbox")
    assert lists.count() == 9  # shots, cuts, text, and six fields
    assert page.get_by_role("listbox", name="camera movement, 2").get_by_role("option").count() == 2
    assert page.get_by_role("option", name="hard cut, 0:01.90 to 0:02.00, score 0.90").count() == 1
    table = page.get_by_role("table")
    assert table.get_by_role("row").count() == 10
    assert table.get_by_role("rowheader", name="pan right").count() == 1
    nameless = """[...document.querySelectorAll('button, input, select, [role=option]')].filter((each) =>
      !each.hidden && !each.getAttribute('aria-label') && !each.textContent.trim() && !each.labels?.length).length"""
    assert page.evaluate(nameless) == 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the labels as a table"
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
        *("editing", "subject", "camera", "camera", "dissemination"),
    ]
    assert told[3][5] == "text “Wait for it”"
    assert told[6][6] == "contradicted: claimed pan_right 0.1, measured static 0.0"
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


INJECTIONS = [
    template.format(f"window.pwned={number}")
    for number in range(20)
    for template in (
        "<script>{}</script>",
        "</script><script>{}</script>",
        "<img src=x onerror='{}'>",
        '"><svg onload="{}">',
        "'><iframe srcdoc='<script>parent.{}</script>'></iframe>",
        "</textarea></style></title><body onload={}>",
        "javascript:{}",
        "{{{{constructor.constructor('{}')()}}}}",
        "<!--<script>{}//-->\u2028",
        "<a href='javascript:{}' autofocus onfocus='{0}'>x</a><details open ontoggle='{0}'>".replace("{}", "{0}", 1),
    )
]


def test_no_text_of_a_document_is_ever_executed(open_page: Open, clip: Path, tmp_path: Path) -> None:
    assert len(INJECTIONS) == 200
    texts = iter(INJECTIONS)
    title, *comments = (next(texts) for _ in range(20))
    hashtags = tuple(next(texts) for _ in range(20))
    maker = DocumentMaker(clip, EDGES_S, context=Context(title=title, hashtags=hashtags, comments=tuple(comments)))
    for number, text in enumerate(texts):
        shot = number % 3
        span_s = (EDGES_S[shot], EDGES_S[shot + 1])
        match number % 4:
            case 0:
                maker.label(f"l{number}", "packaging", "caption", span_s, words=text)
            case 1:
                maker.label(f"l{number}", "beat", "other", span_s, other=text, words="harmless")
            case 2:
                maker.label(f"l{number}", "subject_type", "food", span_s, source=text)
            case _:
                maker.label(f"l{number}", "packaging", "other", span_s, other=text, words=text)
    document = maker.write(tmp_path / "document.json")
    checks = tmp_path / "checks.json"
    write_json(checks, {"l0": {"state": "contradicted", "claimed": INJECTIONS[0], "measured": INJECTIONS[2]}})
    path = show(document, clip, tmp_path / "page.html", over=document, verification=checks)
    page = ready(open_page(path))
    assert page.title() == f"{title} - SV6D timeline"
    assert page.locator("h1").text_content() == title
    assert page.locator("#table tbody tr").count() == 320
    # Every card is shown, a hostile search is typed, and the sheet is left through all of its states.
    page.evaluate(
        """() => {
          for (const each of document.querySelectorAll('.item')) {
            each.dispatchEvent(new FocusEvent('focusin', { bubbles: true }));
          }
          document.querySelector('.bar').click();
        }"""
    )
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.insert_text(INJECTIONS[12])
    assert page.evaluate("window.pwned") is None
    counts = page.evaluate(
        """['script', 'iframe', 'body', 'details', 'a[href^=javascript]', 'img[src=x]', '[onload], [onerror]']
           .map((each) => document.querySelectorAll(each).length)"""
    )
    assert counts == [2, 0, 1, 0, 0, 0, 0]  # data and script; the video's text is gone once it is loaded
    shown = page.evaluate("[...document.querySelectorAll('.texts .bar')].map((each) => each.textContent)")
    assert INJECTIONS[40] in shown


def contrast_of(page: Page, selector: str) -> list[float]:
    """WCAG contrast of text and background of each element found, as the browser computes both colours."""
    found: list[float] = page.evaluate(
        """(selector) => {
          const pen = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
          const rgba = (colour) => {
            pen.clearRect(0, 0, 1, 1); pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
            return [...pen.getImageData(0, 0, 1, 1).data];
          };
          const behind = (element) => {
            for (let each = element; each; each = each.parentElement) {
              const colour = rgba(getComputedStyle(each).backgroundColor);
              if (colour[3] > 250) return colour;
            }
            return [255, 255, 255, 255];
          };
          const light = (colour) => colour.slice(0, 3).map((v) => v / 255)
            .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          return [...document.querySelectorAll(selector)].map((each) => {
            const pair = [light(rgba(getComputedStyle(each).color)), light(behind(each))].sort((a, b) => b - a);
            return (pair[0] + 0.05) / (pair[1] + 0.05);
          });
        }""",
        selector,
    )
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark_are_readable(open_page: Open, two: Path, scheme: str) -> None:
    page = open_page(two, color_scheme=scheme)
    background = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    brightness = sum(int(part) for part in background[4:-1].split(",")) / 3
    assert (brightness < 60) == (scheme == "dark")
    texts = contrast_of(
        page,
        ".bar, h1, h2, h3, .facts li, .head .name, .head .value, .count, .ticks span, .chip, .now dt, .now .value, "
        ".legend span, .links .figure, #table td, #table th, .at, footer p, .scores td",
    )
    assert len(texts) > 100
    assert min(texts) >= 4.5
    # What is not text stands out by 3:1 (WCAG 1.4.11): the colours of the dimensions on the lanes' ground.
    page.evaluate("for (const each of document.querySelectorAll('.lane')) each.style.color = 'var(--c)'")
    assert min(contrast_of(page, ".lane")) >= 3.0


def test_a_phone_shows_everything_within_its_width(open_page: Open, two: Path) -> None:
    page = ready(open_page(two, width=390, height=844, has_touch=True, is_mobile=True, device_scale_factor=2))
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    for name in ("#play", "#previous", "#next", ".chip", "#zoom-in", ".lane .bar"):
        box = page.locator(name).first.bounding_box()
        assert min(box["width"], box["height"]) >= 24  # WCAG 2.5.8
    page.locator(".reference .bar", has_text="human").tap()
    card = page.locator("#card").bounding_box()
    assert card["width"] == 390
    assert card["y"] + card["height"] == pytest.approx(844, abs=1)
    at(page, 3.5, within=0.2)
    page.get_by_role("button", name="Close details").tap()
    assert not page.locator("#card").is_visible()


def test_on_paper_the_whole_timeline_and_every_label(open_page: Open, one: Path) -> None:
    page = open_page(one, color_scheme="dark")
    page.keyboard.press("+")
    page.keyboard.press("+")
    assert page.evaluate(
        "document.getElementById('sheet').offsetWidth > 2 * document.getElementById('scroller').clientWidth"
    )
    page.emulate_media(media="print")
    assert page.evaluate(
        "document.getElementById('sheet').offsetWidth <= document.getElementById('scroller').clientWidth"
    )
    assert not page.locator(".toolbar").is_visible()
    assert page.locator("#table tbody tr").last.is_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"


def test_zoom_keeps_the_playhead_in_place(open_page: Open, one: Path) -> None:
    page = ready(open_page(one))
    click_track(page, ".ruler-track", 0.5)
    before = page.locator(".playhead").bounding_box()["x"]
    width = page.locator(".ruler-track").bounding_box()["width"]
    page.get_by_role("button", name="Zoom in").click()
    assert page.locator(".ruler-track").bounding_box()["width"] == pytest.approx(1.5 * width, rel=0.01)
    assert page.locator(".playhead").bounding_box()["x"] == pytest.approx(before, abs=2)
    page.keyboard.press("0")
    assert page.locator(".ruler-track").bounding_box()["width"] == pytest.approx(width, rel=0.01)


def test_five_hundred_labels(open_page: Open, tmp_path: Path) -> None:
    edges_s = tuple(index * 0.2 for index in range(91))
    clip = write_clip(tmp_path / "clip.mp4", edges_s, sound=False)
    document = many_labels(clip, edges_s, 500).write(tmp_path / "document.json")
    page = open_page(show(document, clip, tmp_path / "page.html", over=None, verification=None))
    assert page.locator(".lane .bar").count() == 500
    assert page.locator("#table tbody tr").count() == 500
    page.get_by_role("button", name="Narrative").click()
    assert page.locator("#table tbody tr:visible").count() == 83


def test_a_large_video_is_read_from_beside_the_page(open_page: Open, tmp_path: Path) -> None:
    large = write_clip(tmp_path / "clips" / "my clip.mp4", EDGES_S, pad_to_bytes=EMBED_LIMIT_BYTES + 8)
    document = labelled(large).write(tmp_path / "document.json")
    path = show(document, large, tmp_path / "pages" / "page.html", over=None, verification=None)
    assert path.stat().st_size < 2_000_000
    page = ready(open_page(path, allowed=[large.as_uri()]))
    page.keyboard.press("n")
    at(page, 2.0)


def test_a_video_that_the_browser_can_not_play_gives_way_to_thumbnails(open_page: Open, tmp_path: Path) -> None:
    old = write_clip(tmp_path / "old.mp4", EDGES_S, codec="mpeg4", sound=False)
    document = labelled(old).write(tmp_path / "document.json")
    path = show(document, old, tmp_path / "page.html", over=None, verification=None)
    page = open_page(path, allowed=[old.as_uri()])
    until(page, "!document.getElementById('notice').hidden")
    assert "(mpeg4)" in page.locator("#notice").inner_text()
    first = page.locator("#still").get_attribute("src")
    page.keyboard.press("n")
    page.keyboard.press("n")
    assert page.locator("#time").inner_text() == "0:05.000"
    assert page.locator("#still").get_attribute("src") != first
    page.keyboard.press(" ")
    until(page, "document.getElementById('position').valueAsNumber > 5.3")
    page.keyboard.press(" ")
    assert playhead_share(page) == pytest.approx(
        page.evaluate("document.getElementById('position').value / 8"), abs=0.01
    )
