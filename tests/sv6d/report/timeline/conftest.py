"""A browser for the tests of pages: Debian's Chromium through Playwright."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

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
