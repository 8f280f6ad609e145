"""The statistics that checks are declared on: name, kind of evidence, unit and sign."""

from __future__ import annotations

from dataclasses import dataclass

from sv6d.schema.field import EvidenceKind


@dataclass(frozen=True, slots=True)
class Stat:
    """A number that evidence may state.

    `measured` is whether this version measures it from pictures and sound; the others are stated by
    whoever brings them along, and a value that needs one of them can not be checked here.
    """

    name: str
    kind: EvidenceKind
    unit: str
    about: str
    measured: bool


STATS: tuple[Stat, ...] = (
    Stat("pan_speed", "motion", "frame_widths_per_s", "mean turn of the camera, right positive", True),
    Stat("tilt_speed", "motion", "frame_heights_per_s", "mean turn of the camera, up positive", True),
    Stat("zoom_speed", "motion", "log_scale_per_s", "mean growth of the picture, in positive", True),
    Stat("residual", "motion", "share", "pixels that do not follow the camera", True),
    Stat("roll_speed", "motion", "radians_per_s", "mean turn of the picture, clockwise positive", False),
    Stat("shake_rms", "motion", "frame_heights", "root mean square of the path around its own half-second mean", False),
    Stat("luma_mean", "light", "share", "mean brightness", True),
    Stat("luma_std", "light", "share", "standard deviation of brightness: contrast", True),
    Stat("red_minus_blue", "colour", "share", "mean of red minus blue; above 0 is warm", True),
    Stat("chroma_mean", "colour", "share", "mean of the largest minus the smallest colour channel", True),
    Stat("sharpness", "keyframe", "luma_squared", "variance of the Laplacian", True),
    Stat("score", "boundary", "share", "the detector's certainty", True),
    Stat("mean_shot_length", "boundary", "s", "duration by number of shots", True),
    Stat("num_mixed_frames", "boundary", "frames", "frames that show both shots, or the colour between them", False),
    Stat("loudness", "sound", "dbfs", "root mean square level; 0 is the loudest", True),
    Stat("silence", "sound", "share", "time below -60 dB full scale", True),
    Stat("aspect_ratio", "layout", "ratio", "width by height of the picture as shown", False),
)
