"""`make sync`: tell Dagster what `git checkout` and `dvc checkout`, a merge or a pull have brought.

    python -m jobs.sync

What dvc.lock names is reported with its origin, so that Dagster and DVC call the same artifacts stale; a
folder that was edited by hand gets a red check. Makes nothing, and changes neither data/ nor dvc.lock.
"""

from __future__ import annotations

import argparse

from jobs.environment import prepare


def main() -> None:
    argparse.ArgumentParser(prog="python -m jobs.sync", description=__doc__).parse_args()
    prepare()
    from jobs.door import at_the_door

    with at_the_door() as instance:
        from assets.resources.agreement import mark_edited, tell
        from assets.resources.project import HERE
        from sv6d.stages import WORDS

        told = tell(HERE, instance, WORDS)
        print(f"told Dagster of {', '.join(told)}" if told else "Dagster knew every artifact that dvc.lock names")
        for word, complaint in mark_edited(HERE, instance, WORDS).items():
            print(f"red  {word}: {complaint}")


if __name__ == "__main__":
    main()
