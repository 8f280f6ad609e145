"""The key that signs what is published here: its private half in the user's folder, its public half in the project."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from assets.resources.errors import SigningError
from assets.resources.project import Project
from sv6d.io import write_bytes

KEY = "SV6D_SIGNING_KEY"
KEYS = "signatures/keys"
_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700
_NEXT = f"move it, or name another file with {KEY}"


def key_path() -> Path:
    """The file of the private key: `SV6D_SIGNING_KEY`, by default `sv6d/signing.pem` in the user's config folder."""
    named = os.environ.get(KEY)
    if named:
        return Path(named).expanduser()
    config = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(config).expanduser() / "sv6d" / "signing.pem"


def ensure_key(project: Project) -> str:
    """Make the key at first use, and leave its public half in the project; returns the key's id.

    Raises:
        SigningError: it cannot be read or made, others can read it, or it lies inside the project.
    """
    path = _own_path()
    if path.resolve().is_relative_to(project.root.resolve()):
        raise SigningError(
            "the private key must not lie in the project",
            found=str(path),
            wanted="a file that no commit, copy or upload of the project takes along",
            next_step=_NEXT,
        )
    try:
        if not path.exists():
            _make(path)
        mode = stat.S_IMODE(path.stat().st_mode)
        public = _public_half(path.read_bytes())
    except (OSError, ValueError, TypeError) as error:
        raise SigningError(
            "the key that signs artifacts cannot be used",
            found=f"{path}: {error}",
            wanted="a private key on the curve P-256 in PEM form, or a folder to make one in",
            next_step=_NEXT,
        ) from error
    if mode & ~_PRIVATE_FILE:
        raise SigningError(
            "others can read the private key",
            found=f"{path} with mode {mode:o}",
            wanted=f"mode {_PRIVATE_FILE:o}",
            next_step=f"chmod 600 {path}; a key that somebody may have copied is better replaced",
        )
    key_id = id_of(public)
    kept = public_path(project, key_id)
    if not kept.is_file():
        write_bytes(kept, public)
    return key_id


def _own_path() -> Path:
    try:
        return key_path().absolute()
    except RuntimeError as error:  # a process of a user without a home
        raise SigningError(
            "there is no place for the key that signs artifacts",
            found=str(error),
            wanted="a home folder, or a file that is named",
            next_step=f"name a file with {KEY}",
        ) from error


def own_key_id() -> str | None:
    """The id of this user's key, or None where they have none."""
    try:
        return id_of(_public_half(key_path().read_bytes()))
    except (OSError, ValueError, TypeError, RuntimeError):
        return None


def public_path(project: Project, key_id: str) -> Path:
    """Where the project keeps the public half of a key."""
    return project.root / KEYS / f"{key_id}.pem"


def id_of(public: bytes) -> str:
    """The id of a key: the SHA-256 of its public half in PEM form, which is also model-signing's hint."""
    return hashlib.sha256(public).hexdigest()


def _make(path: Path) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    # model-signing takes keys on the NIST curves alone.
    body = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.parent.mkdir(parents=True, exist_ok=True, mode=_PRIVATE_FOLDER)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_FILE)
    with os.fdopen(handle, "wb") as stream:
        stream.write(body)
        os.fsync(stream.fileno())
    try:
        os.link(partial, path)  # unlike a rename it fails where another process was first: its key stays
    except FileExistsError:
        pass
    finally:
        partial.unlink()


def _public_half(private: bytes) -> bytes:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey

    key = serialization.load_pem_private_key(private, password=None)
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError(f"a key of another kind: {type(key).__name__}")
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
