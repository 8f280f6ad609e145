"""`document_score` of many pairs of documents at once, from arrays.

Legend: N pairs of documents, C components, F flaws.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import fsum, isnan

import numpy as np
import numpy.typing as npt

from sv6d.errors import InputError
from sv6d.objective.batch_matching import match_arrays
from sv6d.objective.batch_quality import flaws_of_arrays, num_labels, quality_of_arrays
from sv6d.objective.document_arrays import COMPONENT_OF, COMPONENTS, IS_OTHER, DocumentArrays
from sv6d.objective.document_score import different_videos

_STRUCTURE = slice(COMPONENTS.index("shots"), None)


@dataclass(frozen=True, slots=True)
class BatchScores:
    """What `DocumentScore` says of each pair, in [0, 1]; higher is better but for the flaws.

    Attributes:
        total, alignment, quality: (N,).
        components: (N, C), in the order of `COMPONENTS`; NaN where a component is unscored.
        flaws: (N, F), of the predicted document, in the order of `batch_quality.FLAWS`.
    """

    total: npt.NDArray[np.float64]
    alignment: npt.NDArray[np.float64]
    quality: npt.NDArray[np.float64]
    components: npt.NDArray[np.float64]
    flaws: npt.NDArray[np.float64]


def batch_score(pred: DocumentArrays, ref: DocumentArrays) -> BatchScores:
    """Score document n of `pred` against document n of `ref`, for every n; equal to `document_score`.

    Memory grows with the number of pairs: hand over some hundreds at a time (`batch_stream` does).

    Raises:
        InputError: not as many predictions as references, or a pair is about different videos.
    """
    if len(pred) != len(ref):
        raise InputError(
            "predictions and references are scored in pairs",
            found=f"{len(pred)} predictions, {len(ref)} references",
            wanted="one reference for each prediction",
            next_step="pair the documents by their video's sha256",
        )
    for a, b in zip(pred.sha256, ref.sha256, strict=True):
        if a != b:
            raise different_videos(a, b)
    component_NC = _components(pred, ref)
    alignment = [_alignment(row) for row in component_NC.tolist()]
    room_N = num_labels(ref)
    flaws_NF = flaws_of_arrays(pred, room_D=room_N)
    quality = quality_of_arrays(flaws_NF, flaws_of_arrays(ref, room_D=room_N))
    alignment_N, quality_N = np.array(alignment, dtype=np.float64), np.array(quality, dtype=np.float64)
    return BatchScores(alignment_N * quality_N, alignment_N, quality_N, component_NC, flaws_NF)


def _components(pred: DocumentArrays, ref: DocumentArrays) -> npt.NDArray[np.float64]:
    matched = match_arrays(pred, ref)
    shape = (len(pred), len(COMPONENTS))
    cell_E = pred.owner()[matched.pred] * len(COMPONENTS) + COMPONENT_OF[pred.code[matched.pred]]
    order = np.argsort(cell_E, kind="stable")
    gains = (1.0 - matched.cost[order]).tolist()
    ends = [0, *np.cumsum(np.bincount(cell_E, minlength=shape[0] * shape[1])).tolist()]
    gain_NC = np.array([fsum(gains[a:b]) for a, b in pairwise(ends)]).reshape(shape)
    claims_NC = _num_claims(pred) + _num_claims(ref)
    return np.where(claims_NC > 0, 2 * gain_NC / np.maximum(1, claims_NC), np.nan)


def _num_claims(documents: DocumentArrays) -> npt.NDArray[np.int64]:
    """(D, C): claims of each document and component; `other` is none."""
    cells = documents.owner() * len(COMPONENTS) + COMPONENT_OF[documents.code]
    counts = np.bincount(cells[~IS_OTHER[documents.code]], minlength=len(documents) * len(COMPONENTS))
    return counts.reshape(len(documents), len(COMPONENTS))


def _alignment(components: list[float]) -> float:
    structure = _mean(components[_STRUCTURE])
    return _mean([structure, *components[: _STRUCTURE.start]])


def _mean(scores: list[float]) -> float:
    """Mean of those that are scored."""
    scored = [score for score in scores if not isnan(score)]
    return fsum(scored) / len(scored)
