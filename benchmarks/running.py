"""What running jobs withstands, and what it costs: kills, a failing disk, crowds of processes, many items.

    python -m benchmarks.running [--json OUT] [--only PART ...] [--kills N] [--disk N] [--items N ...] [--state FOLDER]

Parts: `ui` (runs launched in the Dagster UI, ended at each of their processes), `kills` (random SIGKILLs over all
artifacts), `disk` (full or failing at each n-th write), `crowd` (eight processes at once), `publish` (full or failing
at each write of publishing, and of its recovery), `scale` (many items), `clips` (one clip of many added, changed,
removed). Works on small projects of its own below `--state`, and writes each result there at once: stopped at any time,
the same command goes on from there. `--limit-min` ends it in order.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import drill_crowd, drill_disk, drill_kills, drill_publish, drill_ui, scale
from benchmarks.drill_project import DrillProject
from benchmarks.failing_disk import FailingDisk, is_supported
from sv6d.io import dump_json, write_bytes

PARTS = ("ui", "kills", "disk", "crowd", "publish", "scale", "clips")
_CROWDS = (["raw_videos"] * 8, ["raw_videos", "shots", "evidence", "base_model", "expert_annotations"] + ["shots"] * 3)
_SALTS = ("one", "other", "third")
_S_PER_MIN = 60
_SEED = 1


class Results:
    """What was found so far: one JSON line per trial, on disk as soon as it is known."""

    def __init__(self, folder: Path, limit_min: float) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "results.jsonl"
        self._deadline_s = time.monotonic() + limit_min * _S_PER_MIN
        self.found: list[dict[str, Any]] = []
        if self._path.is_file():
            self.found = [json.loads(line) for line in self._path.read_text().splitlines()]

    def of(self, part: str) -> list[dict[str, Any]]:
        return [row for row in self.found if row["part"] == part]

    def trials(self, part: str, names: Sequence[str], trial: Callable[[int, str], Iterable[Any]]) -> None:
        """Run the trials of a part that were not run yet, in order, until time is up."""
        done = {row["trial"] for row in self.of(part)}
        for number, name in enumerate(names):
            if number in done:
                continue
            if time.monotonic() > self._deadline_s:
                print(f"{part}: time is up after {number} of {len(names)}; the same command goes on", file=sys.stderr)
                return
            rows = [{"part": part, "trial": number, **asdict(found)} for found in trial(number, name)]
            with self._path.open("a") as file:
                file.writelines(json.dumps(row) + "\n" for row in rows)
            self.found += rows
            print(f"{part} {number + 1} of {len(names)}: {name}", file=sys.stderr, flush=True)


def _ui(results: Results, folder: Path) -> None:
    project = _light(folder / "light")
    ui: list[drill_ui.Ui] = []

    def trial(number: int, event: str) -> list[drill_ui.Settled]:
        if not ui:
            ui.append(drill_ui.Ui(project))
        return [drill_ui.drill(ui[0], event, "raw_videos")]

    try:
        results.trials("ui", drill_ui.EVENTS, trial)
    finally:
        for one in ui:
            one.stop()


def _kills(results: Results, folder: Path, num: int) -> None:
    if len(results.of("kills")) >= num:
        return
    killer = drill_kills.Killer(drill_kills.make_all(folder / "whole"), _SEED + len(results.of("kills")))
    results.trials("kills", drill_kills.order_of_words(num), lambda number, word: [killer.kill(word)])


def _disk(results: Results, folder: Path, num: int) -> None:
    if not is_supported() or len(results.of("disk")) >= num:
        return
    project, word = _light(folder / "light"), "raw_videos"
    kinds = (drill_disk.files, drill_disk.everything)
    writes = [drill_disk.count_writes(project, word, counts) for counts in kinds]
    digests = {salt: _made_with(project, word, salt) for salt in _SALTS}
    # Spread over all writes of files, and over all writes; disk full and I/O error in turn.
    names = [f"{number // 2 * 2 * writes[number % 2] // num + 1} of {writes[number % 2]}" for number in range(num)]

    def trial(number: int, name: str) -> list[drill_disk.Refused]:
        salt = next(salt for salt in _SALTS if digests[salt] != project.digest(word))
        project.set("raw_videos", splits={"salt": salt})
        error = (errno.ENOSPC, errno.EIO)[number // 2 % 2]
        disk = FailingDisk(project.root, kinds[number % 2], int(name.split(maxsplit=1)[0]), error)
        return [drill_disk.refuse(project, word, disk, new=digests[salt])]

    results.trials("disk", names, trial)


def _publish(results: Results, folder: Path, num: int, errors: Sequence[str]) -> None:
    if not is_supported() or len(results.of("publish")) >= num:
        return
    with drill_publish.Publishing.prepared(folder / "publish") as publishing:
        tries = [one for one in publishing.tries() if errno.errorcode[one.error] in errors][:num]
        names = [f"{one.phase}, {errno.errorcode[one.error]} at write {one.number}" for one in tries]
        results.trials("publish", names, lambda number, name: [publishing.refuse(tries[number])])


def _made_with(project: DrillProject, word: str, salt: str) -> str | None:
    project.set("raw_videos", splits={"salt": salt})
    project.run("-m", "jobs.materialize", word)
    return project.digest(word)


def _crowd(results: Results, folder: Path) -> None:
    if len(results.of("crowd")) >= len(_CROWDS):
        return
    project = drill_kills.make_all(folder / "whole")
    names = [f"{len(words)} processes, {len(set(words))} artifacts" for words in _CROWDS]
    results.trials("crowd", names, lambda number, name: [drill_crowd.crowd(project, _CROWDS[number])])


def _scale(results: Results, counts: Sequence[int]) -> None:
    workers = os.cpu_count() or 1
    names = [f"{what} of {count}" for count in counts for what in ("map", "sources")]
    results.trials(
        "scale",
        names,
        lambda number, name: (
            scale.source_costs([counts[number // 2]]) if number % 2 else scale.map_costs([counts[number // 2]], workers)
        ),
    )


def _light(root: Path) -> DrillProject:
    """A project with `raw_videos` of four clips: the cheapest artifact there is."""
    if (root / "made").exists():
        return DrillProject(root)
    project = DrillProject.create(root, studio={**drill_kills.SMALL["studio"], "num_clips": 4})
    project.run("-m", "jobs.inputs")
    project.run("-m", "jobs.materialize", "raw_videos")
    (root / "made").touch()
    return project


def summary(results: Results) -> dict[str, Any]:
    """The figures of each part that was run; every count of what went wrong should be 0."""
    ui, kills, disk, publish = (results.of(part) for part in ("ui", "kills", "disk", "publish"))
    redone = [row["redone"] for row in kills if row["redone"] is not None]
    figures: dict[str, Any] = {}
    if ui:
        figures["ui"] = {
            "trials": len(ui),
            "descendants_after_10_s": sum(row["gone_s"] is None or row["gone_s"] > 10 for row in ui),
            "longest_until_gone_s": _longest(ui, "gone_s"),
            "longest_until_unlocked_s": _longest(ui, "unlocked_s"),
            "longest_until_runs_closed_s": _longest(ui, "closed_s"),
            "longest_until_pool_free_s": _longest(ui, "pool_s"),
            "not_whole": sum(not row["whole"] for row in ui),
            "next_run_not_finished": sum(row["next"] != "SUCCESS" for row in ui),
        }
    if kills:
        figures["kills"] = {
            "trials": len(kills),
            "artifacts": len({row["word"] for row in kills}),
            "not_whole": sum(not row["whole"] for row in kills),
            "not_settled": sum(not row["settled"] for row in kills),
            "descendants": sum(row["descendants"] for row in kills),
            "locks": sum(row["locks"] for row in kills),
            "with_finished_units": sum(bool(row["done"]) for row in kills),
            "units_redone_at_most": max(redone, default=None),
        }
    if disk:
        figures["disk"] = {
            "trials": len(disk),
            "failed": sum(row["failed"] for row in disk),
            "between": sum(row["state"] == "between" for row in disk),
            "not_told": sum(not row["told"] for row in disk),
            "not_settled": sum(not row["settled"] for row in disk),
        }
    if publish:
        figures["publish"] = {
            "trials": len(publish),
            "of": publish[0]["num_tries"],
            "failed": sum(row["status"] != 0 for row in publish),
            **{state: sum(row["state"] == state for row in publish) for state in ("old", "new", "between")},
            "lock_between": sum(row["lock"] == "between" for row in publish),
            "not_told": sum(not row["told"] for row in publish),
            "locks": sum(row["locks"] for row in publish),
            "not_settled": sum(not row["settled"] for row in publish),
        }
    for part in ("crowd", "scale", "clips"):
        if rows := results.of(part):
            figures[part] = rows
    return figures


def _longest(rows: Sequence[dict[str, Any]], name: str) -> float | None:
    """The largest of the values, or None where one of them did not come about."""
    values = [row[name] for row in rows]
    return None if None in values else round(max(values), 2)


def table(figures: dict[str, Any]) -> str:
    """The figures as aligned text."""
    lines = []
    for part, found in figures.items():
        if isinstance(found, dict):
            lines += [f"{part:7} {name:32} {value}" for name, value in found.items()]
        else:
            for row in found:
                values = (f"{name} {_short(value)}" for name, value in row.items() if name not in ("part", "trial"))
                lines.append(f"{part:7} {'; '.join(values)}")
    return "\n".join(lines)


def _short(value: Any) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="file to write the figures and every trial to")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART")
    parser.add_argument("--kills", type=int, default=16, help="SIGKILLs, over all artifacts in turn")
    parser.add_argument("--disk", type=int, default=12, help="refused writes, spread over all of a materialization")
    parser.add_argument("--publish", type=int, default=16, help="refused writes of publishing, evenly spread")
    parser.add_argument(
        "--errors",
        nargs="+",
        choices=[errno.errorcode[error] for error in drill_publish.ERRORS],
        default=[errno.errorcode[error] for error in drill_publish.ERRORS],
        help="how writes of publishing are refused: one process for each, with a --state of its own, shares the work",
    )
    parser.add_argument("--items", type=int, nargs="+", default=[2500, 5000, 10000], help="synthetic items")
    parser.add_argument("--clips", type=int, default=1000, help="clips of which one is added, changed, removed")
    parser.add_argument("--state", type=Path, default=Path(".work/running"), help="folder of projects and results")
    parser.add_argument("--limit-min", type=float, default=60.0, help="no trial begins after it")
    options = parser.parse_args()
    folder = options.state.resolve()
    results = Results(folder, options.limit_min)
    parts: dict[str, Callable[[], None]] = {
        "ui": lambda: _ui(results, folder),
        "kills": lambda: _kills(results, folder, options.kills),
        "disk": lambda: _disk(results, folder, options.disk),
        "publish": lambda: _publish(results, folder, options.publish, options.errors),
        "crowd": lambda: _crowd(results, folder),
        "scale": lambda: _scale(results, options.items),
        "clips": lambda: results.trials(
            "clips",
            [f"one of {options.clips} clips"],
            lambda number, name: scale.one_of_many(folder / "clips", options.clips),
        ),
    }
    for part in PARTS:
        if part in options.only:
            parts[part]()
    figures = summary(results)
    print(table(figures))
    if options.json:
        machine = {"cores": os.cpu_count(), "load": os.getloadavg()[0]}
        write_bytes(options.json, dump_json({"machine": machine, "figures": figures, "trials": results.found}))


if __name__ == "__main__":
    main()
