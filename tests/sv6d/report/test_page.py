"""The page: what it shows, that it loads nothing, and that text from files stays text."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from sv6d.bench.benchmark_scores import BASELINES, score_all
from sv6d.bench.config import BenchmarkScoresConfig
from sv6d.io import write_json
from sv6d.model.sampling import FrameSampling
from sv6d.report.page import write_page
from sv6d.report.score_table import score_table
from tests.sv6d.handmade import video_id
from tests.sv6d.report.made_data import INJECTION, benchmark, make_data, publish, records

CONFIG = BenchmarkScoresConfig(
    max_new_tokens=24, batch_size=4, num_resamples=200, interval_share=0.95, seed=1, max_undecoded_share=0.0
)
RIGHT = {"cut_time": "2.1", "shot_count": "3", "camera_movement": "static"}
SILENT = {"cut_time": "?", "shot_count": "", "camera_movement": "I cannot tell"}
_VOID = {"meta", "link", "img", "br", "input", "hr"}


class Reader(HTMLParser):
    """Tags with their attributes, text by element, and whether tags are balanced."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text.append(data)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_data(tmp_path_factory.mktemp("made") / "data")
    made = benchmark()
    all_records = [
        *records(made, "base", SILENT),
        *records(made, "sft", {**RIGHT, "cut_time": "9.0"}),
        *records(made, "grpo", RIGHT),
        *(record for name in BASELINES for record in records(made, name, RIGHT)),
    ]
    samplings = dict.fromkeys(("base", "sft", "grpo"), FrameSampling(8, 64, 64, "pyav"))
    write_json(folder / "benchmark_scores" / "scores.json", score_all(all_records, made, samplings, CONFIG))
    publish(folder, "benchmark_scores", {"items": 18})
    return folder


@pytest.fixture(scope="module")
def page(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    out = tmp_path_factory.mktemp("page") / "index.html"
    facts = {"dvc": {"clean": True, "stale": []}, "git_commit": INJECTION}
    assert write_page(data, out, facts) == out
    reader = Reader()
    reader.feed(out.read_text())
    reader.close()
    assert reader.open == []
    return reader


def test_it_shows_what_was_made(page: Reader) -> None:
    text = " ".join(" ".join(page.text).split())
    for shown in (
        "2 videos, 1 quarantined; 8 labels, 7 kept.",
        "not_a_video",
        "1.00 [1.00, 1.00]",
        "SFT loss",
        "GRPO mean reward",
        "the keyframe shows <b>no</b> food",
        "The editing is slow.",
        f"studio/{video_id('b')[:8]}.mp4",
        "dvc.clean",
        "6 items about 2 videos",
    ):
        assert shown in text
    assert sum(tag == "img" for tag, _ in page.tags) == 2
    assert sum(tag == "polyline" for tag, _ in page.tags) == 4
    assert sum(tag == "details" for tag, _ in page.tags) == 2


def test_text_from_files_stays_text(page: Reader) -> None:
    assert not [tag for tag, _ in page.tags if tag == "script"]
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    shown = "".join(page.text)
    assert INJECTION in shown  # the title
    assert f"found {INJECTION}" in shown  # the reason in the quarantine list


def test_nothing_is_loaded_from_elsewhere(page: Reader) -> None:
    policy = next(a["content"] for tag, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "http" not in policy
    for tag, attributes in page.tags:
        assert tag not in ("link", "iframe", "object", "embed", "base", "form")
        for name in ("src", "href", "srcset", "action", "data", "xlink:href"):
            value = attributes.get(name)
            assert value is None or value.startswith(("data:image/", "#"))


def test_the_same_artifacts_give_the_same_bytes(data: Path, tmp_path: Path) -> None:
    first, second = (
        write_page(data, tmp_path / name, {"b": 1, "a": [2]}).read_bytes() for name in ("1.html", "2.html")
    )
    assert first == second


def test_it_is_written_before_anything_was_made(tmp_path: Path) -> None:
    reader = Reader()
    reader.feed(write_page(tmp_path / "data", tmp_path / "page.html", {}).read_text())
    assert "Not made yet." in "".join(reader.text)
    assert "Every file could be used." in "".join(reader.text)


def test_the_table_sets_the_models_side_by_side(data: Path) -> None:
    lines = score_table(data).splitlines()
    assert "FeedBench: 6 items about 2 videos" in lines[0]
    assert lines[1].split() == [
        "items",
        "base",
        "SFT",
        "GRPO",
        "best",
        "constant",
        "best",
        "constant",
        "per",
        "prompt",
        "chance",
    ]
    by_name = {line.split("  ")[1]: line for line in lines if line.startswith("  ")}
    # base answered nothing: not 0, but not measured
    assert "  -  " in by_name["all (6)"]
    assert "0.67 [0.67, 0.67]" in by_name["all (6)"]
    assert "1.00 [1.00, 1.00]" in by_name["all (6)"]
    assert by_name["unparsed"].split()[1:] == ["6", "0", "0"]
    assert "+0.33 [+0.33, +0.33]" in "\n".join(lines)
    assert "8 frames of 64 x 64 px" in lines[-1]
