"""Whether the judge prefers what a person prefers: Kendall's tau over pairs of documents that a person ranked.

    python -m benchmarks.judge_validation RANKED [--json OUT] [--against]

RANKED is a JSON file: {"pairs": [{"id", "reference", "a", "b", "better", "by"}, ...]} where `reference`,
`a` and `b` are SV6D documents about one video, `better` is "a", "b" or "same", `by` says who decided
and from what, and `reason`, which may be left out, says why. The person sees the video, the reference
and the two answers in an order drawn by lot, and neither scores nor who made them. `--against` lists
the pairs in which the judge's total prefers the other answer.

Each pair stands alone, so tau is (agreeing - disagreeing) / pairs with a preference; where the judge
sees no difference the pair counts for neither. The 95 % interval is Wilson's of the share that agrees,
such a tie taken against the judge at its lower end and for it at its upper one. Beside the judge's
total stands the independent metric, F1 at IoU 0.5.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from sv6d.errors import InputError
from sv6d.io import dump_json, read_json
from sv6d.objective.document_score import document_score
from sv6d.objective.f1 import f1_at_iou
from sv6d.objective.intervals import Z_95, wilson_interval
from sv6d.schema.document import Document
from sv6d.schema.versions import load_document

METRIC_IOU = 0.5

# (answer, reference) -> how good the answer is; higher is better
Measure = Callable[[Document, Document], float]


@dataclass(frozen=True, slots=True)
class RankedPair:
    """Two answers about one video, and which of them a person prefers."""

    id: str
    reference: Document
    a: Document
    b: Document
    better: Literal["a", "b", "same"]
    reason: str


@dataclass(frozen=True, slots=True)
class Tau:
    """How often a measure prefers what the person prefers.

    Attributes:
        tau: (agreeing - disagreeing) / pairs with a preference, in [-1, 1]; 1 is full agreement.
        low, high: 95 % interval of tau.
        num_tied: pairs in which the measure sees no difference.
        num_same: pairs in which the person sees none; they are left out.
    """

    tau: float
    low: float
    high: float
    num_agreeing: int
    num_disagreeing: int
    num_tied: int
    num_same: int


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: str
    reference: dict[str, Any]
    a: dict[str, Any]
    b: dict[str, Any]
    better: Literal["a", "b", "same"]
    by: str
    reason: str = ""


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    pairs: list[_Row]


def read_ranked(path: Path) -> list[RankedPair]:
    """The ranked pairs of a file.

    Raises:
        InputError: the file does not have the form that is described above.
        SchemaError: one of the documents breaks the schema.
    """
    try:
        form = _Form.model_validate(read_json(path))
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(
            f"{path.name} holds no ranked pairs",
            found=f"{'.'.join(map(str, first['loc']))}: {first['msg']}",
            wanted="pairs of id, reference, a, b, better (a, b or same), by, and reason if there is one",
            next_step="correct the place named above",
        ) from error
    return [
        RankedPair(
            row.id,
            load_document(row.reference, name=f"{row.id}.reference"),
            load_document(row.a, name=f"{row.id}.a"),
            load_document(row.b, name=f"{row.id}.b"),
            row.better,
            row.reason,
        )
        for row in form.pairs
    ]


def tau_of(measure: Measure, pairs: Sequence[RankedPair]) -> Tau:
    """Kendall's tau of a measure and a person.

    Raises:
        InputError: the person prefers nothing in any pair.
    """
    ranked = [pair for pair in pairs if pair.better != "same"]
    if not ranked:
        raise InputError(
            "there is no pair in which a person prefers one answer",
            found=f"{len(pairs)} pairs",
            wanted="at least one pair ranked a or b",
            next_step="have pairs ranked",
        )
    ahead = [_ahead(measure, pair) for pair in ranked]
    num_agreeing, num_tied = sum(lead > 0 for lead in ahead), sum(lead == 0 for lead in ahead)
    num_disagreeing = len(ahead) - num_agreeing - num_tied
    return Tau(
        tau=(num_agreeing - num_disagreeing) / len(ahead),
        low=2 * wilson_interval(num_agreeing, len(ahead), Z_95)[0] - 1,
        high=2 * wilson_interval(num_agreeing + num_tied, len(ahead), Z_95)[1] - 1,
        num_agreeing=num_agreeing,
        num_disagreeing=num_disagreeing,
        num_tied=num_tied,
        num_same=len(pairs) - len(ranked),
    )


def against(measure: Measure, pairs: Sequence[RankedPair]) -> list[tuple[float, RankedPair]]:
    """The pairs in which a measure prefers the other answer, and by how much (> 0), largest first."""
    leads = [(-_ahead(measure, pair), pair) for pair in pairs if pair.better != "same"]
    return sorted((found for found in leads if found[0] > 0), key=lambda found: (-found[0], found[1].id))


def judge_total(answer: Document, reference: Document) -> float:
    return document_score(answer, reference).total


def metric_f1(answer: Document, reference: Document) -> float:
    """F1 of all labels at `METRIC_IOU`; 0 where neither document has any."""
    (overall,) = f1_at_iou(answer, reference, [METRIC_IOU])[-1:]
    return overall.f1 or 0.0


def _ahead(measure: Measure, pair: RankedPair) -> float:
    """How far the answer that the person prefers is ahead of the other."""
    lead = measure(pair.a, pair.reference) - measure(pair.b, pair.reference)
    return lead if pair.better == "a" else -lead


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ranked", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--against", action="store_true")
    given = parser.parse_args(arguments)
    pairs = read_ranked(given.ranked)
    found = {"judge total": tau_of(judge_total, pairs), f"F1 at IoU {METRIC_IOU}": tau_of(metric_f1, pairs)}
    for name, tau in found.items():
        print(
            f"{name:15} tau {tau.tau:+.3f} [{tau.low:+.3f}, {tau.high:+.3f}]  agrees {tau.num_agreeing}, "
            f"disagrees {tau.num_disagreeing}, tied {tau.num_tied}, the person sees no difference {tau.num_same}"
        )
    if given.against:
        for lead, pair in against(judge_total, pairs):
            print(f"{pair.id}  {lead:.3f} against {pair.better}: {pair.reason}")
    if given.json:
        given.json.write_bytes(dump_json({name: asdict(tau) for name, tau in found.items()}))


if __name__ == "__main__":
    main()
