"""Cues against pictures and sounds whose numbers are known."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from scipy.ndimage import affine_transform, gaussian_filter

from sv6d.evidence.light import light_of, luma_of
from sv6d.evidence.motion import align, classify_movement, shrink
from sv6d.evidence.sharpness import sharpness, sharpness_ratio
from sv6d.evidence.sound import RATE_HZ, decibels, levels

HEIGHT, WIDTH = 72, 128


def texture(seed: int, height: int = HEIGHT, width: int = WIDTH) -> np.ndarray:
    noise = gaussian_filter(np.random.default_rng(seed).standard_normal((height, width)), 2.0)
    return (noise - noise.min()) / (noise.max() - noise.min())


def moved(scene: np.ndarray, right: float, down: float, log_scale: float) -> np.ndarray:
    """The middle of a larger scene, its content shifted and grown about the picture's centre."""
    scale = np.exp(-log_scale)
    centre = np.array([(HEIGHT - 1) / 2, (WIDTH - 1) / 2])
    origin = (np.array(scene.shape) - 1) / 2
    offset = origin - scale * (centre + np.array([down, right]))
    return affine_transform(scene, np.eye(2) * scale, offset, output_shape=(HEIGHT, WIDTH), order=3)


@pytest.mark.parametrize(
    ("right", "down", "log_scale"),
    [(0, 0, 0), (3.5, 0, 0), (-6.2, 0, 0), (0, 4.3, 0), (0, -2.1, 0), (0, 0, 0.05), (0, 0, -0.04), (2.5, -1.5, 0.03)],
)
def test_known_motion_is_recovered(right: float, down: float, log_scale: float) -> None:
    scene = texture(1, 160, 260)
    motion = align(moved(scene, 0, 0, 0), moved(scene, right, down, log_scale))
    assert motion is not None
    assert motion.right_px == pytest.approx(right, abs=0.3)
    assert motion.down_px == pytest.approx(down, abs=0.3)
    assert motion.log_scale == pytest.approx(log_scale, abs=0.006)


def test_a_moving_subject_and_a_standing_overlay_count_little() -> None:
    scene = texture(2, 160, 260)
    before, after = moved(scene, 0, 0, 0), moved(scene, 4, 0, 0)
    subject = texture(3, 24, 24)
    before[20:44, 30:54], after[20:44, 22:46] = subject, subject  # the other way, twice as fast
    band = texture(4, 10, WIDTH)
    before[-10:], after[-10:] = band, band
    motion = align(before, after)
    assert motion is not None
    assert motion.right_px == pytest.approx(4.0, abs=0.4)
    assert motion.log_scale == pytest.approx(0.0, abs=0.01)
    assert motion.residual_share > 0.05


def test_a_flat_picture_has_no_motion() -> None:
    assert align(np.full((HEIGHT, WIDTH), 0.5), np.full((HEIGHT, WIDTH), 0.7)) is None


def test_shrinking_keeps_means() -> None:
    luma = texture(5, 360, 640)
    assert shrink(luma, 128).shape == (72, 128)
    assert shrink(luma, 128).mean() == pytest.approx(luma.mean(), abs=1e-9)


@pytest.mark.parametrize(
    ("speeds", "value"),
    [
        ((0.2, 0.01, 0.0), "pan_right"),
        ((-0.2, 0.01, 0.0), "pan_left"),
        ((0.0, 0.2, 0.0), "tilt_up"),
        ((0.01, -0.2, 0.02), "tilt_down"),
        ((0.0, 0.0, 0.3), "zoom_in"),
        ((0.02, 0.0, -0.3), "zoom_out"),
        ((0.01, -0.01, 0.01), "static"),
    ],
)
def test_movements_are_told_apart(speeds: tuple[float, float, float], value: str) -> None:
    found, margin = classify_movement(*speeds)
    assert found == value
    assert margin > 0


def test_light_and_colour_of_known_pictures() -> None:
    red = np.zeros((8, 8, 3), np.uint8)
    red[..., 0] = 255
    light = light_of(red)
    assert light.luma_mean == pytest.approx(0.299)
    assert light.luma_std == pytest.approx(0.0)
    assert light.red_minus_blue == pytest.approx(1.0)
    assert light.chroma_mean == pytest.approx(1.0)
    grey = light_of(np.full((8, 8, 3), 51, np.uint8))
    assert (grey.luma_mean, grey.red_minus_blue, grey.chroma_mean) == (pytest.approx(0.2), 0.0, 0.0)


def test_blur_lowers_sharpness() -> None:
    picture = texture(6)
    soft = gaussian_filter(picture, 2.0)
    assert sharpness(soft) < 0.2 * sharpness(picture)
    ratio = sharpness_ratio(picture)
    assert ratio is not None
    assert (sharpness_ratio(soft) or 1.0) < 0.5 * ratio
    assert sharpness_ratio(0.3 + 0.4 * picture) == pytest.approx(ratio)
    assert sharpness_ratio(np.full((20, 20), 0.5)) is None
    assert luma_of(np.full((2, 2, 3), 255, np.uint8)).max() == pytest.approx(1.0)


def write_sound(path: Path, samples: np.ndarray | None) -> None:
    """A second of black pictures, with 16-bit sound where `samples` is given."""
    with av.open(str(path), "w", format="matroska") as container:
        video = container.add_stream("mpeg4", rate=10)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        audio = container.add_stream("pcm_s16le", rate=RATE_HZ, layout="mono") if samples is not None else None
        for _ in range(20):
            container.mux(video.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), "rgb24")))
        container.mux(video.encode(None))
        if audio is not None and samples is not None:
            pcm = (samples * 32767).astype(np.int16)[None]
            frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="mono")
            frame.sample_rate = RATE_HZ
            container.mux(audio.encode(frame))
            container.mux(audio.encode(None))


def test_sound_level_of_a_known_tone(tmp_path: Path) -> None:
    time_s = np.arange(2 * RATE_HZ) / RATE_HZ
    tone = 0.5 * np.sin(2 * np.pi * 440 * time_s)
    tone[RATE_HZ:] = 0.0
    write_sound(tmp_path / "a.mkv", tone)
    found = levels(tmp_path / "a.mkv", 0)
    assert found is not None
    loud = [level.dbfs for level in found if level.time_ns < 900_000_000]
    silent = [level.dbfs for level in found if 1_100_000_000 < level.time_ns < 1_900_000_000]
    assert loud
    assert silent
    assert all(value == pytest.approx(20 * np.log10(0.5 / np.sqrt(2)), abs=0.1) for value in loud)
    assert all(value == pytest.approx(decibels(0.0)) for value in silent)


def test_a_clip_without_sound_has_no_level(tmp_path: Path) -> None:
    write_sound(tmp_path / "a.mkv", None)
    assert levels(tmp_path / "a.mkv", 0) is None
