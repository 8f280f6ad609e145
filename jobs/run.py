"""`make run`: everything that is stale, in the order of the flow, and what came out of it."""

from __future__ import annotations

import argparse
import time

from jobs.environment import prepare


def main() -> None:
    from jobs.inputs import add_folders, refresh_inputs

    parser = argparse.ArgumentParser(prog="python -m jobs.run", description=__doc__)
    add_folders(parser)
    options = parser.parse_args()
    prepare()
    from jobs.door import at_the_door

    started_s = time.monotonic()
    with at_the_door() as instance:
        from assets.resources.project import HERE
        from jobs.stale import make_stale
        from jobs.summary import print_summary
        from jobs.terminal import StageLine
        from sv6d.params import validate_all
        from sv6d.stages import WORDS

        validate_all(HERE.params)
        line = StageLine(0, len(WORDS), "inputs").begin()
        changed = refresh_inputs(instance, videos=options.videos, documents=options.documents, listen=line.hear)
        line.end("recorded" if changed else "up to date")
        num_made = sum(1 for _ in make_stale(instance))
        if num_made:
            print(f"\n{num_made} of {len(WORDS)} artifacts made, the others were up to date")
        else:
            print(f"\nnothing to rebuild: all {len(WORDS)} artifacts are up to date with inputs, code and settings")
        print_summary(HERE, made_anything=num_made > 0)
        print(f"{time.monotonic() - started_s:.0f} s")


if __name__ == "__main__":
    main()
