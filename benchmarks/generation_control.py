"""How much of a document comes back when it is rendered and the clip is parsed.

    python -m benchmarks.generation_control DOCUMENTS [--most 40] [--json OUT]

Each document of the folder is rendered (`sv6d studio --from`), and the clip is parsed by what the flow measures
with: shots, evidence, rules. What comes back is compared by the judge with what was asked for, on the fields that
a rule reads and the studio draws; shots and boundaries count as they do everywhere. Prints the mean with a 95 %
interval (bootstrap over documents), F1 at temporal IoU 0.5 beside it, and as a floor the score of the next
document's parse, laid on the same length. Documents of reels (`FORMAT_0000.json`, from
`sv6d studio --formats ...`) are told by format too.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from sv6d.annotate.config import AnnotationsConfig
from sv6d.annotate.rule_labels import is_ruled, rule_labels, rule_source
from sv6d.cli.measure import find_shots
from sv6d.errors import Sv6dError
from sv6d.evidence.config import EvidenceConfig
from sv6d.evidence.measure import measure
from sv6d.evidence.records import evidence_of
from sv6d.io import dump_json
from sv6d.objective.document_score import document_score
from sv6d.objective.f1 import f1_at_iou, pool
from sv6d.params import read_config
from sv6d.schema.document import Document, Spanned
from sv6d.schema.versions import read_document
from sv6d.shots.config import ShotsConfig
from sv6d.studio.config import StudioConfig
from sv6d.studio.formats import FORMATS
from sv6d.studio.studio import render_document

_PARAMS = Path("params.yaml")
_ROUNDS, _SEED = 2000, 1
_OF_FORMAT = re.compile(r"(?P<format>[a-z]+)_[0-9]{4}")
_WITHOUT_RECORDS = {
    "hooks": (), "cut_rationales": (), "tension": None, "packaging_cues": (), "layouts": (), "report": None
}  # fmt: skip

Section = TypeVar("Section")
Moved = TypeVar("Moved", bound=Spanned)


def parse(path: Path, rendered: Document) -> Document:
    """What the flow measures of a clip: shots, boundaries, and the labels that follow from evidence."""
    found = find_shots(path, _settings("shots", ShotsConfig))
    # The last frame is as long as the file says.
    shots = (*found.shots[:-1], found.shots[-1].model_copy(update={"end_ns": rendered.video.duration_ns}))
    rows = measure(path, shots, _settings("evidence", EvidenceConfig), None, found.changes)["evidence"]
    evidence = [evidence_of(row) for row in rows]
    rules = _settings("annotations", AnnotationsConfig).rules
    labels, _ = rule_labels(shots, evidence, rules, rule_source(rules))
    expected = tuple(label for label in labels if is_ruled(label.field, label.value))
    return Document(video=rendered.video, shots=shots, evidence=tuple(evidence), labels=expected)


def _settings(word: str, kind: type[Section]) -> Section:
    config = read_config(_PARAMS, word)
    assert isinstance(config, kind)
    return config


def asked_of(document: Document, rendered: Document) -> Document:
    """What was asked for, of the values that a rule reads and on the clip that was rendered.

    Times stay; the last shot ends with the clip, which is a whole number of frames long.
    """
    end_ns = rendered.video.duration_ns
    last = document.shots[-1].model_copy(update={"end_ns": end_ns})
    labels = tuple(
        label.model_copy(update={"end_ns": min(label.end_ns, end_ns)})
        for label in document.labels
        if is_ruled(label.field, label.value)
    )
    return document.model_copy(
        update={"video": rendered.video, "shots": (*document.shots[:-1], last), "labels": labels, **_WITHOUT_RECORDS}
    )


def only(document: Document, fields: frozenset[str]) -> Document:
    """The document with the labels of these fields."""
    return document.model_copy(update={"labels": tuple(each for each in document.labels if each.field in fields)})


def _interval(scores: Sequence[float]) -> tuple[float, float, float]:
    rng = np.random.default_rng(_SEED)
    means = rng.choice(scores, (_ROUNDS, len(scores))).mean(axis=1)
    return float(np.mean(scores)), float(np.percentile(means, 2.5)), float(np.percentile(means, 97.5))


def by_format(scores: Mapping[str, float]) -> dict[str, list[float]]:
    """The scores of documents by the format in their name; nothing of those that bear none."""
    found: dict[str, list[float]] = {}
    for name, score in sorted(scores.items()):
        match = _OF_FORMAT.fullmatch(name)
        if match is not None and match["format"] in FORMATS:
            found.setdefault(match["format"], []).append(score)
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", type=Path)
    parser.add_argument("--most", type=int, default=40)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    studio = _settings("studio", StudioConfig)
    total_of: dict[str, float] = {}
    asked: list[Document] = []
    parsed: list[Document] = []
    refused: list[str] = []
    num_labels = num_omitted = 0
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        for path in sorted(given.documents.iterdir())[: given.most]:
            document = read_document(path)
            try:
                clip, omitted = render_document(path, studio, out)
            except Sv6dError as error:
                refused.append(f"{path.name}: {error.what}")
                continue
            rendered = read_document(out / "documents" / f"{path.stem}.json")
            num_labels, num_omitted = num_labels + len(document.labels), num_omitted + len(omitted)
            want = asked_of(document, rendered)
            got = only(parse(clip, rendered), frozenset(label.field for label in want.labels))
            asked.append(want)
            parsed.append(got)
            score = document_score(got, want)
            total_of[path.stem] = score.total
            parts = ", ".join(f"{part.name} {part.score:.2f}" for part in score.components if part.score is not None)
            print(f"{path.stem[:16]:16} {score.total:.3f}  alignment {score.alignment:.3f}  {parts}", flush=True)
    if not asked:
        raise SystemExit(f"nothing was rendered: {'; '.join(refused) or 'no documents'}")
    alignments = [document_score(got, want).alignment for got, want in zip(parsed, asked, strict=True)]
    totals = [document_score(got, want).total for got, want in zip(parsed, asked, strict=True)]
    floor = [document_score(_laid_on(parsed[i - 1], want), want).alignment for i, want in enumerate(asked)]
    pooled = {
        score.iou: score.f1
        for score in pool(s for got, want in zip(parsed, asked, strict=True) for s in f1_at_iou(got, want))
        if score.dimension is None
    }
    for name, scores in (("alignment", alignments), ("total", totals), ("another document's parse", floor)):
        mean, low, high = _interval(scores)
        print(f"{name:26} {mean:.3f} [{low:.3f}, {high:.3f}] over {len(scores)} documents")
    of_format = {name: _interval(each) for name, each in by_format(total_of).items()}
    for name, (mean, low, high) in of_format.items():
        print(f"  {name:24} {mean:.3f} [{low:.3f}, {high:.3f}]")
    print("F1 at temporal IoU         " + ", ".join(f"{iou}: {value:.3f}" for iou, value in pooled.items() if value))
    print(f"labels of the documents    {num_labels}, {num_omitted} not shown")
    for line in refused:
        print(f"not rendered               {line}")
    if given.json:
        given.json.write_bytes(
            dump_json(
                {
                    "documents": len(asked),
                    "refused": refused,
                    "alignment": _interval(alignments),
                    "total": _interval(totals),
                    "another": _interval(floor),
                    "formats": of_format,
                    "f1": {str(iou): value for iou, value in pooled.items()},
                    "labels": num_labels,
                    "not_shown": num_omitted,
                }
            )
        )


def _laid_on(document: Document, other: Document) -> Document:
    """A parse as if it were of the other clip: times stretched to its length."""
    share = other.video.duration_ns / document.video.duration_ns

    def moved(part: Moved) -> Moved:
        start_ns, end_ns = round(part.start_ns * share), round(part.end_ns * share)
        return part.model_copy(update={"start_ns": start_ns, "end_ns": max(end_ns, start_ns + 1)})

    shots = tuple(
        moved(shot).model_copy(update={"boundary_in": None if shot.boundary_in is None else moved(shot.boundary_in)})
        for shot in document.shots
    )
    return document.model_copy(
        update={
            "video": other.video,
            "shots": shots,
            "labels": tuple(moved(label) for label in document.labels),
            "evidence": tuple(moved(item) for item in document.evidence),
        }
    )


if __name__ == "__main__":
    main()
