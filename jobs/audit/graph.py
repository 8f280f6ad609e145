"""The rows about one video as a graph: what each cites, and what cites it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobs.audit.model import Row, Saw
from jobs.audit.rows import KINDS, LEARNT_FROM, MODEL_WORDS, TASK, rows_of
from jobs.audit.snapshot import Snapshot


@dataclass(frozen=True)
class Graph:
    """Rows by address, in the order of the flow, and the addresses of those that were trained on, by model."""

    rows: dict[str, Row]
    learnt: dict[str, tuple[str, ...]]

    def back(self, start: Iterable[str]) -> list[Row]:
        """The rows that `start` rests on, nearest first, itself included."""
        return self._walk(start, {address: row.cites for address, row in self.rows.items()})

    def forward(self, start: Sequence[str]) -> list[Row]:
        """The rows that rest on `start`, in the order of the flow, itself left out.

        The labels of a document are part of it.
        """
        start = [name for name in self.rows for head in start if name == head or name.startswith(f"{head}/")]
        cited_by: dict[str, list[str]] = defaultdict(list)
        for address, row in self.rows.items():
            for cited in row.cites:
                cited_by[cited].append(address)
        reached = {row.address for row in self._walk(start, cited_by)} - set(start)
        return [row for address, row in self.rows.items() if address in reached]

    def _walk(self, start: Iterable[str], edges: dict[str, tuple[str, ...]] | dict[str, list[str]]) -> list[Row]:
        queue, seen = list(start), set(start)
        for address in queue:  # it grows while it is read
            fresh = [name for name in edges.get(address, ()) if name not in seen]
            seen.update(fresh)
            queue.extend(fresh)
        return [self.rows[address] for address in queue if address in self.rows]


def graph_of_video(snapshot: Snapshot, video_id: str) -> Graph:
    """Every row about a video in every artifact that is here."""
    rows: dict[str, Row] = {}
    learnt: dict[str, list[str]] = defaultdict(list)
    for kind in KINDS:
        for row in rows_of(snapshot, kind, video_id=video_id):
            rows[row.address] = row
            for word, files in LEARNT_FROM.items():
                if (kind.word, kind.file) in files and _is_chosen(snapshot, word, row):
                    learnt[word].append(row.address)
    return Graph(rows, {word: tuple(found) for word, found in learnt.items()})


def _is_chosen(snapshot: Snapshot, word: str, row: Row) -> bool:
    """Whether the settings of a model let it train on a row: questions of other kinds are left out."""
    kinds = settings_of(snapshot, word).get("kinds") if word in snapshot.lock else None
    return kinds is None or row.kind.removesuffix(TASK) in kinds


def models_that_saw(snapshot: Snapshot, graph: Graph, reached: set[str]) -> tuple[Saw, ...]:
    """Models trained on one of the rows `reached`, models built on such a model, and scores of either."""
    saw: dict[str, tuple[str, ...]] = {}
    for word in ("annotator", "sft_checkpoint", "grpo_checkpoint"):
        if word not in snapshot.lock:
            continue
        through = tuple(address for address in graph.learnt.get(word, ()) if address in reached)
        built_on = tuple(name for name in inputs_of(snapshot, word) if name in saw)
        if through or built_on:
            saw[word] = through + built_on
    if "benchmark_scores" in snapshot.lock:
        models = tuple(word for word in MODEL_WORDS.values() if word in saw)
        asked = tuple(address for address in reached if address.startswith("benchmark_scores/"))
        if models or asked:
            saw["benchmark_scores"] = models + tuple(sorted(asked))
    return tuple(Saw(word, snapshot.md5(word), through) for word, through in saw.items())


def settings_of(snapshot: Snapshot, word: str) -> Mapping[str, Any]:
    """The section of `params.yaml` that a recorded artifact was made with."""
    sections: Mapping[str, Any] = snapshot.lock[word].get("params", {}).get("params.yaml", {})
    return next(iter(sections.values()), None) or {}


def inputs_of(snapshot: Snapshot, word: str) -> dict[str, str]:
    """MD5 of each folder that a recorded artifact was made from, by word."""
    found = {}
    for entry in snapshot.lock[word].get("deps", ()):
        name = str(entry["path"]).removeprefix("data/")
        if str(entry["md5"]).endswith(".dir"):
            found[name] = str(entry["md5"])
    return found
