"""Scores of any number of pairs in flat memory, in this process or in several."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from typing import Any

from sv6d.objective.batch_score import BatchScores, batch_score
from sv6d.objective.document_arrays import DocumentArrays
from sv6d.objective.document_json import arrays_of_json

# Pairs that are scored at a time. Measured with 60 labels a side: 128 to 512 are equally fast, less pays numpy's
# calls and more leaves the processor's cache (docs/objective.md has the speeds).
CHUNK_PAIRS = 256

# Chunks that wait for each process: one is being scored, the next lies ready.
_AHEAD = 2

ArrayPair = tuple[DocumentArrays, DocumentArrays]
JsonPair = tuple[bytes, bytes]


def score_array_chunks(chunks: Iterable[ArrayPair], *, workers: int) -> Iterator[BatchScores]:
    """`batch_score` of each (predictions, references), in order. Chunks of `CHUNK_PAIRS` pairs are fast.

    Raises:
        InputError: as `batch_score`.
    """
    return _in_order(_score_arrays, chunks, workers)


def score_json(pairs: Iterable[JsonPair], *, workers: int) -> Iterator[BatchScores]:
    """Scores of (prediction, reference) pairs of JSON documents, in order, `CHUNK_PAIRS` at a time.

    Raises:
        SchemaError: a document breaks the schema; the message says which one, counted from 0.
        InputError: a pair is about different videos.
    """
    return _in_order(_score_json, _chunks(pairs), workers)


def _in_order(score: Callable[[Any], BatchScores], chunks: Iterable[Any], workers: int) -> Iterator[BatchScores]:
    """The scores of each chunk, in this process where `workers` is 1; few chunks are held at a time."""
    if workers == 1:
        yield from map(score, chunks)
        return
    # Spawned, not forked: numerical libraries hold threads and locks that do not survive a fork.
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting: deque[Future[BatchScores]] = deque()
        for chunk in chunks:
            waiting.append(pool.submit(score, chunk))
            if len(waiting) >= _AHEAD * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _chunks(pairs: Iterable[JsonPair]) -> Iterator[tuple[int, list[JsonPair]]]:
    """The pairs by chunks, each with the number of its first pair."""
    rest, first = iter(pairs), 0
    while chunk := list(islice(rest, CHUNK_PAIRS)):
        yield first, chunk
        first += len(chunk)


def _score_arrays(pair: ArrayPair) -> BatchScores:
    return batch_score(*pair)


def _score_json(chunk: tuple[int, Sequence[JsonPair]]) -> BatchScores:
    first, pairs = chunk
    pred = arrays_of_json((pair[0] for pair in pairs), name="prediction", first=first)
    ref = arrays_of_json((pair[1] for pair in pairs), name="reference", first=first)
    return batch_score(pred, ref)
