"""The shape of the picture as shown: rotated, and with the shape of its pixels."""

from __future__ import annotations

from sv6d.quality.verify.answer import Answer, settled
from sv6d.quality.verify.look import Look
from sv6d.schema.document import Document
from sv6d.timeline import Span

_SQUARE = (0.95, 1.05)  # width by height: the bounds of `video_format` (sv6d/schema/dissemination.py)


def video_format(claimed: str, span: Span, document: Document, seen: Look) -> Answer:
    """By the first picture's width and height."""
    low, high = _SQUARE
    measured = "vertical" if seen.ratio < low else "square" if seen.ratio < high else "horizontal"
    return settled(claimed, measured, f"{seen.ratio:.3f} times as wide as high")
