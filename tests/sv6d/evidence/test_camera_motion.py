"""Roll, shake, what moves by itself, and cameras that only seem to move."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import affine_transform, gaussian_filter

from sv6d.evidence.motion import shrink
from sv6d.evidence.motion_cue import MOTION_STATS, CameraMotion, camera_motion
from sv6d.evidence.shake import FRAME_PX

HEIGHT, WIDTH, RATE = 72, 128, 25
STEP = 4  # frames between aligned pictures
NAMES = [stat for stat, _ in MOTION_STATS]


def texture(seed: int, height: int, width: int) -> np.ndarray:
    noise = gaussian_filter(np.random.default_rng(seed).standard_normal((height, width)), 3.0)
    return np.asarray((noise - noise.min()) / (noise.max() - noise.min()))


SCENE = texture(1, 400, 700)


def view(right: float = 0.0, down: float = 0.0, turn_rad: float = 0.0) -> np.ndarray:
    """The scene's middle, its content shifted, and turned clockwise about the picture's centre."""
    cos, sin = np.cos(turn_rad), np.sin(turn_rad)
    matrix = np.array([[cos, -sin], [sin, cos]])
    centre = np.array([(HEIGHT - 1) / 2, (WIDTH - 1) / 2])
    middle = (np.array(SCENE.shape) - 1) / 2
    offset = middle - matrix @ (centre + np.array([down, right]))
    return np.asarray(affine_transform(SCENE, matrix, offset, output_shape=(HEIGHT, WIDTH), order=1))


def measured(
    pictures: list[np.ndarray], box: tuple[float, float, float, float] | None = None
) -> tuple[dict[str, float], CameraMotion]:
    times = [index * 1_000_000_000 // RATE for index in range(len(pictures))]
    small = [np.rint(shrink(picture, FRAME_PX) * 255).astype(np.uint8) for picture in pictures]
    found = camera_motion(list(zip(times, pictures, strict=True))[::STEP], list(zip(times, small, strict=True)), box)
    middles = [float(np.median([value for _, value in curve])) for curve in found.curves]
    return dict(zip(NAMES, middles, strict=True)), found


@pytest.mark.parametrize("degrees_per_s", [-30, -8, 3, 15, 40])
def test_roll_is_the_clockwise_turn_of_the_picture(degrees_per_s: float) -> None:
    turn = np.radians(degrees_per_s)
    middles, _ = measured([view(turn_rad=turn * index / RATE) for index in range(26)])
    assert middles["roll_speed"] == pytest.approx(turn, rel=0.03)
    assert middles["pan_speed"] == pytest.approx(0.0, abs=0.01)
    assert middles["zoom_speed"] == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize(("rms", "per_s"), [(0.004, 4.0), (0.01, 3.0), (0.02, 6.0)])
def test_shake_is_told_from_a_pan_with_soft_ends(rms: float, per_s: float) -> None:
    time_s = np.arange(75) / RATE
    tremble = rms * HEIGHT * np.sqrt(2.0) * np.sin(2 * np.pi * per_s * time_s)
    pan = 0.2 * WIDTH * (time_s - 0.35 * np.sin(2 * np.pi * time_s / 3.0) * 3.0 / (2 * np.pi))
    _, smooth = measured([view(right=-x) for x in pan])
    _, shaken = measured([view(right=-x, down=y) for x, y in zip(pan, tremble, strict=True)])
    assert smooth.shake_rms is not None
    assert smooth.shake_rms < 0.0015
    assert shaken.shake_rms == pytest.approx(rms, rel=0.25)


def test_a_subject_that_moves_does_not_shake_the_camera() -> None:
    subject = texture(2, 28, 28)
    pictures = []
    for index in range(50):
        picture = view()
        left = 40 + round(20 * np.sin(2 * np.pi * 1.5 * index / RATE))
        picture[20:48, left : left + 28] = subject
        pictures.append(picture)
    middles, found = measured(pictures)
    assert found.shake_rms == pytest.approx(0.0, abs=0.002)
    assert middles["subject_speed"] > 0.02
    assert middles["pan_speed"] == pytest.approx(0.0, abs=0.005)
    still, _ = measured([view()] * 10)
    assert still["subject_speed"] == 0.0


def test_bars_around_a_tilting_picture_do_not_hold_it() -> None:
    pictures = []
    for index in range(26):
        picture = np.zeros((HEIGHT, WIDTH))
        picture[12:60] = view(down=0.8 * index)[12:60]
        pictures.append(picture)
    middles, _ = measured(pictures, (0.0, 12 / HEIGHT, 1.0, 60 / HEIGHT))
    # The content goes down, so the camera turns up: 0.8 pixels a frame of a picture that is 48 high.
    assert middles["tilt_speed"] == pytest.approx(0.8 * RATE / 48, rel=0.05)


def test_what_turns_inside_a_still_outline_moves_no_camera() -> None:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    far = np.hypot(y - 36, x - 64) / 33
    inside = far < 1.0
    room = texture(3, HEIGHT, WIDTH)
    pictures = []
    for index in range(60):
        # A ball that grows from its middle, as one that turns towards the lens seems to.
        reach = np.exp(-0.1 * index / RATE)
        at_y, at_x = 200 + (y - 36) * reach, 350 + (x - 64) * reach
        ball = SCENE[np.rint(at_y).astype(int), np.rint(at_x).astype(int)]
        pictures.append(np.where(inside, 0.3 + 0.3 * ball, room))
    middles, _ = measured(pictures)
    assert abs(middles["zoom_speed"]) < 0.02
    assert abs(middles["pan_speed"]) < 0.02


def test_a_short_or_flat_shot_has_no_shake() -> None:
    _, short = measured([view()] * 5)
    assert short.shake_rms is None
    times = [(index * 40_000_000, np.full((36, 64), 80, np.uint8)) for index in range(50)]
    flat = camera_motion([(time, picture / 255.0) for time, picture in times[::STEP]], times, None)
    assert flat.shake_rms is None
    assert flat.curves[0] == []
