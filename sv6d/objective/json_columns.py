"""Many documents as they were read, as columns: what the judge compares, and what tells whether they are sound.

Legend: D documents, L labels, S shots, B boundaries, E evidence, C citations of evidence by labels, F frames.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sv6d.objective.document_arrays import BOUNDARY_CODE, LABEL_CODE, SHOT_CODE, DocumentArrays, text_numbers
from sv6d.objective.json_shapes import Evidence, Frame, Label, Shape, Spanned
from sv6d.schema.fields import EVIDENCE_KINDS, FIELDS, OTHER

Indices = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

KIND_OF = {kind: i for i, kind in enumerate(EVIDENCE_KINDS)}
NOT_THERE = -1  # the code of a value that is in no vocabulary, and the index of evidence that is cited and missing


class _CodeOf(dict[tuple[str, str, str], int]):
    def __missing__(self, key: tuple[str, str, str]) -> int:
        return NOT_THERE


_CODE_OF = _CodeOf(
    {
        (said.dimension, said.name, value): LABEL_CODE[said.name, value]
        for said in FIELDS
        for value in (*said.values, OTHER)
    }
)


def _integers() -> array[int]:
    return array("q")  # a list would hold an object for each


@dataclass(slots=True)
class Spans:
    """Parts of one kind, document by document: their times, and how many each document has."""

    _start: array[int] = field(default_factory=_integers)
    _end: array[int] = field(default_factory=_integers)
    _count: array[int] = field(default_factory=_integers)

    def add(self, parts: Sequence[Spanned]) -> None:
        """The parts of one more document."""
        self._start.fromlist([part.start_ns for part in parts])
        self._end.fromlist([part.end_ns for part in parts])
        self._count.append(len(parts))

    def __len__(self) -> int:
        return len(self._start)

    def start_ns(self) -> Indices:
        return np.asarray(self._start)

    def end_ns(self) -> Indices:
        return np.asarray(self._end)

    def count(self) -> Indices:
        """(D,)."""
        return np.asarray(self._count)

    def owner(self) -> Indices:
        """Index of the document that each part belongs to."""
        return np.repeat(np.arange(len(self._count)), self._count)


@dataclass(slots=True)
class JsonColumns:
    """The documents that were added; columns of integers but for the first.

    Attributes:
        sha256, duration_ns: D, of the videos.
        code: L, of `CODES`, or NOT_THERE; text: L, as in `DocumentArrays`; num_cited: L.
        cited: C, indices of evidence, or NOT_THERE.
        boundary_code: B.
        kind: E, of `KIND_OF`; seen: E, whether it was measured or shows a frame.
        frames: F, of all evidence; framed: F, the index of a frame's evidence.
        first_frames: the videos' first frames, by document, of those that tell it.
    """

    sha256: list[str] = field(default_factory=list)
    duration_ns: array[int] = field(default_factory=_integers)
    labels: Spans = field(default_factory=Spans)
    shots: Spans = field(default_factory=Spans)
    boundaries: Spans = field(default_factory=Spans)
    evidence: Spans = field(default_factory=Spans)
    code: array[int] = field(default_factory=_integers)
    text: array[int] = field(default_factory=_integers)
    num_cited: array[int] = field(default_factory=_integers)
    cited: array[int] = field(default_factory=_integers)
    boundary_code: array[int] = field(default_factory=_integers)
    kind: array[int] = field(default_factory=_integers)
    seen: array[int] = field(default_factory=_integers)
    frames: list[Frame] = field(default_factory=list)
    framed: array[int] = field(default_factory=_integers)
    first_frames: dict[int, Frame] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.sha256)

    def add(self, document: Shape) -> None:
        """One more document; only its frames are kept as they are."""
        if document.video.first_frame is not None:
            self.first_frames[len(self)] = document.video.first_frame
        self.sha256.append(document.video.sha256)
        self.duration_ns.append(document.video.duration_ns)
        self._add_labels(document.labels, document.evidence)
        self._add_evidence(document.evidence)
        boundaries = [shot.boundary_in for shot in document.shots if shot.boundary_in is not None]
        self.shots.add(document.shots)
        self.boundaries.add(boundaries)
        self.boundary_code.fromlist([BOUNDARY_CODE[boundary.kind] for boundary in boundaries])

    def _add_labels(self, labels: Sequence[Label], evidence: Sequence[Evidence]) -> None:
        index_of = {item.id: i for i, item in enumerate(evidence, len(self.evidence))}
        self.labels.add(labels)
        self.code.fromlist([_CODE_OF[label.dimension, label.field, label.value] for label in labels])
        self.text.fromlist(text_numbers([label.other_text for label in labels]))
        self.num_cited.fromlist([len(label.evidence) for label in labels])
        self.cited.fromlist([index_of.get(name, NOT_THERE) for label in labels for name in label.evidence])

    def _add_evidence(self, evidence: Sequence[Evidence]) -> None:
        for i, item in enumerate(evidence, len(self.evidence)):
            if item.frames:
                self.frames.extend(item.frames)
                self.framed.fromlist([i] * len(item.frames))
        self.evidence.add(evidence)
        self.kind.fromlist([KIND_OF[item.kind] for item in evidence])
        self.seen.fromlist([item.value is not None or bool(item.frames) for item in evidence])

    def cites(self) -> tuple[Indices, Indices]:
        """(C,) indices of the labels that cite, and of the evidence that each cites, or NOT_THERE."""
        return np.repeat(np.arange(len(self.labels)), self.num_cited), np.asarray(self.cited)

    def arrays(self) -> DocumentArrays:
        """The documents' items. Of a document that is not sound, they mean nothing."""
        kinds = (self.labels, self.shots, self.boundaries)
        order = np.argsort(np.concatenate([kind.owner() for kind in kinds]), kind="stable")
        num_plain = len(order) - len(self.labels)
        citing, cited = self.cites()
        told = cited != NOT_THERE
        seen = np.asarray(self.seen)[cited[told]] > 0
        supported = np.bincount(citing[told][seen], minlength=len(order)) > 0
        code = np.concatenate([self.code, np.full(len(self.shots), SHOT_CODE), self.boundary_code])
        text = np.concatenate([self.text, np.zeros(num_plain, dtype=np.int64)])
        return DocumentArrays(
            sha256=tuple(self.sha256),
            duration_ns=np.asarray(self.duration_ns),
            offset=np.concatenate([[0], np.cumsum(sum(kind.count() for kind in kinds))]).astype(np.int64),
            start_ns=np.concatenate([kind.start_ns() for kind in kinds])[order],
            end_ns=np.concatenate([kind.end_ns() for kind in kinds])[order],
            code=code[order].astype(np.int16),
            text=text[order].astype(np.int32),
            supported=supported[order],
        )
