"""How many frames a model is shown, how large, and who decodes them. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from sv6d.errors import ModelError
from sv6d.io import read_json
from sv6d.video.config import ReaderName

# The base model's card; a checkpoint carries the sampling on in its training summary.
_CARRIERS = ("card.json", "training.json")


@dataclass(frozen=True, slots=True)
class FrameSampling:
    """Frames of a window: their number, the picture size in pixels that each is letterboxed to, who decodes them."""

    num_frames: int
    height_px: int
    width_px: int
    reader: ReaderName

    def size(self) -> dict[str, int]:
        """Number and picture size: what bears also on pictures that are rendered and not decoded."""
        return {"height_px": self.height_px, "num_frames": self.num_frames, "width_px": self.width_px}

    def as_dict(self) -> dict[str, Any]:
        return {**self.size(), "reader": self.reader}


def read_sampling(artifact: Path) -> FrameSampling:
    """The frame sampling that a model artifact (base_model, sft_checkpoint, grpo_checkpoint) was made with.

    Raises:
        ModelError: the folder carries none, or not these three whole numbers and a reader.
    """
    for name in _CARRIERS:
        if (artifact / name).is_file():
            stored: Any = read_json(artifact / name).get("sampling")
            break
    else:
        stored = None
    names = {"num_frames", "height_px", "width_px", "reader"}
    if not isinstance(stored, dict) or set(stored) != names or stored["reader"] not in get_args(ReaderName):
        raise ModelError(
            f"{artifact.name} does not say how frames are sampled",
            found=f"{stored!r:.100} in {artifact}",
            wanted=f"'sampling' with num_frames, height_px, width_px, reader in one of {', '.join(_CARRIERS)}",
            next_step="hand in the artifact's folder (not its model/), or rebuild it",
        )
    return FrameSampling(**stored)
