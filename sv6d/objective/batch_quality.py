"""The flaws of `quality_term.py` over many documents at once.

Legend: D documents, L labels of all of them by document and time, F flaws.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import fsum

import numpy as np
import numpy.typing as npt

from sv6d.objective.batch_matching import Indices, ranges
from sv6d.objective.document_arrays import CODES, NUM_LABEL_CODES, DocumentArrays
from sv6d.objective.quality_term import WEIGHTS, Flaws
from sv6d.schema.fields import FIELD_NAMES, Field, field_of

FLAWS: tuple[str, ...] = tuple(item.name for item in fields(Flaws))


def _field(name: str) -> Field:
    field = field_of(name)
    assert field is not None  # the codes were made from the fields
    return field


_FIELDS = [_field(code.field) for code in CODES[:NUM_LABEL_CODES]]
_FIELD_OF = np.array([FIELD_NAMES.index(field.name) for field in _FIELDS])
_IS_EXCLUSIVE = np.array([field.exclusive for field in _FIELDS])
_COVERS = np.array([field.extent in ("shot", "free") for field in _FIELDS])


@dataclass(frozen=True, slots=True)
class _Labels:
    """Labels by document, start and end."""

    document: Indices
    start_ns: Indices
    end_ns: Indices
    code: npt.NDArray[np.int64]
    text: npt.NDArray[np.int64]
    supported: npt.NDArray[np.bool_]

    def only(self, chosen: npt.NDArray[np.bool_]) -> _Labels:
        return _Labels(*(getattr(self, item.name)[chosen] for item in fields(_Labels)))


def num_labels(documents: DocumentArrays) -> Indices:
    """(D,): labels of each document, `other` among them."""
    return np.bincount(documents.owner()[documents.code < NUM_LABEL_CODES], minlength=len(documents))


def flaws_of_arrays(documents: DocumentArrays, *, room_D: Indices) -> npt.NDArray[np.float64]:
    """(D, F): as `flaws_of` with the given room, flaws in the order of `FLAWS`."""
    labels = _by_time(documents)
    num_D = len(documents)
    num_labels_D = np.bincount(labels.document, minlength=num_D)
    exclusive = labels.only(_IS_EXCLUSIVE[labels.code])
    counts = {
        "unsupported": (_count(labels.document, ~labels.supported, num_D), num_labels_D),
        "duplicated": (_count(labels.document, _repeats(labels), num_D), num_labels_D),
        "conflicting": (
            _count(exclusive.document, _conflicts(exclusive), num_D),
            np.bincount(exclusive.document, minlength=num_D),
        ),
        "verbose": (np.maximum(0, num_labels_D - room_D), num_labels_D),
    }
    shares = {name: part / np.maximum(1, whole) for name, (part, whole) in counts.items()}
    shares["uncovered"] = 1.0 - _covered_ns(labels.only(_COVERS[labels.code]), num_D) / documents.duration_ns
    return np.column_stack([shares[name] for name in FLAWS])


def quality_of_arrays(flaws_DF: npt.NDArray[np.float64], baseline_DF: npt.NDArray[np.float64]) -> list[float]:
    """D values: as `quality_against`."""
    weights = np.array([WEIGHTS[name] for name in FLAWS])
    losses = weights * np.maximum(0.0, flaws_DF - baseline_DF)
    return [1.0 - fsum(row) for row in losses.tolist()]


def _by_time(documents: DocumentArrays) -> _Labels:
    chosen = np.flatnonzero(documents.code < NUM_LABEL_CODES)
    owner = documents.owner()[chosen]
    order = np.lexsort((documents.end_ns[chosen], documents.start_ns[chosen], owner))
    chosen = chosen[order]
    return _Labels(
        owner[order],
        documents.start_ns[chosen],
        documents.end_ns[chosen],
        documents.code[chosen].astype(np.int64),
        documents.text[chosen].astype(np.int64),
        documents.supported[chosen],
    )


def _repeats(labels: _Labels) -> npt.NDArray[np.bool_]:
    """Whether a label repeats an earlier one: same document, field, value, free text and place."""
    num_texts = int(labels.text.max(initial=0)) + 1
    keys = (labels.document * NUM_LABEL_CODES + labels.code) * num_texts + labels.text
    earlier, later = _pairs_within(keys)
    repeats = np.zeros(len(keys), dtype=np.bool_)
    repeats[later[_same_place(labels, earlier, later)]] = True
    return repeats


def _conflicts(exclusive: _Labels) -> npt.NDArray[np.bool_]:
    """Whether a label gives another value than one of the same document, field and place."""
    first, second = _pairs_within(exclusive.document * len(FIELD_NAMES) + _FIELD_OF[exclusive.code])
    differ = exclusive.code[first] != exclusive.code[second]
    first, second = first[differ], second[differ]
    against = _same_place(exclusive, first, second)
    conflicts = np.zeros(len(exclusive.code), dtype=np.bool_)
    conflicts[first[against]] = True
    conflicts[second[against]] = True
    return conflicts


def _pairs_within(keys_L: Indices) -> tuple[Indices, Indices]:
    """All pairs (i, j) of equal keys with i before j."""
    order = np.argsort(keys_L, kind="stable")
    sorted_L = keys_L[order]
    place_L = np.arange(len(order))
    count_L = np.searchsorted(sorted_L, sorted_L, side="right") - place_L - 1
    return np.repeat(order, count_L), order[ranges(place_L + 1, count_L)]


def _same_place(labels: _Labels, i: Indices, j: Indices) -> npt.NDArray[np.bool_]:
    """`same_place` of every pair, in whole nanoseconds: more than half is more than the rest."""
    overlap = np.minimum(labels.end_ns[i], labels.end_ns[j]) - np.maximum(labels.start_ns[i], labels.start_ns[j])
    length = labels.end_ns - labels.start_ns
    same: npt.NDArray[np.bool_] = (overlap > 0) & (overlap > np.minimum(length[i], length[j]) - overlap)
    return same


def _covered_ns(labels: _Labels, num_D: int) -> Indices:
    """(D,): length of the union of each document's spans."""
    # The ends' ranks, so that one running maximum over all documents can not overflow.
    times, rank_L = np.unique(labels.end_ns, return_inverse=True)
    num_times = len(times) + 1
    reached_L = np.maximum.accumulate(labels.document * num_times + rank_L) if len(times) else rank_L
    before_L = np.zeros(len(rank_L), dtype=np.int64)
    same_document = labels.document[1:] == labels.document[:-1]
    before_L[1:][same_document] = times[reached_L[:-1][same_document] % num_times]
    new_L = np.maximum(0, labels.end_ns - np.maximum(labels.start_ns, before_L))
    total = np.concatenate([[0], np.cumsum(new_L)])
    end_D = np.cumsum(np.bincount(labels.document, minlength=num_D))
    first_D = np.concatenate([[0], end_D[:-1]])
    covered: Indices = total[end_D] - total[first_D]
    return covered


def _count(document_L: Indices, flagged_L: npt.NDArray[np.bool_], num_D: int) -> Indices:
    return np.bincount(document_L[flagged_L], minlength=num_D)
