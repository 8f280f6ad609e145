"""`docs/schema.md` and `docs/sv6d-1.json`: the vocabulary and the JSON Schema, generated from the code."""

from __future__ import annotations

from pathlib import Path

from sv6d.schema.document import SCHEMA_VERSION
from sv6d.schema.fields import DIMENSIONS, EVIDENCE_KINDS, FIELDS, OTHER, Field
from sv6d.schema.versions import json_schema

PAGE_NAME = "schema.md"
JSON_SCHEMA_NAME = "sv6d-1.json"

_EXTENTS = {
    "video": "the whole video",
    "shot": "one shot",
    "boundary": "the change between two shots",
    "free": "any span",
}


def schema_page() -> str:
    """The page as Markdown."""
    lines = [
        f"# Fields of an SV6D document (`{SCHEMA_VERSION}`)",
        "",
        "Generated from `sv6d/schema/fields.py` by `make docs`; a test holds it to the code. The document around the",
        f"labels is [{JSON_SCHEMA_NAME}]({JSON_SCHEMA_NAME}) (JSON Schema, draft 2020-12); what JSON Schema cannot say",
        "is listed at the end.",
        "",
        "Time is integer nanoseconds from the first frame of the video; spans are half-open, `[start_ns, end_ns)`.",
        f"Each vocabulary is closed. `{OTHER}` is always allowed beside it, with `other_text`, and is never rewarded.",
        "",
        "| field | dimension | spans | values at once | evidence that may support it |",
        "|---|---|---|---|---|",
    ]
    for field in _ordered():
        many = "one" if field.exclusive else "several"
        kinds = ", ".join(field.evidence)
        lines.append(
            f"| [`{field.name}`](#{field.name}) | {field.dimension} | {_EXTENTS[field.extent]} | {many} | {kinds} |"
        )
    lines.append("")
    for field in _ordered():
        lines += [f"## `{field.name}`", "", field.definition, ""]
        lines += [f"Values: {', '.join(f'`{value}`' for value in field.values)}.", "", f"Source: {field.source}.", ""]
    lines += [
        "## Rules beyond the JSON Schema",
        "",
        "- Every `end_ns` is greater than its `start_ns`, and nothing ends after the video.",
        "- Shots tile the video: the first starts at 0, each starts where the one before ends, the last ends with it.",
        "- Ids are unique within shots, evidence, labels and sentences.",
        "- A label's field belongs to its dimension, and its value to the field's vocabulary.",
        f"- `other_text` goes with `{OTHER}`, and only with it.",
        "- A label cites at least one piece of evidence that is there, of a kind its field allows, and overlaps it.",
        "- A sentence of a report cites at least one label or piece of evidence that is there.",
        "",
        f"Kinds of evidence: {', '.join(EVIDENCE_KINDS)}.",
    ]
    return "\n".join(lines) + "\n"


def _ordered() -> list[Field]:
    return sorted(FIELDS, key=lambda field: (DIMENSIONS.index(field.dimension), field.name))


def write_docs(docs: Path) -> None:
    """Write `schema.md` and `sv6d-1.json` into `docs`."""
    (docs / PAGE_NAME).write_text(schema_page())
    (docs / JSON_SCHEMA_NAME).write_bytes(json_schema())


if __name__ == "__main__":
    write_docs(Path("docs"))
