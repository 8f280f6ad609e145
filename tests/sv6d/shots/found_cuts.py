"""What the tests of shots go by: one configuration, and the cuts of a video that is made of pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sv6d.shots.config import ShotsConfig
from sv6d.shots.find import find_boundaries
from sv6d.shots.pictures import read_pictures
from tests.sv6d.video.made_videos import Picture, write_video

CONFIG = ShotsConfig(detector="blocks-8", limit_s=100)


def cuts_of(path: Path, frames: Sequence[Picture]) -> list[int]:
    """First frames of new shots; no boundary of another kind than a hard cut may be found."""
    pictures = read_pictures(write_video(path, frames, crf=23), None)
    found = find_boundaries(pictures, CONFIG)
    assert {item.kind for item in found} <= {"hard_cut"}
    return [pictures.times_ns.index(item.cut_ns) for item in found]
