"""`python -m jobs.inputs`: render the studio where it is stale, list the source files, record both."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.environment import prepare

if TYPE_CHECKING:
    import dagster as dg

    from assets.resources.launcher import Listener
    from assets.resources.lineage import Lineage

_STUDIO = "studio"


def add_folders(parser: argparse.ArgumentParser) -> None:
    """The options by which a person's own folders come in."""
    parser.add_argument("--videos", help="folder of clips that join the corpus; an empty text: none any more")
    parser.add_argument("--documents", help="folder of SV6D documents for these clips")


def refresh_inputs(
    instance: dg.DagsterInstance, *, videos: str | None, documents: str | None, listen: Listener
) -> list[str]:
    """Bring `inputs/` up to date and record it; returns what changed, in words.

    Without `videos` the folders of the last time stay, and are looked through again.

    Raises:
        JobError: rendering or listing failed.
    """
    from assets.resources.dagster_log import observe_inputs
    from assets.resources.edges import INPUTS
    from assets.resources.launcher import run_job
    from assets.resources.lineage import Lineage
    from assets.resources.project import HERE
    from assets.resources.signatures import is_signed, sign_version
    from jobs.takedown.removal import remove_rendered_again

    lineage = Lineage(HERE)
    with HERE.alone(INPUTS):
        changed = _render_studio(lineage, listen)
        folders = _folders(videos, documents)
        run_job(
            INPUTS,
            ["sources", "--inputs", str(HERE.inputs), "--work", str(HERE.work), *folders],
            project=HERE,
            listen=listen,
        )
        remove_rendered_again(HERE)
        changed += [] if changed else lineage.changes(INPUTS)
        md5 = lineage.record_inputs() if changed else lineage.recorded(INPUTS)
        assert md5 is not None  # unchanged means recorded
        observe_inputs(instance, md5)
        if changed or not is_signed(HERE, INPUTS, md5):
            sign_version(HERE, INPUTS, md5=md5)
    return changed


def _render_studio(lineage: Lineage, listen: Listener) -> list[str]:
    from assets.resources.edges import INPUTS
    from assets.resources.launcher import run_job
    from assets.resources.project import HERE
    from assets.resources.runtime import num_workers

    reasons = lineage.changed_recipe(INPUTS)
    if not reasons and lineage.differing_files(INPUTS, _STUDIO):
        reasons = ["the rendered clips are not the recorded ones"]
    if not reasons:
        return []
    # In place: whole clips of an equal plan are left alone, and a killed run goes on where it was.
    arguments = [_STUDIO, "--out", str(HERE.inputs / _STUDIO), "--params", str(HERE.params)]
    run_job(INPUTS, [*arguments, "--workers", str(num_workers())], project=HERE, listen=listen)
    return reasons


def _folders(videos: str | None, documents: str | None) -> list[str]:
    """Options of `sv6d sources`: the folders that were given, or else those of the last time."""
    from assets.resources.project import HERE
    from sv6d.video.sources import read_sources

    if videos is None and documents is None and HERE.sources.is_file():
        known = read_sources(HERE.sources)
        own = [source for source in known.sources if source.name != _STUDIO]
        options = [text for source in own for text in ("--videos", str(known.root / source.path))]
        truths = [str(known.root / source.documents) for source in own if source.documents is not None]
        return options + [text for path in truths for text in ("--documents", path)]
    options = ["--videos", str(Path(videos).resolve())] if videos else []
    return options + (["--documents", str(Path(documents).resolve())] if documents else [])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m jobs.inputs", description=__doc__)
    add_folders(parser)
    options = parser.parse_args(arguments)
    prepare()
    from jobs.door import at_the_door

    with at_the_door() as instance:
        from jobs.terminal import StageLine

        line = StageLine(1, 1, "inputs").begin()
        changed = refresh_inputs(instance, videos=options.videos, documents=options.documents, listen=line.hear)
        line.end("recorded" if changed else "up to date")


if __name__ == "__main__":
    main(sys.argv[1:])
