"""Scores from records whose right values are worked out by hand."""

from __future__ import annotations

import pytest

from sv6d.bench.scoring import UNDECODED, Bootstrap, Record, difference, independent_metrics, judged, score

BOOTSTRAP = Bootstrap(num_resamples=2000, interval_share=0.95, seed=7)


def record(number: int, kind: str, response: str | None, answer: str, *, cluster: str = "") -> Record:
    verdict = UNDECODED if response is None else judged(kind, response, answer)
    return Record(
        model="m",
        item_id=f"q_{number}",
        video_id=f"v{number}",
        cluster_id=cluster or f"v{number}",
        kind=kind,
        prompt_id=f"{kind}/1",
        status=verdict.status,
        response=response,
        parsed=verdict.parsed,
        answer=answer,
        correct=verdict.correct,
        error=verdict.error,
        num_frames=None if response is None else 8,
        fps=None if response is None else 1.0,
        failure="truncated: 3 of 9 frames" if response is None else None,
    )


@pytest.mark.parametrize(
    ("kind", "response", "answer", "status", "correct", "error"),
    [
        ("cut_time", "2.9", "2.4", "answered", True, 0.5),
        ("cut_time", "3.0 s", "2.4", "answered", False, 0.6),
        ("cut_time", "", "2.4", "unparsed", None, None),
        ("cut_time", "(", "2.4", "unparsed", None, None),
        ("cut_time", ".", "2.4", "unparsed", None, None),
        ("shot_count", "2", "4", "answered", False, 2.0),
        ("camera_movement", "pan_left", "pan_left", "answered", True, None),
        ("camera_movement", "I cannot determine", "pan_left", "unparsed", None, None),
        ("camera_movement", "None of the above", "pan_left", "unparsed", None, None),
    ],
)
def test_a_completion_is_judged(
    kind: str, response: str, answer: str, status: str, correct: bool | None, error: float | None
) -> None:
    verdict = judged(kind, response, answer)
    assert (verdict.status, verdict.correct, verdict.error) == (status, correct, error)


def test_unparsed_counts_as_not_correct_and_undecoded_as_not_measured() -> None:
    records = [
        record(1, "shot_count", "3", "3"),
        record(2, "shot_count", "3", "2"),
        record(3, "shot_count", "many", "2"),
        record(4, "shot_count", "", "2"),
        record(5, "shot_count", None, "2"),
    ]
    found = score(records, BOOTSTRAP)
    assert {key: found[key] for key in ("num_items", "answered", "unparsed", "undecoded", "correct")} == {
        "num_items": 5,
        "answered": 2,
        "unparsed": 2,
        "undecoded": 1,
        "correct": 1,
    }
    assert found["accuracy"] == 0.25
    assert 0.0 <= found["low"] <= 0.25 <= found["high"] <= 1.0


@pytest.mark.parametrize("responses", [["", "?"], [None, None]])
def test_a_model_that_answers_nothing_has_no_accuracy(responses: list[str | None]) -> None:
    found = score([record(i, "shot_count", text, "2") for i, text in enumerate(responses)], BOOTSTRAP)
    assert (found["accuracy"], found["low"], found["high"]) == (None, None, None)


def test_intervals_resample_clusters_not_items() -> None:
    """40 items in 2 clusters, one all right and one all wrong: a resample holds 0, 1 or 2 of the right one."""
    clustered = [record(i, "shot_count", "2", "2" if i < 20 else "3", cluster="ab"[i >= 20]) for i in range(40)]
    spread = [record(i, "shot_count", "2", "2" if i < 20 else "3") for i in range(40)]
    wide, narrow = score(clustered, BOOTSTRAP), score(spread, BOOTSTRAP)
    assert wide["accuracy"] == narrow["accuracy"] == 0.5
    assert (wide["low"], wide["high"]) == (0.0, 1.0)
    # Binomial with n = 40, p = .5: 1.96 standard errors are .155.
    assert narrow["low"] == pytest.approx(0.345, abs=0.03)
    assert narrow["high"] == pytest.approx(0.655, abs=0.03)


def test_equal_records_have_equal_intervals() -> None:
    records = [record(i, "shot_count", str(i % 3), "2") for i in range(30)]
    assert score(records, BOOTSTRAP) == score(list(reversed(records)), BOOTSTRAP)


def test_differences_are_paired_by_item() -> None:
    """Ours is right wherever theirs is and on 10 items more: pairing leaves no resample in which it loses."""
    theirs = [record(i, "shot_count", "2" if i < 10 else "9", "2") for i in range(40)]
    ours = [record(i, "shot_count", "2" if i < 20 else "9", "2") for i in range(40)]
    found = difference(ours, list(reversed(theirs)), BOOTSTRAP)
    assert found["difference"] == 0.25
    assert 0.05 < found["low"] < 0.25 < found["high"] < 0.45
    assert difference(ours, ours, BOOTSTRAP) == {"num_items": 40, "difference": 0.0, "low": 0.0, "high": 0.0}


def test_a_difference_uses_items_that_both_were_shown_and_needs_answers_of_both() -> None:
    ours = [record(1, "shot_count", "2", "2"), record(2, "shot_count", None, "2")]
    theirs = [record(1, "shot_count", "3", "2"), record(2, "shot_count", "2", "2")]
    assert difference(ours, theirs, BOOTSTRAP)["num_items"] == 1
    assert difference(ours, theirs, BOOTSTRAP)["difference"] == 1.0
    silent = [record(i, "shot_count", "", "2") for i in (1, 2)]
    assert difference(ours, silent, BOOTSTRAP)["difference"] is None


def test_errors_are_means_over_what_was_answered_with_its_coverage() -> None:
    records = [record(i, "cut_time", text, "2.0") for i, text in enumerate(["2.0", "2.6", "3.2", "late"])]
    found = independent_metrics([*records, record(9, "cut_time", None, "2.0")])
    assert found["cut_time"] == {"mean_error": 0.6, "median_error": 0.6, "unit": "s", "coverage": 0.75}


def test_macro_recall_and_f1_weigh_each_movement_alike() -> None:
    said = [("static", "static")] * 3 + [("pan_left", "static"), ("tilt_up", "tilt_up"), ("tilt_up", "?")]
    records = [record(i, "camera_movement", text, answer) for i, (answer, text) in enumerate(said)]
    found = independent_metrics(records)["camera_movement"]
    # recall: static 3/3, pan_left 0/1, tilt_up 1/2; F1: static 2*3/(3+4), pan_left 0, tilt_up 2*1/(2+1)
    assert found["macro_recall"] == pytest.approx((1 + 0 + 0.5) / 3)
    assert found["macro_f1"] == pytest.approx((6 / 7 + 0 + 2 / 3) / 3, abs=1e-6)
    assert found["coverage"] == pytest.approx(5 / 6)
