"""`make forget VIDEO=...`: take a clip down, whole; say who saw it; refuse it from now on.

    python -m jobs.forget VIDEO [--reason TEXT] [--show]

VIDEO is its SHA-256, or the name of its file. `--show` changes nothing.
"""

from __future__ import annotations

import argparse
import re
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jobs.environment import prepare

if TYPE_CHECKING:
    import dagster as dg

    from sv6d.video.forgotten import Forgotten

SAW_TAG = "sv6d.saw_forgotten"
_VIDEO_ID = re.compile(r"[0-9a-f]{64}")
_TAG_DIGITS = 16  # forgotten.json alone has whole hashes: a search of the project must find nothing else
_SHOWN = 10  # ours: what a terminal takes


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m jobs.forget", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("video", help="SHA-256 or file name")
    parser.add_argument("--reason", default="a takedown was asked for", help="kept in forgotten.json")
    parser.add_argument("--show", action="store_true", help="only say what would go and who saw it")
    options = parser.parse_args()
    prepare()
    from jobs.door import at_the_door

    with at_the_door() as instance:
        video_id = _video_id(options.video)
        if options.show:
            _show(video_id)
        elif not _forget(instance, video_id, options.reason):
            sys.exit("error: the clip is not gone from the places above")


def _video_id(text: str) -> str:
    """The clip's hash. One that is not (any more) in the project is taken as it is: it can be refused all the same."""
    from assets.resources.project import HERE
    from jobs.audit.snapshot import LOCK, open_snapshot
    from jobs.audit.target import resolve
    from sv6d.errors import InputError

    if _VIDEO_ID.fullmatch(text):
        return text
    target = resolve(open_snapshot(HERE, None), text)[1] if (HERE.root / LOCK).is_file() else None
    if target is None or target.kind != "video" or target.video_id is None:
        raise InputError(
            f"{text} is no clip",
            found=target.what if target else "nothing is recorded here",
            wanted="the SHA-256 of a clip, or the name of its file",
            next_step=f"python -m jobs.audit {text} says what it is",
        )
    return target.video_id


def _show(video_id: str) -> None:
    from assets.resources.project import HERE
    from jobs.takedown.removal import find_files
    from jobs.takedown.search import files_that_hold
    from jobs.takedown.seen import seen_by

    places = find_files(HERE, video_id)
    print(f"{video_id} is in")
    for path in files_that_hold(HERE.root, video_id, places.size):
        print(f"  {path.relative_to(HERE.root)}")
    for path in places.theirs:
        print(f"  {path} (not ours: its owner must delete it)")
    for word, md5s in seen_by(HERE, video_id).items():
        print(f"  seen by {word} {', '.join(md5s)}")


def _forget(instance: dg.DagsterInstance, video_id: str, reason: str) -> bool:
    """Take the clip down; returns whether a search afterwards finds nothing of it in the project."""
    from assets.resources.edges import INPUTS
    from assets.resources.project import HERE
    from assets.resources.remote import Remote
    from jobs.takedown.removal import (
        find_files,
        remove_artifacts,
        remove_from_inputs,
        remove_objects,
        remove_scratch,
    )
    from jobs.takedown.search import files_that_hold
    from jobs.takedown.stores import cache_of
    from sv6d.stages import WORDS

    with ExitStack() as held:
        for name in (INPUTS, *WORDS):
            held.enter_context(HERE.alone(name))  # no job may read it, or write it anew, while it goes
        places = find_files(HERE, video_id)
        entry = _listed(video_id, reason)  # first: what was begun is finished by calling this again
        remove_from_inputs(HERE, video_id, places)
        held_by = remove_artifacts(HERE, video_id, places.size)
        remove_scratch(HERE)
        print(f"deleted {len(places.ours)} files of the inputs; artifacts: {', '.join(held_by) or 'none held it'}")
        # Remotes first: what the cache still has need not be fetched to be searched.
        kept_by = [name for name in Remote(HERE).names() if not _forgotten_by(name, video_id, places.size)]
        print(f"deleted {remove_objects(cache_of(HERE), video_id, places.size)} objects of DVC's cache")
        _record_inputs(instance)
    _mark(instance, entry)
    for path in places.theirs:
        print(f"not ours, its owner must delete it: {path}")
    left = list(files_that_hold(HERE.root, video_id, places.size))
    for path in left[:_SHOWN]:
        print(f"still there: {path.relative_to(HERE.root)}")
    print(f"searched for its hash and its bytes: found in {len(left)} files")
    print("next: make run makes the artifacts again without it; commit forgotten.json")
    for name in kept_by:
        print(f"not gone from the remote {name}: make forget VIDEO={video_id} again where it can be reached")
    return not left and not kept_by


def _forgotten_by(remote: str, video_id: str, size: int | None) -> bool:
    """Take the clip out of a remote; returns whether that went well."""
    from assets.resources.project import HERE
    from jobs.takedown.removal import remove_objects
    from jobs.takedown.stores import remote_store
    from sv6d.errors import Sv6dError

    try:
        with remote_store(HERE, remote) as store:
            print(f"deleted {remove_objects(store, video_id, size)} objects of {remote}")
    except Sv6dError as error:
        print(f"error: {error}")
        return False
    return True


def _listed(video_id: str, reason: str) -> Forgotten:
    """The clip's entry in `forgotten.json`, with who saw it; made now where there is none."""
    from assets.resources.project import HERE
    from jobs.takedown.seen import seen_by
    from sv6d.video.forgotten import Forgotten, read_forgotten, write_forgotten

    known = read_forgotten(HERE.root)
    before = next((clip for clip in known if clip.sha256 == video_id), None)
    if before is not None:
        return before
    clip = Forgotten(video_id, datetime.now(UTC).date().isoformat(), reason, seen_by(HERE, video_id))
    write_forgotten(HERE.root, (*known, clip))
    return clip


def _record_inputs(instance: dg.DagsterInstance) -> None:
    """Record the inputs without the clip: else the studio would count as changed, and be rendered again."""
    from assets.resources.dagster_log import observe_inputs
    from assets.resources.edges import INPUTS
    from assets.resources.lineage import Lineage
    from assets.resources.project import HERE
    from assets.resources.signatures import sign_version

    lineage = Lineage(HERE)
    if HERE.inputs.is_dir() and lineage.recorded(INPUTS) is not None:
        md5 = lineage.record_inputs()
        observe_inputs(instance, md5)
        sign_version(HERE, INPUTS, md5=md5)


def _mark(instance: dg.DagsterInstance, clip: Forgotten) -> None:
    """Say beside every model and score that saw the clip that it did."""
    from assets.resources.dagster_log import note
    from assets.resources.project import HERE
    from assets.resources.tracking import Tracking
    from sv6d.video.forgotten import read_forgotten

    for word, md5s in clip.seen_by.items():
        for md5 in md5s:
            all_clips = [c.sha256[:_TAG_DIGITS] for c in read_forgotten(HERE.root) if md5 in c.seen_by.get(word, ())]
            num_runs = Tracking(HERE).mark(word, md5, SAW_TAG, ",".join(all_clips))
            print(f"{word} {md5} saw it: marked in {num_runs} MLflow runs, and in Dagster")
        note(instance, word, SAW_TAG, f"versions {', '.join(md5s)} saw a clip that was taken down on {clip.on}")


if __name__ == "__main__":
    main()
