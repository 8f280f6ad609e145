"""The scores as a table for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sv6d.report.scores import Row, ScoreView, read_scores


def score_table(data: Path) -> str:
    """Base, SFT and GRPO side by side with intervals, baselines, second metrics and counts, as plain text.

    `data` is the folder of published artifacts.

    Raises:
        ArtifactError: there are no scores.
    """
    view = read_scores(data / "benchmark_scores")
    parts = [view.caption, _table(("items", *view.columns), view.accuracy)]
    parts += ["what training brought (paired)", _table(("", *view.pairs), view.differences)]
    parts += ["beside the accuracy", _table(("", *view.models), (*view.independent, *view.coverage))]
    return "\n".join([*parts, _footnote(view)])


def _table(head: Sequence[str], rows: Sequence[Row]) -> str:
    lines = [list(head), *([row.name, *(cell.text for cell in row.cells)] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join(
        "  " + "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def _footnote(view: ScoreView) -> str:
    return f"- : not measured (not one answer could be read). {view.measurement}"
