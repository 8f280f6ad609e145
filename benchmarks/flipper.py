"""One bit changed in a project: in an artifact, in what is said of it, or in both; and put back."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.resources.edges import INPUTS
from assets.resources.project import Project
from assets.resources.records import dagster_log, mlflow_database
from assets.resources.signatures import FOLDER, read_statement
from jobs.audit.contents import folder_md5, hash_folder, listing_bytes
from jobs.audit.model import Finding
from jobs.audit.snapshot import LOCK, cache_path, open_snapshot
from jobs.audit.verify import verify
from sv6d.artifacts import RECORD_NAME, Record, read_record
from sv6d.errors import Sv6dError
from sv6d.io import dump_json, read_json, sha256_file

# A change at a drawn place: where it was, and how to undo it; None where the word has no such place.
Change = tuple[str, Callable[[], None]] | None
_SMALL_BYTES = 4 << 20  # ours: artifacts up to here, so that ten thousand rounds take minutes
_TRIES = 50  # ours: a place of a kind that a word does not have is drawn again


@dataclass(frozen=True, slots=True)
class Flip:
    """One change: the kind of place, the artifact that it belongs to, and where it was."""

    kind: str
    word: str
    where: str


class Flipper:
    """Changes a project, bit by bit, and puts it back. Never point it at a project that is not a copy."""

    def __init__(self, project: Project, seed: int) -> None:
        self._project = project
        self._random = random.Random(seed)
        snapshot = open_snapshot(project, None)
        words = [word for word in snapshot.words() if word != INPUTS]
        self.words = [word for word in words if snapshot.out(word)["size"] <= _SMALL_BYTES]
        self._md5 = {word: snapshot.md5(word) for word in self.words}
        self._kinds: dict[str, Callable[[str], Change]] = {
            "artifact": self._artifact,
            "record": self._record,
            "cache": self._cache,
            "dvc.lock": self._lock,
            "statement": self._statement,
            "signature": self._signature,
            "public key": self._public_key,
            "Dagster row": self._dagster,
            "MLflow row": self._mlflow,
            "file with its hashes": self._rewritten,
        }

    @contextmanager
    def flip(self) -> Iterator[Flip]:
        """One change at a place that is drawn; undone at the end."""
        for _ in range(_TRIES):
            kind, word = self._random.choice(list(self._kinds)), self._random.choice(self.words)
            if (change := self._kinds[kind](word)) is not None:
                break
        else:
            raise RuntimeError("no place to flip a bit was found")
        where, undo = change
        try:
            yield Flip(kind, word, where)
        finally:
            undo()

    def _artifact(self, word: str) -> Change:
        return self._in_file(self._a_file(self._project.data / word))

    def _a_file(self, folder: Path) -> Path:
        return self._random.choice(sorted(path for path in folder.rglob("*") if path.stat().st_size and path.is_file()))

    def _record(self, word: str) -> Change:
        return self._in_file(self._project.data / word / RECORD_NAME)

    def _cache(self, word: str) -> Change:
        listing = cache_path(self._project, self._md5[word])
        if not listing.is_file():
            return None
        copies = [cache_path(self._project, row["md5"]) for row in json.loads(listing.read_bytes())]
        return self._in_file(self._random.choice([listing, *(path for path in copies if path.is_file())]))

    def _lock(self, word: str) -> Change:
        """A byte of the word's own entry."""
        path = self._project.root / LOCK
        body = path.read_bytes()
        start = body.index(f"\n  {word}:\n".encode()) + 1
        ends = [body.find(f"\n  {other}:\n".encode(), start) for other in (INPUTS, *open_words(body))]
        end = min([end for end in ends if end > 0], default=len(body))
        return self._in_file(path, start, end)

    def _statement(self, word: str) -> Change:
        return self._in_file(self._project.root / FOLDER / f"{word}.json")

    def _signature(self, word: str) -> Change:
        return self._in_file(self._project.root / FOLDER / f"{word}.sig")

    def _public_key(self, word: str) -> Change:
        return self._in_file(self._a_file(self._project.root / FOLDER / "keys"))

    def _in_file(self, path: Path, start: int = 0, end: int | None = None) -> Change:
        body = path.read_bytes()
        place = self._random.randrange(start, len(body) if end is None else end)
        self._write(path, body[:place] + bytes([body[place] ^ 1 << self._random.randrange(8)]) + body[place + 1 :])
        return f"{path.relative_to(self._project.root)}, byte {place}", lambda: self._write(path, body)

    def _write(self, path: Path, body: bytes) -> None:
        path.chmod(0o644)  # DVC's cache is read-only
        path.write_bytes(body)

    def _dagster(self, word: str) -> Change:
        rows = read_statement((self._project.root / FOLDER / f"{word}.json").read_bytes()).dagster
        ids = [int(key) for key in rows.keys] if rows else []
        table, column, key = self._random.choice(
            [
                ("event_logs", "event", "id"),
                ("event_logs", "run_id", "id"),
                ("event_logs", "timestamp", "id"),
                ("event_logs", "dagster_event_type", "id"),
                ("asset_event_tags", "value", "event_id"),
                ("asset_event_tags", "key", "event_id"),
                ("asset_check_executions", "execution_status", "evaluation_event_storage_id"),
                ("asset_check_executions", "evaluation_event", "evaluation_event_storage_id"),
            ]
        )
        return self._in_row(dagster_log(self._project), table, column, key, ids)

    def _mlflow(self, word: str) -> Change:
        statement = read_statement((self._project.root / FOLDER / f"{word}.json").read_bytes())
        table, column = self._random.choice(
            [
                ("runs", "status"),
                ("runs", "start_time"),
                ("runs", "end_time"),
                ("params", "value"),
                ("params", "key"),
                ("tags", "value"),
                ("tags", "key"),
                ("metrics", "value"),
                ("latest_metrics", "value"),
            ]
        )
        path = mlflow_database(self._project)
        assert path is not None
        return self._in_row(path, table, column, "run_uuid", [statement.mlflow_run_id])

    def _in_row(self, path: Path, table: str, column: str, key: str, values: Sequence[str | int]) -> Change:
        with _writable(path) as connection:
            found = connection.execute(
                f"SELECT rowid, {column} FROM {table} WHERE {key} IN (SELECT value FROM json_each(?))",  # noqa: S608
                (json.dumps(values),),
            ).fetchall()
            found = [row for row in found if row[1] not in (None, b"")]
            if not found:
                return None
            rowid, before = self._random.choice(found)
            self._update(connection, table, column, rowid, self._flipped(before))

        def undo() -> None:
            with _writable(path) as connection:
                self._update(connection, table, column, rowid, before)

        return f"{path.name}, {table}.{column} of row {rowid}", undo

    def _flipped(self, value: Any) -> Any:
        if isinstance(value, bytes):
            place = self._random.randrange(len(value))
            return value[:place] + bytes([value[place] ^ 1 << self._random.randrange(8)]) + value[place + 1 :]
        if isinstance(value, float):
            return value + 1.0 if value + 1.0 != value else -value
        return int(value) ^ 1 << self._random.randrange(16)

    @staticmethod
    def _update(connection: sqlite3.Connection, table: str, column: str, rowid: int, value: Any) -> None:
        new = "CAST(? AS TEXT)" if isinstance(value, bytes) else "?"
        connection.execute(f"UPDATE {table} SET {column} = {new} WHERE rowid = ?", (value, rowid))  # noqa: S608
        connection.commit()

    def _rewritten(self, word: str) -> Change:
        """A file with its hash in the record, DVC's cache, `dvc.lock`, and the tags of both platforms."""
        folder, lock = self._project.data / word, self._project.root / LOCK
        name = self._random.choice(sorted(read_record(folder).files))
        record_path, lock_body = folder / RECORD_NAME, lock.read_bytes()
        before = {path: path.read_bytes() for path in (folder / name, record_path, lock)}
        self._in_file(folder / name)
        record = json.loads(record_path.read_bytes())
        record["files"][name]["sha256"] = sha256_file(folder / name)
        record_path.write_bytes(dump_json(record))
        record["digest"] = _digest(folder)
        record_path.write_bytes(dump_json(record))
        hashes = hash_folder(folder)
        md5 = folder_md5({file: found.md5 for file, found in hashes.items()})
        listing = cache_path(self._project, md5)
        listing.parent.mkdir(exist_ok=True)
        listing.write_bytes(listing_bytes({file: found.md5 for file, found in hashes.items()}))
        lock.write_bytes(lock_body.replace(self._md5[word].encode(), md5.encode()))
        self._retag(self._md5[word], md5)

        def undo() -> None:
            for path, body in before.items():
                path.write_bytes(body)
            listing.unlink()
            self._retag(md5, self._md5[word])

        return f"{folder.name}/{name} and its hashes", undo

    def _retag(self, old: str, new: str) -> None:
        path = mlflow_database(self._project)
        assert path is not None
        for database, table in ((path, "tags"), (dagster_log(self._project), "asset_event_tags")):
            with _writable(database) as connection:
                connection.execute(f"UPDATE {table} SET value = ? WHERE value = ?", (new, old))  # noqa: S608
                connection.commit()


def open_words(lock: bytes) -> list[str]:
    """The words that have an entry in a `dvc.lock`."""
    return [line[2:-1].decode() for line in lock.splitlines() if line.startswith(b"  ") and line[2:3].isalpha()]


def _digest(folder: Path) -> str:
    raw = read_json(folder / RECORD_NAME)
    raw.pop("digest")
    return Record(**raw).digest


@contextmanager
def _writable(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as connection:
        connection.text_factory = bytes
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        yield connection


def look(project: Project, word: str) -> tuple[Finding, ...]:
    """What the verifier says of one artifact now; a `dvc.lock` that cannot be read is a finding too."""
    try:
        return verify(open_snapshot(project, None), [word]).findings
    except Sv6dError as error:
        return (Finding(word, LOCK, error.found),)
