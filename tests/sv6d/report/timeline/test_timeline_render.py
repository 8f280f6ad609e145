"""The page as text: escaping, content security policy, the score, equal bytes."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from sv6d.report.timeline.media import Media
from sv6d.report.timeline.render import as_script_data, page
from sv6d.report.timeline.view import Laid, lay
from sv6d.report.timeline.wording import clock
from sv6d.schema.document import Context, Document
from tests.sv6d.report.timeline.made_clip import DocumentMaker, write_clip

EDGES_S = (0.0, 2.0, 5.0, 8.0)
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\u2028<!--"
MEDIA = Media("video/mp4", "AAAA", "", True, "h264")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", (0.0, 1.0))


def made(clip: Path, *, shift_s: float = 0.0) -> Document:
    maker = DocumentMaker(clip, EDGES_S, context=Context(title=HOSTILE, hashtags=(HOSTILE,), comments=(HOSTILE,)))
    maker.label("a", "subject_type", "food", (0.0 + shift_s, 2.0))
    maker.label("b", "packaging", "other", (2.0, 5.0), other=HOSTILE, words=HOSTILE, source=HOSTILE)
    maker.label("c", "beat", "hook", (0.0, 2.0))
    return maker.document()


class Reader(HTMLParser):
    """Collects tags with their attributes, and the text of scripts, styles and table cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[str, str]] = []
        self.rows: list[str] = []
        self._inside = ""
        self._in_row = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag
        if tag == "tr":
            self.rows.append("")
            self._in_row = True

    def handle_data(self, data: str) -> None:
        if self._inside in ("script", "style"):
            self.raw.append((self._inside, data))
        elif self._in_row:
            self.rows[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""
        self._in_row = self._in_row and tag != "tr"


def alone(clip: Path) -> str:
    return page(lay(Laid("document", made(clip)), None, [[], [], []], []), MEDIA)


@pytest.mark.parametrize("value", [HOSTILE, {"a": [1.5, None, "龍 & <b>"]}, "\u2029 --> ]]>"])
def test_data_in_a_script_element_reads_back_and_holds_no_markup(value: object) -> None:
    text = as_script_data(value)
    assert json.loads(text) == value
    assert not set("<>&\u2028\u2029") & set(text)


@pytest.mark.parametrize(
    ("time_ns", "text"),
    [(0, "0:00.000"), (83_456_000_000, "1:23.456"), (59_999_600_000, "1:00.000"), (500_000, "0:00.001")],
)
def test_clock(time_ns: int, text: str) -> None:
    assert clock(time_ns) == text


def test_texts_never_become_markup(clip: Path) -> None:
    reader = Reader(alone(clip))
    scripts = [attributes for tag, attributes in reader.tags if tag == "script"]
    assert [each.get("id") for each in scripts] == ["data", None, "media"]
    assert [attributes for tag, attributes in reader.tags if tag == "img"] == [
        {"id": "still", "alt": "", "hidden": None}
    ]
    names = {name for _, attributes in reader.tags for name in attributes}
    assert not {name for name in names if name.startswith("on")}
    assert "style" not in names


def test_only_what_the_policy_names_can_run_or_load(clip: Path) -> None:
    text = alone(clip)
    reader = Reader(text)
    policy = next(a["content"] for tag, a in reader.tags if tag == "meta" and a.get("http-equiv"))
    assert policy is not None
    given = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert given.pop("default-src") == given.pop("base-uri") == given.pop("form-action") == "'none'"
    assert (given.pop("img-src"), given.pop("media-src")) == ("data:", "data:")
    kinds = {
        "script-src": re.compile(r"<script>(.*?)</script>", re.S),
        "style-src": re.compile(r"<style>(.*?)</style>", re.S),
    }
    for name, pattern in kinds.items():
        (inside,) = pattern.findall(text)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert given.pop(name) == f"'sha256-{digest}'"
    assert not given
    references = [a[name] for _, a in reader.tags for name in ("src", "href") if name in a]
    assert all(each is not None and (each.startswith("#") or each == "data:,") for each in references)


def test_a_video_beside_the_page_is_the_only_thing_it_may_load(clip: Path) -> None:
    text = page(
        lay(Laid("document", made(clip)), None, [[], [], []], []), Media("video/mp4", "", "my%20clip.mp4", True, "h264")
    )
    assert "media-src &#39;self&#39;" in text or "media-src 'self'" in text
    assert 'data-reference="my%20clip.mp4"' in text


def test_the_judges_account_of_two_documents(clip: Path) -> None:
    timeline = lay(Laid("prediction", made(clip, shift_s=0.4)), Laid("reference", made(clip)), [[], [], []], [])
    rows = Reader(page(timeline, MEDIA)).rows
    scores = [row for row in rows if row.startswith(("Subject", "Shots", "Dissemination"))]
    assert [row[-3:] for row in scores] == ["111", "000", "333"]  # claims of either side, and pairs
    assert "–" in scores[1]  # `other` is left out, so nothing is left to score


def test_same_documents_same_page(clip: Path) -> None:
    assert alone(clip) == alone(clip)
