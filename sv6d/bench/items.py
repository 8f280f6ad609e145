"""Items of FeedBench: what is asked stands in one file, what is right in another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from sv6d.io import read_json, read_jsonl, write_json, write_jsonl
from sv6d.schema.document import Identifier, Part, Sha256, Share, Spanned

ITEMS_NAME, KEY_NAME, BASELINES_NAME = "items.jsonl", "key.jsonl", "baselines.json"


class Item(Spanned):
    """One question about the window [start_ns, end_ns) of a video of the test split. No answer.

    `cluster_id` names the video's near-duplicate cluster: items of one cluster are no independent
    measurements, so intervals are drawn over clusters.
    """

    item_id: Identifier
    video_id: Sha256
    cluster_id: Sha256
    kind: str
    prompt_id: str
    prompt: Annotated[str, Field(min_length=1)]


class Key(Part):
    """The right answer to one item, and who says so.

    `labels` are ids in the expert's document; `document` is the fingerprint of that document;
    `measured` are ids of our own measurements inside the window, for whoever checks the key against
    the pixels. They had no part in making it.
    """

    item_id: Identifier
    answer: Annotated[str, Field(min_length=1)]
    producer: Literal["expert", "studio"]
    document: Sha256
    labels: tuple[Identifier, ...]
    measured: tuple[Identifier, ...]


class Baselines(Part):
    """Answers without looking, learnt from expert documents of the training split, and blind chance.

    Attributes:
        best_constant: the one answer per kind that is right most often there.
        best_constant_per_prompt: the same per wording of the prompt ("cut 1", "cut 2"); a prompt
            that training documents do not ask is answered by its kind's best constant.
        chance: expected accuracy per kind of a uniform guess, in [0, 1].
        num_training_questions: per kind, what the constants were learnt from.
    """

    best_constant: Mapping[str, str]
    best_constant_per_prompt: Mapping[str, str]
    chance: Mapping[str, Share]
    num_training_questions: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Items with their answers, in the order of item ids, and the baselines."""

    items: tuple[Item, ...]
    answers: Mapping[str, str]
    baselines: Baselines


def write_benchmark(folder: Path, items: list[Item], keys: list[Key], baselines: Baselines) -> None:
    """Write the three files, sorted by item id."""
    write_jsonl(folder / ITEMS_NAME, [item.model_dump(mode="json") for item in _by_id(items)])
    write_jsonl(folder / KEY_NAME, [key.model_dump(mode="json") for key in sorted(keys, key=lambda key: key.item_id)])
    write_json(folder / BASELINES_NAME, baselines.model_dump(mode="json"))


def read_benchmark(folder: Path) -> Benchmark:
    """The items of a `feedbench` artifact with their answers."""
    items = tuple(Item.model_validate(row) for row in read_jsonl(folder / ITEMS_NAME))
    keys = [Key.model_validate(row) for row in read_jsonl(folder / KEY_NAME)]
    baselines = Baselines.model_validate(read_json(folder / BASELINES_NAME))
    return Benchmark(items, {key.item_id: key.answer for key in keys}, baselines)


def _by_id(items: list[Item]) -> list[Item]:
    return sorted(items, key=lambda item: item.item_id)
