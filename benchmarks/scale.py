"""What work costs per item: the keyed map and the list of sources at thousands of items, and one clip of many."""

from __future__ import annotations

import hashlib
import json
import re
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.drill_kills import SMALL
from benchmarks.drill_project import DrillProject, write_clip
from sv6d.artifacts import exchange
from sv6d.batch.keyed_map import Item, keyed_map
from sv6d.events import Events
from sv6d.video.sources import scan_sources

# The stages whose work is per clip, in the order of the flow; in each, progress counts clips or files.
MAP_STAGES = ("raw_videos", "shots", "evidence", "annotations", "filtered_corpus")
# These and what they are made from.
_FLOW = (*MAP_STAGES[:3], "base_model", "expert_annotations", "annotator", *MAP_STAGES[3:])
_VALUE_BYTES = 4096  # ours: between what shots (0.5 KB) and evidence (tens of KB) store for a short clip
_KB = 1024
_DONE_ALREADY = re.compile(r"(?P<done>\d+) of (?P<total>\d+) clips are annotated already")


@dataclass
class Cost:
    """One pass over many items.

    Attributes:
        what: "map" (the keyed map) or "sources" (the list of source files).
        items: how many there were.
        phase: "first", "nothing changed" or "one changed".
        seconds: wall time.
        cpu_s: of this process and its workers.
        computed: items whose work was done in this pass.
        peak_memory_bytes: resident, of the process that leads the pass.
    """

    what: str
    items: int
    phase: str
    seconds: float
    cpu_s: float
    computed: int
    peak_memory_bytes: int


def synthetic_work(payload: int) -> bytes:
    """Stands for the work on a clip: pseudo-random bytes of a size as results have."""
    block = hashlib.sha256(str(payload).encode()).digest()
    return block * (_VALUE_BYTES // len(block))


def map_costs(counts: Sequence[int], workers: int) -> list[Cost]:
    """The three phases of the keyed map at each count, each in a process of its own (peak memory is per process)."""
    costs = []
    for count in counts:
        with tempfile.TemporaryDirectory() as cache:
            for phase, first in (("first", 0), ("nothing changed", 0), ("one changed", 1)):
                costs.append(_apart(_map_once, count, phase, first, Path(cache), workers))
    return costs


def source_costs(counts: Sequence[int]) -> list[Cost]:
    """The three phases of listing a folder of small files."""
    costs = []
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            clips = Path(folder) / "clips"
            clips.mkdir()
            for number in range(count):
                (clips / f"{number:07}.mp4").write_bytes(synthetic_work(number))
            for phase in ("first", "nothing changed", "one changed"):
                if phase == "one changed":
                    (clips / "0000000.mp4").write_bytes(synthetic_work(-1))
                costs.append(_apart(_list_once, count, phase, Path(folder)))
    return costs


def _apart(function: Callable[..., Cost], *arguments: Any) -> Cost:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def _map_once(count: int, phase: str, first: int, cache: Path, workers: int) -> Cost:
    items = [Item(hashlib.sha256(str(n).encode()).hexdigest(), n) for n in range(first, first + count)]
    return _timed(
        "map",
        count,
        phase,
        lambda: sum(
            outcome.fresh
            for outcome in keyed_map(
                synthetic_work, items, cache=cache, workers=workers, limit_s=60, events=Events.silent()
            )
        ),
    )


def _list_once(count: int, phase: str, folder: Path) -> Cost:
    def listed() -> int:
        before = _hashed(folder)
        scan_sources(
            folder / "sources.json", {"clips": folder / "clips"}, {}, folder, hash_cache=folder / "hashes.json"
        )
        return sum(before.get(name) != mark for name, mark in _hashed(folder).items())

    return _timed("sources", count, phase, listed)


def _hashed(folder: Path) -> dict[str, Any]:
    path = folder / "hashes.json"
    found: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {}
    return found


def _timed(what: str, count: int, phase: str, work: Callable[[], int]) -> Cost:
    started_s, started_cpu_s = time.monotonic(), _cpu_s()
    computed = work()
    return Cost(
        what=what,
        items=count,
        phase=phase,
        seconds=time.monotonic() - started_s,
        cpu_s=_cpu_s() - started_cpu_s,
        computed=computed,
        peak_memory_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KB,
    )


def _cpu_s() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


@dataclass
class Redone:
    """One map stage after one clip was added, changed or removed.

    Attributes:
        event: "first", "added", "changed" or "removed".
        word: the stage.
        clips: how many there are.
        computed: clips whose work was done.
        seconds: of the whole stage.
    """

    event: str
    word: str
    clips: int
    computed: int
    seconds: float


def one_of_many(root: Path, num_clips: int) -> list[Redone]:
    """Make the map stages of `num_clips` small clips, then with one more, one changed, one less.

    By the command line alone: what is counted is the work of the stages, not of the platforms around them.
    """
    if root.exists():
        shutil.rmtree(root)
    project = DrillProject.create(root, **SMALL)
    clips = root / "clips"
    clips.mkdir()
    for number in range(num_clips):
        write_clip(clips / f"clip{number:05}.mp4", number)
    project.run("-m", "sv6d.cli.main", "studio", "--out", "inputs/studio")
    found = _through(project, "first")
    write_clip(clips / f"clip{num_clips:05}.mp4", num_clips)
    found += _through(project, "added")
    write_clip(clips / "clip00001.mp4", num_clips + 1)
    found += _through(project, "changed")
    (clips / "clip00002.mp4").unlink()
    return found + _through(project, "removed")


def _through(project: DrillProject, event: str) -> list[Redone]:
    project.run("-m", "sv6d.cli.main", "sources", "--videos", "clips")
    found = []
    for word in _FLOW:
        started_s = time.monotonic()
        events = project.root / ".work" / "jobs" / word / "events.jsonl"
        events.parent.mkdir(parents=True, exist_ok=True)
        events.write_bytes(b"")
        staging = project.root / ".work" / "staging"
        project.run("-m", "sv6d.cli.main", word, "--out", str(staging), events=events)
        exchange(staging, project.root / "data" / word)
        if staging.exists():
            shutil.rmtree(staging)
        if word in MAP_STAGES:
            total, done_before = _of_and_before(project, word)
            found.append(Redone(event, word, total, total - done_before, time.monotonic() - started_s))
    return found


def _of_and_before(project: DrillProject, word: str) -> tuple[int, int]:
    """How many clips a stage's job had to do, and how many of them it found done."""
    events = project.events(word)
    for event in events:
        # `annotations` says it in words; its progress is also that of the frames that it looks at.
        if event["event"] == "message" and (said := _DONE_ALREADY.match(event["text"])):
            return int(said["total"]), int(said["done"])
    progress = [event for event in events if event["event"] == "progress"]
    return progress[-1]["total"], progress[0]["done"]
