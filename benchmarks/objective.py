"""How many pairs of documents the judge scores a second, from arrays and from JSON, in flat memory.

    python -m benchmarks.objective [--json OUT] [--pairs 4096] [--labels 60]

The documents are made here from a seed: eight shots in 20 s with 60 labels; the prediction is the
reference with edges moved, values mistaken, labels left out and invented ("like an annotator's"), or
labels anywhere ("anywhere", the hard case: large groups of rivals). Beside each, in the same run, a
plain loop that calls scipy's linear_sum_assignment once per pair on a ready random 60 x 60 matrix: bare
matching, no costs, no quality. Rates are pairs per second on the clock; `cpu` is per
second of the process's own processor time, which a job that waits for the same core does not change.
Memory is the peak of a fresh process that streams the pairs, against one that streams ten times as many.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import cycle, islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from scipy.optimize import linear_sum_assignment

from sv6d.io import dump_json
from sv6d.objective.batch_score import BatchScores
from sv6d.objective.batch_stream import CHUNK_PAIRS, score_array_chunks, score_json
from sv6d.objective.document_arrays import arrays_of
from sv6d.objective.document_score import document_score
from sv6d.schema.document import Boundary, Document, Evidence, Label, Shot, Source, Video
from sv6d.schema.fields import FIELDS, Field
from sv6d.schema.versions import dump_document
from sv6d.timeline import NS_PER_S

DURATION_NS = 20 * NS_PER_S
_NUM_SHOTS = 8
# Pairs that differ; longer runs go round them. Enough that no cache of the interpreter holds them all.
_NUM_MADE = 2 * CHUNK_PAIRS
_NUM_RUNS = 3  # the best counts: whatever else runs on the machine only ever makes one slower
_GRID_NS = NS_PER_S * 6 // 10  # of the cuts; moved edges never cross
_EDGE_NOISE_NS = NS_PER_S // 4
_SHARE_MISTAKEN = 0.2  # of values, of labels left out, and of labels invented

Row = tuple[Field, str, int, int]


def made_pairs(num_pairs: int, num_labels: int, *, anywhere: bool) -> list[tuple[Document, Document]]:
    """(prediction, reference) pairs; the same every time."""
    rng = random.Random(0)
    return [_pair(rng, num_labels, anywhere=anywhere) for _ in range(num_pairs)]


def _pair(rng: random.Random, num_labels: int, *, anywhere: bool) -> tuple[Document, Document]:
    cuts = sorted(rng.sample(range(NS_PER_S, DURATION_NS, _GRID_NS), _NUM_SHOTS - 1))
    moved = [cut + rng.randint(-_EDGE_NOISE_NS, _EDGE_NOISE_NS) for cut in cuts]
    ref = [_row(rng, cuts, anywhere=anywhere) for _ in range(num_labels)]
    edges = dict(zip([0, *cuts, DURATION_NS], [0, *moved, DURATION_NS], strict=True))
    pred = [_row(rng, moved, anywhere=anywhere) for _ in range(num_labels)]
    if not anywhere:
        for i, (field, value, start_ns, end_ns) in enumerate(ref):
            if rng.random() > _SHARE_MISTAKEN:
                told = rng.choice(field.values) if rng.random() < _SHARE_MISTAKEN else value
                pred[i] = (field, told, edges[start_ns], edges[end_ns])
    return _document(moved, pred), _document(cuts, ref)


def _row(rng: random.Random, cuts: Sequence[int], *, anywhere: bool) -> Row:
    field = rng.choice(FIELDS)
    if anywhere:
        start_ns, end_ns = sorted(rng.sample(range(0, DURATION_NS, NS_PER_S // 10), 2))
    else:
        start_ns, end_ns = rng.choice(list(pairwise([0, *cuts, DURATION_NS])))
    return field, rng.choice(field.values), start_ns, end_ns


def _document(cuts: Sequence[int], rows: Sequence[Row]) -> Document:
    shots = []
    for i, (start_ns, end_ns) in enumerate(pairwise([0, *cuts, DURATION_NS])):
        cut = (
            Boundary(start_ns=start_ns - 1, end_ns=start_ns, kind="hard_cut", score=1.0, detector="made") if i else None
        )
        shots.append(Shot(id=f"s{i}", start_ns=start_ns, end_ns=end_ns, boundary_in=cut))
    evidence, labels = [], []
    for i, (field, value, start_ns, end_ns) in enumerate(rows):
        evidence.append(
            Evidence(
                id=f"e{i}",
                kind=field.evidence[0],
                stat="made",
                value=1.0,
                unit="1",
                method="made",
                start_ns=start_ns,
                end_ns=end_ns,
            )
        )
        labels.append(
            Label(
                id=f"l{i}",
                dimension=field.dimension,
                field=field.name,
                value=value,
                confidence=1.0,
                source=Source(producer="expert", name="made"),
                evidence=(f"e{i}",),
                start_ns=start_ns,
                end_ns=end_ns,
            )
        )
    video = Video(sha256="0" * 64, duration_ns=DURATION_NS, width_px=64, height_px=64, num_frames=500, has_sound=False)
    return Document(video=video, shots=tuple(shots), evidence=tuple(evidence), labels=tuple(labels))


def _own_rate(work: Callable[[], object], num_pairs: int) -> dict[str, float]:
    """Pairs per second in this process, on the clock and of its own processor time; each the best of some runs."""
    clock, cpu = [], []
    for _ in range(_NUM_RUNS):
        started, used = time.perf_counter(), time.process_time()
        work()
        clock.append(time.perf_counter() - started)
        cpu.append(time.process_time() - used)
    return {"clock": num_pairs / min(clock), "cpu": num_pairs / min(cpu)}


def _steady_rate(parts: Iterator[BatchScores], num_ahead: int) -> float:
    """Pairs per second on the clock once the processes run: without the first parts, while they start."""
    for _ in islice(parts, num_ahead):
        pass
    started = time.perf_counter()
    num_pairs = sum(len(part.total) for part in parts)
    return num_pairs / (time.perf_counter() - started)


def _exhaust(parts: Iterator[BatchScores]) -> None:
    deque(parts, maxlen=0)


class Made:
    """The made pairs, as arrays and as JSON, in streams of any length that go round them; some as documents."""

    def __init__(self, num_labels: int, *, anywhere: bool) -> None:
        documents = made_pairs(_NUM_MADE, num_labels, anywhere=anywhere)
        pred, ref = arrays_of(a for a, _ in documents), arrays_of(b for _, b in documents)
        firsts = range(0, _NUM_MADE, CHUNK_PAIRS)
        self.some = documents[: _NUM_MADE // 4]
        self._chunks = [(pred.part(i, i + CHUNK_PAIRS), ref.part(i, i + CHUNK_PAIRS)) for i in firsts]
        self._json = [(_json(a), _json(b)) for a, b in documents]

    def score(self, kind: str, num_pairs: int, workers: int) -> Iterator[BatchScores]:
        if kind == "arrays":
            return score_array_chunks(islice(cycle(self._chunks), num_pairs // CHUNK_PAIRS), workers=workers)
        return score_json(islice(cycle(self._json), num_pairs), workers=workers)


def _json(document: Document) -> bytes:
    return orjson.dumps(dump_document(document))


def _speeds(made: Made, kind: str, num_pairs: int) -> dict[str, float]:
    one = _own_rate(lambda: _exhaust(made.score(kind, num_pairs, 1)), num_pairs)
    # Long enough that what the processes have ready when the clock starts is a small part.
    two = max(_steady_rate(made.score(kind, 6 * num_pairs, 2), 4) for _ in range(_NUM_RUNS))
    return {"one_process": one["clock"], "one_process_cpu": one["cpu"], "two_processes": two}


def _peak_bytes(kind: str, num_pairs: int, num_labels: int) -> int:
    """Peak memory of this process after it made the pairs and scored that many."""
    _exhaust(Made(num_labels, anywhere=False).score(kind, num_pairs, 1))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # Linux counts KiB


def _memory(kind: str, num_pairs: int, num_labels: int) -> dict[str, int]:
    peaks = []
    for factor in (1, 10):
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as fresh:
            peaks.append(fresh.submit(_peak_bytes, kind, factor * num_pairs, num_labels).result())
    return {"pairs": peaks[0], "ten_times_the_pairs": peaks[1]}


def _bare_matching(num_labels: int) -> dict[str, float]:
    """A plain loop of scipy's solver over ready matrices of random costs."""
    rng = np.random.default_rng(0)
    costs = rng.random((_NUM_MADE, num_labels, num_labels))
    return _own_rate(lambda: [linear_sum_assignment(cost) for cost in costs], _NUM_MADE)


def _pair_by_pair(made: Made) -> dict[str, float]:
    return _own_rate(lambda: [document_score(pred, ref) for pred, ref in made.some], len(made.some))


def _measure(num_pairs: int, num_labels: int) -> dict[str, Any]:
    made, hard = Made(num_labels, anywhere=False), Made(num_labels, anywhere=True)
    speeds = {
        "arrays": _speeds(made, "arrays", num_pairs),
        "json": _speeds(made, "json", num_pairs // 4),
        "arrays, labels anywhere": _speeds(hard, "arrays", num_pairs),
    }
    bare = _bare_matching(num_labels)
    return {
        "labels": num_labels,
        "pairs": num_pairs,
        "pairs_per_second_arrays": speeds["arrays"]["two_processes"],
        "pairs_per_second_json": speeds["json"]["two_processes"],
        "speeds": speeds,
        "bare_matching": bare,
        "document_score": _pair_by_pair(made),
        "times_bare_matching_cpu": {name: speed["one_process_cpu"] / bare["cpu"] for name, speed in speeds.items()},
        "peak_bytes": {kind: _memory(kind, num_pairs // 4, num_labels) for kind in ("arrays", "json")},
    }


def _print(result: dict[str, Any]) -> None:
    print(f"pairs per second at {result['labels']} labels a side")
    print(f"{'':26} {'1 process':>10} {'its cpu':>10} {'2 processes':>12} {'cpu / bare':>11}")
    for name, speed in result["speeds"].items():
        ratio = result["times_bare_matching_cpu"][name]
        print(
            f"{name:26} {speed['one_process']:10.0f} {speed['one_process_cpu']:10.0f} {speed['two_processes']:12.0f} "
            f"{ratio:11.2f}"
        )
    for name in ("document_score", "bare_matching"):
        print(f"{name:26} {result[name]['clock']:10.0f} {result[name]['cpu']:10.0f}")
    for kind, peak in result["peak_bytes"].items():
        print(
            f"peak memory, {kind}: {peak['pairs'] / 2**20:.0f} MiB, ten times the pairs "
            f"{peak['ten_times_the_pairs'] / 2**20:.0f} MiB"
        )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--pairs", type=int, default=4096, help="a multiple of 1024")
    parser.add_argument("--labels", type=int, default=60)
    given = parser.parse_args(arguments)
    result = _measure(given.pairs, given.labels)
    _print(result)
    if given.json:
        given.json.write_bytes(dump_json(result))


if __name__ == "__main__":
    main()
