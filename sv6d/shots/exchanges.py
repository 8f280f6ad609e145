"""What one larger picture takes away from another, and what it brings, block by block."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from sv6d.shots.blocks import block_means

_BLOCK_PX = 4
TEXTURED = 4.0  # standard deviation in levels of 255 from which a block holds something
_FLAT = 1.5  # up to which it is ground; ours: what coding leaves of it
_CHANGED_SHARE, _CHANGED_LEVELS = 0.35, 1.5  # of its texture, plus noise: then a block has changed
_OTHER_GROUND_LEVELS = 4.0  # ours: more than coding shifts a flat block
_INNER_ROWS = (0.05, 0.95)  # of the blocks that changed: single ones elsewhere are noise


@dataclass(frozen=True, slots=True)
class Exchange:
    """Shares in [0, 1].

    Attributes:
        gone: of the old picture's textured blocks, those that changed; None where it has none.
        come: of the new picture's textured blocks, those that changed; None where it has none.
        flat: of the blocks, those that are flat in both pictures.
        ground: of the blocks that are flat in both pictures, those of another level; 0 where none is.
        rows: of the height, over which the blocks that changed reach.
        levels: of luma, in [0, 255], no share: by how much the median one of these changed; 0 where none did.
    """

    gone: float | None
    come: float | None
    flat: float
    ground: float
    rows: float
    levels: float

    @property
    def share(self) -> float:
        """The lesser of what is gone and what has come; 0 where one of the pictures holds nothing."""
        return min(self.gone or 0.0, self.come or 0.0)

    @property
    def largest_addition(self) -> float:
        """As `share`, by the one picture where the other one holds nothing."""
        return min((share for share in (self.gone, self.come) if share is not None), default=0.0)


def exchange(old_HW: np.ndarray, new_HW: np.ndarray, page_HW: np.ndarray | None = None) -> Exchange:
    """Between two pictures of one size, uint8 luma; `page_HW`, bool, of any size: the part that is asked about."""
    height, width = (size // _BLOCK_PX * _BLOCK_PX for size in old_HW.shape)
    old, new = (picture[:height, :width].astype(np.float32) for picture in (old_HW, new_HW))
    deviation_old, deviation_new = (_deviations(picture) for picture in (old, new))
    limit = _CHANGED_SHARE * np.maximum(deviation_old, deviation_new) + _CHANGED_LEVELS
    asked = np.ones(limit.shape, dtype=bool)
    if page_HW is not None:
        asked = cv2.resize(page_HW.astype(np.uint8), limit.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    levels = block_means(np.abs(old - new), _BLOCK_PX)
    changed = asked & (levels > limit)
    held, holds = asked & (deviation_old > TEXTURED), asked & (deviation_new > TEXTURED)
    flat = asked & (deviation_old <= _FLAT) & (deviation_new <= _FLAT)
    shift = np.abs(block_means(old, _BLOCK_PX) - block_means(new, _BLOCK_PX))
    exchanged = changed & (held | holds)
    rows = np.nonzero(exchanged)[0]
    reach = float(np.diff(np.quantile(rows, _INNER_ROWS))[0]) + 1.0 if rows.size else 0.0
    return Exchange(
        gone=float(changed[held].mean()) if held.any() else None,
        come=float(changed[holds].mean()) if holds.any() else None,
        flat=float(flat[asked].mean()) if asked.any() else 0.0,
        ground=float((shift[flat] > _OTHER_GROUND_LEVELS).mean()) if flat.any() else 0.0,
        rows=reach / len(changed),
        levels=float(np.median(levels[exchanged])) if rows.size else 0.0,
    )


def _deviations(picture: np.ndarray) -> np.ndarray:
    means = block_means(picture, _BLOCK_PX)
    return np.asarray(np.sqrt(np.maximum(block_means(picture * picture, _BLOCK_PX) - means * means, 0.0)))
