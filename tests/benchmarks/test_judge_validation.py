"""Tau of the judge and a person, on pairs whose answer is plain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.judge_validation import against, judge_total, main, metric_f1, read_ranked, tau_of
from sv6d.errors import InputError, SchemaError
from sv6d.io import read_json, write_json
from sv6d.schema.document import Document
from sv6d.schema.versions import dump_document
from tests.sv6d.objective.made_answers import DEGENERATE, HONEST, TRUTH, TWICE


def row(number: int, a: Document, b: Document, better: str) -> dict[str, Any]:
    documents = {name: dump_document(d) for name, d in (("reference", TRUTH), ("a", a), ("b", b))}
    return {"id": f"p{number}", **documents, "better": better, "by": "by hand"}


def written(path: Path, *rows: tuple[Document, Document, str]) -> Path:
    write_json(path, {"pairs": [row(i, *given) for i, given in enumerate(rows)]})
    return path


def test_tau_counts_agreement_disagreement_ties_and_pairs_without_preference(tmp_path: Path) -> None:
    empty = DEGENERATE["empty"]
    path = written(
        tmp_path / "ranked.json",
        (TRUTH, HONEST, "a"),
        (empty, HONEST, "b"),
        (TWICE, TRUTH, "b"),
        (empty, TRUTH, "a"),
        (HONEST, HONEST, "a"),
        (TRUTH, empty, "same"),
    )
    tau = tau_of(judge_total, read_ranked(path))
    assert (tau.num_agreeing, tau.num_disagreeing, tau.num_tied, tau.num_same) == (3, 1, 1, 1)
    assert tau.tau == pytest.approx(2 / 5)
    assert -1.0 <= tau.low < tau.tau < tau.high <= 1.0


def test_a_turned_preference_turns_tau(tmp_path: Path) -> None:
    rows = [(TRUTH, HONEST, "a"), (HONEST, TWICE, "a"), (TWICE, DEGENERATE["empty"], "a")]
    turned = [(b, a, "a") for a, b, _ in rows]
    assert tau_of(judge_total, read_ranked(written(tmp_path / "one.json", *rows))).tau == 1.0
    assert tau_of(judge_total, read_ranked(written(tmp_path / "two.json", *turned))).tau == -1.0


def test_the_metric_stands_beside_the_judge(tmp_path: Path) -> None:
    assert metric_f1(TRUTH, TRUTH) == 1.0
    assert metric_f1(DEGENERATE["empty"], TRUTH) == 0.0
    path = written(tmp_path / "ranked.json", (TRUTH, HONEST, "a"))
    main([str(path), "--json", str(tmp_path / "out.json")])
    assert {name: found["tau"] for name, found in read_json(tmp_path / "out.json").items()} == {
        "judge total": 1.0,
        "F1 at IoU 0.5": 1.0,
    }


def test_a_file_of_another_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"pairs\.0\.better"):
        read_ranked(written(tmp_path / "ranked.json", (TRUTH, HONEST, "c")))
    broken = row(0, TRUTH, HONEST, "a")
    broken["b"]["labels"][0]["value"] = "nothing"
    write_json(tmp_path / "ranked.json", {"pairs": [broken]})
    with pytest.raises(SchemaError, match=r"p0\.b is no SV6D document"):
        read_ranked(tmp_path / "ranked.json")
    with pytest.raises(InputError, match="no pair in which a person prefers"):
        tau_of(judge_total, read_ranked(written(tmp_path / "same.json", (TRUTH, HONEST, "same"))))


def test_a_reason_may_be_given_and_is_kept(tmp_path: Path) -> None:
    rows = [row(0, TRUTH, HONEST, "b"), {**row(1, HONEST, TRUTH, "a"), "reason": "shorter"}, row(2, TRUTH, HONEST, "a")]
    write_json(tmp_path / "ranked.json", {"pairs": rows})
    pairs = read_ranked(tmp_path / "ranked.json")
    assert [pair.reason for pair in pairs] == ["", "shorter", ""]
    assert [pair.id for _, pair in against(judge_total, pairs)] == ["p0", "p1"]
    assert all(lead > 0 for lead, _ in against(judge_total, pairs))


def test_the_pairs_against_the_judge_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_json(tmp_path / "ranked.json", {"pairs": [{**row(0, TRUTH, HONEST, "b"), "reason": "shorter"}]})
    main([str(tmp_path / "ranked.json"), "--against"])
    assert "against b: shorter" in capsys.readouterr().out
