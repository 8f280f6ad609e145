"""`sv6d score`: documents against references, by the judge and by the metric beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import fsum
from pathlib import Path
from typing import Any

from sv6d.errors import InputError
from sv6d.objective.document_arrays import COMPONENTS
from sv6d.objective.document_score import DocumentScore, document_score
from sv6d.objective.f1 import F1, IOU_THRESHOLDS, f1_at_iou, pool
from sv6d.objective.other_texts import OtherPair, other_pairs
from sv6d.schema.document import Document
from sv6d.schema.fields import OTHER
from sv6d.schema.versions import YAML_SUFFIXES, load_document

_DOCUMENT_SUFFIXES = (".json", *YAML_SUFFIXES)
_SUFFIXES = (*_DOCUMENT_SUFFIXES, ".jsonl")


@dataclass(frozen=True, slots=True)
class Scored:
    """One pair: the names of its documents, the judge's score, the metric's, and how near free texts are."""

    pred: str
    ref: str
    video_sha256: str
    score: DocumentScore
    f1: tuple[F1, ...]
    other_pairs: tuple[OtherPair, ...]
    num_other: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Scores:
    """All pairs in the order of their videos, and the documents whose video only one side speaks about."""

    pairs: tuple[Scored, ...]
    unpaired_pred: tuple[str, ...]
    unpaired_ref: tuple[str, ...]


def score_paths(pred: Path, ref: Path) -> Scores:
    """Score the documents in `pred` against those in `ref`: each a document (JSON, YAML), a .jsonl or a folder of such.

    Two single documents are a pair; else documents are paired by their video's sha256.

    Raises:
        InputError: nothing to read, two documents of one side about one video, or no video on both sides.
        SchemaError: a document breaks the schema.
    """
    preds, refs = dict(_documents(pred)), dict(_documents(ref))
    if all(path.is_file() and path.suffix.lower() in _DOCUMENT_SUFFIXES for path in (pred, ref)):
        (pair,) = ((a, b) for a in preds.items() for b in refs.items())
        return Scores((_scored(*pair),), (), ())
    by_pred, by_ref = _by_video(preds, pred), _by_video(refs, ref)
    common = sorted(by_pred.keys() & by_ref.keys())
    if not common:
        raise InputError(
            "no video is spoken of on both sides",
            found=f"{len(by_pred)} documents in {pred}, {len(by_ref)} in {ref}",
            wanted="documents about the same videos (the same sha256)",
            next_step="hand over the references of these videos",
        )
    return Scores(
        tuple(_scored((by_pred[key], preds[by_pred[key]]), (by_ref[key], refs[by_ref[key]])) for key in common),
        tuple(sorted(name for key, name in by_pred.items() if key not in by_ref)),
        tuple(sorted(name for key, name in by_ref.items() if key not in by_pred)),
    )


def as_json(scores: Scores) -> dict[str, Any]:
    """Everything that was found, as JSON values; names and no paths, so that the bytes repeat anywhere."""
    return {
        "num_pairs": len(scores.pairs),
        "mean": _means(scores),
        "f1": [_f1(item) for item in _pooled(scores)],
        "unpaired": {"pred": list(scores.unpaired_pred), "ref": list(scores.unpaired_ref)},
        "pairs": [
            {
                "pred": pair.pred,
                "ref": pair.ref,
                "video_sha256": pair.video_sha256,
                **asdict(pair.score),
                "f1": [_f1(item) for item in pair.f1],
                "other": {
                    "num_pred": pair.num_other[0],
                    "num_ref": pair.num_other[1],
                    "pairs": [asdict(item) for item in pair.other_pairs],
                },
            }
            for pair in scores.pairs
        ],
    }


def as_table(scores: Scores) -> str:
    """What a person reads: a row per component with the metric beside it, the flaws, and what was not paired."""
    means = _means(scores)
    lines = [f"{'':15} {'score':>7} {'pred':>6} {'ref':>6} {'matched':>8}" + _f1_head()]
    pooled: dict[tuple[str | None, float], float | None] = {
        (item.dimension, item.iou): item.f1 for item in _pooled(scores)
    }
    for name in COMPONENTS:
        parts = [pair.score.component(name) for pair in scores.pairs]
        counts = (sum(p.num_pred for p in parts), sum(p.num_ref for p in parts), sum(len(p.pairs) for p in parts))
        lines.append(
            f"{name:15} {_told(means[name]):>7} {counts[0]:6} {counts[1]:6} {counts[2]:8}"
            + "".join(f"{_told(pooled.get((name, iou))):>9}" for iou in IOU_THRESHOLDS)
        )
    for name in ("alignment", "quality", "total"):
        metric = [_told(pooled[None, iou]) if name == "total" else "" for iou in IOU_THRESHOLDS]
        lines.append(f"{name:15} {_told(means[name]):>7}{'':23}{''.join(f'{cell:>9}' for cell in metric)}".rstrip())
    flaws = [
        (name, fsum(asdict(p.score.flaws)[name] for p in scores.pairs)) for name in asdict(scores.pairs[0].score.flaws)
    ]
    lines.append("flaws: " + ", ".join(f"{name} {total / len(scores.pairs):.3f}" for name, total in flaws))
    lines.extend(_other_lines(scores))
    if len(scores.pairs) > 1:
        lines.append(f"means over {len(scores.pairs)} pairs; F1 over all their labels together")
        lines.extend(f"  {pair.score.total:.3f}  {pair.pred}  against {pair.ref}" for pair in scores.pairs)
    for side, names in (("prediction", scores.unpaired_pred), ("reference", scores.unpaired_ref)):
        if names:
            lines.append(f"not scored, {len(names)} without a counterpart ({side}): {', '.join(names)}")
    return "\n".join(lines)


def _documents(path: Path) -> Iterator[tuple[str, Document]]:
    """(name, document) in the order of names."""
    if not path.exists():
        raise _unreadable(path, "nothing there")
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in _SUFFIXES) if path.is_dir() else [path]
    if not files:
        raise _unreadable(path, "a folder without any")
    for file in files:
        if file.suffix.lower() == ".jsonl":
            lines = file.read_bytes().splitlines()
            if not lines:
                raise _unreadable(file, "an empty file")
            for number, line in enumerate(lines, 1):
                name = f"{file.name}:{number}"
                yield name, load_document(line, name=name)
        else:
            yield file.name, load_document(file.read_bytes(), name=file.name)


def _unreadable(path: Path, found: str) -> InputError:
    return InputError(
        f"there are no documents to score in {path}",
        found=found,
        wanted="a document (.json, .yaml, .yml), one document a line (.jsonl), or a folder of such files",
        next_step="correct the path",
    )


def _by_video(documents: Mapping[str, Document], path: Path) -> dict[str, str]:
    """{sha256 of a video: name of the document about it}."""
    names: dict[str, str] = {}
    for name, document in documents.items():
        earlier = names.setdefault(document.video.sha256, name)
        if earlier != name:
            raise InputError(
                f"two documents in {path} are about one video",
                found=f"{earlier} and {name}, video {document.video.sha256[:12]}",
                wanted="one document for each video",
                next_step="remove one of them, or score them one by one",
            )
    return names


def _scored(pred: tuple[str, Document], ref: tuple[str, Document]) -> Scored:
    (pred_name, ours), (ref_name, theirs) = pred, ref
    score = document_score(ours, theirs)
    num_other = [sum(label.value == OTHER for label in document.labels) for document in (ours, theirs)]
    return Scored(
        pred=pred_name,
        ref=ref_name,
        video_sha256=theirs.video.sha256,
        score=score,
        f1=f1_at_iou(ours, theirs),
        other_pairs=other_pairs(ours, theirs),
        num_other=(num_other[0], num_other[1]),
    )


def _means(scores: Scores) -> dict[str, float | None]:
    """Means over the pairs in which each is scored; None where it is in none."""
    found = [pair.score for pair in scores.pairs]
    values: dict[str, Sequence[float | None]] = {
        "total": [score.total for score in found],
        "alignment": [score.alignment for score in found],
        "quality": [score.quality for score in found],
        **{name: [score.component(name).score for score in found] for name in COMPONENTS},
    }
    return {name: _mean([value for value in listed if value is not None]) for name, listed in values.items()}


def _mean(values: Sequence[float]) -> float | None:
    return fsum(values) / len(values) if values else None


def _pooled(scores: Scores) -> tuple[F1, ...]:
    return pool(item for pair in scores.pairs for item in pair.f1)


def _f1(item: F1) -> dict[str, Any]:
    return {**asdict(item), "f1": item.f1}


def _f1_head() -> str:
    return "".join(f"{f'F1@{iou}':>9}" for iou in IOU_THRESHOLDS)


def _told(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _other_lines(scores: Scores) -> list[str]:
    """What free texts say, where there are any; it is not counted in the score."""
    num_pred, num_ref = (sum(pair.num_other[side] for pair in scores.pairs) for side in (0, 1))
    if not num_pred and not num_ref:
        return []
    nears = [item.text_similarity for pair in scores.pairs for item in pair.other_pairs]
    near = f", texts alike by {fsum(nears) / len(nears):.3f}" if nears else ""
    return [f"other (not counted): {num_pred} predicted, {num_ref} in the reference, {len(nears)} matched{near}"]
