"""`python -m jobs.materialize WORD`: make one artifact now. What dvc.yaml calls, and people."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from jobs.environment import prepare

if TYPE_CHECKING:
    from assets.resources.errors import ChangedInputsError


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m jobs.materialize", description=__doc__)
    parser.add_argument("word", help="the artifact, as in sv6d/stages.py")
    word = parser.parse_args().word
    prepare()
    from jobs.door import at_the_door

    with at_the_door() as instance:
        from assets.resources.lineage import Lineage, running_stage
        from assets.resources.project import HERE
        from jobs.in_process import materialize
        from jobs.terminal import StageLine
        from sv6d.artifacts import read_record
        from sv6d.stages import WORDS, stage_of

        number = WORDS.index(stage_of(word).word) + 1
        line = StageLine(number, len(WORDS), word).begin()
        materialize(instance, word, line.hear)
        line.end(f"{read_record(HERE.data / word).counts['items']} items")
        changed = Lineage(HERE).changed_recipe(word)
        if changed and running_stage() == word:
            raise _not_to_be_recorded_by_dvc(word, changed)
        for reason in changed:
            print(f"stale again, it was made from what was there when the job began: {reason}")


def _not_to_be_recorded_by_dvc(word: str, changed: list[str]) -> ChangedInputsError:
    """After this command DVC would record what lies there now as the origin of the artifact."""
    from assets.resources.errors import ChangedInputsError

    return ChangedInputsError(
        f"{word} is published and recorded under what it read, which has changed since: it is stale again",
        found="; ".join(changed),
        wanted="the same code, settings and inputs at the end of `dvc repro` as at its start",
        next_step="dvc repro again, or make run",
    )


if __name__ == "__main__":
    main()
