"""A clip and its documents for pages in a browser, and how a page's state is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from sv6d.schema.document import Context
from sv6d.schema.records import (
    CutRationale,
    Hook,
    ImageTextLayout,
    PackagingCue,
    Region,
    TensionCurve,
    TensionPoint,
)
from tests.sv6d.report.timeline.made_clip import RATE, DocumentMaker, ns

EDGES_S = (0.0, 2.0, 5.0, 8.0)
DURATION_S = EDGES_S[-1]
Page = Any
Open = Callable[..., Page]


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


def recorded(clip: Path, texts: Sequence[str] = ("",) * 12) -> DocumentMaker:
    """A document with a record of each kind, saying `texts`: a dozen of them."""
    promise, on_hook, why, on_cut, title_card, sticker, on_region, by, title, hashtag, cover, comment = texts
    context = Context(title=title, hashtags=(hashtag,), cover=cover, comments=(comment,))
    maker = DocumentMaker(clip, EDGES_S, context=context)
    maker.label("sub0", "subject_type", "food", (0.0, 2.0))
    cut_s = (2.0 - 1 / RATE, 2.0)
    points = [
        TensionPoint(
            start_ns=ns(start_s),
            end_ns=ns(end_s),
            shot=f"s{index}",
            tension=level,
            pace=0.25,
            motion=level,
            light_change=None if index == 0 else 0.5,
        )
        for index, (start_s, end_s, level) in enumerate([(0.0, 2.0, 0.4), (2.0, 5.0, 0.8), (5.0, 8.0, None)])
    ]
    maker.records = {
        "hooks": (
            Hook(
                **maker.told("hook", (0.0, 2.0), "text", words=on_hook or "Wait for it"),
                types=("question",),
                modalities=("on_screen_text",),
                promise=promise or "You will see the end",
                payoff_ns=ns(6.0),
            ),
        ),
        "cut_rationales": (
            CutRationale(
                **maker.told("why", cut_s, "boundary", words=on_cut or "cut"),
                shot="s1",
                rationale="emphasis",
                changes=("subject_type",),
                text=why or "A nearer view of the same.",
            ),
        ),
        "tension": TensionCurve(**maker.told("tension", (0.0, 8.0), "motion"), points=tuple(points)),
        "packaging_cues": (
            PackagingCue(**maker.told("card", (0.0, 1.0), source=by or "by hand"), kind="title_card", text=title_card),
            PackagingCue(
                **maker.told("sticker", (5.0, 8.0), "box", words=sticker or "New"),
                kind="sticker",
                text=sticker or "New",
                box=(0.25, 0.25, 0.75, 0.5),
            ),
        ),
        "layouts": (
            ImageTextLayout(
                **maker.told("layout", (0.0, 8.0), "layout"),
                layout="gap_text",
                regions=(
                    Region(role="image", box=(0.0, 0.25, 1.0, 1.0)),
                    Region(role="text", box=(0.0, 0.0, 1.0, 0.25), text=on_region or "Read this"),
                ),
            ),
        ),
    }
    return maker


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
