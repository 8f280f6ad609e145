"""The public labels of the SHOT test set (AutoShot, Zhu et al., CVPR workshops 2023), as truths of this benchmark.

`kuaishou_v2.txt` of github.com/wentaozhu/AutoShot: a line `NAME.mp4 LAST_FRAME`, then a line per change, `a,b`: last
frame of the old shot and first of the new one, counted from 0; further apart for a gradual change. The last pair of
most videos is where they end. Typed by hand: stray commas, a dot for a comma and pairs in the wrong order occur; such
a pair that can not be read, or does not rise, is left out and counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sv6d.errors import InputError

SHOT_SLACK_FRAMES = 2.0  # as TransNetV2 and AutoShot are scored
AUTOSHOT_F1 = 0.841  # on these 200 videos, at its best threshold (the authors' evaluation script); TransNetV2 0.799
_HEAD = re.compile(r"(\S+\.mp4)\s+(\d+)")
_PAIR = re.compile(r"(\d+)[.,]+\s*(\d+)[.,]*")
_NEAR_END_FRAMES = 12  # measured: the closing pair of the first hundred videos lies so far before the end


@dataclass
class ShotLabels:
    """Truths by file name, and the lines of which nothing could be made."""

    videos: dict[str, dict[str, Any]] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)


def parse_shot_labels(text: str) -> ShotLabels:
    """The labels of all videos; the first frame of each new shot, and [first, last] mixed frames of gradual changes."""
    labels = ShotLabels()
    video: dict[str, Any] | None = None
    last_frame = 0
    for line in map(str.strip, text.splitlines()):
        head, pair = _HEAD.fullmatch(line), _PAIR.fullmatch(line)
        if head:
            last_frame = int(head[2])
            video = labels.videos[head[1]] = {"file": head[1], "hard_cuts": [], "gradual": []}
        elif pair and video is not None and int(pair[2]) - int(pair[1]) > 0:
            old, new = int(pair[1]), int(pair[2])
            if new >= last_frame - _NEAR_END_FRAMES:
                continue
            if new == old + 1:
                video["hard_cuts"].append(new)
            else:
                video["gradual"].append([old + 1, new - 1])
        elif line:
            labels.unread.append(line)
    return labels


def read_shot_labels(path: Path, folder: Path) -> dict[str, Any]:
    """The labels of those videos that lie in `folder`, by name.

    Raises:
        InputError: none of them is there.
    """
    labels = parse_shot_labels(path.read_text(encoding="utf-8"))
    there = {name: video for name, video in labels.videos.items() if (folder / name).is_file()}
    if not there:
        raise InputError(
            f"none of the labelled videos is in {folder}",
            found=f"{len(labels.videos)} labelled videos, the first {next(iter(labels.videos), 'none')}",
            wanted="a folder with the videos of the SHOT test set, all in one",
            next_step="download them as github.com/wentaozhu/AutoShot says, and put them into one folder",
        )
    print(f"SHOT: {len(there)} of {len(labels.videos)} labelled videos; {len(labels.unread)} lines could not be read")
    return there
