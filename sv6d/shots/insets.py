"""Dissolves in a part of the picture, while all around it stands still: a film in a window of a page.

What stands still throughout is left out, and what remains is asked as a whole picture would be. A caption or a sticker
that fades in looks the same, but stands still after it; a film moves before and after.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from sv6d.shots.blocks import (
    LEAST_LIVE,
    SPEAKING,
    liveness,
    moved_difference,
    pixels_of_blocks,
    textures,
)
from sv6d.shots.boundary import FrameBoundary
from sv6d.shots.ends import compare_ends
from sv6d.shots.mixes import (
    BLOCK_NOISE,
    LEAST_LEVELS,
    MOST_BENT,
    MOST_BLOCK_LOG_ERROR,
    SAMPLES,
    Window,
    boundaries,
    half_lengths,
    likely,
    middles,
)
from sv6d.timeline import NS_PER_S

_STILL_LEVELS = 1.5  # summed over planes; measured: blocks of still pages stay below, also beside a moving window
# Share of the picture that changes. Measured: stickers and captions are smaller; where more changes, all is asked.
_LEAST_SHARE, _MOST_SHARE = 0.2, 0.7
_MOST_LOG_ERROR = (
    -0.5
)  # logarithm of the mixture's error over the better moved end's; measured: dissolves -0.54 and less
# Half the change's length away from it, so that the rest of a slower change is not taken for movement.
_LOOK_S = 0.6
_LEAST_LOOK_FRAMES = 4
_LEAST_TEXTURED = (
    0.5  # share of the part that holds something, before and after; measured: titles on flat ground 0 to 0.33
)
# What moves by less than a pixel is a mixture of both ends. Of the pixels that differ by so many levels, the share that
# is outside what lies about them in the other picture; measured: a bus that rolls slowly 0.02, dissolves 0.46 and more.
_DIFFERENT, _LEAST_BEYOND = 6, 0.3


def find_inset_mixes(
    planes_TCHW: np.ndarray,
    fields_TCBD: np.ndarray,
    change: np.ndarray,
    contrast_T: np.ndarray,
    taken: Sequence[tuple[int, int]],
    frame_ns: int,
) -> list[FrameBoundary]:
    """Dissolves inside a still picture in the order of time.

    Arguments as for `mixes.find_mixes`, and the change of the planes as from `blocks.activity`.
    """
    windows: list[Window] = []
    for middle, half, features in _candidates(planes_TCHW, fields_TCBD, change, taken, frame_ns):
        windows += likely(middle, half, features)
    return boundaries(windows, contrast_T, taken, frame_ns)


def _candidates(
    planes_TCHW: np.ndarray, fields: np.ndarray, change: np.ndarray, taken: Sequence[tuple[int, int]], frame_ns: int
) -> Iterator[tuple[np.ndarray, int, Mapping[str, np.ndarray]]]:
    """Middle frames, half length and features of windows in which a part changes between still surroundings."""
    # Of pairs of frames before each frame, by block.
    num_moves = np.concatenate([np.zeros_like(change[:1], dtype=np.int32), np.cumsum(change > _STILL_LEVELS, axis=0)])
    for half in half_lengths(frame_ns):
        middle = middles(len(fields), half, taken)
        # Of most of a film's windows nothing need be compared: too much moves in them.
        moves = num_moves[middle + half] > num_moves[middle - half]
        keep = moves.mean(axis=(1, 2)) <= _MOST_SHARE
        middle, moves = middle[keep], moves[keep]
        if not middle.size:
            continue
        way = fields[middle + half] - fields[middle - half]
        part = moves | (np.abs(way).sum(axis=1) > _STILL_LEVELS)
        share = part.mean(axis=(1, 2))
        levels = np.sqrt(((way * part[:, None]) ** 2).mean(axis=(1, 2, 3)) / np.maximum(share, 1e-6))
        keep = (share >= _LEAST_SHARE) & (share <= _MOST_SHARE) & (levels > LEAST_LEVELS) & _is_no_band(part)
        middle, part, share = middle[keep], part[keep], share[keep]
        if not middle.size:
            continue
        bent, keep = _ramps(fields, part, middle, half)
        # What is asked of the ends alone leaves few windows to look longer at.
        old, new = planes_TCHW[middle[keep] - half], planes_TCHW[middle[keep] + half]
        keep[keep] = _are_pictures(old, new, part[keep], share[keep])
        keep[keep] = _is_live(change, part[keep], middle[keep], half, frame_ns)
        middle, part, share, bent = middle[keep], part[keep], share[keep], bent[keep]
        if middle.size:
            keep, features = _features(planes_TCHW, part, share, middle, half)
            if keep.any():
                yield middle[keep], half, {**features, "bent": bent[keep]}


def _is_no_band(part_NBD: np.ndarray) -> np.ndarray:
    """Whether what of the part is two blocks wide and high is large enough.

    Colours that run through a narrow band are mixtures of their own past and future, and no film is as narrow
    (measured: those of reels are three blocks both ways).
    """
    solid = part_NBD[:, :-1, :-1] & part_NBD[:, 1:, :-1] & part_NBD[:, :-1, 1:] & part_NBD[:, 1:, 1:]
    covered = np.zeros_like(part_NBD)
    for rows in (slice(None, -1), slice(1, None)):
        for columns in (slice(None, -1), slice(1, None)):
            covered[:, rows, columns] |= solid
    return np.asarray(covered.mean(axis=(1, 2)) >= _LEAST_SHARE)


def _ramps(fields: np.ndarray, part_NBD: np.ndarray, middle: np.ndarray, half: int) -> tuple[np.ndarray, np.ndarray]:
    """How far the share of the new picture is from a straight ramp in the part, and which may be mixtures."""
    offsets = np.array([round(share * half) for share in SAMPLES])
    ends = fields[middle - half], fields[middle + half]
    old, new = ((end * part_NBD[:, None]).reshape(len(middle), -1) for end in ends)
    way = new - old
    frames = (fields[middle[:, None] + offsets] * part_NBD[:, None, None]).reshape(len(middle), len(offsets), -1)
    shares = np.einsum("nsf,nf->ns", frames - old[:, None], way) / (way * way).sum(axis=1, keepdims=True)
    bent = np.abs(shares - (offsets + half) / (2 * half)).mean(axis=1)
    mixed, count = frames[:, len(SAMPLES) // 2], fields.shape[1] * part_NBD.sum(axis=(1, 2))
    by_mixture = np.abs(old + shares[:, len(SAMPLES) // 2, None].clip(0.0, 1.0) * way - mixed).sum(axis=1) / count
    by_end = np.minimum(np.abs(old - mixed).sum(axis=1), np.abs(new - mixed).sum(axis=1)) / count
    log_error = np.log((by_mixture + BLOCK_NOISE) / (by_end + BLOCK_NOISE))
    return bent, (bent < MOST_BENT) & (log_error <= MOST_BLOCK_LOG_ERROR)


def _features(
    planes_TCHW: np.ndarray, part_NBD: np.ndarray, share_N: np.ndarray, middle: np.ndarray, half: int
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Which windows may be mixtures, and of those what `mixes` asks about windows but `bent`, of the part alone."""
    inside = pixels_of_blocks(part_NBD)[:, None].astype(np.int16)
    old, new, mixed = (planes_TCHW[at] * inside for at in (middle - half, middle + half, middle))

    def mean(values_NHW: np.ndarray) -> np.ndarray:
        return np.asarray(values_NHW.mean(axis=(1, 2)) / share_N + 0.5)

    way, way_mixed = (new - old).astype(np.float32), (mixed - old).astype(np.float32)
    gone = (way * way_mixed).sum(axis=(1, 2, 3)) / ((way * way).sum(axis=(1, 2, 3)) + 1.0)
    mixture = mean(np.abs(way * np.clip(gone, 0.0, 1.0)[:, None, None, None] - way_mixed).sum(axis=1))
    by_old, by_new = (mean(moved_difference(end, mixed)) for end in (old, new))
    features = {
        "nearer": np.log(mixture / np.minimum(by_old, by_new)),
        "both": np.log(2.0 * mixture / (by_old + by_new)),
        "levels": np.log1p(mean(np.abs(way).sum(axis=1)) - 0.5),
    }
    keep = features["nearer"] <= _MOST_LOG_ERROR
    _, ends = compare_ends(old[keep], new[keep]) if keep.any() else (keep, {})
    return keep, {**{name: values[keep] for name, values in features.items()}, **ends}


def _are_pictures(old: np.ndarray, new: np.ndarray, part_NBD: np.ndarray, share_N: np.ndarray) -> np.ndarray:
    """Whether the part holds something at both ends of a window, and they differ by more than a small movement."""
    inside = pixels_of_blocks(part_NBD)[:, None].astype(np.int16)
    ends = old, new = old * inside, new * inside
    held = [(np.minimum(textures(end)[0] / SPEAKING, 1.0) * part_NBD).mean(axis=(1, 2)) / share_N for end in ends]
    good = np.minimum(*held) >= _LEAST_TEXTURED
    good[good] = np.minimum(_beyond(old[good], new[good]), _beyond(new[good], old[good])) >= _LEAST_BEYOND
    return np.asarray(good)


def _beyond(some_NCHW: np.ndarray, others_NCHW: np.ndarray) -> np.ndarray:
    """Share of the pixels that differ by more than a movement of one pixel can explain, N."""
    over = np.maximum(others_NCHW - of_neighbours(np.maximum, some_NCHW), 0)
    over += np.maximum(of_neighbours(np.minimum, some_NCHW) - others_NCHW, 0)
    differs = np.abs(others_NCHW - some_NCHW).sum(axis=1) > _DIFFERENT
    count = np.maximum(differs.sum(axis=(1, 2)), 1)
    return np.asarray(((over.sum(axis=1) > _DIFFERENT) & differs).sum(axis=(1, 2)) / count)


def of_neighbours(extreme: np.ufunc, pictures_NCHW: np.ndarray) -> np.ndarray:
    """The greatest or the least of the 3 x 3 pixels about each one, of those that there are."""
    # Not `scipy.ndimage`, which takes ten times as long.
    found = pictures_NCHW
    for axis in (2, 3):
        lines = found.swapaxes(axis, 0)
        wider = lines.copy()
        extreme(wider[1:], lines[:-1], out=wider[1:])
        extreme(wider[:-1], lines[1:], out=wider[:-1])
        found = wider.swapaxes(axis, 0)
    return found


def _is_live(change: np.ndarray, part_NBD: np.ndarray, middle: np.ndarray, half: int, frame_ns: int) -> np.ndarray:
    """Whether the part moves both before and after; a side of which nothing is there says nothing."""
    reach = max(_LEAST_LOOK_FRAMES, round(_LOOK_S * NS_PER_S / frame_ns))
    live = []
    for t, part in zip(middle.tolist(), part_NBD, strict=True):
        # Nearer to the change where the video ends before.
        begin, end = max(t - 2 * half, min(t - half, reach)), min(t + 2 * half, max(t + half, len(change) - reach))
        shares = liveness(change, (slice(max(0, begin - reach), begin), slice(end, end + reach)), part)
        live.append(bool(shares) and min(shares) >= LEAST_LIVE)
    return np.asarray(live, dtype=bool)
