"""The scores as rows of text, for the terminal and the page alike. Reads `scores.json` and nothing heavy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sv6d.io import read_json

SCORES_NAME = "scores.json"
# Names as people say them; the keys are those of scores.json.
MODELS: Mapping[str, str] = {"base": "base", "sft": "SFT", "grpo": "GRPO"}
BASELINES: Mapping[str, str] = {
    "best_constant": "best constant",
    "best_constant_per_prompt": "best constant per prompt",
}
UNMEASURED = "-"


@dataclass(frozen=True, slots=True)
class Cell:
    """One score: the text, and for a bar its value and interval in [0, 1] (None: not measured)."""

    text: str
    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: what it is about, and a cell per model."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class ScoreView:
    """Everything that is shown of `scores.json`.

    `accuracy` has a row per kind with cells for models, baselines and chance (`columns`); `coverage`,
    `independent` have cells per model (`models`); `differences` one cell per kind and pair.
    """

    caption: str
    measurement: str
    columns: tuple[str, ...]
    models: tuple[str, ...]
    pairs: tuple[str, ...]
    accuracy: tuple[Row, ...]
    differences: tuple[Row, ...]
    independent: tuple[Row, ...]
    coverage: tuple[Row, ...]


def read_scores(folder: Path) -> ScoreView:
    """The view of a `benchmark_scores` artifact.

    Raises:
        ArtifactError: there are no scores.
    """
    scores = read_json(folder / SCORES_NAME)
    kinds = list(scores["models"]["base"])
    share = scores["measurement"]["interval"]["share"]
    return ScoreView(
        caption=f"FeedBench: {scores['num_items']} items about {scores['num_videos']} videos; "
        f"accuracy over all items, with {share:.0%} intervals over videos",
        measurement=_measurement(scores["measurement"]),
        columns=(*MODELS.values(), *BASELINES.values(), "chance"),
        models=tuple(MODELS.values()),
        pairs=tuple(dict.fromkeys(f"{MODELS[d['ours']]} - {MODELS[d['theirs']]}" for d in scores["differences"])),
        accuracy=tuple(_accuracy_row(scores, kind) for kind in kinds),
        differences=tuple(_difference_row(scores, kind) for kind in kinds),
        independent=tuple(_independent_rows(scores)),
        coverage=tuple(_coverage_rows(scores)),
    )


def _measurement(measurement: Mapping[str, Any]) -> str:
    samplings = measurement["sampling"].values()
    shown = {f"{s['num_frames']} frames of {s['height_px']} x {s['width_px']} px" for s in samplings}
    fps = measurement["fps"]
    readers = {_reader(build) for build in measurement["reader"].values()}
    return (
        f"{', '.join(sorted(shown))}, {fps['min']:.2f} to {fps['max']:.2f} frames per second; "
        f"{measurement['decoding']} decoding of at most {measurement['max_new_tokens']} tokens; "
        f"prompts {', '.join(measurement['prompt_ids'])}; extractor {measurement['extractor_id']}; "
        f"reader {', '.join(sorted(readers))}"
    )


def _reader(build: Mapping[str, str]) -> str:
    return f"{build['reader']} {build[build['reader']]} (libavcodec {build['libavcodec']})"


def _accuracy_row(scores: Mapping[str, Any], kind: str) -> Row:
    cells = [_accuracy(scores["models"][name][kind]) for name in (*MODELS, *BASELINES)]
    chance = scores["chance"].get(kind)
    cells.append(Cell(UNMEASURED if chance is None else f"{chance:.2f}", chance))
    return Row(f"{kind} ({scores['models']['base'][kind]['num_items']})", tuple(cells))


def _accuracy(entry: Mapping[str, Any]) -> Cell:
    if entry["accuracy"] is None:
        return Cell(UNMEASURED)
    text = f"{entry['accuracy']:.2f} [{entry['low']:.2f}, {entry['high']:.2f}]"
    return Cell(text, entry["accuracy"], entry["low"], entry["high"])


def _difference_row(scores: Mapping[str, Any], kind: str) -> Row:
    found = [entry for entry in scores["differences"] if entry["kind"] == kind]
    return Row(kind, tuple(_difference(entry) for entry in found))


def _difference(entry: Mapping[str, Any]) -> Cell:
    if entry["difference"] is None:
        return Cell(UNMEASURED)
    return Cell(f"{entry['difference']:+.2f} [{entry['low']:+.2f}, {entry['high']:+.2f}]")


def _independent_rows(scores: Mapping[str, Any]) -> list[Row]:
    found = {name: scores["independent"][name] for name in MODELS}
    wanted = {
        "cut_time": ("mean_error", "mean |dt|, s"),
        "shot_count": ("mean_error", "mean error, shots"),
        "camera_movement": ("macro_recall", "macro recall"),
    }
    rows = []
    for kind, (metric, words) in wanted.items():
        if kind in found["base"]:
            cells = [_with_coverage(found[name][kind], metric) for name in MODELS]
            rows.append(Row(f"{kind}: {words}", tuple(cells)))
    return rows


def _with_coverage(entry: Mapping[str, Any], metric: str) -> Cell:
    if entry[metric] is None:
        return Cell(UNMEASURED)
    return Cell(f"{entry[metric]:.2f} (of {entry['coverage']:.0%})", entry[metric])


def _coverage_rows(scores: Mapping[str, Any]) -> list[Row]:
    return [
        Row(status, tuple(Cell(str(scores["models"][name]["all"][status])) for name in MODELS))
        for status in ("answered", "unparsed", "undecoded")
    ]
