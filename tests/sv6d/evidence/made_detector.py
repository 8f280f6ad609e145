"""Detectors that a test can predict, written as ONNX by hand (the protobuf wire format of onnx.proto).

Blue is a face: at each stride the mean of a cell's first channel, which is blue, is both probabilities; a face is as
wide as two cells and as high as three, about the cell's middle. Red is a person, as wide as one cell and as high as
three, and green a dog. Only stride 16 speaks.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

SIDE_PX = 64
STRIDES = (8, 16, 32)
COLUMNS = 85  # of YOLOX: a box, objectness, 80 classes
_DOG = 16  # of COCO's classes
_FLOAT, _INT64, _INT, _INTS = 1, 7, 2, 7


def write_detector(path: Path, outputs: Sequence[str] = ("cls", "obj", "bbox")) -> str:
    """Write the model, with the given outputs alone, and return its SHA-256."""
    nodes, constants, told = [], [], []
    for stride in STRIDES:
        cells = (SIDE_PX // stride) ** 2
        weight = np.zeros((1, 3, stride, stride), np.float32)
        weight[0, 0] = (stride == 16) / (255.0 * stride**2)
        box = np.tile(np.array([0.5, 0.5, math.log(2.0), math.log(3.0)], np.float32), (1, cells, 1))
        constants += [
            _tensor(f"w{stride}", _FLOAT, weight),
            _tensor(f"shape{stride}", _INT64, np.array([1, cells, 1], np.int64)),
            _tensor(f"box{stride}", _FLOAT, box),
        ]
        steps = [_attribute("kernel_shape", stride, stride), _attribute("strides", stride, stride)]
        nodes += [
            _node("Conv", ["input", f"w{stride}"], f"mean{stride}", steps),
            _node("Reshape", [f"mean{stride}", f"shape{stride}"], f"cls_{stride}"),
            _node("Identity", [f"cls_{stride}"], f"obj_{stride}"),
            _node("Identity", [f"box{stride}"], f"bbox_{stride}"),
        ]
        told += [_value(f"{name}_{stride}", (1, cells, 4 if name == "bbox" else 1)) for name in outputs]
    return _write(path, nodes, constants, told)


def write_person_detector(path: Path, height_cells: float = 3.0, columns: int = COLUMNS) -> str:
    """Write the model, whose people are that high, and return its SHA-256."""
    bias = np.zeros(columns, np.float32)
    bias[:5] = (0.5, 0.5, 0.0, math.log(height_cells), 1.0)
    nodes, constants = [], []
    for stride in STRIDES:
        weight = np.zeros((columns, 3, stride, stride), np.float32)
        if stride == 16:
            weight[5, 2] = weight[5 + _DOG, 1] = 1.0 / (255.0 * stride**2)
        constants += [
            _tensor(f"w{stride}", _FLOAT, weight),
            _tensor(f"b{stride}", _FLOAT, bias),
            _tensor(f"shape{stride}", _INT64, np.array([1, columns, (SIDE_PX // stride) ** 2], np.int64)),
        ]
        steps = [_attribute("kernel_shape", stride, stride), _attribute("strides", stride, stride)]
        nodes += [
            _node("Conv", ["input", f"w{stride}", f"b{stride}"], f"map{stride}", steps),
            _node("Reshape", [f"map{stride}", f"shape{stride}"], f"flat{stride}"),
        ]
    axis = _bytes(1, b"axis") + _number(3, 2) + _number(20, _INT)
    nodes += [
        _node("Concat", [f"flat{stride}" for stride in STRIDES], "all", [axis]),
        _node("Transpose", ["all"], "output", [_attribute("perm", 0, 2, 1)]),
    ]
    cells = sum((SIDE_PX // stride) ** 2 for stride in STRIDES)
    return _write(path, nodes, constants, [_value("output", (1, cells, columns))])


def _write(path: Path, nodes: Sequence[bytes], constants: Sequence[bytes], told: Sequence[bytes]) -> str:
    graph = b"".join(
        [
            *(_bytes(1, node) for node in nodes),
            _bytes(2, b"made"),
            *(_bytes(5, constant) for constant in constants),
            _bytes(11, _value("input", (1, 3, SIDE_PX, SIDE_PX))),
            *(_bytes(12, value) for value in told),
        ]
    )
    model = _number(1, 8) + _bytes(8, _bytes(1, b"") + _number(2, 13)) + _bytes(7, graph)
    path.write_bytes(model)
    return hashlib.sha256(model).hexdigest()


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _tensor(name: str, kind: int, values: np.ndarray) -> bytes:
    dims = b"".join(_number(1, size) for size in values.shape)
    return dims + _number(2, kind) + _bytes(8, name.encode()) + _bytes(9, values.tobytes())


def _attribute(name: str, *numbers: int) -> bytes:
    return _bytes(1, name.encode()) + b"".join(_number(8, number) for number in numbers) + _number(20, _INTS)


def _node(kind: str, inputs: Sequence[str], output: str, attributes: Sequence[bytes] = ()) -> bytes:
    named = b"".join(_bytes(1, name.encode()) for name in inputs) + _bytes(2, output.encode())
    return named + _bytes(4, kind.encode()) + b"".join(_bytes(5, attribute) for attribute in attributes)


def _value(name: str, shape: Sequence[int]) -> bytes:
    dims = b"".join(_bytes(1, _number(1, size)) for size in shape)
    tensor = _number(1, _FLOAT) + _bytes(2, dims)
    return _bytes(1, name.encode()) + _bytes(2, _bytes(1, tensor))
