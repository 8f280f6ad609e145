from __future__ import annotations

import pytest

from sv6d.errors import ConfigError
from sv6d.stages import STAGES, WORDS, downstream_of, stage_of


def test_inputs_come_before_their_users() -> None:
    seen: set[str] = set()
    for stage in STAGES:
        assert set(stage.inputs) <= seen, stage.word
        seen.add(stage.word)


def test_the_users_seven_words_are_the_main_group() -> None:
    main = [stage.word for stage in STAGES if stage.group == "main"]
    assert main == [
        "raw_videos",
        "shots",
        "annotations",
        "filtered_corpus",
        "sft_checkpoint",
        "grpo_checkpoint",
        "benchmark_scores",
    ]


def test_downstream_follows_every_path() -> None:
    assert downstream_of("benchmark_scores") == ()
    assert downstream_of("raw_videos") == tuple(word for word in WORDS if word not in ("raw_videos", "base_model"))
    assert downstream_of("rl_tasks") == ("grpo_checkpoint", "benchmark_scores")


def test_an_unknown_word_is_named_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="found:  shot\n  wanted: one of raw_videos, shots"):
        stage_of("shot")
