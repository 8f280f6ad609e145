"""The answer to an audit: back to the bytes from outside, and forward to what they ended up in."""

from __future__ import annotations

from assets.resources.edges import INPUTS
from assets.resources.project import Project
from assets.resources.signatures import FOLDER, signer_of, statement_about
from jobs.audit.graph import Graph, graph_of_video, inputs_of, models_that_saw, settings_of
from jobs.audit.model import Answer, Row, Saw, Signed, Source, Version
from jobs.audit.runs import Platforms
from jobs.audit.snapshot import Snapshot, first_commits, open_snapshot
from jobs.audit.target import Target, resolve
from sv6d.stages import WORDS
from sv6d.video.forgotten import read_forgotten


def audit(project: Project, text: str, revision: str | None) -> Answer:
    """What `text` is made of and what was made of it, as a git revision (None: the working tree) has it.

    Raises:
        InputError: there is no such revision, or nothing is called so.
    """
    asked = open_snapshot(project, revision)
    snapshot, target = resolve(asked, text)
    platforms = Platforms(project)
    notes = list(platforms.missing)
    if snapshot is not asked:
        notes.append(f"not in {asked.revision}: shown as of the commit that first recorded it")
    back, forward, saw = _rows(snapshot, target)
    versions = [version_of(snapshot, platforms, word) for word in _upstream(snapshot, target.word)]
    downstream = [version_of(snapshot, platforms, word) for word in _downstream(snapshot, target.word)]
    sources = _sources(snapshot, target, back)
    notes += _contradictions(snapshot, versions)
    return Answer(
        target=text,
        what=target.what,
        revision=snapshot.revision,
        commit=snapshot.commit,
        rows=tuple(back),
        versions=tuple(versions),
        sources=tuple(sources),
        forward=tuple(forward),
        downstream=tuple(downstream) if target.kind == "artifact" else (),
        saw=saw,
        notes=tuple(notes),
    )


def artifacts_of(snapshot: Snapshot, text: str) -> tuple[Snapshot, list[str]]:
    """The words of the artifacts that a target rests on, and the snapshot that has it. Raises: as `audit`."""
    found, target = resolve(snapshot, text)
    return found, _upstream(found, target.word)


def version_of(snapshot: Snapshot, platforms: Platforms, word: str) -> Version:
    """A recorded artifact, with what every platform says of it."""
    stage, out = snapshot.lock[word], snapshot.out(word)
    md5 = snapshot.md5(word)
    record = snapshot.record(word) or {}
    run = platforms.run(word, stage)
    made_from = inputs_of(snapshot, word)
    return Version(
        word=word,
        md5=md5,
        size=out.get("size", 0),
        num_files=out.get("nfiles", 0),
        made_from=made_from,
        code={e["path"]: e["md5"] for e in stage.get("deps", ()) if not e["md5"].endswith(".dir")},
        settings=settings_of(snapshot, word),
        digest=record.get("digest"),
        fingerprint=record.get("fingerprint"),
        counts=record.get("counts", {}),
        recorded=first_commits(snapshot.project, snapshot.commit).get(md5),
        event=platforms.event(word, md5, run),
        run=run,
        signed_by=signer_of(snapshot.tracked(f"{FOLDER}/{word}.sig")),
        signed=_signed(snapshot, word),
    )


def _signed(snapshot: Snapshot, word: str) -> Signed | None:
    """What the statement beside a version says; whether its signature holds, `--verify` tells."""
    statement = statement_about(snapshot.tracked(f"{FOLDER}/{word}.json"), snapshot.md5(word))
    if statement is None:
        return None
    return Signed(
        at=statement.signed_at,
        commit=statement.commit,
        dagster_run_id=statement.dagster_run_id,
        mlflow_run_id=statement.mlflow_run_id,
        checks=statement.checks,
    )


def _rows(snapshot: Snapshot, target: Target) -> tuple[list[Row], list[Row], tuple[Saw, ...]]:
    """Rows back, rows forward, and the models that saw the target."""
    if target.kind == "artifact":
        return [], [], ()
    if target.kind == "video":
        assert target.video_id is not None
        graph = graph_of_video(snapshot, target.video_id)
        start = f"raw_videos/{target.video_id}"
        reached = {row.address for row in graph.rows.values()}
        own = [row for address, row in graph.rows.items() if address == start]
        forward = [row for address, row in graph.rows.items() if address != start]
        return own, forward, models_that_saw(snapshot, graph, reached)
    if len(target.rows) > 1:  # a score: the answers that it sums up, and their items
        return list(target.rows), [], ()
    (row,) = target.rows
    if row.video_id is None:
        return [row], [], models_that_saw(snapshot, _alone(row), {row.address})
    graph = graph_of_video(snapshot, row.video_id)
    forward = graph.forward([row.address])
    reached = {row.address, *(other.address for other in forward)}
    return graph.back([row.address]), forward, models_that_saw(snapshot, graph, reached)


def _alone(row: Row) -> Graph:
    """A sample without a video (replay) was trained on like any other."""
    return Graph({row.address: row}, {"sft_checkpoint": (row.address,)})


def _upstream(snapshot: Snapshot, word: str) -> list[str]:
    """The artifact, then all that it was made from, nearest first."""
    queue = [word]
    for name in queue:
        queue += [other for other in reversed(WORDS) if other in inputs_of(snapshot, name) and other not in queue]
    if INPUTS in snapshot.lock and INPUTS not in queue:
        queue.append(INPUTS)
    return sorted(queue, key=lambda name: -WORDS.index(name) if name in WORDS else 1)


def _downstream(snapshot: Snapshot, word: str) -> list[str]:
    reached = {word}
    for name in WORDS:
        if name in snapshot.lock and reached & set(inputs_of(snapshot, name)):
            reached.add(name)
    return [name for name in WORDS if name in reached and name != word]


def _sources(snapshot: Snapshot, target: Target, rows: list[Row]) -> list[Source]:
    """The files at the end of the chain: those of the videos in it, or every video for a whole artifact."""
    listed = snapshot.sources()
    if target.kind == "artifact":
        return [source for source in listed if source.kind == "video"]
    ids = {row.video_id for row in rows if row.video_id} | {target.video_id}
    videos = [source for source in listed if source.sha256 in ids and source.kind == "video"]
    stems = {video.uri.rpartition(".")[0] for video in videos}
    beside = [s for s in listed if s.kind != "video" and (s.uri in stems or s.uri.rpartition(".")[0] in stems)]
    return videos + beside


def _contradictions(snapshot: Snapshot, versions: list[Version]) -> list[str]:
    """Where the versions of one revision do not fit together, in words."""
    now = {word: snapshot.md5(word) for word in snapshot.words()}
    told = []
    forgotten = read_forgotten(snapshot.project.root)
    for version in versions:
        for clip in forgotten:
            if version.md5 in clip.seen_by.get(version.word, ()):
                told.append(f"{version.word} saw the clip {clip.sha256[:12]}, which was taken down on {clip.on}")
        for name, md5 in version.made_from.items():
            if now.get(name) not in (md5, None):
                told.append(
                    f"{version.word} was made from {name} {md5[:8]}, which this revision has as {now[name][:8]}"
                )
        if version.event is None or (version.word != INPUTS and version.run is None):
            name = "Dagster" if version.event is None else "MLflow"
            as_signed = "; its runs are told as they were signed" if version.signed is not None else ""
            told.append(f"{version.word}: {name} does not know {version.md5} here{as_signed}")
    return told
