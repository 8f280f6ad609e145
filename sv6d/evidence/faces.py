"""Faces, by an ONNX detector that the user has; without one they are unscored.

What the model must do (YuNet's contract, Wu et al., Machine Intelligence Research 2023, as `face_detection_yunet_*`
of OpenCV's model zoo keeps it): one input, float32 [1, 3, height, width], blue-green-red levels 0 to 255, with sides
that are fixed or free, multiples of 32; for each stride s of 8, 16 and 32 the outputs `cls_s` and `obj_s`
[1, cells, 1] with probabilities and `bbox_s` [1, cells, 4] with (x, y, log w, log h) of a face in units of s from its
cell, cells row by row. `kps_s` is not needed. Confidence is the root of the product of the two probabilities.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime

from sv6d.errors import ModelError
from sv6d.evidence.config import FacesConfig
from sv6d.evidence.rows import Box
from sv6d.io import sha256_file

STRIDES = (8, 16, 32)
_MULTIPLE = 32
_OVERLAP = 0.3  # of two boxes by union, from which they are one face; the value of OpenCV's own demonstration of YuNet
_HASH_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Face:
    """A face in one picture: its box in shares of the picture, and the detector's confidence in [0, 1]."""

    box: Box
    confidence: float

    @property
    def height(self) -> float:
        """Share of the picture's height."""
        return self.box[3] - self.box[1]


def detector_build(config: FacesConfig) -> str | None:
    """The detector's name with the first digits of its hash; None where none is given.

    Raises:
        ModelError: the file is missing, or is not the pinned one.
    """
    if config.detector is None:
        return None
    path = Path(config.detector)
    digest = sha256_file(path) if path.is_file() else None
    if digest is None or digest != config.detector_sha256:
        raise ModelError(
            "faces can not be looked for",
            found=f"no file {config.detector}" if digest is None else f"a file with SHA-256 {digest}",
            wanted=f"an ONNX detector with SHA-256 {config.detector_sha256} (evidence.faces in params.yaml)",
            next_step="correct evidence.faces.detector and detector_sha256, or set both to null",
        )
    return f"evidence.faces {path.name} {digest[:_HASH_DIGITS]}"


class FaceDetector:
    """A detector loaded once; one thread, so that the same picture gives the same faces anywhere."""

    def __init__(self, path: Path, least_confidence: float) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise _unfit(path, f"{type(error).__name__}: {error}") from error
        wanted = {f"{name}_{stride}" for name in ("cls", "obj", "bbox") for stride in STRIDES}
        missing = wanted - {output.name for output in self._session.get_outputs()}
        inputs = self._session.get_inputs()
        if missing or len(inputs) != 1 or len(inputs[0].shape) != 4:
            shapes = {one.name: one.shape for one in inputs}
            raise _unfit(path, f"inputs {shapes}, no output {', '.join(sorted(missing)) or '-'}")
        self._path, self._least = path, least_confidence
        self._input = inputs[0].name
        height, width = inputs[0].shape[2:]
        self._size = (height, width) if isinstance(height, int) and isinstance(width, int) else None
        self._outputs = sorted(wanted)

    def faces(self, rgb: np.ndarray) -> list[Face]:
        """Faces in a uint8 RGB picture, the surest first.

        Raises:
            ModelError: the model fails, or gives other shapes than its contract says.
        """
        picture, scale = self._fitted(rgb)
        try:
            found = self._session.run(self._outputs, {self._input: picture})
        except Exception as error:
            raise _unfit(self._path, f"{type(error).__name__}: {error}") from error
        outputs = dict(zip(self._outputs, found, strict=True))
        boxes, confidences = self._decoded(outputs, picture.shape[2:])
        kept = _apart(boxes, confidences)
        height, width = rgb.shape[:2]
        shares = boxes[kept] / scale / np.array([width, height, width, height])
        return [
            Face(_clipped(box), float(confidence)) for box, confidence in zip(shares, confidences[kept], strict=True)
        ]

    def _fitted(self, rgb: np.ndarray) -> tuple[np.ndarray, float]:
        """The picture as the model wants it, at the top left of black where it has another shape; and its scale."""
        height, width = rgb.shape[:2]
        size = self._size or tuple(-(-side // _MULTIPLE) * _MULTIPLE for side in (height, width))
        scale = min(1.0, size[0] / height, size[1] / width)
        if scale < 1.0:
            rgb = cv2.resize(rgb, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
        canvas = np.zeros((*size, 3), np.uint8)
        canvas[: rgb.shape[0], : rgb.shape[1]] = rgb
        return np.ascontiguousarray(canvas[:, :, ::-1].transpose(2, 0, 1)[None].astype(np.float32)), scale

    def _decoded(self, outputs: dict[str, Any], size: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
        boxes, confidences = [], []
        for stride in STRIDES:
            rows, columns = size[0] // stride, size[1] // stride
            shape = (rows * columns,)
            try:
                cls_N, obj_N = (np.asarray(outputs[f"{name}_{stride}"]).reshape(shape) for name in ("cls", "obj"))
                box_N4 = np.asarray(outputs[f"bbox_{stride}"], dtype=np.float64).reshape(*shape, 4)
            except ValueError as error:
                raise _unfit(self._path, f"stride {stride}: {error}") from error
            sure_N = np.sqrt(np.clip(cls_N, 0.0, 1.0) * np.clip(obj_N, 0.0, 1.0))
            cells = np.flatnonzero(sure_N >= self._least)
            x = (cells % columns + box_N4[cells, 0]) * stride
            y = (cells // columns + box_N4[cells, 1]) * stride
            w, h = (np.exp(np.clip(box_N4[cells, axis], -8.0, 8.0)) * stride for axis in (2, 3))
            boxes.append(np.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], axis=1))
            confidences.append(sure_N[cells].astype(np.float64))
        return np.concatenate(boxes), np.concatenate(confidences)


@lru_cache(maxsize=1)
def face_detector(path: str, least_confidence: float) -> FaceDetector:
    """The detector, loaded once in a process.

    Raises:
        ModelError: the file is no such detector.
    """
    return FaceDetector(Path(path), least_confidence)


def _apart(boxes: np.ndarray, confidences: np.ndarray) -> np.ndarray:
    """Places of boxes that no surer one overlaps, the surest first."""
    order = np.lexsort((boxes[:, 0], -confidences)) if len(boxes) else np.empty(0, int)
    kept: list[int] = []
    for place in order:
        if all(_overlap(boxes[place], boxes[other]) < _OVERLAP for other in kept):
            kept.append(int(place))
    return np.array(kept, dtype=int)


def _overlap(one: np.ndarray, other: np.ndarray) -> float:
    sides = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    shared = float(np.prod(np.maximum(sides, 0.0)))
    return shared / (float(np.prod(one[2:] - one[:2])) + float(np.prod(other[2:] - other[:2])) - shared)


def _clipped(box: np.ndarray) -> Box:
    left, top, right, bottom = np.clip(box, 0.0, 1.0).tolist()
    return left, top, right, bottom


def _unfit(path: Path, found: str) -> ModelError:
    return ModelError(
        f"{path.name} is no face detector of the kind that is read here",
        found=found,
        wanted="an ONNX model with the inputs and outputs that docs/evidence.md states (YuNet's)",
        next_step="use such a model, or set evidence.faces.detector to null",
    )
