"""Settings of the stage `evidence`, and of what is computed from evidence."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sv6d.fingerprint import Config

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Positive = Annotated[float, Field(gt=0.0)]


class TextConfig(Config):
    """How on-screen text is looked for and read.

    Attributes:
        find_px: longer side of the pictures that lines are looked for in, and followed in.
        read_px: longer side, at most, of the pictures that lines are read from.
        look_step_ms: time between looks at the lines that are known, as near as frames allow.
        find_step_ms: time between searches for new lines, where the picture changes.
        least_confidence: of a string that is kept.
    """

    find_px: Annotated[int, Field(ge=128, le=2048)]
    read_px: Annotated[int, Field(ge=128, le=2048)]
    look_step_ms: Annotated[int, Field(gt=0)]
    find_step_ms: Annotated[int, Field(gt=0)]
    least_confidence: Annotated[float, Field(ge=0, le=1)]


class TranscriptConfig(Config):
    """By which model speech is heard where no subtitles tell it; all null: by none.

    Attributes:
        model: folder of a Whisper model converted for CTranslate2.
        model_sha256: of its `model.bin`.
        language: spoken, as a code such as en; null: the model decides.
    """

    model: str | None
    model_sha256: Sha256 | None
    language: str | None


class DetectorConfig(Config):
    """By which model things are found; detector null: by none, and they are unscored.

    Attributes:
        detector: an ONNX file that keeps the contract of its kind.
        detector_sha256: of the file.
        picture_px: longer side, at most, of the pictures that are looked at.
        step_ms: time between them, as near as frames allow.
        least_confidence: of a thing that is kept.
    """

    detector: str | None
    detector_sha256: Sha256 | None
    picture_px: Annotated[int, Field(ge=64, le=2048)]
    step_ms: Annotated[int, Field(gt=0)]
    least_confidence: Annotated[float, Field(gt=0, le=1)]


class FacesConfig(DetectorConfig):
    """By which model faces are found; its contract: `sv6d.evidence.faces`."""


class PeopleConfig(DetectorConfig):
    """By which model whole people are found; its contract: `sv6d.evidence.people`."""


class EvidenceConfig(Config):
    """What is looked at, and how finely.

    Attributes:
        picture_px: longer side of the pictures that are measured, and of keyframes.
        motion_px: longer side of the pictures that are aligned.
        motion_step_ms: time between aligned pictures, as near as frames allow.
        light_step_ms: time between pictures whose light is measured.
        jpeg_quality: of keyframes, 1 to 95.
        text: how on-screen text is read.
        transcript: by which model speech is heard.
        faces: by which model faces are found.
        people: by which model whole people are found.
        limit_s: seconds of wall time for one video.
    """

    picture_px: Annotated[int, Field(ge=64, le=1024)]
    motion_px: Annotated[int, Field(ge=48, le=512)]
    motion_step_ms: Annotated[int, Field(gt=0)]
    light_step_ms: Annotated[int, Field(gt=0)]
    jpeg_quality: Annotated[int, Field(ge=1, le=95)]
    text: TextConfig
    transcript: TranscriptConfig
    faces: FacesConfig
    people: PeopleConfig
    limit_s: Annotated[float, Field(gt=0)]


class TensionConfig(Config):
    """The scales and weights of shot-induced tension; see `sv6d.evidence.tension`.

    Attributes:
        full_pace_per_s: shots per second that count as 1.
        full_motion_per_s: camera motion, in frame sizes per second, that counts as 1.
        full_light_change: change of mean luma (0..1) against the shot before that counts as 1.
        weight_pace, weight_motion, weight_light: of the three parts.
    """

    full_pace_per_s: Positive
    full_motion_per_s: Positive
    full_light_change: Positive
    weight_pace: Positive
    weight_motion: Positive
    weight_light: Positive
