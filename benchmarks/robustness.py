"""What the decoding rooms do with malformed files: a drill of a thousand, each through the path of `raw_videos`.

    python -m benchmarks.robustness [FOLDER] [--num 1000] [--limit-s 10] [--json OUT]

FOLDER holds whole clips; the small ones among them are broken beside what is rendered here. Prints a
row per kind with the outcomes, and the five counts that must be nought: crashes of this process (it
would not have printed), files without a typed answer in their time, failures without a code of
their own, whole answers for parts of a file, and readings of a file or address that a file points at.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import resource
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from benchmarks.malformed_files import Malformed, malformed
from benchmarks.whole_files import Whole, render
from sv6d.batch.keyed_map import Outcome
from sv6d.errors import DecodeError
from sv6d.events import Events
from sv6d.fingerprint import fingerprint
from sv6d.io import dump_json
from sv6d.params import read_config
from sv6d.video.config import LimitsConfig, RawVideosConfig
from sv6d.video.probe import probe
from sv6d.video.raw_videos import examine_files

SEED = 20_261_123
_LARGEST_SOURCE_BYTES = 250_000  # ours: a thousand files in minutes, on one core
_IN_OPEN = 0x20  # <sys/inotify.h>
# Codes that do not say what is wrong with the file. Those of a stopped or dead process are counted apart.
_UNTYPED = frozenset({"unexpected", "decode"})


@dataclass(slots=True)
class Traps:
    """What a file that is obeyed would touch: another file, and an address of this machine."""

    canary: Path
    port: int
    touched: int = 0


@contextmanager
def traps(folder: Path) -> Iterator[Traps]:
    """A whole video and a listening port; `touched` counts their readers when the block ends."""
    canary = folder / "canary.mp4"
    render(canary, "mp4", {}, "libx264", 37)
    libc = ctypes.CDLL(None, use_errno=True)
    watch = libc.inotify_init1(os.O_NONBLOCK)
    if watch < 0 or libc.inotify_add_watch(watch, os.fsencode(canary), _IN_OPEN) < 0:
        raise OSError(ctypes.get_errno(), "the canary can not be watched")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        found = Traps(canary, server.getsockname()[1])
        yield found
        while True:
            try:
                server.accept()[0].close()
            except BlockingIOError:
                break
            found.touched += 1
    try:
        found.touched += len(os.read(watch, 1 << 16)) // 16  # one event without a name is 16 bytes
    except BlockingIOError:
        pass
    finally:
        os.close(watch)


def whole_clips(folder: Path | None, limits: LimitsConfig) -> list[Whole]:
    """The small clips of a folder that decode without error."""
    found = []
    for path in sorted(folder.rglob("*")) if folder else ():
        if path.is_file() and path.stat().st_size <= _LARGEST_SOURCE_BYTES:
            try:
                facts = probe(path, limits)
            except DecodeError:
                continue
            # Only what says how long it is can be found out.
            told = facts.container in ("mov", "matroska", "avi", "gif") and b"moof" not in path.read_bytes()
            found.append(Whole(path.name, path.read_bytes(), facts.num_frames, told))
    return found


def judge(case: Malformed, outcome: Outcome) -> tuple[str, str | None]:
    """The outcome's name, and the rule that it breaks, if one."""
    if outcome.failure is None:
        assert outcome.value is not None
        num_frames = orjson.loads(outcome.value)["probe"]["num_frames"]
        if case.must_fail:
            return "frames", "accepted"
        silent = case.least_frames is not None and num_frames < case.least_frames
        return "frames", "silent truncation" if silent else None
    code = outcome.failure.code
    if code == "worker":
        return ("stopped", None) if "stopped" in outcome.failure.message else ("died", None)
    return code, "untyped" if code in _UNTYPED else None


@contextmanager
def memory_over_time(samples: list[int]) -> Iterator[None]:
    """This process's resident bytes, every half second, while the block runs."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.5):
            samples.append(int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize())

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def drill(folder: Path, clips: Path | None, config: RawVideosConfig, num: int, events: Events) -> dict[str, Any]:
    """Make the files in `folder`, run them, and count. `broken` lists what broke a rule: kind, name, rule, outcome."""
    with traps(folder) as trap:
        cases = malformed(folder, whole_clips(clips, config.limits), trap.canary, trap.port, num, SEED)
        paths = [folder / case.name for case in cases]
        for path, case in zip(paths, cases, strict=True):
            path.write_bytes(case.data)
        keys = [fingerprint(case.name) for case in cases]
        memory: list[int] = []
        begun_s = time.monotonic()
        with memory_over_time(memory):
            outcomes = examine_files(paths, keys, config, cache=folder / "cache", workers=1, events=events)
        wall_s = time.monotonic() - begun_s
    per_kind: dict[str, Counter[str]] = {}
    broken = []
    for case, outcome in zip(cases, outcomes, strict=True):
        name, rule = judge(case, outcome)
        per_kind.setdefault(case.kind, Counter())[name] += 1
        if rule or name in ("stopped", "died"):
            text = outcome.failure.message if outcome.failure else ""
            broken.append({"kind": case.kind, "name": case.name, "rule": rule, "outcome": name, "message": text})
    rules = Counter(row["rule"] for row in broken if row["rule"])
    return {
        "files": len(cases),
        "kinds": {kind: dict(sorted(counts.items())) for kind, counts in per_kind.items()},
        "untyped": rules["untyped"],
        "silent_truncations": rules["silent truncation"],
        "accepted": rules["accepted"],
        "foreign_reads": trap.touched,
        "stopped": sum(counts["stopped"] for counts in per_kind.values()),
        "died": sum(counts["died"] for counts in per_kind.values()),
        "wall_s": wall_s,
        "parent_bytes": memory,
        "broken": broken,
    }


def _print(found: dict[str, Any]) -> None:
    for kind, counts in found["kinds"].items():
        listed = ", ".join(f"{name} {number}" for name, number in sorted(counts.items(), key=lambda item: -item[1]))
        print(f"{kind:15} {sum(counts.values()):5}  {listed}")
    for name in ("files", "untyped", "silent_truncations", "accepted", "foreign_reads", "stopped", "died"):
        print(f"{name:20} {found[name]}")
    memory = found["parent_bytes"]
    if memory:
        quarter = max(1, len(memory) // 4)
        first, last = (sum(part) / len(part) / 1e6 for part in (memory[:quarter], memory[-quarter:]))
        print(f"parent               {first:.1f} MB in the first quarter, {last:.1f} MB in the last")
    print(f"wall                 {found['wall_s']:.0f} s")
    for row in found["broken"]:
        print(f"  {row['rule'] or row['outcome']}: {row['name']} ({row['kind']}) {row['message'][:150]!r}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--num", type=int, default=1000)
    parser.add_argument("--limit-s", type=int, default=10)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    parser.add_argument("--keep", type=Path, help="a new folder for the files, which then stay")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    config = read_config(given.params, "raw_videos")
    assert isinstance(config, RawVideosConfig)
    config = config.model_copy(update={"limits": config.limits.model_copy(update={"max_seconds": given.limit_s})})
    with tempfile.TemporaryDirectory() as made:
        folder = given.keep or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        found = drill(folder, given.folder, config, given.num, Events.silent())
    _print(found)
    if given.json:
        given.json.write_bytes(dump_json(found))
    return int(any(found[name] for name in ("untyped", "silent_truncations", "accepted", "foreign_reads")))


if __name__ == "__main__":
    sys.exit(main())
