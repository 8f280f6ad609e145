"""The error tree. A message says what failed, what was found, what was wanted, what to do next."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar


class Sv6dError(Exception):
    """Root of every error that this library raises on purpose.

    `code` is stable and machine-readable (it is stored in quarantine tables); the four texts are
    for people. Errors are picklable, since workers hand them to their parent.
    """

    code: ClassVar[str] = "error"

    def __init__(self, what: str, *, found: str, wanted: str, next_step: str) -> None:
        super().__init__(what)
        self.what = what
        self.found = found
        self.wanted = wanted
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.what}\n  found:  {self.found}\n  wanted: {self.wanted}\n  next:   {self.next_step}"

    def _texts(self) -> dict[str, str]:
        return {"found": self.found, "wanted": self.wanted, "next_step": self.next_step}

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.what, self._texts())


def _rebuild(kind: type[Sv6dError], what: str, rest: dict[str, Any]) -> Sv6dError:
    return kind(what, **rest)


class ConfigError(Sv6dError):
    """A setting is missing, unknown or out of range."""

    code = "config"


class InputError(Sv6dError):
    """What a person handed in cannot be used: a folder, a file, a document."""

    code = "input"


class DecodeError(Sv6dError):
    """A file could not be turned into frames or samples. `path` is the file, as it was given."""

    code = "decode"

    def __init__(self, what: str, *, path: Path, found: str, wanted: str, next_step: str) -> None:
        super().__init__(what, found=found, wanted=wanted, next_step=next_step)
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.what, {"path": self.path, **self._texts()})


class NotAVideoError(DecodeError):
    """The bytes are no container that the reader accepts."""

    code = "not_a_video"


class EmptyFileError(DecodeError):
    """The file has no bytes."""

    code = "empty_file"


class NoVideoStreamError(DecodeError):
    """A container without a picture stream."""

    code = "no_video_stream"


class TruncatedError(DecodeError):
    """Fewer frames came out than the container declares."""

    code = "truncated"


class CorruptError(DecodeError):
    """The container opens, but the decoder refuses a packet in it."""

    code = "corrupt"


class NoFramesError(DecodeError):
    """A picture stream that yields no frame."""

    code = "no_frames"


class UnsupportedCodecError(DecodeError):
    """This build of the decoder does not know the codec."""

    code = "unsupported_codec"


class EncryptedError(DecodeError):
    """The container says that its samples are encrypted."""

    code = "encrypted"


class LimitError(DecodeError):
    """The file is larger (pixels, duration, streams) than the limits in force."""

    code = "over_limit"


class ReaderError(DecodeError):
    """The file decodes, but not by the reader that was chosen for it."""

    code = "reader"


class TextUnreadError(Sv6dError):
    """The reader of on-screen text fails on a picture."""

    code = "text_unread"


class SchemaError(Sv6dError):
    """A document or a table does not have the published form."""

    code = "schema"


class ArtifactError(Sv6dError):
    """An artifact is missing, incomplete or does not match its record."""

    code = "artifact"


class StorageError(Sv6dError):
    """The disk refused a write: full, over a quota, or broken."""

    code = "storage"


class EmptyOutputError(Sv6dError):
    """A stage was given something and yielded nothing."""

    code = "empty_output"


class FingerprintError(Sv6dError):
    """A value has no stable fingerprint."""

    code = "fingerprint"


class WorkerError(Sv6dError):
    """A worker process died or ran past its limit."""

    code = "worker"


class TrainingError(Sv6dError):
    """Training cannot go on: a non-finite loss, missing vision tokens, a broken checkpoint."""

    code = "training"


class ModelError(Sv6dError):
    """A model folder cannot be loaded, or its files are not the ones that were pinned."""

    code = "model"
