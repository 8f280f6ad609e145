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
    Stat("roll_speed", "motion", "radians_per_s", "mean turn of the picture, clockwise positive", True),
    Stat(
        "shake_rms", "motion", "frame_heights", "root mean square of the path around its own one-second parabola", True
    ),
    Stat("subject_speed", "motion", "frame_heights_per_s", "of what moves by itself, mean over all with texture", True),
    Stat("luma_mean", "light", "share", "mean brightness", True),
    Stat("luma_std", "light", "share", "standard deviation of brightness: contrast", True),
    Stat("red_minus_blue", "colour", "share", "mean of red minus blue; above 0 is warm", True),
    Stat("chroma_mean", "colour", "share", "mean of the largest minus the smallest colour channel", True),
    Stat("sharpness", "keyframe", "luma_squared", "variance of the Laplacian", True),
    Stat("sharpness_ratio", "keyframe", "ratio", "variance of the Laplacian by that of luma", True),
    Stat("score", "boundary", "share", "the detector's certainty", True),
    Stat("wipe", "boundary", "share", "the detector's certainty where it tells a wipe", True),
    Stat("whip_pan", "boundary", "share", "the detector's certainty where it tells a whip", True),
    Stat("zoom_transition", "boundary", "share", "the detector's certainty where it tells a zoom", True),
    Stat("flash", "boundary", "share", "the detector's certainty where it tells a flash", True),
    Stat("mean_shot_length", "boundary", "s", "duration by number of shots", True),
    Stat("num_mixed_frames", "boundary", "frames", "frames that show both shots, or the colour between them", False),
    Stat("loudness", "sound", "dbfs", "root mean square level; 0 is the loudest", True),
    Stat("silence", "sound", "share", "time below -60 dB full scale", True),
    Stat("onset_rate", "sound", "per_s", "beginnings of sounds", True),
    Stat("speech_likeness", "sound", "share", "how much it sounds like speech, mean over time", True),
    Stat("music_likeness", "sound", "share", "how much it sounds like music, mean over time", True),
    Stat("tempo", "sound", "beats_per_min", "of the beat; null where none holds", True),
    Stat("beat_strength", "sound", "share", "of the changes of the sound that repeat at the beat's period", True),
    Stat("cuts_on_beat", "sound", "share", "hard cuts within 70 ms of a beat", True),
    Stat("cuts_on_beat_by_chance", "sound", "share", "of random cuts that would lie there", True),
    Stat("cuts_on_beat_luck", "sound", "share", "probability that as many random cuts would", True),
    Stat("beat_distance", "sound", "s", "from a hard cut to the nearest beat, positive where the cut is later", True),
    Stat("speech_share", "speech", "share", "time under lines that are said", True),
    Stat("l_cut", "speech", "s", "how long a line that was begun before a cut goes on after it", True),
    Stat("j_cut", "speech", "s", "how long before a cut a line begins that is said after it", True),
    Stat("letterbox", "layout", "share", "of the picture in flat bars at opposite sides; the box is the image", True),
    Stat("window", "layout", "share", "of the picture that stands still around a window; the box is the window", True),
    Stat("picture_in_picture", "layout", "share", "of the picture that an inset takes; the box is the inset", True),
    Stat("split_screen", "layout", "parts", "side by side or over each other; the box is the first", True),
    Stat(
        "blurred_fill", "layout", "share", "of the picture in a blurred copy of its image; the box is the image", True
    ),
    Stat("card", "layout", "share", "of flat pixels of a still page of writing or drawing", True),
    Stat("subtitle_band", "layout", "share", "time under a line of subtitles; the box is about them", True),
    Stat("face_count", "box", "faces", "middle over the looks", True),
    Stat("face_height", "box", "share", "of the picture's height, the largest face; the box is that face", True),
    Stat("person_count", "box", "people", "middle over the looks", True),
    Stat("person_height", "box", "share", "of the picture's height, the largest person; the box is that person", True),
    Stat("person_whole", "box", "share", "of the looks in which the picture holds all of the largest person", True),
    Stat("aspect_ratio", "layout", "ratio", "width by height of the picture as shown", False),
)
