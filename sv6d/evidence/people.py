"""Whole people, by an ONNX detector that the user has; without one they are unscored.

What the model must do (YOLOX's contract, Ge et al., arXiv 2107.08430, as `object_detection_yolox_2022nov.onnx` of
OpenCV's model zoo keeps it, Apache 2.0): one input, float32 [1, 3, height, width], levels 0 to 255 that are not
normalized, with fixed sides, multiples of 32 (the zoo's: 640 by 640), the picture scaled to fit at the top left of grey
114; one output, float32 [1, cells, 5 + classes], the cells of strides 8, 16 and 32 after one another, each row by row:
(x, y, log w, log h) of a box about its middle in units of the stride, x and y from the cell's corner, then objectness
and the probability of each class, of which the first is a person (COCO's order: 80 classes, 85 columns). Confidence is
objectness times the probability; a cell speaks of the class that is likeliest.

Channels are blue, green, red, as the networks were trained (Megvii-BaseDetection/YOLOX#1492, where its authors also
find that the other order hardly matters); OpenCV's demonstration hands over red, green, blue.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sv6d.evidence.detectors import MULTIPLE, STRIDES, Contract, Found, Network, boxes_about, found_in, laid_out

CONTRACT = Contract("detector of people", "YOLOX's", "people")
_OVERLAP = 0.5  # of two boxes by union, from which they are one person; the value of OpenCV's demonstration of YOLOX
_GREY = 114  # around the picture, in the same demonstration and in training
_PERSON = 0  # of COCO's classes
_COLUMNS = 85  # four of the box, objectness, COCO's 80 classes
_LEAST_LOG = -8.0  # of a size in cells: a box without an area overlaps nothing
_MOST_SIDES = 4.0  # ours: a box reaches beyond the picture where a person does, but not by four of its sides


class PersonDetector:
    """A detector loaded once."""

    def __init__(self, path: Path, least_confidence: float) -> None:
        self._network, self._least = Network(path, CONTRACT), least_confidence
        size, shapes = self._network.size, list(self._network.outputs.values())
        if size is None or any(side % MULTIPLE for side in size):
            raise self._network.unfit(f"an input of {size or 'free'} sides")
        if len(shapes) != 1 or shapes[0][-1:] != [_COLUMNS]:
            raise self._network.unfit(f"outputs {self._network.outputs}")
        self._size = size
        cells = [np.indices((size[0] // stride, size[1] // stride)).reshape(2, -1) for stride in STRIDES]
        self._row_N, self._column_N = np.concatenate(cells, axis=1)
        self._stride_N = np.repeat(STRIDES, [grid.shape[1] for grid in cells])

    def found(self, rgb: np.ndarray) -> list[Found]:
        """People in a uint8 RGB picture, the surest first.

        Raises:
            ModelError: the model fails, or gives other shapes or numbers than its contract says.
        """
        height, width = rgb.shape[:2]
        scale = min(self._size[0] / height, self._size[1] / width)
        (output,) = self._network.run(list(self._network.outputs), laid_out(rgb, self._size, scale, _GREY))
        return found_in(rgb, scale, *self._decoded(output), _OVERLAP)

    def _decoded(self, output: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Boxes in pixels of what the model saw, and confidences, of every person that is sure enough."""
        wanted = (1, len(self._stride_N), _COLUMNS)
        if output.shape != wanted:
            raise self._network.unfit(f"an output of shape {output.shape}, not {wanted}")
        told_NC = output[0].astype(np.float64)
        sure_N = told_NC[:, 4] * told_NC[:, 5 + _PERSON]
        is_person_N = (told_NC[:, 5:].argmax(axis=1) == _PERSON) & (sure_N >= self._least)
        cells = np.flatnonzero(is_person_N)
        stride = self._stride_N[cells]
        logs_N2 = told_NC[cells, 2:4]
        if (logs_N2 > np.log(_MOST_SIDES * max(self._size) / stride)[:, None]).any():
            raise self._network.unfit(f"a person of exp({logs_N2.max():.1f}) cells: sizes that are no logarithms")
        x, y = (self._column_N[cells] + told_NC[cells, 0]) * stride, (self._row_N[cells] + told_NC[cells, 1]) * stride
        w, h = (np.exp(np.maximum(logs_N2[:, axis], _LEAST_LOG)) * stride for axis in (0, 1))
        return boxes_about(x, y, w, h), np.minimum(sure_N[cells], 1.0)
