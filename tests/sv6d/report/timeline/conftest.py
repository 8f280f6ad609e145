"""A browser for the tests of pages: Debian's Chromium through Playwright."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from sv6d.io import write_json
from sv6d.report.timeline.show import show
from tests.sv6d.report.timeline.browsed import EDGES_S, labelled
from tests.sv6d.report.timeline.made_clip import DocumentMaker, write_clip

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=str(CHROMIUM))
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens a page; at the end, nothing may have been logged, thrown, asked for or requested beside it."""
    contexts: list[Any] = []
    surprises: list[str] = []

    def opened(path: Path, *, allowed: Sequence[str] = (), width: int = 1280, height: int = 860, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        known = {path.as_uri(), *allowed}
        page.on("console", lambda message: surprises.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: surprises.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (surprises.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on(
            "request", lambda request: None if request.url in known else surprises.append(f"request: {request.url}")
        )
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert surprises == []


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", EDGES_S)


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
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
