"""How many of the labels that rules read from evidence are true, on clips of known truth.

    sv6d studio --formats all --clips 4 --out FOLDER
    python -m benchmarks.rule_labels FOLDER [--json OUT]

Every clip of the folder that has a document in FOLDER/documents is measured on the document's own shots, so that a
label is judged and not a boundary; effects of boundaries are those that the shot detector finds. A label is right where
the truth says the same of the same place (more than half of the shorter span), wrong where it says something else,
or nothing though it is complete there; of other places nothing is known, and such labels are counted apart.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from sv6d.annotate.config import AnnotationsConfig
from sv6d.annotate.rule_labels import RULE_FIELDS, rule_labels, rule_source
from sv6d.cli.measure import FoundShots, find_shots
from sv6d.evidence.config import EvidenceConfig
from sv6d.evidence.measure import boundary_rows, measure
from sv6d.evidence.records import evidence_of
from sv6d.evidence.rows import Rows
from sv6d.io import dump_json
from sv6d.objective.quality_term import same_place
from sv6d.params import read_config
from sv6d.schema.document import Document, Label
from sv6d.schema.versions import read_document
from sv6d.shots.config import ShotsConfig

RIGHT, WRONG, UNJUDGED, MISSED = "right", "wrong", "unjudged", "missed"
# Follow from the true shots that everything is measured on.
_GIVEN = frozenset({"boundary_kind", "pacing"})
# What a truth of the studio does not say of these, is not there.
_COMPLETE = frozenset({"audio_edit", "transition_style"})
# Speech is a label of nobody: whether who speaks is seen, no rule can tell.
_UNREAD = frozenset({"voice_over", "on_screen_speech", "jump_cut"})

Counts = Counter[tuple[str, str, str]]


def judge(truth: Document, rows: Rows, found: FoundShots, config: AnnotationsConfig) -> Counts:
    """(field, value, verdict) with how often. `rows` are measured on the truth's shots, `found` is the detector's."""
    evidence = [evidence_of(row) for row in rows["evidence"]]
    source = rule_source(config.rules)
    labels = [*rule_labels(truth.shots, evidence, config.rules, source)[0], *_effects(found, config)]
    counts: Counts = Counter()
    for label in labels:
        if label.field in _GIVEN:
            continue
        counts[label.field, label.value, _verdict(label, truth)] += 1
    for told in truth.labels:
        asked = told.field in RULE_FIELDS - _GIVEN and told.value not in _UNREAD
        if asked and not any(_same(told, one) for one in labels):
            counts[told.field, told.value, MISSED] += 1
    return counts


def _effects(found: FoundShots, config: AnnotationsConfig) -> list[Label]:
    """Labels of the effects that the detector tells, on its own boundaries."""
    measured = [evidence_of(row) for row in boundary_rows(found.shots, found.changes)]
    labels, _ = rule_labels(found.shots, measured, config.rules, rule_source(config.rules))
    return [label for label in labels if label.field == "transition_style"]


def _verdict(label: Label, truth: Document) -> str:
    there = [told for told in truth.labels if told.field == label.field and same_place(told.span, label.span)]
    if any(told.value == label.value for told in there):
        return RIGHT
    return WRONG if there or label.field in _COMPLETE else UNJUDGED


def _same(told: Label, label: Label) -> bool:
    return (told.field, told.value) == (label.field, label.value) and same_place(told.span, label.span)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    shots, evidence, annotations = (read_config(given.params, word) for word in ("shots", "evidence", "annotations"))
    assert isinstance(shots, ShotsConfig)
    assert isinstance(evidence, EvidenceConfig)
    assert isinstance(annotations, AnnotationsConfig)
    counts: Counts = Counter()
    for path in sorted(given.folder.glob("*.mp4")):
        truth = read_document(given.folder / "documents" / f"{path.stem}.json")
        counts += judge(truth, measure(path, truth.shots, evidence), find_shots(path, shots), annotations)
    for line in table(counts):
        print(line)
    if given.json:
        given.json.write_bytes(dump_json([[*key, number] for key, number in sorted(counts.items())]))


def table(counts: Counts) -> list[str]:
    """A line for each value that was labelled or missed."""
    verdicts = (RIGHT, WRONG, UNJUDGED, MISSED)
    lines = [f"{'field':18}{'value':24}" + "".join(f"{name:>10}" for name in verdicts)]
    for field, value in sorted({key[:2] for key in counts}):
        lines.append(f"{field:18}{value:24}" + "".join(f"{counts[field, value, name]:10}" for name in verdicts))
    return lines


if __name__ == "__main__":
    main()
