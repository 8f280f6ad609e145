"""`--verify`: bytes, `dvc.lock`, Dagster and MLflow against each other, and all of them against the signatures."""

from __future__ import annotations

import io
import re
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import takewhile
from pathlib import Path

from ruamel.yaml import YAML

from assets.resources.edges import INPUTS
from assets.resources.errors import SigningError
from assets.resources.project import Project
from assets.resources.records import (
    dagster_log,
    dagster_mentions,
    dagster_sha256,
    dagster_store,
    mlflow_database,
    mlflow_mentions,
    mlflow_sha256,
    mlflow_store,
)
from assets.resources.signatures import FOLDER, Statement, check_signature, read_statement, signer_of
from assets.resources.signing_key import KEYS, own_key_id
from jobs.audit.contents import check_cache, check_folder
from jobs.audit.graph import inputs_of, settings_of
from jobs.audit.model import Event, Finding, Run, Verdict
from jobs.audit.runs import Platforms, dependencies
from jobs.audit.show import flat
from jobs.audit.snapshot import LOCK, Snapshot
from sv6d.fingerprint import fingerprint
from sv6d.stages import WORDS

# The line of a `dvc.lock` with which an entry begins.
_ENTRY = re.compile(rb"  (\w+):$")


def verify(snapshot: Snapshot, words: Sequence[str], *, trusted: Collection[str] = ()) -> Verdict:
    """Check versions that a snapshot records. `trusted`: ids (or their first digits) of other people's keys."""
    platforms = Platforms(snapshot.project)
    findings: list[Finding] = []
    stale: list[str] = []
    not_checked = list(platforms.missing)
    signers: dict[str, list[str]] = defaultdict(list)
    elsewhere: dict[str, list[str]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as scratch:
        for word in words:
            if word not in snapshot.lock:
                findings.append(Finding(word, LOCK, "has no entry, though it was signed or lies in data"))
                continue
            statement, key_id, wrong = _signed(snapshot, word, Path(scratch), trusted)
            findings += wrong
            if key_id is not None:
                signers[key_id].append(word)
            if snapshot.commit is None:
                findings += check_folder(snapshot, word, statement.files if statement else None)
            cached, num_missing = check_cache(snapshot, word, statement.files if statement else None)
            findings += cached
            if num_missing:
                not_checked.append(f"{word}: {num_missing} files are not in DVC's cache of this machine")
            stale += _stale(snapshot, word)
            findings += _check_lock(snapshot, word, statement)
            findings += _check_platforms(snapshot, word, statement, platforms, elsewhere)
    if not any(LOCK in finding.where for finding in findings):
        findings += _check_lock_form(snapshot)
    not_checked += [
        f"{platform}: it was another store that saw the making of {', '.join(some)}"
        for platform, some in elsewhere.items()
    ]
    signed = {key: tuple(some) for key, some in signers.items()}
    return Verdict(tuple(findings), tuple(stale), tuple(not_checked), signed)


def recorded_words(snapshot: Snapshot) -> list[str]:
    """All that there is to verify: what is recorded, signed, or lies in `data`."""
    project = snapshot.project
    known = set(snapshot.lock)
    if snapshot.commit is None:
        known |= {path.stem for path in (project.root / FOLDER).glob("*.json")}
        known |= {word for word in WORDS if (project.data / word).is_dir()}
    return [word for word in (INPUTS, *WORDS) if word in known] + sorted(known - {INPUTS, *WORDS})


def _check_lock_form(snapshot: Snapshot) -> Iterator[Finding]:
    """A changed byte that changes no value (a quote, a space) shows in how the file is written."""
    body = snapshot.tracked(LOCK) or b""
    if (expected := _as_dvc_writes(body)) != body:
        pairs = zip(body.splitlines(), expected.splitlines(), strict=False)
        same = [line for line, _ in takewhile(lambda pair: pair[0] == pair[1], pairs)]
        entries = [match[1].decode() for line in same if (match := _ENTRY.match(line))]
        word = entries[-1] if entries else ""
        yield Finding(word, LOCK, f"is not written as DVC writes it: line {len(same) + 1} was changed")


@lru_cache(maxsize=8)
def _as_dvc_writes(body: bytes) -> bytes:
    text = io.StringIO()
    writer = YAML()
    writer.default_flow_style = False
    writer.dump(YAML(typ="safe").load(body), text)
    return text.getvalue().encode()


def _signed(
    snapshot: Snapshot, word: str, scratch: Path, trusted: Collection[str]
) -> tuple[Statement | None, str | None, list[Finding]]:
    """The statement about a word and who signed it, where the signature holds; else what is wrong."""
    name = f"{FOLDER}/{word}.json"
    body, bundle = snapshot.tracked(name), snapshot.tracked(f"{FOLDER}/{word}.sig")
    if body is None or bundle is None:
        return None, None, [Finding(word, name if body is None else f"{FOLDER}/{word}.sig", "is missing: not signed")]
    claimed = signer_of(bundle)
    public = snapshot.tracked(f"{KEYS}/{claimed}.pem")
    (scratch / f"{word}.json").write_bytes(body)
    (scratch / f"{word}.sig").write_bytes(bundle)
    if public is not None:
        (scratch / f"{claimed}.pem").write_bytes(public)
    try:
        key_id = check_signature(scratch / f"{word}.json", scratch / f"{word}.sig", scratch)
        statement = read_statement(body)
    except SigningError as error:
        return None, None, [Finding(word, f"{FOLDER}/{word}.json and .sig", error.found)]
    own = own_key_id()
    if own is not None and key_id != own and not any(key_id.startswith(start) for start in trusted):
        told = f"signed with the key {key_id[:16]}, which is not yours; --trust {key_id[:16]} takes it"
        return statement, key_id, [Finding(word, f"{FOLDER}/{word}.sig", told)]
    return statement, key_id, []


def _check_lock(snapshot: Snapshot, word: str, statement: Statement | None) -> Iterator[Finding]:
    place = f"{LOCK}, entry {word}"
    if statement is not None and (statement.word, statement.md5) != (word, snapshot.md5(word)):
        yield Finding(word, place, f"records {snapshot.md5(word)}, signed was {statement.word} {statement.md5}")
    elif statement is not None and statement.lock != fingerprint(snapshot.lock[word]):
        yield Finding(word, place, "was changed after it was signed")


def _stale(snapshot: Snapshot, word: str) -> Iterator[str]:
    """What a version was made from that this revision has another version of: to be made again, not tampered with."""
    for name, md5 in inputs_of(snapshot, word).items():
        if name in snapshot.lock and snapshot.md5(name) != md5:
            yield f"{word} was made from {name} {md5[:8]}, which is {snapshot.md5(name)[:8]} here"


def _check_platforms(
    snapshot: Snapshot, word: str, statement: Statement | None, platforms: Platforms, elsewhere: dict[str, list[str]]
) -> Iterator[Finding]:
    """Both platforms against the rest; words whose run another store keeps are added to `elsewhere`, by platform."""
    project = snapshot.project
    run: Run | None = None
    if mlflow_database(project) and not platforms.lacks_mlflow and word != INPUTS:
        try:
            run = platforms.run(word, snapshot.lock[word])
            if run is None and statement is not None and _mlflow_is_elsewhere(project, statement):
                elsewhere["MLflow"].append(word)
            else:
                yield from _check_run(snapshot, word, run)
                yield from _check_mlflow_rows(project, word, statement)
        except (sqlite3.Error, ValueError) as error:
            yield Finding(word, "MLflow", f"its rows cannot be read: {error}")
    if not platforms.lacks_dagster:
        try:
            event = platforms.event(word, snapshot.md5(word), run)
            if statement is not None and _dagster_is_elsewhere(project, statement):
                elsewhere["Dagster"].append(word)
                # A checkout that was reported here must still say the same of the inputs.
                yield from _check_event(snapshot, word, event, run) if event is not None else ()
            else:
                yield from _check_event(snapshot, word, event, run)
                yield from _check_dagster_rows(project, word, statement)
        except (sqlite3.Error, ValueError, KeyError, TypeError, AttributeError) as error:
            yield Finding(word, "Dagster", f"its rows cannot be read: {error}")


def _mlflow_is_elsewhere(project: Project, statement: Statement) -> bool:
    """Whether the run was made with another store: no row here is of it, and this store is another."""
    if mlflow_mentions(project, statement.mlflow_run_id):
        return False
    return statement.mlflow is None or statement.mlflow.store != mlflow_store(project)


def _dagster_is_elsewhere(project: Project, statement: Statement) -> bool:
    if dagster_mentions(project, statement.dagster_run_id):
        return False
    return statement.dagster is None or statement.dagster.store != dagster_store(project)


def _check_run(snapshot: Snapshot, word: str, run: Run | None) -> Iterator[Finding]:
    if run is None:
        yield Finding(word, "MLflow", f"no run has the tag dvc.md5 {snapshot.md5(word)}")
        return
    place = f"MLflow run {run.run_id}"
    record = snapshot.record(word) or {}
    wanted = {
        "dvc.dependencies": fingerprint(dependencies(snapshot.lock[word])),
        "sv6d.fingerprint": record.get("fingerprint"),
    }
    for name, value in wanted.items():
        if value is not None and run.tags.get(name) != value:
            yield Finding(word, place, f"tag {name} is {run.tags.get(name)}, the other records have {value}")
    if run.status != "FINISHED":
        yield Finding(word, place, f"status is {run.status}")
    settings = dict(flat(settings_of(snapshot, word)))
    different = sorted(name for name in settings if run.params.get(name) != settings[name])
    if different:
        yield Finding(word, place, f"parameters are not those of {LOCK}: {', '.join(different)}")


def _check_event(snapshot: Snapshot, word: str, event: Event | None, run: Run | None) -> Iterator[Finding]:
    if event is None:
        yield Finding(word, "Dagster", f"no event has the data version {snapshot.md5(word)}")
        return
    place = f"Dagster event {event.storage_id}"
    recorded = inputs_of(snapshot, word)
    different = sorted(name for name, version in event.inputs.items() if recorded.get(name) != version)
    if different:
        yield Finding(word, place, f"names other versions of its inputs than {LOCK}: {', '.join(different)}")
    if run is not None and event.mlflow_run_id not in (None, run.run_id) and event.run_id:
        yield Finding(word, place, f"names the MLflow run {event.mlflow_run_id}, the version has {run.run_id}")
    failed = [check.name for check in event.checks if check.blocking and not check.passed]
    if failed:
        yield Finding(word, place, f"checks did not pass: {', '.join(failed)}")


def _check_dagster_rows(project: Project, word: str, statement: Statement | None) -> Iterator[Finding]:
    if statement is None or statement.dagster is None:
        return
    ids = [int(key) for key in statement.dagster.keys]
    if dagster_sha256(project, ids) != statement.dagster.sha256:
        place = f"{dagster_log(project).name}, events {', '.join(statement.dagster.keys)} of Dagster"
        yield Finding(word, place, "a row was changed after it was signed")


def _check_mlflow_rows(project: Project, word: str, statement: Statement | None) -> Iterator[Finding]:
    if statement is None or statement.mlflow is None:
        return
    if mlflow_sha256(project, statement.mlflow_run_id, statement.mlflow.keys) != statement.mlflow.sha256:
        yield Finding(word, f"MLflow run {statement.mlflow_run_id}", "a row was changed after it was signed")
