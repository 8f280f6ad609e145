"""Small pictures pasted onto a frame at any place and size, sharper than a pixel."""

from __future__ import annotations

import math

from PIL import Image

SMOOTH = Image.Resampling.BILINEAR  # Pillow's averages the area that a pixel covers


def paste_sprite(frame: Image.Image, sprite: Image.Image, x: float, y: float, width: float, height: float) -> None:
    """Paste `sprite` (RGBa: premultiplied; its rim is empty), top left at x, y; lengths are pixels of the frame."""
    # Whole target pixels inside the sprite and inside the frame.
    x0, y0 = max(0, math.ceil(x)), max(0, math.ceil(y))
    x1, y1 = min(frame.width, math.floor(x + width)), min(frame.height, math.floor(y + height))
    if x1 <= x0 or y1 <= y0:
        return
    grow_x, grow_y = sprite.width / width, sprite.height / height
    box = ((x0 - x) * grow_x, (y0 - y) * grow_y, (x1 - x) * grow_x, (y1 - y) * grow_y)
    cut = sprite.resize((x1 - x0, y1 - y0), SMOOTH, box).convert("RGBA")
    frame.paste(cut, (x0, y0), cut)
