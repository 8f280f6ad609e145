"""`docs/schema.md` and `docs/sv6d-1.json`: the vocabulary and the JSON Schema, generated from the code."""

from __future__ import annotations

from pathlib import Path

from sv6d.schema.document import SCHEMA_VERSION
from sv6d.schema.field import Bound, Check, Dimension
from sv6d.schema.fields import DIMENSIONS, EVIDENCE_KINDS, FIELDS, OTHER, Field
from sv6d.schema.records import CutRationale, Hook, ImageTextLayout, PackagingCue, Record, TensionCurve
from sv6d.schema.stats import STATS
from sv6d.schema.versions import json_schema

PAGE_NAME = "schema.md"
JSON_SCHEMA_NAME = "sv6d-1.json"

_TITLES: dict[Dimension, str] = {
    "subject": "Subject",
    "aesthetics": "Aesthetics",
    "camera": "Camera language",
    "editing": "Editing",
    "narrative": "Narrative",
    "dissemination": "Dissemination",
}
_EXTENTS = {
    "video": "the whole video",
    "shot": "one shot",
    "boundary": "the change between two shots",
    "free": "any span",
}
_RECORDS: tuple[tuple[str, type[Record]], ...] = (
    ("hooks", Hook),
    ("cut_rationales", CutRationale),
    ("tension", TensionCurve),
    ("packaging_cues", PackagingCue),
    ("layouts", ImageTextLayout),
)


def schema_page() -> str:
    """The page as Markdown."""
    lines = [
        f"# The language of an SV6D document (`{SCHEMA_VERSION}`)",
        "",
        "Generated from the files of `sv6d/schema` by `make docs`; a test holds it to the code. The form of a document",
        f"is [{JSON_SCHEMA_NAME}]({JSON_SCHEMA_NAME}) (JSON Schema, draft 2020-12); what JSON Schema cannot say is",
        "listed at the end. Documents are JSON or YAML, told apart by the suffix of their file.",
        "",
        "Time is integer nanoseconds from the first frame of the video; spans are half-open, `[start_ns, end_ns)`.",
        f"Each vocabulary is closed. `{OTHER}` is always allowed beside it, with `other_text`, and is never rewarded.",
        "A check is *measured* where this version measures all numbers it looks at, and *declared* where some must be",
        "brought along.",
        "",
    ]
    for dimension in DIMENSIONS:
        lines += _dimension(dimension)
    lines += [*_confusables(), *_records(), *_stats(), *_rules()]
    return "\n".join(lines) + "\n"


def _dimension(dimension: Dimension) -> list[str]:
    fields = [field for field in FIELDS if field.dimension == dimension]
    lines = [
        f"## {_TITLES[dimension]} (`{dimension}`)",
        "",
        "| field | values at once | spans | evidence that may support it | check | source |",
        "|---|---|---|---|---|---|",
    ]
    for field in fields:
        many = "one" if field.exclusive else "several"
        cells = [many, _EXTENTS[field.extent], ", ".join(field.evidence), _kind_of_check(field), field.source]
        lines.append(f"| [`{field.name}`](#{field.name}) | {' | '.join(cells)} |")
    lines.append("")
    for field in fields:
        lines += _field(field)
    return lines


def _field(field: Field) -> list[str]:
    lines = [
        f"### `{field.name}`",
        "",
        field.definition,
        "",
        "| value | when it applies | also called |",
        "|---|---|---|",
    ]
    lines += [f"| `{term.name}` | {term.definition} | {', '.join(term.aliases)} |" for term in field.terms]
    lines.append("")
    if field.check is not None:
        lines += _check(field.check)
    return lines


def _check(check: Check) -> list[str]:
    values = dict.fromkeys(bound.value for bound in check.bounds)
    lines = ["Checked by measurement:", ""]
    for value in values:
        limits = " and ".join(_limit(bound) for bound in check.bounds if bound.value == value)
        lines.append(f"- `{value}`: {limits}.")
    for reading in check.readings:
        lines.append(f"- Tolerance of `{reading.stat}`: {reading.tolerance:g} {reading.unit} ({reading.source}).")
    if check.strongest:
        lines.append("- Where several values hold, the one farthest beyond its bound is right (the largest ratio).")
    return [*lines, ""]


def _limit(bound: Bound) -> str:
    if bound.at_least is None:
        return f"`{bound.stat}` below {bound.below:g}"
    if bound.below is None:
        return f"`{bound.stat}` at least {bound.at_least:g}"
    return f"`{bound.stat}` from {bound.at_least:g} to below {bound.below:g}"


def _kind_of_check(field: Field) -> str:
    if field.check is None:
        return "-"
    measured = {stat.name for stat in STATS if stat.measured}
    return "measured" if all(reading.stat in measured for reading in field.check.readings) else "declared"


def _confusables() -> list[str]:
    lines = [
        "## Pairs that are easily confused",
        "",
        "What the one earns where the other is right, in [0, 1]. Pairs of two fields never earn anything: they are",
        "listed for what tells them apart.",
        "",
        "| value | taken for | earns | why |",
        "|---|---|---|---|",
    ]
    for field in FIELDS:
        for pair in field.confusable:
            other = f"{pair.other_field or field.name}: `{pair.other}`"
            lines.append(f"| {field.name}: `{pair.value}` | {other} | {pair.similarity:g} | {pair.reason} |")
    return [*lines, ""]


def _records() -> list[str]:
    lines = [
        "## Records",
        "",
        "Optional parts of a document beside its labels, each with an id, a span, a confidence, a source and the",
        "evidence it rests on.",
        "",
        "| part | what it is | evidence that may support it |",
        "|---|---|---|",
    ]
    for name, record in _RECORDS:
        about = (record.__doc__ or "").split("\n\n", maxsplit=1)[0]
        lines.append(f"| `{name}` | {' '.join(about.split())} | {', '.join(record.EVIDENCE)} |")
    return [*lines, ""]


def _stats() -> list[str]:
    lines = [
        "## Numbers that checks look at",
        "",
        "| stat | evidence | unit | what it is | measured |",
        "|---|---|---|---|---|",
    ]
    for stat in STATS:
        measured = "yes" if stat.measured else "no"
        lines.append(f"| `{stat.name}` | {stat.kind} | {stat.unit} | {stat.about} | {measured} |")
    return [*lines, ""]


def _rules() -> list[str]:
    return [
        "## Rules beyond the JSON Schema",
        "",
        "- Every `end_ns` is greater than its `start_ns`; no evidence, label, record or sentence ends after the video.",
        "- Shots tile the video: the first starts at 0, each starts where the one before ends, the last ends with it.",
        "- Ids are unique within shots, evidence, labels, records and sentences.",
        "- A label's field belongs to its dimension, and its value to the field's vocabulary.",
        f"- `other_text` goes with `{OTHER}`, and only with it.",
        "- A label cites at least one piece of evidence that is there, of a kind its field allows, and overlaps it; so",
        "  does a record.",
        "- A cited frame lies within its evidence's span (a boundary may also cite the frame at its end). Frames keep",
        "  the container's time; it is compared by `video.first_frame`, and where that is not told, there must be one",
        "  time of the first frame that fits all cited frames.",
        "- A hook's `payoff_ns` lies between its start and the end of the video, and goes with a promise.",
        "- A cut rationale lies on the boundary that leads to its shot; tension has a point per shot, in their order.",
        "- A sentence of a report cites at least one label, record or piece of evidence, and only what is there.",
        "- YAML says what JSON can say: no tags, references, merged or repeated keys, no dates, no infinite numbers.",
        "",
        f"Kinds of evidence: {', '.join(EVIDENCE_KINDS)}.",
    ]


def write_docs(docs: Path) -> None:
    """Write `schema.md` and `sv6d-1.json` into `docs`."""
    (docs / PAGE_NAME).write_text(schema_page())
    (docs / JSON_SCHEMA_NAME).write_bytes(json_schema())


if __name__ == "__main__":
    write_docs(Path("docs"))
