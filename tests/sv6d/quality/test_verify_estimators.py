"""Saturation, steadiness, shape and sound, on clips made so that each is known."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from sv6d.quality.verify.look import Look, look
from sv6d.quality.verify.movement import steadiness
from sv6d.quality.verify.shape import video_format
from sv6d.quality.verify.sound import audio_edit
from sv6d.quality.verify.tones import contrast, saturation
from sv6d.schema.document import Document
from sv6d.timeline import NS_PER_S, Span
from tests.sv6d.handmade import document

_RATE, _SOUND_HZ = 25, 16_000
_SECONDS = 2
_WHOLE = Span(0, _SECONDS * NS_PER_S)


def clip(path: Path, pictures: list[np.ndarray], sound: np.ndarray | None = None) -> Path:
    """A clip of RGB pictures, with mono sound in [-1, 1] if there is any."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=_RATE)
        stream.width, stream.height, stream.pix_fmt = pictures[0].shape[1], pictures[0].shape[0], "yuv444p"
        stream.codec_context.options = {"crf": "12"}
        stream.codec_context.thread_count = 1
        track = container.add_stream("aac", rate=_SOUND_HZ, layout="mono") if sound is not None else None
        for index, pixels in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, _RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if track is not None and sound is not None:
            samples = av.AudioFrame.from_ndarray(sound[None].astype(np.float32), format="fltp", layout="mono")
            samples.sample_rate, samples.pts, samples.time_base = _SOUND_HZ, 0, Fraction(1, _SOUND_HZ)
            container.mux(track.encode(samples))
            container.mux(track.encode(None))
    return path


def texture(seed: int, height_px: int = 200, width_px: int = 300) -> np.ndarray:
    """Grey blobs of 8 pixels, [height, width]."""
    rough = np.random.default_rng(seed).integers(40, 216, (height_px // 8, width_px // 8))
    return np.kron(rough, np.ones((8, 8), dtype=int)).astype(np.uint8)


def coloured(chroma: float) -> np.ndarray:
    """A picture whose channels lie `chroma` of the range apart."""
    grey = texture(1, 96, 160).astype(float) * 0.4 + 60.0
    return np.stack([grey + 255.0 * chroma, grey, grey + 127.0 * chroma], axis=2).clip(0, 255).astype(np.uint8)


def held(offsets: np.ndarray) -> list[np.ndarray]:
    """A window of 96 x 160 pixels on a still picture, at (down, right) offsets."""
    picture = np.repeat(texture(2)[:, :, None], 3, axis=2)
    return [np.ascontiguousarray(picture[40 + y : 136 + y, 60 + x : 220 + x]) for y, x in offsets]


@pytest.fixture
def said() -> Document:
    return document("one shot", (0.0, float(_SECONDS)), [{}])


@pytest.mark.parametrize(
    ("chroma", "value"), [(0.0, "black_and_white"), (0.025, "desaturated"), (0.085, "natural"), (0.2, "saturated")]
)
def test_how_strong_colours_are(tmp_path: Path, said: Document, chroma: float, value: str) -> None:
    seen = look(clip(tmp_path / "clip.mp4", [coloured(chroma)] * (_SECONDS * _RATE)))
    for claimed in ("black_and_white", "desaturated", "natural", "saturated"):
        answer = saturation(claimed, _WHOLE, said, seen)
        assert answer.state == ("verified" if claimed == value else "contradicted"), answer


@pytest.mark.parametrize(("span", "value"), [(20, "low_contrast"), (170, "medium_contrast"), (0, "high_contrast")])
def test_how_far_brightness_is_spread(tmp_path: Path, said: Document, span: int, value: str) -> None:
    """Blocks of 32 pixels: of even spread over a range of levels, or (0) black and white."""
    rng = np.random.default_rng(4)
    chequers = 255 * (np.arange(15).reshape(3, 5) % 2)
    levels = rng.integers(128 - span // 2, 128 + span // 2 + 1, (3, 5)) if span else chequers
    picture = np.repeat(np.kron(levels, np.ones((32, 32), dtype=int))[:, :, None], 3, axis=2).astype(np.uint8)
    seen = look(clip(tmp_path / "clip.mp4", [picture] * (_SECONDS * _RATE)))
    for claimed in ("low_contrast", "medium_contrast", "high_contrast"):
        answer = contrast(claimed, _WHOLE, said, seen)
        assert answer.state == ("verified" if claimed == value else "contradicted"), answer


def test_how_quietly_the_frame_is_held(tmp_path: Path, said: Document) -> None:
    frames = _SECONDS * _RATE
    jolts = np.random.default_rng(3).integers(-5, 6, (frames, 2))
    paths = {
        "fixed": np.zeros((frames, 2), dtype=int),
        "stable": np.stack([np.zeros(frames, dtype=int), np.arange(frames)], axis=1),
        "shaky": jolts,
    }
    for value, offsets in paths.items():
        seen = look(clip(tmp_path / f"{value}.mp4", held(offsets)))
        answers = {claimed: steadiness(claimed, _WHOLE, said, seen) for claimed in paths}
        assert {claimed: answer.state for claimed, answer in answers.items()} == {
            claimed: "verified" if claimed == value else "contradicted" for claimed in paths
        }, answers


def test_the_shape_is_that_of_the_picture_as_shown(tmp_path: Path, said: Document) -> None:
    for value, (height_px, width_px) in {"vertical": (160, 90), "square": (96, 96), "horizontal": (90, 160)}.items():
        picture = np.zeros((height_px, width_px, 3), np.uint8)
        seen = look(clip(tmp_path / f"{value}.mp4", [picture] * 5))
        for claimed in ("vertical", "square", "horizontal"):
            answer = video_format(claimed, Span(0, 5 * NS_PER_S // _RATE), said, seen)
            assert answer.state == ("verified" if claimed == value else "contradicted")


def heard(folder: Path, name: str, sound: np.ndarray | None) -> Look:
    return look(clip(folder / f"{name}.mp4", [coloured(0.1)] * (_SECONDS * _RATE), sound))


def test_silence_is_told_from_sound(tmp_path: Path, said: Document) -> None:
    time_s = np.arange(_SECONDS * _SOUND_HZ) / _SOUND_HZ
    tone = 0.3 * np.sin(2 * np.pi * 440.0 * time_s)
    silent, loud, without = (
        heard(tmp_path, "silent", 0.0002 * tone),
        heard(tmp_path, "loud", tone),
        heard(tmp_path, "without", None),
    )
    for seen in (silent, without):
        assert audio_edit("silence", _WHOLE, said, seen).state == "verified"
        assert audio_edit("music", _WHOLE, said, seen).state == "contradicted"
        assert audio_edit("beat_sync", _WHOLE, said, seen).reason == "no_estimator"
    assert audio_edit("silence", _WHOLE, said, loud).state == "contradicted"
    assert audio_edit("voice_over", _WHOLE, said, loud).reason == "no_estimator"
    assert audio_edit("music", Span(5 * NS_PER_S, 6 * NS_PER_S), said, loud).reason == "too_short"
