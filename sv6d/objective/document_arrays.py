"""What the judge compares, of many documents at once, as arrays.

Legend: D documents, I items of all of them one after another (labels, shots and boundaries).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
import numpy.typing as npt

from sv6d.objective.distances import value_similarity
from sv6d.objective.matching import SHOT, edge_weight
from sv6d.schema.document import BoundaryKind, Document
from sv6d.schema.fields import DIMENSIONS, FIELDS, OTHER

# As `DocumentScore.components` lists them.
COMPONENTS: tuple[str, ...] = (*DIMENSIONS, "shots", "boundaries")


@dataclass(frozen=True, slots=True)
class Code:
    """What an item says: a value of a field, within one component. `code` in the arrays is the index in `CODES`."""

    component: str
    field: str
    value: str


CODES: tuple[Code, ...] = (
    *(Code(field.dimension, field.name, value) for field in FIELDS for value in (*field.values, OTHER)),
    Code("shots", SHOT, ""),
    *(Code("boundaries", "boundary_kind", kind) for kind in get_args(BoundaryKind)),
)
NUM_LABEL_CODES = sum(len(field.values) + 1 for field in FIELDS)
LABEL_CODE = {(code.field, code.value): i for i, code in enumerate(CODES[:NUM_LABEL_CODES])}
SHOT_CODE = NUM_LABEL_CODES
BOUNDARY_CODE = {code.value: i for i, code in enumerate(CODES) if code.component == "boundaries"}


def _similarities() -> npt.NDArray[np.float64]:
    near = np.zeros((len(CODES), len(CODES)))
    for i, a in enumerate(CODES):
        for j, b in enumerate(CODES):
            if (a.component, a.field) == (b.component, b.field):
                near[i, j] = 1.0 if a.field == SHOT else value_similarity(a.field, a.value, b.value)
    return near


# value_similarity of every two codes; 0 between components and between fields.
SIMILARITY = _similarities()
COMPONENT_OF = np.array([COMPONENTS.index(code.component) for code in CODES])
EDGE_WEIGHT_OF = np.array([edge_weight(code.field) for code in CODES])
IS_OTHER = np.array([code.value == OTHER for code in CODES])


@dataclass(frozen=True, slots=True)
class DocumentArrays:
    """D documents as columns.

    Attributes:
        sha256: D, of the videos.
        duration_ns: (D,), int64, of the videos; more than 0.
        offset: (D + 1,), int64: the items of document d are those from offset[d] to offset[d + 1].
        start_ns, end_ns: (I,), int64.
        code: (I,), int16: index in `CODES`.
        text: (I,), int32: numbers the different free texts of a document's `other` labels, else 0.
        supported: (I,), bool: of a label, that it cites something measured or seen; else False.
    """

    sha256: tuple[str, ...]
    duration_ns: npt.NDArray[np.int64]
    offset: npt.NDArray[np.int64]
    start_ns: npt.NDArray[np.int64]
    end_ns: npt.NDArray[np.int64]
    code: npt.NDArray[np.int16]
    text: npt.NDArray[np.int32]
    supported: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.sha256)

    def part(self, first: int, end: int) -> DocumentArrays:
        """Documents [first, end); its columns are views."""
        items = slice(int(self.offset[first]), int(self.offset[end]))
        return DocumentArrays(
            self.sha256[first:end],
            self.duration_ns[first:end],
            self.offset[first : end + 1] - self.offset[first],
            self.start_ns[items],
            self.end_ns[items],
            self.code[items],
            self.text[items],
            self.supported[items],
        )

    def owner(self) -> npt.NDArray[np.int64]:
        """(I,): index of the document that each item belongs to."""
        return np.repeat(np.arange(len(self)), np.diff(self.offset))


_OF_ITEMS = ("start_ns", "end_ns", "code", "text", "supported")


@dataclass(frozen=True, slots=True)
class Columns:
    """The items of one document, as lists of equal length; see `DocumentArrays`."""

    sha256: str
    duration_ns: int
    start_ns: list[int]
    end_ns: list[int]
    code: list[int]
    text: list[int]
    supported: list[bool]


def stack(documents: Sequence[Columns]) -> DocumentArrays:
    """The columns of many documents, one after another."""
    lengths = [len(document.start_ns) for document in documents]
    return DocumentArrays(
        sha256=tuple(document.sha256 for document in documents),
        duration_ns=np.array([document.duration_ns for document in documents], dtype=np.int64),
        offset=np.cumsum([0, *lengths], dtype=np.int64),
        start_ns=np.array([x for document in documents for x in document.start_ns], dtype=np.int64),
        end_ns=np.array([x for document in documents for x in document.end_ns], dtype=np.int64),
        code=np.array([x for document in documents for x in document.code], dtype=np.int16),
        text=np.array([x for document in documents for x in document.text], dtype=np.int32),
        supported=np.array([x for document in documents for x in document.supported], dtype=np.bool_),
    )


def joined(parts: Sequence[DocumentArrays]) -> DocumentArrays:
    """The documents of all parts, one part after another; at least one."""
    sizes = np.concatenate([np.diff(part.offset) for part in parts])
    return DocumentArrays(
        tuple(sha256 for part in parts for sha256 in part.sha256),
        np.concatenate([part.duration_ns for part in parts]),
        np.concatenate([[0], np.cumsum(sizes)]),
        *(np.concatenate([getattr(part, name) for part in parts]) for name in _OF_ITEMS),
    )


def arrays_of(documents: Iterable[Document]) -> DocumentArrays:
    """Documents as arrays, in the given order."""
    return stack([columns_of(document) for document in documents])


def columns_of(document: Document) -> Columns:
    """One document's items: labels, shots, boundaries."""
    seen = {item.id for item in document.evidence if item.value is not None or item.frames}
    boundaries = [shot.boundary_in for shot in document.shots if shot.boundary_in is not None]
    parts = (*document.labels, *document.shots, *boundaries)
    num_plain = len(parts) - len(document.labels)
    return Columns(
        sha256=document.video.sha256,
        duration_ns=document.video.duration_ns,
        start_ns=[part.start_ns for part in parts],
        end_ns=[part.end_ns for part in parts],
        code=[
            *(LABEL_CODE[label.field, label.value] for label in document.labels),
            *([SHOT_CODE] * len(document.shots)),
            *(BOUNDARY_CODE[boundary.kind] for boundary in boundaries),
        ],
        text=[*text_numbers([label.other_text for label in document.labels]), *([0] * num_plain)],
        supported=[*(not seen.isdisjoint(label.evidence) for label in document.labels), *([False] * num_plain)],
    )


def text_numbers(texts: Sequence[str | None]) -> list[int]:
    """Equal texts get equal numbers from 1 on, None gets 0."""
    numbers = {text: i for i, text in enumerate(dict.fromkeys([None, *texts]))}
    return [numbers[text] for text in texts]
