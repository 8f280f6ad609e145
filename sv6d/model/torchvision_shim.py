"""Make torchvision importable beside a torch without CUDA.

The video processor of Qwen3-VL needs torchvision. Its wheel on the package index is compiled against
a CUDA torch; beside a CPU torch its compiled operators do not load, and its Python side then fails
on registering the fake kernels of `nms` and `qnms`: "operator torchvision::nms does not exist"
(measured with torch 2.13.0 and torchvision 0.28.0). Declaring the two signatures is enough; the
transforms that the processor uses are plain torch.
"""

from __future__ import annotations

import importlib.util

import torch

_MISSING_OPERATORS = ("nms", "qnms")
_declared: list[torch.library.Library] = []  # an operator lives as long as its library object


def ensure_torchvision_importable() -> None:
    """Declare the operators that a CPU build lacks; call before transformers or trl meet vision code.

    Does nothing where torch has CUDA, where torchvision is not installed, or on a second call.
    """
    if _declared or torch.version.cuda is not None or importlib.util.find_spec("torchvision") is None:
        return
    library = torch.library.Library("torchvision", "FRAGMENT")
    for operator in _MISSING_OPERATORS:
        library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _declared.append(library)
