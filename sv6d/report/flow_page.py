"""`docs/flow.md`: the flow and every documented table, generated from the code."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from pathlib import Path

from sv6d.io import TableSchema
from sv6d.report.flow_picture import flow_svg
from sv6d.stages import STAGES


def flow_page() -> str:
    """The page as Markdown."""
    lines = [
        "# The flow",
        "",
        "Generated from `sv6d/stages.py` and the tables of each room by `make docs`; a test holds it to the code.",
        "",
        "![the flow](flow.svg)",
        "",
        "| # | artifact | room | from | what it is |",
        "|---|---|---|---|---|",
    ]
    for number, stage in enumerate(STAGES, start=1):
        inputs = ", ".join(f"`{name}`" for name in stage.inputs) or "-"
        lines.append(f"| {number} | `{stage.word}` | `sv6d/{stage.room}` | {inputs} | {stage.about} |")
    lines += ["", "Each artifact is a folder `data/<word>/` with a `record.json`.", "", "## Tables", ""]
    for room, schema in tables():
        lines += [f"### `{schema.file_name}` (`sv6d/{room}`)", "", f"{schema.about[0].upper()}{schema.about[1:]}.", ""]
        lines += ["| column | type | what it holds |", "|---|---|---|"]
        for column in schema.columns:
            optional = " (may be absent)" if column.nullable else ""
            lines.append(f"| `{column.name}` | {column.type} | {column.about}{optional} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def tables() -> Iterator[tuple[str, TableSchema]]:
    """(room, table) of every documented table, in the order of the flow."""
    for room in dict.fromkeys(stage.room for stage in STAGES):
        name = f"sv6d.{room}.tables"
        if importlib.util.find_spec(name) is not None:
            for value in vars(importlib.import_module(name)).values():
                if isinstance(value, TableSchema):
                    yield room, value


def write_docs(docs: Path) -> None:
    """Write `flow.md` and `flow.svg` into `docs`."""
    (docs / "flow.md").write_text(flow_page())
    (docs / "flow.svg").write_text(flow_svg())


if __name__ == "__main__":
    write_docs(Path("docs"))
