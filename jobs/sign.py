"""`python -m jobs.sign`: sign the artifacts of a project that have no signature for what `dvc.lock` records.

For projects older than signatures, and after `dvc commit` by hand. Only what agrees with its records is signed.
"""

from __future__ import annotations

import argparse
import sys

from jobs.environment import prepare
from sv6d.cli.output import while_read
from sv6d.errors import Sv6dError


def main() -> None:
    argparse.ArgumentParser(prog="python -m jobs.sign", description=__doc__).parse_args()
    prepare()
    try:
        with while_read():
            sys.exit(_sign_all())
    except Sv6dError as error:
        sys.exit(f"error: {error}")


def _sign_all() -> int:
    """Sign what is not; returns the number of artifacts that were refused."""
    from assets.resources.project import HERE
    from assets.resources.signatures import FOLDER, is_signed, sign_version
    from jobs.audit.runs import Platforms
    from jobs.audit.snapshot import open_snapshot
    from jobs.audit.verify import verify

    snapshot = open_snapshot(HERE, None)
    platforms = Platforms(HERE)
    num_refused = 0
    for word in snapshot.words():
        md5 = snapshot.md5(word)
        if is_signed(HERE, word, md5):
            continue
        findings = [f for f in verify(snapshot, [word]).findings if not f.where.startswith(FOLDER)]
        if findings:
            print(f"{word}: not signed: {findings[0].where}: {findings[0].what}")
            num_refused += 1
            continue
        run = platforms.run(word, snapshot.lock[word])
        event = platforms.event(word, md5, run)
        sign_version(
            HERE,
            word,
            md5=md5,
            code_version=(event.code_version if event else None) or "",
            dagster_run_id=event.run_id if event else "",
            mlflow_run_id=run.run_id if run else "",
        )
        print(f"{word}: signed {md5}")
    return num_refused


if __name__ == "__main__":
    main()
