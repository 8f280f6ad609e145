"""Shot scale from the height of a face: how much of a person the picture can hold below it."""

from __future__ import annotations

from math import log

# Least share of the picture's height that a face's box takes, by scale. A person is about 7.5 heads tall, and a
# detector's box is about 0.78 of a head; a scale ends where the picture holds the geometric mean of what it and the
# next one are cut at: neck 1.2 heads, chest 2.4, waist 4, knees 5.7, soles 7.9; a place begins at twice that, and what
# holds less than 1.15 heads shows a part of a face.
_LEAST_FACE = (
    ("extreme_close_up", 0.68),
    ("close_up", 0.46),
    ("medium_close_up", 0.25),
    ("medium", 0.163),
    ("medium_long", 0.116),
    ("long", 0.05),
)
_FARTHEST = "extreme_long"


def scale_of(face_height: float) -> tuple[str, float]:
    """The value of `shot_scale` for the largest face's share of the picture's height, and how far it is from doubt.

    Returns:
        (value, margin): margin in natural logarithms of size; 0 at the edge to a neighbouring scale.
    """
    value = next((name for name, least in _LEAST_FACE if face_height >= least), _FARTHEST)
    return value, min(abs(log(max(face_height, 1e-6) / least)) for _, least in _LEAST_FACE)
