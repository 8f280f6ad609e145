"""`datasheet.md`: what the benchmark is, what it holds, what it cannot say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from sv6d.bench.baselines import constant_answer
from sv6d.bench.config import FeedbenchConfig
from sv6d.bench.items import Benchmark, Item
from sv6d.io import write_bytes
from sv6d.tasks.extraction import EXTRACTOR_ID
from sv6d.tasks.registry import is_correct
from sv6d.timeline import NS_PER_S
from sv6d.video.manifest import VideoRow

DATASHEET_NAME = "datasheet.md"

# After "Datasheets for Datasets" (Gebru et al., 2021): its headings, as far as they apply.
_TEMPLATE = """\
# FeedBench

{{ num_items }} questions about {{ num_videos }} videos of the test split, each with one answer that code checks.

## Motivation
Short videos are read through their structure: where the cuts are, how many shots there are, how the camera moves.
FeedBench asks for exactly that, so that a change in a model's structural reading shows up as a number with an interval.

## Composition
| kind | items | videos | correct when | answers |
|---|---|---|---|---|
{% for row in kinds -%}
| {{ row.kind }} | {{ row.num_items }} | {{ row.num_videos }} | {{ row.rule }} | {{ row.answers }} |
{% endfor %}
Windows last {{ shortest }} to {{ longest }} s (allowed: {{ limits.min_window_s }} to {{ limits.max_window_s }} s).
Transitions longer than a second are not asked about, nor shots with more than one camera movement.

## Where the answers come from
From SV6D documents of the test split in `expert_annotations/held_out.jsonl`: {{ producers }}. Never from labels made
here by rules or models. `key.jsonl` names the document's fingerprint, its labels, and our own measurements of the same
moments, which had no part in the key and are there for whoever checks it.
At most {{ max_per_kind }} items per kind; within a kind, answers take turns, and the commonest one is thinned out.

## Scores without looking
Constants are learnt from expert documents of the training split.

| kind | chance | best constant | right | best constant per prompt, right |
|---|---|---|---|---|
{% for row in kinds -%}
| {{ row.kind }} | {{ row.chance }} | {{ row.constant }} | {{ row.constant_right }} | {{ row.per_prompt_right }} |
{% endfor %}
## How it is scored
Answers are read by `{{ extractor }}`: a completion counts only where it says exactly one thing. Accuracy is over all
items whose frames could be decoded; what could not be read counts as not correct, and is shown. Intervals resample
near-duplicate clusters of videos.

## Licence
Of the videos: {{ licences }}. Questions and answers: the licence of this project.

## Limits
{{ limits_note }}
"""

_RULES = {
    "camera_movement": "the one movement of the shot is named",
    "cut_time": "within 0.5 s",
    "shot_count": "the number is exact",
}


def write_datasheet(
    folder: Path, benchmark: Benchmark, rows: Mapping[str, VideoRow], config: FeedbenchConfig, producers: Sequence[str]
) -> None:
    """Write `datasheet.md` about the benchmark that stands in `folder`; `producers` has who made each document."""
    items = benchmark.items
    lengths = [item.span.length_ns / NS_PER_S for item in items]
    videos = {item.video_id for item in items}
    text = Environment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True).from_string(_TEMPLATE)  # noqa: S701
    rendered = text.render(
        num_items=len(items),
        num_videos=len(videos),
        kinds=[_kind_row(benchmark, kind) for kind in sorted({item.kind for item in items})],
        shortest=f"{min(lengths):.1f}",
        longest=f"{max(lengths):.1f}",
        limits=config.limits,
        max_per_kind=config.max_per_kind,
        producers=_counted(producers, "document by {}", "documents by {}"),
        licences=_counted([rows[video_id].licence for video_id in videos], "video under '{}'", "videos under '{}'"),
        extractor=EXTRACTOR_ID,
        limits_note=_limits_note(set(producers)),
    )
    write_bytes(folder / DATASHEET_NAME, rendered.encode())


def _kind_row(benchmark: Benchmark, kind: str) -> dict[str, str | int]:
    items = [item for item in benchmark.items if item.kind == kind]
    answers = Counter(benchmark.answers[item.item_id].partition(".")[0] for item in items)
    unit = " s" if kind == "cut_time" else ""
    return {
        "kind": kind,
        "num_items": len(items),
        "num_videos": len({item.video_id for item in items}),
        "rule": _RULES[kind],
        "answers": ", ".join(f"{answer}{unit}: {count}" for answer, count in sorted(answers.items())),
        "chance": f"{benchmark.baselines.chance[kind]:.2f}",
        "constant": benchmark.baselines.best_constant.get(kind, "none: no training document asks it"),
        "constant_right": _right(benchmark, items, per_prompt=False),
        "per_prompt_right": _right(benchmark, items, per_prompt=True),
    }


def _right(benchmark: Benchmark, items: Sequence[Item], *, per_prompt: bool) -> str:
    said = [(item, constant_answer(benchmark.baselines, item, per_prompt=per_prompt)) for item in items]
    right = sum(bool(text and is_correct(item.kind, text, benchmark.answers[item.item_id])) for item, text in said)
    return f"{right / len(items):.2f}"


def _counted(values: Sequence[str], one: str, many: str) -> str:
    counts = sorted(Counter(values).items())
    return ", ".join(f"{count} {(one if count == 1 else many).format(value)}" for value, count in counts)


def _limits_note(producers: set[str]) -> str:
    note = (
        "Three kinds of questions touch two of the six dimensions (camera and editing). Items about one video are not\n"
        "independent; read the intervals, not the digits. Prompts come in one wording each."
    )
    if "studio" in producers:
        note += (
            "\nVideos by the studio are rendered: their cuts, subjects and camera moves are simpler than those of"
            "\nfilmed ones, and the shipped model was pretrained on other clips of the same studio. A score on them"
            "\nsays that the flow learns, not how well a model reads the internet."
        )
    return note
