"""What an audit speaks of.

A node is a version of an artifact (`Version`: a word and the MD5 that DVC gives its folder), a row in one
(`Row`: a label, a sample, an answer) or a source file (`Source`). An edge is a citation: a version names the
versions that it was made from, a row names the rows that it rests on, by address. A record is what a platform
says of a version: `dvc.lock`, git, Dagster and MLflow, each on its own (`Recorded`, `Event`, `Run`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Recorded:
    """The commit whose `dvc.lock` was the first to name a version."""

    commit: str
    date: str
    subject: str


@dataclass(frozen=True, slots=True)
class Check:
    """The verdict of a check on a version. What a `blocking` one refuses is never published."""

    name: str
    passed: bool
    about: str
    blocking: bool


@dataclass(frozen=True, slots=True)
class Event:
    """What Dagster keeps of a materialization (or of an observation of `inputs`).

    Attributes:
        storage_id: of the event in Dagster's log.
        run_id: of the Dagster run; empty where the event belongs to none (a checkout was reported).
        at: time in UTC, ISO 8601.
        code_version: of settings and code; None for an observation.
        mlflow_run_id: as the event's metadata say, or None.
        inputs: data version of each input, by name.
        checks: the blocking checks of that run.
    """

    storage_id: int
    run_id: str
    at: str
    code_version: str | None
    mlflow_run_id: str | None
    inputs: Mapping[str, str]
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """What MLflow keeps of a materialization.

    Attributes:
        run_id: of the MLflow run.
        status: FINISHED, FAILED or KILLED.
        started, ended: times in UTC, ISO 8601.
        commit: of the checkout whose code ran, or None outside git.
        tags: every tag of the run.
        params: the settings as text.
    """

    run_id: str
    status: str
    started: str
    ended: str | None
    commit: str | None
    tags: Mapping[str, str]
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Signed:
    """What the signed statement says of how a version was made: all there is where other stores keep its runs.

    Attributes:
        at: time in UTC, ISO 8601.
        commit: of the checkout whose code ran; empty outside git.
        dagster_run_id, mlflow_run_id: empty where it belongs to none.
        checks: whether each check passed, by name.
    """

    at: str
    commit: str
    dagster_run_id: str
    mlflow_run_id: str
    checks: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Version:
    """One content of an artifact, with what each platform says of it; None where it says nothing.

    Attributes:
        word: the artifact, or `inputs`.
        md5: of the folder, as DVC computes it.
        size: bytes, and `num_files` files, as `dvc.lock` has them.
        made_from: MD5 of each input, by word.
        code: MD5 of each source file that decided what it holds, by path.
        settings: its section of `params.yaml`.
        digest, fingerprint, counts: of its `record.json`; None where the bytes are not here, and for `inputs`.
    """

    word: str
    md5: str
    size: int
    num_files: int
    made_from: Mapping[str, str]
    code: Mapping[str, str]
    settings: Mapping[str, Any]
    digest: str | None = None
    fingerprint: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    recorded: Recorded | None = None
    event: Event | None = None
    run: Run | None = None
    signed_by: str | None = None
    signed: Signed | None = None

    @property
    def made_at(self) -> str | None:
        """When it was made: the end of its run, else Dagster's event, else the signature. UTC, ISO 8601."""
        if self.run is not None:
            return self.run.ended or self.run.started
        if self.signed is not None:
            return self.signed.at
        return f"{self.event.at}Z" if self.event is not None else None

    @property
    def commit(self) -> str | None:
        """Of the checkout whose code ran; None outside git."""
        return (
            self.run.commit if self.run is not None else self.signed.commit if self.signed is not None else ""
        ) or None

    @property
    def dagster_run_id(self) -> str | None:
        """Of the run that made it, here or elsewhere; None where none did."""
        own = self.event.run_id if self.event is not None else ""
        return own or (self.signed.dagster_run_id if self.signed is not None else "") or None

    @property
    def mlflow_run_id(self) -> str | None:
        """Of the run that made it, here or elsewhere; None where none did."""
        return self.run.run_id if self.run is not None else (self.signed.mlflow_run_id if self.signed else "") or None

    @property
    def checks(self) -> tuple[Check, ...]:
        """The checks of the run that made it: as Dagster keeps them, else as they were signed."""
        if self.event is not None and self.event.checks:
            return self.event.checks
        signed = self.signed.checks if self.signed is not None else {}
        return tuple(Check(name, passed, "as signed", True) for name, passed in signed.items())


@dataclass(frozen=True, slots=True)
class Source:
    """A file that came from outside, as `inputs/sources.json` lists it.

    Attributes:
        sha256: of its bytes; a video's id.
        uri: source name, a slash, and its name below the source's folder.
        path: where it lies, or None where the source's folder is not known here.
        bytes: its size.
        kind: video, document or sidecar.
    """

    sha256: str
    uri: str
    path: str | None
    bytes: int
    kind: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an artifact.

    Attributes:
        address: the word, a slash and the row's key: what the audit takes as a target.
        kind: label, sample, task, ... in the words of the tables.
        video_id: the video that it is about, or None.
        cites: addresses of the rows that it rests on.
        about: one line for people.
    """

    address: str
    kind: str
    video_id: str | None
    cites: tuple[str, ...]
    about: str

    @property
    def word(self) -> str:
        return self.address.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Saw:
    """A model whose training saw the target, or a score that measured one which did.

    Attributes:
        word: the artifact.
        md5: of its version.
        through: addresses of the rows that were trained on, or words of the models in between.
    """

    word: str
    md5: str
    through: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an audit found.

    Attributes:
        target: as it was asked for, and `what`: what it was taken for.
        revision: git revision, or "working tree".
        commit: of that revision, None for the working tree.
        rows: the rows from the target back to its video, nearest first; the target's own first.
        versions: artifacts from the one asked for back to `inputs`, nearest first.
        sources: the files from outside at the end of the chain.
        forward: rows that rest on the target, in the order of the flow.
        downstream: versions made from the one asked for, in the order of the flow.
        saw: models whose training saw the target, and scores of such models.
        notes: what is missing or contradicts, in words.
    """

    target: str
    what: str
    revision: str
    commit: str | None
    rows: tuple[Row, ...]
    versions: tuple[Version, ...]
    sources: tuple[Source, ...]
    forward: tuple[Row, ...]
    downstream: tuple[Version, ...]
    saw: tuple[Saw, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was recorded.

    Attributes:
        word: the artifact.
        where: the file, row or record.
        what: what is wrong with it.
    """

    word: str
    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification came to.

    Attributes:
        findings: nothing where all is as it was recorded.
        stale: versions that were made from others than are here, in words: make run makes them again.
        not_checked: what could not be looked at, in words.
        signers: words by the id of the key that signed them.
    """

    findings: tuple[Finding, ...]
    stale: tuple[str, ...]
    not_checked: tuple[str, ...]
    signers: Mapping[str, tuple[str, ...]]
