"""A contact sheet: some of the corpus's videos in one small picture."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from sv6d.errors import ArtifactError
from sv6d.io import write_bytes
from sv6d.report.timeline.index_view import Index

_MOST = 12  # ours: one row that fits beside the metadata of an asset
_HEIGHT_PX = 96
_GAP_PX = 4
_GROUND = (24, 24, 27)
_QUALITY = 80


def write_contact_sheet(index: Index, out: Path) -> Path:
    """Write up to twelve videos, evenly drawn in the order of the index, as one row (JPEG); returns `out`.

    Raises:
        ArtifactError: no video has a keyframe.
    """
    shown = [line.thumbnail for line in index.lines if line.thumbnail]
    if not shown:
        raise ArtifactError(
            "there is no contact sheet",
            found=f"no keyframe of {len(index.lines)} videos",
            wanted="the artifact evidence, with keyframes",
            next_step="make it first: python -m jobs.materialize evidence",
        )
    number = min(_MOST, len(shown))
    write_bytes(out, _row([_opened(shown[i * len(shown) // number]) for i in range(number)]))
    return out


def _opened(jpeg_base64: str) -> Image.Image:
    picture = Image.open(io.BytesIO(base64.b64decode(jpeg_base64)))
    return picture.resize((max(1, picture.width * _HEIGHT_PX // picture.height), _HEIGHT_PX))


def _row(pictures: Sequence[Image.Image]) -> bytes:
    width_px = sum(picture.width + _GAP_PX for picture in pictures) - _GAP_PX
    sheet = Image.new("RGB", (width_px, _HEIGHT_PX), _GROUND)
    left_px = 0
    for picture in pictures:
        sheet.paste(picture, (left_px, 0))
        left_px += picture.width + _GAP_PX
    buffer = io.BytesIO()
    sheet.save(buffer, "JPEG", quality=_QUALITY, optimize=True)
    return buffer.getvalue()
