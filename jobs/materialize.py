"""`python -m jobs.materialize WORD`: make one artifact now. What dvc.yaml calls, and people."""

from __future__ import annotations

import argparse

from jobs.environment import prepare


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m jobs.materialize", description=__doc__)
    parser.add_argument("word", help="the artifact, as in sv6d/stages.py")
    word = parser.parse_args().word
    prepare()
    from jobs.door import at_the_door

    with at_the_door() as instance:
        from assets.resources.project import HERE
        from jobs.in_process import materialize
        from jobs.terminal import StageLine
        from sv6d.artifacts import read_record
        from sv6d.stages import WORDS, stage_of

        number = WORDS.index(stage_of(word).word) + 1
        line = StageLine(number, len(WORDS), word).begin()
        materialize(instance, word, line.hear)
        line.end(f"{read_record(HERE.data / word).counts['items']} items")


if __name__ == "__main__":
    main()
