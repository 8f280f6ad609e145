"""From records to scores: accuracy over all items, intervals by bootstrap over videos, a second metric.

An unparsed completion counts as not correct and is shown; an item without frames was not measured,
so it is in no accuracy and is shown too. Nothing is ever dropped without a count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from statistics import median
from typing import Any, Literal

import numpy as np

from sv6d.tasks.registry import KINDS, is_correct, parse

Status = Literal["answered", "unparsed", "undecoded"]
ALL = "all"
_DIGITS = 6  # of stored scores: far below one item, far above the noise of summation


@dataclass(frozen=True, slots=True)
class Record:
    """One model's answer to one item. Columns of `sv6d.bench.tables.RECORDS`."""

    model: str
    item_id: str
    video_id: str
    cluster_id: str
    kind: str
    prompt_id: str
    status: Status
    response: str | None
    parsed: str | None
    answer: str
    correct: bool | None
    error: float | None
    num_frames: int | None
    fps: float | None
    failure: str | None


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Resampling of clusters: how often, how wide the interval, from which seed."""

    num_resamples: int
    interval_share: float
    seed: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a completion came to: its status, the answer read, whether it is right, how far off (s, shots)."""

    status: Status
    parsed: str | None
    correct: bool | None
    error: float | None


UNDECODED = Verdict("undecoded", None, None, None)


def judged(kind: str, response: str, answer: str) -> Verdict:
    """The verdict on a completion."""
    parsed = parse(kind, response)
    if parsed is None:
        return Verdict("unparsed", None, None, None)
    error = None if kind == "camera_movement" else round(abs(float(parsed) - float(answer)), _DIGITS)
    return Verdict("answered", parsed, is_correct(kind, response, answer), error)


def of_kind(records: Sequence[Record], kind: str) -> list[Record]:
    """The records of a kind; of all kinds for `ALL`."""
    return [record for record in records if kind in (ALL, record.kind)]


def score(records: Sequence[Record], bootstrap: Bootstrap) -> dict[str, Any]:
    """Counts, accuracy and its interval [low, high] for one model and one kind.

    Accuracy is correct / (answered + unparsed); None where nothing was measured, and where not one
    completion could be read: a failure to measure is not a measurement of zero.
    """
    answered = sum(record.status == "answered" for record in records)
    measured = [record for record in records if record.status != "undecoded"]
    correct = sum(bool(record.correct) for record in measured)
    low, high = (None, None) if not answered else _interval(_accuracies(measured, bootstrap), bootstrap)
    return {
        "num_items": len(records),
        "answered": answered,
        "unparsed": len(measured) - answered,
        "undecoded": len(records) - len(measured),
        "correct": correct,
        "accuracy": round(correct / len(measured), _DIGITS) if answered else None,
        "low": low,
        "high": high,
    }


def difference(a: Sequence[Record], b: Sequence[Record], bootstrap: Bootstrap) -> dict[str, Any]:
    """Accuracy of `a` minus that of `b` over the items that both were shown, with its interval.

    Paired: each resample takes the same videos for both. None where either answered nothing.
    """
    shown = [{r.item_id: r for r in records if r.status != "undecoded"} for records in (a, b)]
    both = sorted(shown[0].keys() & shown[1].keys())
    pairs = [(shown[0][item], shown[1][item]) for item in both]
    answered = [any(r.status == "answered" for r in one.values()) for one in shown]
    if not pairs or not all(answered):
        return {"num_items": len(pairs), "difference": None, "low": None, "high": None}
    ours, theirs = [p[0] for p in pairs], [p[1] for p in pairs]
    low, high = _interval(_accuracies(ours, bootstrap) - _accuracies(theirs, bootstrap), bootstrap)
    gain = fsum(bool(x.correct) - bool(y.correct) for x, y in pairs) / len(pairs)
    return {"num_items": len(pairs), "difference": round(gain, _DIGITS), "low": low, "high": high}


def independent_metrics(records: Sequence[Record]) -> dict[str, Any]:
    """A metric per kind that no reward is made of, for one model.

    cut_time and shot_count: mean and median absolute error (seconds, shots) over what was answered,
    with `coverage`, the share that was. camera_movement: recall and F1, each the mean over the
    movements that the key has; an unparsed answer misses.
    """
    found: dict[str, Any] = {}
    for kind in KINDS:
        measured = [r for r in of_kind(records, kind) if r.status != "undecoded"]
        if not measured:
            continue
        if kind == "camera_movement":
            found[kind] = _per_value(measured)
        else:
            errors = [record.error for record in measured if record.error is not None]
            found[kind] = {
                "mean_error": round(fsum(errors) / len(errors), _DIGITS) if errors else None,
                "median_error": round(median(errors), _DIGITS) if errors else None,
                "unit": "s" if kind == "cut_time" else "shots",
                "coverage": round(len(errors) / len(measured), _DIGITS),
            }
    return found


def _per_value(records: Sequence[Record]) -> dict[str, Any]:
    recalls, f1s = [], []
    for value in sorted({record.answer for record in records}):
        hits = sum(r.answer == value and r.parsed == value for r in records)
        wanted = sum(r.answer == value for r in records)
        said = sum(r.parsed == value for r in records)
        recalls.append(hits / wanted)
        f1s.append(2 * hits / (wanted + said))
    answered = sum(record.parsed is not None for record in records)
    return {
        "macro_recall": round(fsum(recalls) / len(recalls), _DIGITS) if answered else None,
        "macro_f1": round(fsum(f1s) / len(f1s), _DIGITS) if answered else None,
        "coverage": round(answered / len(records), _DIGITS),
    }


def _accuracies(records: Sequence[Record], bootstrap: Bootstrap) -> np.ndarray:
    """Accuracy in each resample of the clusters, shape (num_resamples,).

    Clusters are ordered by name and drawn from the same seed each time, so that two models with the
    same items are resampled alike.
    """
    totals: Mapping[str, list[int]] = {record.cluster_id: [0, 0] for record in sorted(records, key=_cluster)}
    for record in records:
        totals[record.cluster_id][0] += bool(record.correct)
        totals[record.cluster_id][1] += 1
    sums_C2 = np.array(list(totals.values()), dtype=np.float64)
    rng = np.random.Generator(np.random.PCG64(bootstrap.seed))
    drawn_BC = rng.integers(len(sums_C2), size=(bootstrap.num_resamples, len(sums_C2)))
    drawn_B2 = sums_C2[drawn_BC].sum(axis=1)
    accuracies: np.ndarray = drawn_B2[:, 0] / drawn_B2[:, 1]
    return accuracies


def _interval(values: np.ndarray, bootstrap: Bootstrap) -> tuple[float, float]:
    """Percentile interval."""
    tail = (1.0 - bootstrap.interval_share) / 2.0
    low, high = np.quantile(values, [tail, 1.0 - tail])
    return round(float(low), _DIGITS), round(float(high), _DIGITS)


def _cluster(record: Record) -> str:
    return record.cluster_id
