"""One self-contained HTML file out of template, style sheets, scripts and data; every text is escaped."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sv6d.objective.document_score import DocumentScore
from sv6d.report.timeline.media import Media
from sv6d.report.timeline.view import TITLES, Timeline, num_shown, plain
from sv6d.report.timeline.wording import clock
from sv6d.schema.document import Source
from sv6d.schema.fields import DIMENSIONS

_FOLDER = Path(__file__).parent / "page"
_STYLES = ("colours", "frame", "lanes", "card", "list", "narrow", "print")
# In this order they are one script; each speaks of one part of the page.
_SCRIPTS = (
    "data",
    "elements",
    "player",
    "axis",
    "matches",
    "blocks",
    "rows",
    "card",
    "now",
    "filters",
    "table",
    "keys",
    "start",
)

# Inside a script element these could end it or be read as markup; U+2028 and U+2029 end lines in old parsers.
_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


@dataclass(frozen=True, slots=True)
class Agreement:
    """One line of the judge's account. `score` is None where neither document says anything."""

    title: str
    score: float | None
    num_pred: int
    num_ref: int
    num_matched: int


def page(timeline: Timeline, media: Media) -> str:
    """The whole HTML page. Same timeline and media, same text."""
    video = timeline.upper.document.video
    context = video.context
    return render(
        "timeline.html",
        styles=_STYLES,
        scripts=_SCRIPTS,
        policy=f"img-src data:; media-src {media.policy}",
        title=(context.title if context is not None else "") or f"Video {video.sha256[:12]}",
        timeline=timeline,
        document=timeline.upper.document,
        media=media,
        data=Markup(as_script_data(plain(timeline))),  # noqa: S704 - escaped by as_script_data
        agreement=_agreement(timeline.agreement) if timeline.agreement is not None else (),
        dimensions=[(name, TITLES[name], num_shown(timeline.upper.document)[name]) for name in DIMENSIONS],
        sources=sorted(Counter(_said_by(label.source) for label in timeline.upper.document.labels).items()),
    )


def render(template: str, *, styles: Sequence[str], scripts: Sequence[str], policy: str, **values: Any) -> str:
    """A page from a template, with its style sheets and scripts inline and nothing else allowed to run or load.

    `policy` adds sources to a content security policy that otherwise forbids everything. Hashes, not
    nonces, so that the page is the same whenever it is made.
    """
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clock"] = clock
    style = "".join((_FOLDER / f"{name}.css").read_text() for name in styles)
    script = f"(() => {{\n'use strict';\n{''.join((_FOLDER / f'{name}.js').read_text() for name in scripts)}}})();\n"
    full_policy = (
        f"default-src 'none'; script-src {_source_hash(script)}; style-src {_source_hash(style)}; {policy}; "
        "base-uri 'none'; form-action 'none'"
    )
    return environment.get_template(template).render(
        style=Markup(style),  # noqa: S704 - our own files
        script=Markup(script),  # noqa: S704 - our own files
        policy=full_policy,
        **values,
    )


def as_script_data(value: Any) -> str:
    """JSON that is safe as the text of a script element, and reads back as the same value."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode().translate(_ESCAPES)


def _said_by(source: Source) -> str:
    return source.producer if source.name == source.producer else f"{source.producer} {source.name}"


def _source_hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _agreement(score: DocumentScore) -> list[Agreement]:
    lines = []
    for part in score.components:
        field = TITLES.get(part.name, part.name.capitalize())  # type: ignore[call-overload]
        lines.append(Agreement(field, part.score, part.num_pred, part.num_ref, len(part.pairs)))
    return lines
