"""Documents in an artifact: one per line, sorted by video."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from sv6d.io import read_jsonl, write_jsonl
from sv6d.schema.document import Document
from sv6d.schema.versions import dump_document, load_document

DOCUMENTS_NAME = "documents.jsonl"
HELD_OUT_NAME = "held_out.jsonl"


def write_documents(path: Path, documents: Iterable[Document]) -> int:
    """Write documents sorted by their video's sha256; returns their number."""
    ordered = sorted(documents, key=lambda document: document.video.sha256)
    return write_jsonl(path, (dump_document(document) for document in ordered))


def read_documents(folder: Path, name: str = DOCUMENTS_NAME) -> Iterator[Document]:
    """The documents of an artifact's folder, validated, sorted by video.

    `HELD_OUT_NAME` is for the benchmark and for measuring agreement, never for what is trained on.

    Raises:
        SchemaError: a line is no document of a known version.
    """
    for number, raw in enumerate(read_jsonl(folder / name), start=1):
        yield load_document(raw, name=f"{name} line {number}")
