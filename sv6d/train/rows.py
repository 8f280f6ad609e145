"""Rows to train on: a window of a video (or of a rendered studio clip), a prompt, a response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sv6d.artifacts import Job
from sv6d.model.sampling import FrameSampling
from sv6d.studio.clips import sample_plan
from sv6d.studio.pretraining import pretraining_plan
from sv6d.video.frames import Clip
from sv6d.video.manifest import Locator
from sv6d.video.windows import Framing, Window, sample_windows


@dataclass(frozen=True, slots=True)
class Row:
    """One training example. Exactly one of `video_id` and `studio_seed` is given."""

    row_id: str
    video_id: str | None
    studio_seed: int | None
    start_ns: int
    end_ns: int
    prompt: str
    response: str


# The clip of each row, by row id: sampled before training, so that no step waits for a decoder.
Clips = Mapping[str, Clip]


def load_clips(rows: Sequence[Row], sampling: FrameSampling, job: Job) -> dict[str, Clip]:
    """The clip of every row, by row id. Windows of videos are decoded once and kept in `job.frames`."""
    framing = Framing(**sampling.as_dict())
    windows = {row.row_id: Window(row.video_id, row.start_ns, row.end_ns) for row in rows if row.video_id is not None}
    sampled = sample_windows(
        list(windows.values()),
        framing,
        locator=Locator(job.runtime.sources),
        cache=job.frames,
        workers=job.runtime.workers,
        events=job.events,
    )
    clips = {row_id: sampled[window] for row_id, window in windows.items()}
    rendered = [row for row in rows if row.studio_seed is not None]
    for done, row in enumerate(rendered, start=1):
        assert row.studio_seed is not None
        plan = pretraining_plan(row.studio_seed)
        clips[row.row_id] = sample_plan(plan, start_ns=row.start_ns, end_ns=row.end_ns, **sampling.size())
        job.events.progress("replayed clips", done, len(rendered))
    return clips
