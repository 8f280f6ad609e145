"""What models answered, kept batch by batch: a measurement that was cut off, or whose other models changed, asks
only for what nobody has asked yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from sv6d.artifacts import Job, read_record
from sv6d.batch.keyed_map import Item, Outcome, prepared_map
from sv6d.bench.config import BenchmarkScoresConfig
from sv6d.bench.frames import Shown
from sv6d.errors import ArtifactError
from sv6d.fingerprint import code_version, fingerprint, import_closure
from sv6d.model.answer import Request
from sv6d.model.asked import BATCH_LIMIT_S, MAX_MEMORY_BYTES, AskedModel, answering_slots
from sv6d.model.sampling import FrameSampling
from sv6d.video.windows import read_clip, reader_build

if TYPE_CHECKING:
    from sv6d.model.load import VideoLanguageModel


@dataclass(frozen=True, slots=True)
class Answered:
    """An item, what a model wrote about it and how many frames it was shown: both None where there were none."""

    shown: Shown
    response: str | None
    num_frames: int | None


@dataclass(frozen=True)
class Batch:
    """Items that are asked at once: the files of their frames, and their prompts. Goes to a worker process."""

    clips: tuple[Path, ...]
    prompts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Respondent(AskedModel):
    """A model that is measured."""

    max_new_tokens: int

    def answer(self, model: VideoLanguageModel, payload: Any) -> bytes:
        """JSON: [completion, number of frames shown] of each item of a `Batch`, in its order."""
        batch: Batch = payload
        requests = [Request(read_clip(clip), text) for clip, text in zip(batch.clips, batch.prompts, strict=True)]
        written = model.generate(requests, max_new_tokens=self.max_new_tokens, batch_size=len(requests))
        num_frames = [len(request.clip.frame_times) for request in requests]
        return orjson.dumps(list(zip(written, num_frames, strict=True)))


def ask(
    name: str, folder: Path, shown: Sequence[Shown], *, sampling: FrameSampling, config: BenchmarkScoresConfig, job: Job
) -> list[Answered]:
    """Each item with what the model in `folder` wrote about it, in the given order.

    The unit that is kept, and given to one of the processes that answer, is the batch, because its padding bears on
    the rounding: the same items give the same batches, and so the same bytes, whoever is asked and whether or not some
    of them were answered before. `name` is for people.

    Raises:
        ArtifactError: a batch could not be answered; the others are kept.
        WorkerError: the model can not be loaded.
    """
    # What can not be shown leaves its place empty, so that the other batches stay as they are.
    parts = [shown[start : start + config.batch_size] for start in range(0, len(shown), config.batch_size)]
    batches = [batch for part in parts if (batch := [one for one in part if one.clip is not None])]
    identity = {
        "model": read_record(folder).digest,
        "code": code_version(import_closure("sv6d.bench.answers")),
        "reader": reader_build(sampling.reader),
        "sampling": sampling.as_dict(),
        "max_new_tokens": config.max_new_tokens,
    }
    slots, device = answering_slots(job.runtime)
    outcomes = prepared_map(
        Respondent(folder=folder.absolute(), adapter=None, device=device, max_new_tokens=config.max_new_tokens),
        [_item(batch, identity) for batch in batches],
        cache=job.cache / "answers",
        slots=slots,
        limit_s=BATCH_LIMIT_S,
        max_memory_bytes=MAX_MEMORY_BYTES,
        events=job.events,
        unit=f"batches of {name}",
        fetch=lambda missing: [item.payload for item in missing],
    )
    said: dict[str, tuple[str, int]] = {}
    for batch, outcome in zip(batches, outcomes, strict=True):
        written = orjson.loads(_value(name, batch, outcome))
        said.update((one.item.item_id, tuple(answer)) for one, answer in zip(batch, written, strict=True))
    return [Answered(one, *said.get(one.item.item_id, (None, None))) for one in shown]


def _item(batch: Sequence[Shown], identity: Mapping[str, Any]) -> Item:
    asked = [(one.item.video_id, one.item.start_ns, one.item.end_ns, one.item.prompt) for one in batch]
    payload = Batch(
        clips=tuple(one.clip for one in batch if one.clip is not None),
        prompts=tuple(one.item.prompt for one in batch),
    )
    return Item(fingerprint({**identity, "asked": asked}), payload)


def _value(name: str, batch: Sequence[Shown], outcome: Outcome) -> bytes:
    value = outcome.value
    if value is None:
        raise ArtifactError(
            f"{name} can not be asked about {len(batch)} items",
            found=f"{outcome.failure}; the first of them: {batch[0].item.item_id}",
            wanted="an answer of the model to each of them",
            next_step="look at the model and the memory of the machine; the other batches are kept, and the next run "
            "asks for this one alone",
        )
    return value
