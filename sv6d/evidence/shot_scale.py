"""Shot scale from the height of a face, or of a whole person: how much of a person the picture can hold."""

from __future__ import annotations

from math import log

from sv6d.evidence.rows import Box

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
# A whole person is a long shot until the place begins, which holds twice 7.9 heads: 7.5 of 15.8.
_LEAST_PERSON = 0.475
# Height by width from which a box is of a person who stands whole: the geometric mean of 7.5 heads by the 2 of the
# shoulders (the canon of 7.5 heads), and of what a table hides from the waist down, 4 by 2.
_LEAST_SLIMNESS = 2.74
_EDGE = 0.02  # share of a side; ours: a box that ends nearer to the picture's edge may be cut off by it
_LEAST_WHOLE = 0.5  # share of the looks; ours: as a face must be in half of them


def is_whole(box: Box, aspect: float) -> bool:
    """Whether the picture, of that width by height, holds all of a person who stands.

    Silent about whoever sits, lies or spreads the arms: a wide box may as well be a person behind a table.
    """
    left, top, right, bottom = box
    is_free = min(left, top, 1.0 - right, 1.0 - bottom) >= _EDGE
    return is_free and (bottom - top) >= _LEAST_SLIMNESS * (right - left) * aspect


def scale_of(face_height: float) -> tuple[str, float]:
    """The value of `shot_scale` for the largest face's share of the picture's height, and how far it is from doubt.

    Returns:
        (value, margin): margin in natural logarithms of size; 0 at the edge to a neighbouring scale.
    """
    value = next((name for name, least in _LEAST_FACE if face_height >= least), _FARTHEST)
    return value, min(abs(log(max(face_height, 1e-6) / least)) for _, least in _LEAST_FACE)


def scale_by_person(height: float, whole: float) -> tuple[str, float] | None:
    """As `scale_of`, for the largest person's share of the picture's height.

    `whole` is the share of the looks in which the picture holds all of that person. None where that is fewer than
    half: how much of a person who is cut off is left, the box does not say.
    """
    if whole < _LEAST_WHOLE or height <= 0.0:
        return None
    return ("long" if height >= _LEAST_PERSON else _FARTHEST), abs(log(height / _LEAST_PERSON))
