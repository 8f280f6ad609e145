"""What the user's ONNX detectors have in common: the pinned file, its session, pictures in and boxes out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from sv6d.errors import ModelError
from sv6d.evidence.config import DetectorConfig
from sv6d.evidence.rows import Box
from sv6d.io import sha256_file

STRIDES = (8, 16, 32)
MULTIPLE = 32  # of sides: the coarsest stride
_HASH_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Found:
    """A face or a person in one picture: the box in shares of the picture, and the confidence in [0, 1]."""

    box: Box
    confidence: float

    @property
    def height(self) -> float:
        """Share of the picture's height."""
        return self.box[3] - self.box[1]

    @property
    def width(self) -> float:
        """Share of the picture's width."""
        return self.box[2] - self.box[0]


def detector_build(section: str, config: DetectorConfig) -> str | None:
    """The detector's name with the first digits of its hash; None where none is given.

    `section` is its name below `evidence` in params.yaml.

    Raises:
        ModelError: the file is missing, or is not the pinned one.
    """
    if config.detector is None:
        return None
    path = Path(config.detector)
    digest = sha256_file(path) if path.is_file() else None
    if digest is None or digest != config.detector_sha256:
        raise ModelError(
            f"{section} can not be looked for",
            found=f"no file {config.detector}" if digest is None else f"a file with SHA-256 {digest}",
            wanted=f"an ONNX detector with SHA-256 {config.detector_sha256} (evidence.{section} in params.yaml)",
            next_step=f"correct evidence.{section}.detector and detector_sha256, or set both to null",
        )
    return f"evidence.{section} {path.name} {digest[:_HASH_DIGITS]}"


@dataclass(frozen=True, slots=True)
class Contract:
    """What a model is held to, in the words of its errors.

    Attributes:
        what: the kind of detector.
        whose: contract it keeps; docs/evidence.md states it.
        section: of `evidence` in params.yaml that names the file.
    """

    what: str
    whose: str
    section: str

    def unfit(self, path: Path, found: str) -> ModelError:
        return ModelError(
            f"{path.name} is no {self.what} of the kind that is read here",
            found=found,
            wanted=f"an ONNX model with the inputs and outputs that docs/evidence.md states ({self.whose})",
            next_step=f"use such a model, or set evidence.{self.section}.detector to null",
        )


class Network:
    """A model loaded once; one thread, so that the same picture gives the same numbers anywhere."""

    def __init__(self, path: Path, contract: Contract) -> None:
        """
        Raises:
            ModelError: the file is no ONNX model with one input of pictures.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        self._path, self._contract = path, contract
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise self.unfit(f"{type(error).__name__}: {error}") from error
        inputs = self._session.get_inputs()
        if len(inputs) != 1 or len(inputs[0].shape) != 4:
            raise self.unfit(f"inputs { {one.name: one.shape for one in inputs} }")
        self._input = inputs[0].name
        self.outputs = {one.name: one.shape for one in self._session.get_outputs()}
        height, width = inputs[0].shape[2:]
        self.size = (height, width) if isinstance(height, int) and isinstance(width, int) else None

    def unfit(self, found: str) -> ModelError:
        """The error that says how the model breaks its contract."""
        return self._contract.unfit(self._path, found)

    def run(self, names: list[str], picture: np.ndarray) -> list[np.ndarray]:
        """The outputs of that name for float32 [1, 3, height, width].

        Raises:
            ModelError: the model fails.
        """
        try:
            return [np.asarray(found) for found in self._session.run(names, {self._input: picture})]
        except Exception as error:
            raise self.unfit(f"{type(error).__name__}: {error}") from error


def laid_out(rgb: np.ndarray, size: tuple[int, int], scale: float, ground: int) -> np.ndarray:
    """The picture, made larger or smaller by `scale`, at the top left of a ground of one level.

    Returns:
        float32 [1, 3, height, width], blue, green and red from 0 to 255.
    """
    height, width = rgb.shape[:2]
    if scale != 1.0:
        way = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_LINEAR
        rgb = cv2.resize(rgb, (max(1, round(width * scale)), max(1, round(height * scale))), interpolation=way)
    canvas = np.full((*size, 3), ground, np.uint8)
    canvas[: rgb.shape[0], : rgb.shape[1]] = rgb
    return np.ascontiguousarray(canvas[:, :, ::-1].transpose(2, 0, 1)[None].astype(np.float32))


def boxes_about(x: np.ndarray, y: np.ndarray, w: np.ndarray, h: np.ndarray) -> np.ndarray:
    """(left, top, right, bottom) of boxes about a middle, [N, 4]."""
    return np.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], axis=1)


def found_in(
    rgb: np.ndarray, scale: float, boxes_N4: np.ndarray, confidences_N: np.ndarray, overlap: float
) -> list[Found]:
    """What a detector's boxes, in pixels of the picture times `scale`, say of it; the surest first.

    Of boxes that share at least `overlap` of their union, the surest stays.
    """
    kept = _apart(boxes_N4, confidences_N, overlap)
    height, width = rgb.shape[:2]
    shares = boxes_N4[kept] / scale / np.array([width, height, width, height])
    return [
        Found(_clipped(box), float(confidence)) for box, confidence in zip(shares, confidences_N[kept], strict=True)
    ]


def _apart(boxes: np.ndarray, confidences: np.ndarray, overlap: float) -> np.ndarray:
    """Places of boxes that no surer one overlaps, the surest first."""
    order = np.lexsort((boxes[:, 0], -confidences)) if len(boxes) else np.empty(0, int)
    kept: list[int] = []
    for place in order:
        if all(_overlap(boxes[place], boxes[other]) < overlap for other in kept):
            kept.append(int(place))
    return np.array(kept, dtype=int)


def _overlap(one: np.ndarray, other: np.ndarray) -> float:
    sides = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    shared = float(np.prod(np.maximum(sides, 0.0)))
    return shared / (float(np.prod(one[2:] - one[:2])) + float(np.prod(other[2:] - other[:2])) - shared)


def _clipped(box: np.ndarray) -> Box:
    left, top, right, bottom = np.clip(box, 0.0, 1.0).tolist()
    return left, top, right, bottom
