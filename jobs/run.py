"""`make run`: everything that is stale, in the order of the flow, and what came out of it."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

from jobs.environment import prepare

if TYPE_CHECKING:
    import dagster as dg

    from assets.resources.lineage import Lineage


def main() -> None:
    from jobs.inputs import add_folders, refresh_inputs

    parser = argparse.ArgumentParser(prog="python -m jobs.run", description=__doc__)
    add_folders(parser)
    options = parser.parse_args()
    prepare()
    from jobs.door import at_the_door

    started_s = time.monotonic()
    with at_the_door() as instance:
        from assets.resources.lineage import Lineage
        from assets.resources.project import HERE
        from jobs.summary import print_summary
        from jobs.terminal import StageLine
        from sv6d.params import validate_all
        from sv6d.stages import WORDS

        validate_all(HERE.params)
        line = StageLine(0, len(WORDS), "inputs").begin()
        changed = refresh_inputs(instance, videos=options.videos, documents=options.documents, listen=line.hear)
        line.end("recorded" if changed else "up to date")
        num_made = _make_stale(instance, Lineage(HERE))
        if num_made:
            print(f"\n{num_made} of {len(WORDS)} artifacts made, the others were up to date")
        else:
            print(f"\nnothing to rebuild: all {len(WORDS)} artifacts are up to date with inputs, code and settings")
        print_summary(HERE, made_anything=num_made > 0)
        print(f"{time.monotonic() - started_s:.0f} s")


def _make_stale(instance: dg.DagsterInstance, lineage: Lineage) -> int:
    """Go through the stages in order; returns how many were made."""
    from assets.resources.agreement import tell
    from assets.resources.project import HERE
    from jobs.in_process import materialize
    from jobs.terminal import StageLine
    from sv6d.artifacts import read_record
    from sv6d.stages import WORDS

    if not lineage.stale():
        tell(HERE, instance, WORDS)
        return 0
    num_made = 0
    for number, word in enumerate(WORDS, start=1):
        if not lineage.changes(word):
            tell(HERE, instance, [word])
            StageLine(number, len(WORDS), word).end("up to date")
            continue
        line = StageLine(number, len(WORDS), word).begin()
        materialize(instance, word, line.hear)
        line.end(f"{read_record(HERE.data / word).counts['items']} items")
        num_made += 1
    return num_made


if __name__ == "__main__":
    main()
