"""Batches for supervised fine-tuning: only the response is learnt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sv6d.errors import TrainingError
from sv6d.model.inputs import chat_text, encode
from sv6d.train.rows import Clips, Row

# What a loss passes over, in PyTorch and transformers.
IGNORED = -100


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
        texts = [chat_text(self._processor, row.prompt, row.response) for row in rows]
        batch = dict(encode(self._processor, [self._clips[row.row_id] for row in rows], texts))
        labels = batch["input_ids"].clone()
        tokenizer = self._processor.tokenizer
        for index, row in enumerate(rows):
            response = tokenizer(row.response + tokenizer.eos_token, add_special_tokens=False)["input_ids"]
            # Counted from the end: the batch is padded on the left.
            if batch["input_ids"][index, -len(response) :].tolist() != response:
                raise TrainingError(
                    f"row {row.row_id} has no response to learn",
                    found=f"...{tokenizer.decode(batch['input_ids'][index, -len(response) :])!r}",
                    wanted=f"a prompt that ends with the response {row.response!r}",
                    next_step="the chat template must put the response last, in tokens of its own",
                )
            labels[index, : -len(response)] = IGNORED
        batch["labels"] = labels
        return batch
