"""An answer as one HTML file: no script, nothing from elsewhere, all text escaped."""

from __future__ import annotations

from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined

from jobs.audit.model import Answer, Row
from jobs.audit.show import flat


def as_html(answer: Answer) -> str:
    """The page. Names of files and texts of rows come from outside: whatever they hold is shown as text."""
    environment = Environment(
        loader=PackageLoader("jobs.audit", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    template = environment.get_template("page.html")
    return template.render(answer=answer, back=_grouped(answer.rows), forward=_grouped(answer.forward), flat=flat)


def _grouped(rows: tuple[Row, ...]) -> list[tuple[str, list[Row]]]:
    """Rows under `word: kind`, in the order in which they came."""
    return [
        (f"{word}: {kind}", list(some)) for (word, kind), some in groupby(rows, key=lambda row: (row.word, row.kind))
    ]
