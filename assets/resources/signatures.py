"""Signed statements: what was published, and what the four records said of it at that moment.

`signatures/WORD.json` lists every file of the artifact with its SHA-256, the entry in `dvc.lock`, and hashes over
the rows in Dagster and MLflow; `signatures/WORD.sig` is a Sigstore bundle over it, made by model-signing with a
local key. Both belong to `dvc.lock`: commit them with it.
"""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from assets.resources.edges import INPUTS
from assets.resources.errors import SigningError
from assets.resources.lineage import Lineage
from assets.resources.project import Project
from assets.resources.records import Rows, dagster_checks, dagster_rows, mlflow_commit, mlflow_rows
from assets.resources.signing_key import ensure_key, id_of, key_path
from sv6d.artifacts import RECORD_NAME, read_record
from sv6d.fingerprint import fingerprint
from sv6d.io import dump_json, sha256_file, write_bytes

SCHEMA = "sv6d/statement/2"
FOLDER = "signatures"


@dataclass(frozen=True, slots=True)
class Statement:
    """What is signed of one version.

    Attributes:
        word, md5: the artifact, and the MD5 of its folder in `dvc.lock`.
        files: SHA-256 of each file, by its path in the artifact's folder; the record is one of them.
        lock: SHA-256 over its whole entry in `dvc.lock`: command, inputs, code, settings, sizes.
        code_version: of settings and code, as Dagster knows it; empty for `inputs`.
        commit: of the checkout whose code ran; empty outside git.
        signed_at: time in UTC, ISO 8601, to the second.
        dagster_run_id, dagster: the run, and the rows of its events; None where there were none to read.
        checks: whether each check of that run passed, by name.
        mlflow_run_id, mlflow: the run, and its rows.
    """

    word: str
    md5: str
    files: Mapping[str, str]
    lock: str
    code_version: str
    commit: str
    signed_at: str
    dagster_run_id: str
    dagster: Rows | None
    checks: Mapping[str, bool]
    mlflow_run_id: str
    mlflow: Rows | None

    def as_bytes(self) -> bytes:
        return dump_json({"schema": SCHEMA, **asdict(self)})


def read_statement(body: bytes) -> Statement:
    """A statement from its bytes. Raises: SigningError where they are not one."""
    try:
        raw = json.loads(body)
        if raw.pop("schema") != SCHEMA:
            raise ValueError("another schema")
        for name in ("dagster", "mlflow"):
            if raw[name] is not None:
                raw[name] = Rows(tuple(raw[name]["keys"]), raw[name]["sha256"], raw[name]["store"])
        return Statement(**raw)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _broken(f"the statement is not one: {type(error).__name__}: {error}") from error


def sign_version(
    project: Project, word: str, *, md5: str, code_version: str = "", dagster_run_id: str = "", mlflow_run_id: str = ""
) -> None:
    """Sign what was just published: after all four records have it.

    Raises:
        SigningError: the key cannot be used.
    """
    statement = Statement(
        word=word,
        md5=md5,
        files=_files_of(project, word),
        lock=fingerprint(Lineage(project).lock_entry(word)),
        code_version=code_version,
        commit=mlflow_commit(project, mlflow_run_id),
        signed_at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        dagster_run_id=dagster_run_id,
        dagster=dagster_rows(project, word, md5, dagster_run_id),
        checks=dagster_checks(project, word, dagster_run_id),
        mlflow_run_id=mlflow_run_id,
        mlflow=mlflow_rows(project, mlflow_run_id) if mlflow_run_id else None,
    )
    ensure_key(project)
    path = project.root / FOLDER / f"{word}.json"
    write_bytes(path, statement.as_bytes())
    write_bytes(path.with_suffix(".sig"), _signature(path, project.job_folder(word) / "signing"))


def statement_about(body: bytes | None, md5: str) -> Statement | None:
    """The statement, where it is one and about that version; whether its signature holds is another question."""
    with suppress(SigningError):
        statement = read_statement(body or b"")
        return statement if statement.md5 == md5 else None
    return None


def statement_of(project: Project, word: str, md5: str) -> Statement | None:
    """The statement that lies in the project, where it is about that version of the artifact."""
    path = project.root / FOLDER / f"{word}.json"
    return statement_about(path.read_bytes() if path.is_file() else None, md5)


def is_signed(project: Project, word: str, md5: str) -> bool:
    """Whether there is a statement about that version of an artifact, and a signature beside it."""
    return statement_of(project, word, md5) is not None and (project.root / FOLDER / f"{word}.sig").is_file()


def _files_of(project: Project, word: str) -> dict[str, str]:
    if word == INPUTS:
        paths = sorted(path for path in project.inputs.rglob("*") if path.is_file())
        return {path.relative_to(project.inputs).as_posix(): sha256_file(path) for path in paths}
    folder = project.data / word
    # The job has hashed its files under this lock; what changed them since then must not be signed as theirs.
    files = {name: str(entry["sha256"]) for name, entry in read_record(folder).files.items()}
    return {**files, RECORD_NAME: sha256_file(folder / RECORD_NAME)}


def _signature(statement: Path, scratch: Path) -> bytes:
    """A bundle over a statement. model-signing signs folders, so `scratch` gets to hold it alone."""
    from model_signing import signing

    shutil.rmtree(scratch, ignore_errors=True)
    write_bytes(scratch / "signed" / statement.name, statement.read_bytes())
    bundle = scratch / "bundle"
    signing.Config().use_elliptic_key_signer(private_key=key_path()).sign(scratch / "signed", bundle)
    body = bundle.read_bytes()
    shutil.rmtree(scratch)
    return body


def signer_of(bundle: bytes | None) -> str | None:
    """The id of the key that a bundle says it was made with; whether it was, `check_signature` says."""
    with suppress(ValueError, KeyError, TypeError):
        return str(json.loads(bundle or b"")["verificationMaterial"]["publicKey"]["hint"])
    return None


def check_signature(statement: Path, bundle: Path, keys: Path) -> str:
    """Check a bundle against the statement beside it; returns the id of the key that made it.

    `keys` is the folder of public keys, each named by its id.

    Raises:
        SigningError: the bundle, the statement or the public key is not what it was.
    """
    from cryptography.exceptions import InvalidSignature
    from model_signing import verifying

    body = bundle.read_bytes()
    key_id = signer_of(body)
    if key_id is None:
        raise _broken("the signature is no bundle")
    public = keys / f"{key_id}.pem"
    if not public.is_file():
        raise _broken(f"the signature names a key that the project does not have: {key_id[:16]}")
    if id_of(public.read_bytes()) != key_id:
        raise _broken(f"the public key {public.name} was changed")
    if not _is_canonical(body):
        raise _broken("the signature was changed (it is not in the form in which it was written)")
    config = verifying.Config().use_elliptic_key_verifier(public_key=public).set_ignore_unsigned_files(True)
    try:
        config.verify(statement.parent, bundle)
    except InvalidSignature as error:
        raise _broken("the signature was changed: it does not fit its key") from error
    except Exception as error:  # the library raises what its parsers raise
        what = "the statement was changed" if "Hash mismatch" in str(error) else "the signature was changed"
        raise _broken(f"{what}: {str(error).splitlines()[0] if str(error) else type(error).__name__}") from error
    return key_id


def _is_canonical(body: bytes) -> bool:
    """Whether a bundle is written as model-signing writes it: JSON without spaces, base64 without spare bits."""
    try:
        bundle = json.loads(body)
        envelope = bundle["dsseEnvelope"]
        texts = [envelope["payload"], *(entry["sig"] for entry in envelope["signatures"])]
        plain = all(base64.b64encode(base64.b64decode(text)).decode() == text for text in texts)
        return plain and json.dumps(bundle, separators=(",", ":")).encode() == body
    except (ValueError, KeyError, TypeError):
        return False


def _broken(found: str) -> SigningError:
    return SigningError(
        "a signature does not hold",
        found=found,
        wanted="the statement and the signature as they were published",
        next_step="git checkout the folder signatures of the commit that published it, or make the artifact again",
    )
