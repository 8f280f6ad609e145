"""`sv6d verify`: a document and its video, and an answer about every claim that can be measured again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sv6d.errors import InputError
from sv6d.io import dump_json, sha256_file
from sv6d.quality.verify.answer import Answer, State
from sv6d.quality.verify.answers import check_boundary, check_label
from sv6d.quality.verify.look import Look, look
from sv6d.schema.document import Document
from sv6d.schema.fields import FIELDS
from sv6d.schema.versions import read_document

STATES: tuple[State, ...] = ("verified", "contradicted", "not_checkable")


@dataclass(frozen=True)
class Verification:
    """Answers about one document.

    Attributes:
        labels: by label id, in the document's order.
        boundaries: about how each shot begins, by shot id.
        num_lost: pictures of the video that could not be decoded.
    """

    document: Document
    labels: Mapping[str, Answer]
    boundaries: Mapping[str, Answer]
    num_lost: int

    def as_json(self) -> bytes:
        """Canonical JSON: {label id: answer}; shots' boundaries under names that no label can have."""
        answers = {**self.labels, **{f"shots/{name}/boundary_in": item for name, item in self.boundaries.items()}}
        return dump_json({name: item.as_json() for name, item in answers.items()})


def verify(document: Path, video: Path) -> Verification:
    """Measure the claims of a document again on its video.

    Raises:
        SchemaError: the document breaks the schema.
        InputError: a file is missing, or the video is another one than the document's.
        DecodeError: the video can not be read.
    """
    for path in (document, video):
        if not path.is_file():
            raise InputError(
                f"{path.name} can not be verified",
                found=f"no file {path}",
                wanted="a document and its video",
                next_step="correct the path",
            )
    read = read_document(document)
    digest = sha256_file(video)
    if read.video.sha256 != digest:
        raise InputError(
            f"{document.name} is about another video",
            found=f"{video.name} has sha256 {digest[:12]}, the document's video {read.video.sha256[:12]}",
            wanted="the file that the document describes",
            next_step="hand over the video with the document's sha256",
        )
    return check_document(read, look(video))


def check_document(document: Document, seen: Look) -> Verification:
    """The answers about a document of the video that was looked at."""
    return Verification(
        document,
        {label.id: check_label(label, document, seen) for label in document.labels},
        {shot.id: check_boundary(shot.boundary_in, seen) for shot in document.shots if shot.boundary_in is not None},
        len(seen.lost_ns),
    )


def table(verification: Verification) -> str:
    """Counts per state of each field and of each dimension, then what is contradicted and why the rest is open."""
    by_id = {label.id: label for label in verification.document.labels}
    fields = Counter((by_id[name].field, item.state) for name, item in verification.labels.items())
    lines = [f"{'':22}" + "".join(f"{state:>15}" for state in STATES) + f"{'checkable':>12}"]
    present = [field for field in FIELDS if any(fields[field.name, state] for state in STATES)]
    for dimension in dict.fromkeys(field.dimension for field in present):
        inside = [field.name for field in present if field.dimension == dimension]
        lines.append(_row(dimension, [sum(fields[name, state] for name in inside) for state in STATES], share=True))
        lines += [_row(f"  {name}", [fields[name, state] for state in STATES]) for name in inside]
    cuts = Counter(item.state for item in verification.boundaries.values())
    lines.append(_row("shots' boundaries", [cuts[state] for state in STATES], share=True))
    everything = {**verification.labels, **verification.boundaries}
    for name, item in everything.items():
        if item.state == "contradicted":
            measured = item.measured or "not that"
            lines.append(f"contradicted  {name}: claimed {item.claimed}, measured {measured} ({item.detail})")
    reasons = Counter(item.reason for item in everything.values() if item.reason is not None)
    lines += [f"not checkable  {count:4}  {reason}" for reason, count in sorted(reasons.items())]
    if verification.num_lost:
        lines.append(f"{verification.num_lost} pictures of the video could not be decoded")
    return "\n".join(lines)


def _row(name: str, counts: list[int], *, share: bool = False) -> str:
    total = sum(counts)
    told = f"{(counts[0] + counts[1]) / total:>12.2f}" if share and total else ""
    return f"{name:22}" + "".join(f"{count:>15}" for count in counts) + told
