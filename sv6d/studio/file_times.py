"""When the frames of a written file are shown: what the spans of a truth follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sv6d.schema.document import FrameRef
from sv6d.timeline import FrameTime, Span, pts_to_ns


@dataclass(frozen=True, slots=True)
class FileTimes:
    """When the frames of a file are shown. `duration_ns` is the end of the last one."""

    frames: Sequence[FrameTime]
    duration_ns: int

    def edge_ns(self, index: int) -> int:
        """Start of frame `index` on the timeline, or the end of the video."""
        if index >= len(self.frames):
            return self.duration_ns
        time = self.frames[index]
        return pts_to_ns(time.pts - self.frames[0].pts, time.time_base_num, time.time_base_den)

    def span(self, first: int, end: int) -> Span:
        """Of frames [first, end)."""
        return Span(self.edge_ns(first), self.edge_ns(end))

    def ref(self, index: int) -> FrameRef:
        time = self.frames[index]
        return FrameRef(pts=time.pts, time_base_num=time.time_base_num, time_base_den=time.time_base_den)
