"""`docs/objective.md` tells the truth: its example, its arithmetic, its weights and its tables are recomputed."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.judge_validation import METRIC_IOU, against, judge_total, metric_f1, read_ranked, tau_of
from sv6d.cli.score import as_table, score_paths
from sv6d.io import write_json
from sv6d.objective.distances import TIME_SCALE_NS, near_values
from sv6d.objective.document_score import DocumentScore, document_score
from sv6d.objective.f1 import IOU_THRESHOLDS
from sv6d.objective.matching import EDGE_WEIGHT
from sv6d.objective.quality_term import WEIGHTS
from sv6d.schema.document import Document
from sv6d.schema.fields import FIELDS
from sv6d.schema.versions import dump_document
from sv6d.timeline import NS_PER_S
from tests.sv6d.objective.made_answers import DEGENERATE, HONEST, TRUTH, TWICE
from tests.sv6d.objective.made_documents import made_document

PAGE = (Path(__file__).parents[3] / "docs" / "objective.md").read_text()
RANKED = read_ranked(Path(__file__).parents[2] / "golden" / "ranked_pairs.json")
OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def section(title: str) -> str:
    (found,) = re.findall(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGE, flags=re.DOTALL | re.MULTILINE)
    return str(found)


def table(text: str, first_column: str) -> list[list[str]]:
    """Cells of the rows of the table whose first column bears that name."""
    lines = text.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"| {first_column} |")) + 2
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def calculate(text: str) -> float:
    def value(node: ast.expr) -> float:
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return float(node.value)
        assert isinstance(node, ast.BinOp), f"no arithmetic: {text}"
        return OPERATORS[type(node.op)](value(node.left), value(node.right))

    return value(ast.parse(text, mode="eval").body)


def example(who: str) -> Document:
    rows = [row[1:] for row in table(section("An example, worked by hand"), "document") if row[0] == who]
    spans = {
        part: [(float(a), float(b), value) for name, a, b, value in rows if name == part]
        for part in {r[0] for r in rows}
    }
    ((cut_from, cut_to, kind),) = spans["boundary"]
    first, second = spans["shot"]
    return made_document(
        [(first[0], first[1], "", 0.0, 0.0), (second[0], second[1], kind, cut_from, cut_to)],
        [(part, v, a, b) for part in ("camera_movement", "lighting_key") for a, b, v in spans[part]],
    )


SCORE: DocumentScore = document_score(example("predicted"), example("reference"))
ARITHMETIC = re.findall(r"`([^`=|]+) = ([0-9.]+)`", section("An example, worked by hand").replace("\n   ", " "))


def test_the_example_shows_its_arithmetic() -> None:
    assert len(ARITHMETIC) == 23


@pytest.mark.parametrize(("sum_text", "result"), ARITHMETIC)
def test_each_line_of_arithmetic_is_right(sum_text: str, result: str) -> None:
    assert calculate(sum_text) == pytest.approx(float(result), abs=1e-9)


@pytest.mark.parametrize(("quantity", "value"), table(section("An example, worked by hand"), "quantity"))
def test_the_code_gives_the_results_of_the_example(quantity: str, value: str) -> None:
    whole = {"alignment": SCORE.alignment, "quality": SCORE.quality, "total": SCORE.total}
    found = whole.get(quantity) or SCORE.component(quantity).score
    assert found == pytest.approx(float(value), abs=1e-9)


def test_the_code_finds_the_pairs_and_costs_of_the_example() -> None:
    results = {result for _, result in ARITHMETIC}
    costs = {f"{pair.cost:.6f}".rstrip("0") for pair in SCORE.pairs}
    assert costs == {"0.2125", "0.25", "0.5", "0.9625", "0.7125"}
    assert costs <= results
    assert [c.name for c in SCORE.components if c.score is None] == ["subject", "editing", "narrative", "dissemination"]


def test_the_page_shows_the_table_that_the_command_prints(tmp_path: Path) -> None:
    for who in ("predicted", "reference"):
        write_json(tmp_path / f"{who}.json", dump_document(example(who)))
    scores = score_paths(tmp_path / "predicted.json", tmp_path / "reference.json")
    assert f"```\n{as_table(scores)}\n```" in section("On the command line")


def test_the_table_of_speeds_lists_what_the_benchmark_measures() -> None:
    text = section("Many pairs at once")
    benchmark = (Path(__file__).parents[3] / "benchmarks" / "objective.py").read_text()
    assert "python -m benchmarks.objective --json OUT" in text
    assert all(f'"{row[0]}"' in benchmark for row in table(text, "what"))


def test_weights_and_scales_are_those_of_the_code() -> None:
    stated = {row[0]: float(row[1]) for row in table(section("Formulas"), "flaw")}
    assert stated == dict(WEIGHTS)
    assert f"`w` is {EDGE_WEIGHT}" in section("Formulas")
    assert f"`1 - |a - b| / {TIME_SCALE_NS // NS_PER_S} s`" in section("Distances")
    assert "temporal IoU {}, {} and {}".format(*IOU_THRESHOLDS) in section("The metric beside it").replace("\n", " ")


def test_the_table_of_near_values_is_that_of_the_code() -> None:
    rows = table(section("Distances"), "field")
    stated = {(field, *values.split(", ")): float(near) for field, values, near, _ in rows}
    assert len(stated) == len(rows)
    assert stated == {(f.name, a, b): near for f in FIELDS for (a, b), near in near_values(f.name).items()}


def test_the_table_of_answers_given_without_looking_is_measured() -> None:
    answers = {
        "the reference itself": TRUTH,
        "every second label of it": HONEST,
        "everything twice": TWICE,
        **DEGENERATE,
    }
    rows = table(section("Answers given without looking"), "answer")
    assert {row[0] for row in rows} == set(answers)
    for name, *stated in rows:
        score = document_score(answers[name], TRUTH)
        assert [f"{x:.3f}" for x in (score.alignment, score.quality, score.total)] == stated, name
    totals = [float(row[3]) for row in rows]
    assert totals == sorted(totals, reverse=True)


def test_the_agreement_with_the_ranked_pairs_is_recomputed() -> None:
    text = section("Does it agree with a person?")
    measures = {"judge total": judge_total, f"F1 at IoU {METRIC_IOU}": metric_f1}
    rows = table(text, "measure")
    assert [row[0] for row in rows] == list(measures)
    for name, *stated in rows:
        tau = tau_of(measures[name], RANKED)
        counts = [str(count) for count in (tau.num_agreeing, tau.num_disagreeing, tau.num_tied)]
        assert stated == [*(f"{x:.3f}" for x in (tau.tau, tau.low, tau.high)), *counts], name
        assert tau.num_agreeing + tau.num_disagreeing + tau.num_tied + tau.num_same == len(RANKED) == 50


def test_the_pairs_in_which_the_judge_disagrees_are_those_of_the_page() -> None:
    found = [(pair.id, f"{lead:.3f}", pair.reason) for lead, pair in against(judge_total, RANKED)]
    assert [tuple(row) for row in table(section("Does it agree with a person?"), "pair")] == found


def test_near_and_far_pairs_agree_as_the_page_says() -> None:
    text = section("Does it agree with a person?").replace("\n", " ")
    leads = [
        (judge_total(pair.a, pair.reference) - judge_total(pair.b, pair.reference)) * (1 if pair.better == "a" else -1)
        for pair in RANKED
        if pair.better != "same"
    ]
    far, near = [x for x in leads if abs(x) >= 0.2], [x for x in leads if abs(x) < 0.05]
    assert f"0.2 or more apart it agrees in {sum(x > 0 for x in far)} of {len(far)} pairs" in text
    assert f"less than 0.05 apart in {sum(x > 0 for x in near)} of {len(near)}" in text
    counts = [sum(pair.better == better for pair in RANKED) for better in ("a", "b", "same")]
    assert counts == [19, 29, 2]
    assert "19 times a, 29 times b, twice no difference" in text
