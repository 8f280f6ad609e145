"""Reading the manifest: the rows of `raw_videos`, and the way from a video's id to its bytes."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import orjson

from sv6d.errors import ArtifactError
from sv6d.io import sha256_file
from sv6d.schema.document import Context, FrameRef, Video
from sv6d.video.sources import read_sources
from sv6d.video.subtitles import SaidLine, Subtitles
from sv6d.video.tables import SUBTITLES, VIDEOS

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Probe:
    """What was read of a file. Fields as the columns of `VIDEOS` of the same names."""

    container: str
    codec: str
    pixel_format: str
    width_px: int
    height_px: int
    turned_deg: int
    duration_ns: int
    num_frames: int
    num_unordered: int
    variable_rate: bool
    first_pts: int
    time_base_num: int
    time_base_den: int
    has_sound: bool


@dataclass(frozen=True, slots=True)
class VideoRow(Probe):
    """One usable video. Columns of `VIDEOS`, where each is documented."""

    video_id: str
    uri: str
    source: str
    bytes: int
    split: str
    cluster_id: str
    licence: str
    origin: str
    context_json: str | None
    reader: str
    perceptual_hashes: tuple[str, ...]

    def as_video(self) -> Video:
        """The part of an SV6D document that names the video."""
        return Video(
            sha256=self.video_id,
            duration_ns=self.duration_ns,
            width_px=self.width_px,
            height_px=self.height_px,
            num_frames=self.num_frames,
            has_sound=self.has_sound,
            first_frame=FrameRef(
                pts=self.first_pts, time_base_num=self.time_base_num, time_base_den=self.time_base_den
            ),
            context=Context.model_validate(orjson.loads(self.context_json)) if self.context_json else None,
        )


def read_videos(folder: Path) -> list[VideoRow]:
    """All rows of the manifest in `folder` (`data/raw_videos`), sorted by video_id.

    Raises:
        ArtifactError: there is no manifest.
        SchemaError: it has other columns than this version's.
    """
    names = [field.name for field in fields(VideoRow)]
    rows = []
    for stored in VIDEOS.read(folder):
        values: dict[str, Any] = {name: stored[name] for name in names}
        values["perceptual_hashes"] = tuple(values["perceptual_hashes"])
        rows.append(VideoRow(**values))
    return rows


def read_sidecar_subtitles(folder: Path) -> dict[str, Subtitles]:
    """The subtitles beside each video, by video_id; only videos that have any.

    Raises:
        ArtifactError, SchemaError: the table is missing, or another version's.
    """
    lines: dict[str, list[SaidLine]] = {}
    for row in SUBTITLES.read(folder):
        line = SaidLine(row["start_ns"], row["end_ns"], row["text"])
        lines.setdefault(row["video_id"], []).append(line)
    return {video_id: Subtitles(tuple(said), "") for video_id, said in lines.items()}


class Locator:
    """Finds a video's file by its id through `inputs/sources.json`, and makes sure of its bytes."""

    def __init__(self, sources: Path) -> None:
        listed = read_sources(sources)
        self._sources = sources
        self._candidates: dict[str, list[Path]] = {}
        for entry in listed.files:
            self._candidates.setdefault(entry.sha256, []).append(listed.path_of(entry))
        self._sure: dict[str, Path] = {}

    def path(self, video_id: str) -> Path:
        """The file with these bytes. Hashed once per Locator.

        Raises:
            ArtifactError: no listed file has them any more.
        """
        if video_id not in self._sure:
            candidates = self._candidates.get(video_id, [])
            found = next((p for p in candidates if p.is_file() and sha256_file(p) == video_id), None)
            if found is None:
                raise ArtifactError(
                    f"video {video_id[:12]} is gone",
                    found=f"no file with these bytes; listed: {[str(p) for p in candidates] or 'nothing'}",
                    wanted=f"the file that {self._sources} listed when the manifest was made",
                    next_step="put the file back, or list the sources again and rebuild raw_videos",
                )
            self._sure[video_id] = found
        return self._sure[video_id]
