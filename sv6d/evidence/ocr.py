"""Finding and reading text in a picture: PP-OCRv6 small (PaddlePaddle, Apache 2.0) by RapidOCR, offline from its wheel.

One thread, so that the same picture gives the same answer on any number of cores, and workers do not
fight for them.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import cv2
import numpy as np
import rapidocr
from rapidocr.ch_ppocr_det import TextDetOutput
from rapidocr.ch_ppocr_det.utils import ResizeImgError
from rapidocr.ch_ppocr_rec import TextRecOutput
from rapidocr.inference_engine.onnxruntime.main import ONNXRuntimeError

from sv6d.errors import TextUnreadError
from sv6d.evidence.text_boxes import PixelBox, Reading
from sv6d.io import sha256_file

FINDER, READER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
# The finder's network takes sides of whole 32 pixels; a smaller picture has no room for a letter.
_LEAST_SIDE_PX = 32
# Bullets, and what holes in price tags and rounded corners are read as: no part of what is said.
_ORNAMENTS = "•·●○◦∙・ "
_FAILURES = (ONNXRuntimeError, ResizeImgError, ArithmeticError, ValueError, cv2.error)


class RapidReader:
    """Finds lines of text and reads them; English and Chinese, and other scripts in Latin letters.

    `find_px` is the longer side at which lines are looked for.
    """

    def __init__(self, find_px: int) -> None:
        self._engine = rapidocr.RapidOCR(
            params={
                "Global.log_level": "error",  # it logs the path of each model otherwise
                "Global.use_cls": False,  # video is upright already
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,  # no pool of threads, so none that spins
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                "Det.limit_type": "max",
                "Det.limit_side_len": find_px,
            }
        )

    def find(self, rgb: np.ndarray) -> list[PixelBox]:
        """Boxes about lines of text in a uint8 RGB picture, from top to bottom.

        Raises:
            TextUnreadError: the network fails on this picture.
        """
        if min(rgb.shape[:2]) < _LEAST_SIDE_PX:
            return []
        try:
            found = self._engine(_bgr(rgb), use_det=True, use_cls=False, use_rec=False)
        except _FAILURES as error:
            raise _unread("no lines can be looked for", rgb, error) from error
        if not isinstance(found, TextDetOutput) or found.boxes is None:
            return []
        corners = np.asarray(found.boxes, dtype=float)
        boxes = [PixelBox(*quad.min(axis=0).tolist(), *quad.max(axis=0).tolist()) for quad in corners]
        return sorted(boxes, key=lambda box: (box.top, box.left))

    def read(self, rgb: np.ndarray) -> Reading:
        """What one line says: uint8 RGB, the line filling the picture. Empty where nothing is legible.

        Raises:
            TextUnreadError: the network fails on this picture.
        """
        try:
            found = self._engine(_bgr(rgb), use_det=False, use_cls=False, use_rec=True)
        except _FAILURES as error:
            raise _unread("a line can not be read", rgb, error) from error
        if not isinstance(found, TextRecOutput) or not found.txts or not found.scores:
            return Reading("", 0.0)
        return Reading(" ".join(found.txts[0].strip(_ORNAMENTS).split()), float(found.scores[0]))


@lru_cache(maxsize=4)
def reader(find_px: int) -> RapidReader:
    """The reader of this process; models are loaded once."""
    cv2.setNumThreads(1)
    return RapidReader(find_px)


@lru_cache(maxsize=1)
def reader_build() -> dict[str, str]:
    """Everything that turns pixels into strings, by version and by the hash of each model."""
    models = Path(rapidocr.__file__).parent / "models"
    return {
        **{name: version(name) for name in ("rapidocr", "onnxruntime", "opencv-python-headless")},
        **{name: sha256_file(models / name) for name in (FINDER, READER)},
    }


@lru_cache(maxsize=1)
def reading_method() -> str:
    """The name of the method as evidence records it: code, models, and the first digits of their hashes."""
    build = reader_build()
    models = " ".join(f"{name.removesuffix('.onnx')}@{build[name][:12]}" for name in (FINDER, READER))
    return f"evidence.text rapidocr-{build['rapidocr']} {models}"


def _bgr(rgb: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(rgb[..., ::-1])


def _unread(what: str, rgb: np.ndarray, error: Exception) -> TextUnreadError:
    return TextUnreadError(
        what,
        found=f"{type(error).__name__} on a picture of {rgb.shape[1]} x {rgb.shape[0]}: {error}",
        wanted="a picture that the reader takes",
        next_step="check the installed versions of rapidocr and onnxruntime (requirements.txt)",
    )
