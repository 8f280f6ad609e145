"""Faces, by an ONNX detector that the user has; without one they are unscored.

What the model must do (YuNet's contract, Wu et al., Machine Intelligence Research 2023, as `face_detection_yunet_*`
of OpenCV's model zoo keeps it): one input, float32 [1, 3, height, width], blue-green-red levels 0 to 255, with sides
that are fixed or free, multiples of 32; for each stride s of 8, 16 and 32 the outputs `cls_s` and `obj_s`
[1, cells, 1] with probabilities and `bbox_s` [1, cells, 4] with (x, y, log w, log h) of a face in units of s from its
cell, cells row by row. `kps_s` is not needed. Confidence is the root of the product of the two probabilities.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sv6d.evidence.detectors import MULTIPLE, STRIDES, Contract, Found, Network, boxes_about, found_in, laid_out

CONTRACT = Contract("face detector", "YuNet's", "faces")
_OVERLAP = 0.3  # of two boxes by union, from which they are one face; the value of OpenCV's own demonstration of YuNet
_BLACK = 0
_OUTPUTS = [f"{name}_{stride}" for stride in STRIDES for name in ("cls", "obj", "bbox")]


class FaceDetector:
    """A detector loaded once."""

    def __init__(self, path: Path, least_confidence: float) -> None:
        self._network, self._least = Network(path, CONTRACT), least_confidence
        missing = sorted(set(_OUTPUTS) - set(self._network.outputs))
        if missing:
            raise self._network.unfit(f"no output {', '.join(missing)}")

    def found(self, rgb: np.ndarray) -> list[Found]:
        """Faces in a uint8 RGB picture, the surest first.

        Raises:
            ModelError: the model fails, or gives other shapes than its contract says.
        """
        height, width = rgb.shape[:2]
        size = self._network.size or (_up(height), _up(width))
        scale = min(1.0, size[0] / height, size[1] / width)
        outputs = dict(zip(_OUTPUTS, self._network.run(_OUTPUTS, laid_out(rgb, size, scale, _BLACK)), strict=True))
        return found_in(rgb, scale, *self._decoded(outputs, size), _OVERLAP)

    def _decoded(self, outputs: dict[str, np.ndarray], size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
        """Boxes in pixels of what the model saw, and confidences, of every face that is sure enough."""
        boxes, confidences = [], []
        for stride in STRIDES:
            rows, columns = size[0] // stride, size[1] // stride
            shape = (rows * columns,)
            try:
                cls_N, obj_N = (outputs[f"{name}_{stride}"].reshape(shape) for name in ("cls", "obj"))
                box_N4 = outputs[f"bbox_{stride}"].astype(np.float64).reshape(*shape, 4)
            except ValueError as error:
                raise self._network.unfit(f"stride {stride}: {error}") from error
            sure_N = np.sqrt(np.clip(cls_N, 0.0, 1.0) * np.clip(obj_N, 0.0, 1.0))
            cells = np.flatnonzero(sure_N >= self._least)
            x = (cells % columns + box_N4[cells, 0]) * stride
            y = (cells // columns + box_N4[cells, 1]) * stride
            w, h = (np.exp(np.clip(box_N4[cells, axis], -8.0, 8.0)) * stride for axis in (2, 3))
            boxes.append(boxes_about(x, y, w, h))
            confidences.append(sure_N[cells].astype(np.float64))
        return np.concatenate(boxes), np.concatenate(confidences)


def _up(side_px: int) -> int:
    return -(-side_px // MULTIPLE) * MULTIPLE
