"""How many frames a model is shown, and how large. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sv6d.errors import ModelError
from sv6d.io import read_json

# The base model's card; a checkpoint carries the sampling on in its training summary.
_CARRIERS = ("card.json", "training.json")


@dataclass(frozen=True, slots=True)
class FrameSampling:
    """Frames of a window: their number, and the picture size in pixels that each is letterboxed to."""

    num_frames: int
    height_px: int
    width_px: int

    def as_dict(self) -> dict[str, int]:
        return {"height_px": self.height_px, "num_frames": self.num_frames, "width_px": self.width_px}


def read_sampling(artifact: Path) -> FrameSampling:
    """The frame sampling that a model artifact (base_model, sft_checkpoint, grpo_checkpoint) was made with.

    Raises:
        ModelError: the folder carries none, or not these three whole numbers.
    """
    for name in _CARRIERS:
        if (artifact / name).is_file():
            stored: Any = read_json(artifact / name).get("sampling")
            break
    else:
        stored = None
    if not isinstance(stored, dict) or set(stored) != {"num_frames", "height_px", "width_px"}:
        raise ModelError(
            f"{artifact.name} does not say how frames are sampled",
            found=f"{stored!r:.100} in {artifact}",
            wanted=f"'sampling' with num_frames, height_px, width_px in one of {', '.join(_CARRIERS)}",
            next_step="hand in the artifact's folder (not its model/), or rebuild it",
        )
    return FrameSampling(**stored)
