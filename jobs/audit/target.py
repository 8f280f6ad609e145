"""From what a person types to the artifact, row or video that is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import orjson

from jobs.audit.model import Row, Source
from jobs.audit.rows import KINDS, Kind, rows_of
from jobs.audit.snapshot import Snapshot, first_commits, open_snapshot
from sv6d.errors import InputError
from sv6d.video.forgotten import read_forgotten

_HEX = re.compile(r"[0-9a-f]{8,64}")
_MD5 = re.compile(r"([0-9a-f]{32})(\.dir)?")
_SHOWN = 6  # ours: candidates in a message


@dataclass(frozen=True, slots=True)
class Target:
    """What was asked for: an artifact (`rows` empty), rows of one, or a video."""

    what: str
    word: str
    kind: Literal["artifact", "rows", "video"]
    rows: tuple[Row, ...] = ()
    video_id: str | None = None


def resolve(snapshot: Snapshot, text: str) -> tuple[Snapshot, Target]:
    """The target, and the snapshot that has it: a version that is gone from this revision is looked for in older ones.

    Raises:
        InputError: nothing is called so, or several things are.
    """
    if text in snapshot.lock:
        return snapshot, Target(f"the artifact {text}", text, "artifact")
    if (match := _MD5.fullmatch(text)) and (found := _version(snapshot, f"{match[1]}.dir")):
        return found
    if _HEX.fullmatch(text) and (word := _by_record(snapshot, text)):
        return snapshot, Target(f"the artifact {word}, by its digest or fingerprint", word, "artifact")
    for look in (_video, _address, _key):
        if (found_target := look(snapshot, text)) is not None:
            return snapshot, found_target
    for clip in read_forgotten(snapshot.project.root):
        if _HEX.fullmatch(text) and clip.sha256.startswith(text):
            raise InputError(
                f"the clip {clip.sha256[:16]} was taken down on {clip.on}",
                found=f"seen by {', '.join(sorted(clip.seen_by)) or 'no model'}; reason: {clip.reason}",
                wanted="something that is still here",
                next_step="forgotten.json has the versions that saw it",
            )
    raise InputError(
        f"nothing is called {text}",
        found=f"no artifact, row, video or file of that name in {snapshot.revision}",
        wanted="an artifact (sft_checkpoint), its MD5, a video (its SHA-256 or file name), a row "
        "(sft_corpus/sample_..., annotations/VIDEO/LABEL), a score (benchmark_scores/sft), or the id of a row",
        next_step="python -m jobs.audit raw_videos shows the chain of an artifact; --rev looks into an older revision",
    )


def _version(snapshot: Snapshot, md5: str) -> tuple[Snapshot, Target] | None:
    for word in snapshot.words():
        if snapshot.md5(word) == md5:
            return snapshot, Target(f"the artifact {word}, by its MD5", word, "artifact")
    first = first_commits(snapshot.project, snapshot.commit).get(md5)
    if first is None:
        return None
    older = open_snapshot(snapshot.project, first.commit)
    then = next((word for word in older.words() if older.md5(word) == md5), None)
    return (older, Target(f"the artifact {then} as it was then, by its MD5", then, "artifact")) if then else None


def _by_record(snapshot: Snapshot, text: str) -> str | None:
    for word in snapshot.words():
        record = snapshot.record(word)
        if record and any(str(record.get(name, "")).startswith(text) for name in ("digest", "fingerprint")):
            return word
    return None


def _video(snapshot: Snapshot, text: str) -> Target | None:
    """A video or a document by hash (its first 8 digits or more), uri, or file name."""
    found = [source for source in snapshot.sources() if _names(source, text)]
    if not found and _HEX.fullmatch(text):
        rows = [r for kind in KINDS if kind.word == "raw_videos" for r in rows_of(snapshot, kind)]
        ids = {row.video_id for row in rows if row.video_id and row.video_id.startswith(text)}
        found = [Source(video_id, "", None, 0, "video") for video_id in sorted(ids)]
    ids = {source.sha256 for source in found if source.kind == "video"}
    documents = [source for source in found if source.kind == "document"]
    if not ids and len(documents) == 1:
        return _document(snapshot, documents[0])
    if len(ids) > 1:
        raise _several(text, [f"{source.sha256[:16]} ({source.uri})" for source in found])
    if not ids:
        return None
    names = ", ".join(sorted({source.uri for source in found if source.uri}))
    return Target(f"the video {names or min(ids)}", "raw_videos", "video", video_id=min(ids))


def _document(snapshot: Snapshot, document: Source) -> Target | None:
    """The expert document that a file became; the video that it is about where it was refused."""
    video_id = _about(document)
    rows = list(_matching(snapshot, "expert_annotations", video_id)) if video_id else []
    if rows:
        return Target(f"the document {document.uri}", "expert_annotations", "rows", (rows[0],), video_id)
    what = f"the document {document.uri}, refused by expert_annotations: its video"
    return Target(what, "raw_videos", "video", video_id=video_id) if video_id else None


def _names(source: Source, text: str) -> bool:
    if _HEX.fullmatch(text) and source.sha256.startswith(text):
        return True
    return text in (source.uri, source.uri.partition("/")[2], source.uri.rpartition("/")[2], source.path)


def _about(document: Source) -> str | None:
    try:
        video_id = orjson.loads(Path(document.path or "").read_bytes())["video"]["sha256"]
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        return None
    return str(video_id)


def _address(snapshot: Snapshot, text: str) -> Target | None:
    """A row by `WORD/KEY`, with a video's id possibly cut short; a label by `VIDEO/LABEL`; the score of a model."""
    head, _, key = text.partition("/")
    if not key:
        return None
    if head == "benchmark_scores" and (target := _score(snapshot, key)):
        return target
    words = [head] if head in snapshot.lock else ["annotations"] if _HEX.fullmatch(head) else []
    wanted = key if head in snapshot.lock else text
    for word in words:
        exact = [row for row in _matching(snapshot, word, wanted) if row.address == f"{word}/{wanted}"]
        close = exact or list(_matching(snapshot, word, wanted))
        if close:
            return _one(wanted, close)
    return None


def _matching(snapshot: Snapshot, word: str, key: str) -> Iterator[Row]:
    """Rows of a word whose key is `key`, its video's id being cut short or not."""
    short, _, rest = key.partition("/")
    for kind in KINDS:
        if kind.word != word:
            continue
        for row in rows_of(snapshot, kind, holding="" if kind.columns else short):
            own, _, own_rest = row.address.partition("/")[2].partition("/")
            if own_rest == rest and (own == short or (_HEX.fullmatch(short) and own.startswith(short))):
                yield row


def _score(snapshot: Snapshot, key: str) -> Target | None:
    model, _, kind = key.partition("/")
    path = snapshot.path("benchmark_scores", "scores.json")
    models = orjson.loads(path.read_bytes())["models"] if path else {}
    told = models.get(model, {}).get(kind or "all")
    if told is None:
        return None
    items = {
        row.address for row in rows_of(snapshot, _kind_of("feedbench")) if not kind or row.about.startswith(f"{kind}:")
    }
    rows = [
        r
        for r in rows_of(snapshot, _kind_of("benchmark_scores"))
        if r.address.split("/")[1] == model and items & set(r.cites)
    ]
    what = f"the accuracy of {model} on {kind or 'all items'}: {told['accuracy']} ({told['correct']} right)"
    return Target(what, "benchmark_scores", "rows", tuple(rows))


def _kind_of(word: str) -> Kind:
    return next(kind for kind in KINDS if kind.word == word)


def _key(snapshot: Snapshot, text: str) -> Target | None:
    """A row by its own key, wherever it is: a sample's, task's, item's, extension's or label's id."""
    found = [
        row
        for kind in KINDS
        if not kind.columns
        for row in rows_of(snapshot, kind, holding=text)
        if row.address.endswith(f"/{text}")
    ]
    return _one(text, found) if found else None


def _one(text: str, rows: list[Row]) -> Target:
    if len({row.address for row in rows}) > 1:
        raise _several(text, [row.address for row in rows])
    row = rows[0]
    return Target(f"the {row.kind} {row.address}", row.word, "rows", (row,), row.video_id)


def _several(text: str, names: list[str]) -> InputError:
    shown = ", ".join(sorted(set(names))[:_SHOWN])
    return InputError(
        f"{text} is not one thing",
        found=f"{len(set(names))} are called so: {shown}" + (", ..." if len(set(names)) > _SHOWN else ""),
        wanted="one artifact, row or video",
        next_step="name it in full, as listed here",
    )
