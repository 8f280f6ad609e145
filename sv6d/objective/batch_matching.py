"""The matching of `matching.py` over many pairs of documents at once.

Two claims can only match where their values share something, so the pairs that cost less than 1
fall apart into small groups (connected components): most are one claim against one, which need no
solver. The least total cost of the whole is the sum of the least costs of the groups.

Legend: P claims of all predicted documents, R claims of all references, E pairs that cost less than 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from sv6d.objective.distances import TIME_SCALE_NS
from sv6d.objective.document_arrays import EDGE_WEIGHT_OF, IS_OTHER, SIMILARITY, DocumentArrays
from sv6d.objective.matching import misalignment

Indices = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Values that share something, directly or by way of a third, bear one number: claims of two numbers
# never match. Shape (codes,).
_NUM_FAMILIES, _FAMILY_OF = connected_components(coo_array(SIMILARITY > 0), directed=False)


@dataclass(frozen=True, slots=True)
class MatchedClaims:
    """The matched pairs, each (E,): indices of the predicted and of the reference's items, and costs in [0, 1)."""

    pred: Indices
    ref: Indices
    cost: Floats


def match_arrays(pred: DocumentArrays, ref: DocumentArrays) -> MatchedClaims:
    """The matching of least total cost of each predicted document with the reference of the same index."""
    p_E, r_E = _candidates(pred, ref)
    near_E = _near_in_time(pred, ref, p_E, r_E)
    p_E, r_E = p_E[near_E], r_E[near_E]
    code_E = pred.code[p_E]
    time_E = misalignment(
        pred.start_ns[p_E], pred.end_ns[p_E], ref.start_ns[r_E], ref.end_ns[r_E], edge_weight=EDGE_WEIGHT_OF[code_E]
    )
    cost_E = np.minimum(1.0, time_E + (1.0 - SIMILARITY[code_E, ref.code[r_E]]))
    worth_E = np.flatnonzero(cost_E < 1.0)
    p_E, r_E, cost_E = p_E[worth_E], r_E[worth_E], cost_E[worth_E]
    alone_E = (np.bincount(p_E, minlength=len(pred.code))[p_E] == 1) & (
        np.bincount(r_E, minlength=len(ref.code))[r_E] == 1
    )
    contested = np.flatnonzero(~alone_E)
    chosen = contested[_solve(p_E[contested], r_E[contested], cost_E[contested])]
    kept = np.concatenate([np.flatnonzero(alone_E), chosen])
    return MatchedClaims(p_E[kept], r_E[kept], cost_E[kept])


def _candidates(pred: DocumentArrays, ref: DocumentArrays) -> tuple[Indices, Indices]:
    """All pairs of claims of one pair of documents whose values are of one family; `other` is left out."""
    order_P, key_P = _by_family(pred)
    order_R, key_R = _by_family(ref)
    first_P = np.searchsorted(key_R, key_P, side="left")
    count_P = np.searchsorted(key_R, key_P, side="right") - first_P
    return np.repeat(order_P, count_P), order_R[ranges(first_P, count_P)]


def _near_in_time(pred: DocumentArrays, ref: DocumentArrays, p_E: Indices, r_E: Indices) -> Indices:
    """Which pairs overlap or have an edge within the time scale: the others' time cost is 1, exactly."""
    start_p, end_p, start_r, end_r = pred.start_ns[p_E], pred.end_ns[p_E], ref.start_ns[r_E], ref.end_ns[r_E]
    near_E = (start_p < end_r) & (start_r < end_p)
    near_E |= np.abs(start_p - start_r) < TIME_SCALE_NS
    near_E |= np.abs(end_p - end_r) < TIME_SCALE_NS
    return np.flatnonzero(near_E)


def _by_family(documents: DocumentArrays) -> tuple[Indices, Indices]:
    """Indices of the claims by document and family, and their keys in that order."""
    claims = np.flatnonzero(~IS_OTHER[documents.code])
    keys = documents.owner()[claims] * _NUM_FAMILIES + _FAMILY_OF[documents.code[claims]]
    order = np.argsort(keys, kind="stable")
    return claims[order], keys[order]


def ranges(first: Indices, count: Indices) -> Indices:
    """first[0], first[0] + 1, ... (count[0] of them), first[1], ...: the ranges one after another."""
    before = np.cumsum(count) - count
    indices: Indices = np.arange(count.sum()) + np.repeat(first - before, count)
    return indices


def _solve(p_E: Indices, r_E: Indices, cost_E: Floats) -> Indices:
    """Which of the pairs the matching of least cost takes: indices into the three arrays."""
    if not len(p_E):
        return np.zeros(0, dtype=np.int64)
    row_E, row_of = _numbered(p_E)
    column_E, column_of = _numbered(r_E)
    num_rows, num_nodes = len(row_of), len(row_of) + len(column_of)
    graph = coo_array((np.ones(len(p_E), dtype=np.int8), (row_E, column_E + num_rows)), shape=(num_nodes, num_nodes))
    num_groups, group_of = connected_components(graph, directed=False)
    place_row, rows_G = _places(group_of[:num_rows], num_groups)
    place_column, columns_G = _places(group_of[num_rows:], num_groups)
    group_E = group_of[row_E]
    end_G = np.cumsum(rows_G * columns_G)
    first_G = end_G - rows_G * columns_G
    cell_E = first_G[group_E] + place_row[row_E] * columns_G[group_E] + place_column[column_E]
    cost = np.ones(int(end_G[-1]))
    cost[cell_E] = cost_E
    pair_at = np.full(len(cost), -1)
    pair_at[cell_E] = np.arange(len(p_E))
    is_star, is_square = np.minimum(rows_G, columns_G) == 1, (rows_G == 2) & (columns_G == 2)
    larger = np.flatnonzero(~(is_star | is_square))
    taken: Indices = np.concatenate(
        [
            _cheapest(group_E, cost_E)[is_star],
            pair_at[_cells_of_two_by_two(cost, first_G[is_square])],
            pair_at[_cells_of_least_cost(cost, first_G[larger], rows_G[larger], columns_G[larger])],
        ]
    )
    return taken[taken >= 0]


def _cheapest(group_E: Indices, cost_E: Floats) -> Indices:
    """(G,): the cheapest pair of each group. It is all that is taken where one claim has several rivals."""
    order = np.lexsort((cost_E, group_E))
    cheapest: Indices = order[np.flatnonzero(np.diff(group_E[order], prepend=-1))]
    return cheapest


def _cells_of_two_by_two(cost: Floats, first_G: Indices) -> Indices:
    """Cells that the matchings of least cost take in matrices of two by two: one diagonal or the other."""
    down_G = cost[first_G] + cost[first_G + 3] <= cost[first_G + 1] + cost[first_G + 2]
    return np.concatenate([first_G + np.where(down_G, 0, 1), first_G + np.where(down_G, 3, 2)])


def _cells_of_least_cost(cost: Floats, first_G: Indices, rows_G: Indices, columns_G: Indices) -> Indices:
    """Cells that the matchings of least cost take; a group's matrix begins at first_G in `cost`."""
    cells = [np.zeros(0, dtype=np.int64)]
    for first, num_rows, num_columns in zip(first_G.tolist(), rows_G.tolist(), columns_G.tolist(), strict=True):
        block = cost[first : first + num_rows * num_columns].reshape(num_rows, num_columns)
        rows, columns = linear_sum_assignment(block)
        cells.append(first + rows * num_columns + columns)
    return np.concatenate(cells)


def _numbered(values_E: Indices) -> tuple[Indices, Indices]:
    """Each value's number among the different ones, and the different ones."""
    different, number_E = np.unique(values_E, return_inverse=True)
    return number_E, different


def _places(group_N: Indices, num_groups: int) -> tuple[Indices, Indices]:
    """Each node's place within its group, and the groups' sizes."""
    size_G = np.bincount(group_N, minlength=num_groups)
    order = np.argsort(group_N, kind="stable")
    place_N = np.empty(len(group_N), dtype=np.int64)
    place_N[order] = np.arange(len(group_N)) - np.repeat(np.cumsum(size_G) - size_G, size_G)
    return place_N, size_G
