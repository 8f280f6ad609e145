"""What a written file says of itself: the times of its frames and its video's facts, for truths to rest on."""

from __future__ import annotations

from pathlib import Path

from sv6d.io import sha256_file
from sv6d.schema.document import Context, FrameRef, Video
from sv6d.timeline import FrameTime, pts_to_ns
from sv6d.video.reader import open_video, orientation_of
from sv6d.video.walk import shown_size


def read_back(path: Path, context: Context | None = None) -> tuple[Video, list[FrameTime]]:
    """The video of a file, and the times of its frames, as they are read.

    Raises:
        DecodeError: the file can not be read.
    """
    times: list[FrameTime] = []
    height_px = width_px = duration = 0
    with open_video(path) as file:
        for frame in file.decode():
            if not times:
                height_px, width_px = shown_size(file, frame, orientation_of(frame))
            times.append(file.frame_time(frame))
            duration = frame.duration or 0
        has_sound = len(file.container.streams.audio) > 0
        base = file.time_base
    last_ns = pts_to_ns(times[-1].pts - times[0].pts, base.numerator, base.denominator)
    video = Video(
        sha256=sha256_file(path),
        duration_ns=last_ns + pts_to_ns(duration, base.numerator, base.denominator),
        width_px=width_px,
        height_px=height_px,
        num_frames=len(times),
        has_sound=has_sound,
        first_frame=FrameRef(pts=times[0].pts, time_base_num=base.numerator, time_base_den=base.denominator),
        context=context,
    )
    return video, times
