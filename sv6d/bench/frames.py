"""The frames that a model is shown for each item, or the reason why there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sv6d.artifacts import Job
from sv6d.bench.items import Item
from sv6d.errors import ArtifactError
from sv6d.model.sampling import FrameSampling
from sv6d.video.manifest import Locator
from sv6d.video.windows import Framing, Window, sample_files


@dataclass(frozen=True, slots=True)
class Shown:
    """An item with the file of its frames (`read_clip`), or with the reason why there are none."""

    item: Item
    clip: Path | None
    failure: str | None


def show(items: Sequence[Item], sampling: FrameSampling, job: Job) -> list[Shown]:
    """Every item, in the given order. What was decoded once is found in `job.frames`.

    A video that fails takes only its own items with it: where all videos together do not decode,
    each is tried alone.
    """
    try:
        return _show(items, sampling, job)
    except ArtifactError:
        by_item: dict[str, Shown] = {}
        for video_id in sorted({item.video_id for item in items}):
            part = [item for item in items if item.video_id == video_id]
            by_item.update((one.item.item_id, one) for one in _show_one_video(part, sampling, job))
        return [by_item[item.item_id] for item in items]


def _show_one_video(items: Sequence[Item], sampling: FrameSampling, job: Job) -> list[Shown]:
    try:
        return _show(items, sampling, job)
    except ArtifactError as error:
        # Without `found`: it may name a path, and records hold none.
        return [Shown(item, None, error.what) for item in items]


def _show(items: Sequence[Item], sampling: FrameSampling, job: Job) -> list[Shown]:
    windows = [Window(item.video_id, item.start_ns, item.end_ns) for item in items]
    files = sample_files(
        windows,
        Framing(**sampling.as_dict()),
        locator=Locator(job.runtime.sources),
        cache=job.frames,
        workers=job.runtime.workers,
        events=job.events,
    )
    return [Shown(item, files[window], None) for item, window in zip(items, windows, strict=True)]
