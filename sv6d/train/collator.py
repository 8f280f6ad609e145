"""Batches for supervised fine-tuning: only the response is learnt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sv6d.model.inputs import encode_lesson
from sv6d.train.rows import Clips, Row


class ResponseCollator:
    """Rows to model inputs with `labels`: int64 [batch, tokens], `IGNORED` but for the response and its end.

    Takes the dataset's rows (`{"row_id": ...}`); the clips are held here, since a table of pixels
    would be copied by every step of the data pipeline.
    """

    def __init__(self, processor: Any, rows: Sequence[Row], clips: Clips) -> None:
        self._processor = processor
        self._rows = {row.row_id: row for row in rows}
        self._clips = clips

    def __call__(self, features: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        rows = [self._rows[feature["row_id"]] for feature in features]
        return encode_lesson(
            self._processor,
            [self._clips[row.row_id] for row in rows],
            [row.prompt for row in rows],
            [row.response for row in rows],
            [row.row_id for row in rows],
        )
