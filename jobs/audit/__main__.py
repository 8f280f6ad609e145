"""Where something came from and what it ended up in.

    python -m jobs.audit TARGET [--rev REV] [--verify] [--json OUT] [--html OUT] [--openlineage OUT] [--bom OUT]

TARGET is an artifact, its MD5, a row of one, a score, a video or a document: docs/audit.md.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
from dataclasses import asdict
from pathlib import Path

from jobs.environment import prepare
from sv6d.cli.output import while_read
from sv6d.errors import Sv6dError


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m jobs.audit", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("target", nargs="?", help="artifact, MD5, row, score, video, document")
    parser.add_argument("--rev", help="git revision; without it the working tree")
    parser.add_argument("--json", type=Path, help="file for the whole answer as JSON")
    parser.add_argument("--html", type=Path, help="file for the answer as a page of its own")
    parser.add_argument("--openlineage", type=Path, help="file for the chain as OpenLineage events, one a line")
    parser.add_argument("--bom", type=Path, help="file for the chain as a CycloneDX bill of materials")
    parser.add_argument("--verify", action="store_true", help="re-hash, compare the four records, check signatures")
    parser.add_argument("--trust", action="append", default=[], metavar="KEY", help="id of another person's key")
    return parser


def main() -> None:
    parser = _parser()
    options = parser.parse_args()
    if not (options.target or options.verify):
        parser.error("TARGET is missing: an artifact, row, score, video or file; make audit TARGET=sft_checkpoint")
    prepare()
    try:
        with while_read():
            _answer(options)
    except Sv6dError as error:
        sys.exit(f"error: {error}")
    except (sqlite3.Error, KeyError, TypeError, ValueError) as error:
        # Whatever a damaged record makes its parser say; the verification names the record.
        sys.exit(f"error: a record cannot be read ({type(error).__name__}: {error})\n  next: make verify names it")


def _answer(options: argparse.Namespace) -> None:
    from assets.resources.project import HERE
    from jobs.audit.chain import audit
    from jobs.audit.show import as_json, as_text
    from sv6d.io import write_bytes, write_json

    if options.verify:
        sys.exit(_verify(options))
    answer = audit(HERE, options.target, options.rev)
    print(as_text(answer))
    if options.json:
        write_json(options.json, as_json(answer))
    if options.html:
        from jobs.audit.page import as_html

        write_bytes(options.html, as_html(answer).encode())
    if options.openlineage:
        from jobs.audit.openlineage import as_events

        write_bytes(options.openlineage, as_events(answer))
    if options.bom:
        from jobs.audit.bom import as_bom

        write_bytes(options.bom, as_bom(answer))


def _verify(options: argparse.Namespace) -> int:
    """Check what TARGET rests on, or everything; exit status 1 where something is found."""
    from assets.resources.project import HERE
    from jobs.audit.chain import artifacts_of
    from jobs.audit.show import verdict_text
    from jobs.audit.snapshot import open_snapshot
    from jobs.audit.verify import recorded_words, verify
    from sv6d.io import write_json

    snapshot = open_snapshot(HERE, options.rev)
    words = recorded_words(snapshot)
    if options.target:
        snapshot, words = artifacts_of(snapshot, options.target)
    verdict = verify(snapshot, words, trusted=options.trust)
    print(verdict_text(verdict, words))
    if options.json:
        write_json(options.json, {"schema": "sv6d/verdict/1", "words": words, **asdict(verdict)})
    return 1 if verdict.findings else 0


if __name__ == "__main__":
    main()
