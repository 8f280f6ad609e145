"""Settings of the sections `feedbench` and `benchmark_scores` of `params.yaml`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sv6d.fingerprint import Config
from sv6d.tasks.config import QuestionLimits


class FeedbenchConfig(Config):
    """What FeedBench asks.

    Attributes:
        limits: windows that are asked about.
        min_items: fewer items than this are no benchmark, and the stage is red.
        max_per_kind: items of one kind at most, so that no kind outweighs the others.
        max_answer_share: of a kind's items that one answer may be right for, where there are others.
    """

    limits: QuestionLimits
    min_items: Annotated[int, Field(ge=1)]
    max_per_kind: Annotated[int, Field(ge=1)]
    max_answer_share: Annotated[float, Field(gt=0.0, le=1.0)]


class BenchmarkScoresConfig(Config):
    """How models are asked and how sure the scores are.

    Attributes:
        max_new_tokens: an answer's length at most.
        batch_size: items asked at once; it changes the order of floating point sums.
        num_resamples: of the bootstrap over videos.
        interval_share: of the resamples that lie inside an interval, in (0, 1).
        seed: of the bootstrap.
        max_undecoded_share: more items than this share without frames make the stage red.
    """

    max_new_tokens: Annotated[int, Field(ge=1)]
    batch_size: Annotated[int, Field(ge=1)]
    num_resamples: Annotated[int, Field(ge=100)]
    interval_share: Annotated[float, Field(gt=0.0, lt=1.0)]
    seed: Annotated[int, Field(ge=0, lt=1 << 63)]
    max_undecoded_share: Annotated[float, Field(ge=0.0, lt=1.0)]
