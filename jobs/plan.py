"""`make plan`: what is stale and why, what would run, and how long it took the last time. Changes nothing.

python -m jobs.plan [--json OUT]
"""

from __future__ import annotations

import argparse
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.environment import prepare

if TYPE_CHECKING:
    from assets.resources.lineage import Survey
    from assets.resources.project import Project


@dataclass(frozen=True, slots=True)
class Step:
    """An artifact that a rebuild would come to.

    Attributes:
        reasons: why it is stale by itself; empty where it only follows others.
        follows: stale artifacts that it is made from. Where they come out as they were, it stays.
        last_s: seconds that it took the last time; None where it was never made.
    """

    word: str
    reasons: tuple[str, ...]
    follows: tuple[str, ...]
    last_s: float | None


def plan_rebuild(project: Project, survey: Survey) -> list[Step]:
    """The steps of a rebuild, `inputs` first and then in the order of the flow; empty where nothing is stale.

    `survey` is of all artifacts, as they are now.

    Raises:
        InputError: a source folder is gone.
    """
    from assets.resources.edges import INPUTS, edges
    from assets.resources.tracking import Tracking
    from sv6d.stages import WORDS

    stale: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    if reasons := (*survey.changed_inputs, *_changed_sources(project)):
        stale[INPUTS] = reasons, ()
    for word in WORDS:
        follows = tuple(name for name in edges(word) if name in stale)
        # What changed upstream by itself is a reason there; here it would only be said again.
        own = tuple(reason for reason in survey.changes[word] if reason.removesuffix(" changed") not in stale)
        if own or follows:
            stale[word] = own, follows
    if not stale:  # the most usual answer, without the second that MLflow takes to be imported
        return []
    last_s = Tracking(project).last_seconds()
    return [Step(word, own, follows, last_s.get(word)) for word, (own, follows) in stale.items()]


def _changed_sources(project: Project) -> tuple[str, ...]:
    """What is new, gone or changed in the source folders since they were listed, in words."""
    from sv6d.video.sources import read_sources, scan_sources

    if not project.sources.is_file():
        return ("the source folders were never listed",)
    known = read_sources(project.sources)
    scratch = project.work / "plan" / "sources.json"
    scratch.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(project.sources, scratch)
    now = scan_sources(
        scratch,
        {source.name: known.root / source.path for source in known.sources},
        {source.name: known.root / source.documents if source.documents else None for source in known.sources},
        known.root,
        hash_cache=project.work / "source_hashes.json",
    )
    before, after = ({entry.uri: entry.sha256 for entry in listed.files} for listed in (known, now))
    told = {
        "new": after.keys() - before.keys(),
        "gone": before.keys() - after.keys(),
        "changed": {uri for uri in before.keys() & after.keys() if before[uri] != after[uri]},
    }
    return tuple(f"{len(uris)} files {what}: {_some(sorted(uris))}" for what, uris in told.items() if uris)


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")


def print_plan(steps: list[Step], num_words: int) -> None:
    """The table that a person reads."""
    width = max((len(step.word) for step in steps), default=0)
    for step in steps:
        why = step.reasons or (f"follows {', '.join(step.follows)}",)
        last = f"{step.last_s:6.0f} s last time" if step.last_s is not None else "       never made"
        print(f"{step.word:<{width}}  {last if step.word != 'inputs' else '':>16}  {why[0]}")
        for reason in why[1:]:
            print(f"{'':<{width}}  {'':>16}  {reason}")
    words = [step for step in steps if step.word != "inputs"]
    if not steps:
        print(f"nothing to rebuild: all {num_words} artifacts are up to date with inputs, code and settings")
        return
    known_s = sum(step.last_s for step in words if step.last_s is not None)
    first = sum(bool(step.reasons) for step in words)
    print(
        f"\n{first} stale, {len(words) - first} follow, {num_words - len(words)} up to date; "
        f"{known_s:.0f} s in sum the last time. make rebuild does this"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m jobs.plan", description=__doc__)
    parser.add_argument("--json", type=Path, help="file to write the steps to")
    options = parser.parse_args()
    prepare()
    from jobs.door import at_the_door

    with at_the_door():
        from assets.resources.lineage import Lineage
        from assets.resources.project import HERE
        from jobs.dvc_file import require_current
        from sv6d.io import write_json
        from sv6d.params import validate_all
        from sv6d.stages import WORDS

        validate_all(HERE.params)
        require_current()
        steps = plan_rebuild(HERE, Lineage(HERE).survey(WORDS))
        if options.json is not None:
            write_json(options.json, {"steps": [asdict(step) for step in steps]})
        print_plan(steps, len(WORDS))


if __name__ == "__main__":
    main()
