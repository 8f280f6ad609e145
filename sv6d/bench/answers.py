"""What models answered, kept batch by batch: a measurement that was cut off, or whose other models changed, asks
only for what nobody has asked yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from sv6d.artifacts import Job, read_record
from sv6d.bench.config import BenchmarkScoresConfig
from sv6d.bench.frames import Shown
from sv6d.fingerprint import code_version, fingerprint, import_closure
from sv6d.io import write_bytes
from sv6d.model.answer import Request
from sv6d.model.load import VideoLanguageModel, load_model
from sv6d.model.sampling import FrameSampling
from sv6d.video.windows import reader_build


class Respondent:
    """A model artifact that is asked; loaded when the first batch is asked that is not kept.

    The unit that is kept is the batch, because its padding bears on the rounding: the same items give the same
    batches, and so the same bytes, whether or not some of them were answered before.
    """

    def __init__(self, word: str, job: Job, config: BenchmarkScoresConfig, sampling: FrameSampling) -> None:
        self._folder = job.inputs[word]
        self._job = job
        self._config = config
        self._model: VideoLanguageModel | None = None
        self._identity: Mapping[str, Any] = {
            "model": read_record(self._folder).digest,
            "code": code_version(import_closure("sv6d.bench.answers")),
            "reader": reader_build(sampling.reader),
            "sampling": sampling.as_dict(),
            "max_new_tokens": config.max_new_tokens,
        }

    def responses(self, shown: Sequence[Shown]) -> Iterator[tuple[Shown, str | None, bool]]:
        """Each item, its completion (None where there were no frames to show), and whether it was asked just now.

        What is kept comes first.
        """
        size = self._config.batch_size
        batches = [shown[start : start + size] for start in range(0, len(shown), size)]
        places = [self._place(batch) for batch in batches]
        kept = [place.is_file() for place in places]
        for index in sorted(range(len(batches)), key=lambda i: not kept[i]):
            batch, place = batches[index], places[index]
            if not kept[index]:
                write_bytes(place, orjson.dumps(self._ask(batch)))
            written = iter(orjson.loads(place.read_bytes()))
            yield from ((one, next(written) if one.clip is not None else None, not kept[index]) for one in batch)

    def _place(self, batch: Sequence[Shown]) -> Path:
        """Where the answers to the items of a batch that can be shown are kept."""
        asked = [(o.item.video_id, o.item.start_ns, o.item.end_ns, o.item.prompt) for o in batch if o.clip is not None]
        key = fingerprint({**self._identity, "asked": asked})
        return self._job.cache / "answers" / key[:2] / f"{key}.json"

    def _ask(self, batch: Sequence[Shown]) -> list[str]:
        if self._model is None:
            self._model = load_model(self._folder, adapter=None, device=self._job.runtime.device)
        requests = [Request(one.clip, one.item.prompt) for one in batch if one.clip is not None]
        config = self._config
        return self._model.generate(requests, max_new_tokens=config.max_new_tokens, batch_size=config.batch_size)
