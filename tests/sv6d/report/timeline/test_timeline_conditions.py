"""The page under conditions: hostile text, dark and light, a phone, paper, many labels, large and odd videos."""

from __future__ import annotations

from pathlib import Path

import pytest

from sv6d.io import write_json
from sv6d.report.timeline.media import EMBED_LIMIT_BYTES
from sv6d.report.timeline.show import show
from sv6d.schema.document import Context
from tests.sv6d.report.timeline.browsed import (
    EDGES_S,
    Open,
    Page,
    at,
    click_track,
    labelled,
    playhead_share,
    ready,
    recorded,
    until,
)
from tests.sv6d.report.timeline.made_clip import DocumentMaker, many_labels, write_clip

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
    maker.records = recorded(clip, INJECTIONS[:12]).records
    maker.evidence += recorded(clip, INJECTIONS[:12]).evidence[1:]  # without the label's own
    document = maker.write(tmp_path / "document.json")
    checks = tmp_path / "checks.json"
    write_json(checks, {"l0": {"state": "contradicted", "claimed": INJECTIONS[0], "measured": INJECTIONS[2]}})
    path = show(document, clip, tmp_path / "page.html", over=document, verification=checks)
    page = ready(open_page(path))
    assert page.title() == f"{title} - SV6D timeline"
    assert page.locator("h1").text_content() == title
    assert page.locator("#table tbody tr").count() == 2 * (160 + 9)  # labels and records
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
    told = page.evaluate("[...document.querySelectorAll('.record .bar')].map((each) => each.textContent)")
    assert f"question: {INJECTIONS[0]}" in told


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
    maker = many_labels(clip, edges_s, 500)
    document = maker.write(tmp_path / "document.json")
    page = open_page(show(document, clip, tmp_path / "page.html", over=None, verification=None))
    assert page.locator(".lane .bar").count() == 500
    assert page.locator("#table tbody tr").count() == 500
    page.get_by_role("button", name="Narrative").click()
    num_narrative = sum(label.dimension == "narrative" for label in maker.labels)
    assert page.locator("#table tbody tr:visible").count() == num_narrative > 0


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
