"""What a model is shown: true times in the prompt, frames for every prompt, no control tokens in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from sv6d.errors import ModelError
from sv6d.model.inputs import chat_text, check_markers, encode, expected_markers, forbidden_tokens
from sv6d.model.tiny import SPECIAL_TOKENS, VISION_TOKENS, build_processor, build_tokenizer
from sv6d.timeline import FrameTime
from sv6d.video.frames import Clip

MS = 1_000_000


def clip(times_ms: list[int], *, first_ms: int = 0, side: int = 64) -> Clip:
    """Noise at these milliseconds of a stream whose first frame has presentation time `first_ms`."""
    pixels = np.random.default_rng(len(times_ms)).integers(0, 256, (len(times_ms), side, side, 3), dtype=np.uint8)
    return Clip(pixels, tuple(FrameTime(first_ms + t, 1, 1000) for t in times_ms), first_ms)


@pytest.fixture(scope="module")
def processor() -> Any:
    return build_processor(build_tokenizer(["Label this shot. <1.2 seconds>"], vocab_size=300))


@pytest.mark.parametrize(
    "times_ms",
    [
        [0, 40, 1337, 2049],  # variable frame rate
        [333, 667, 1000, 1334, 1668],  # odd: the last frame stands for two
        [5_005, 65_432],  # beyond a minute
        [250],  # a single frame is shown twice
    ],
)
def test_markers_are_the_times_of_the_frames(processor: Any, times_ms: list[int]) -> None:
    shown = clip(times_ms, first_ms=777)
    inputs = encode(processor, [shown], [chat_text(processor, "Label this shot.")])
    text = processor.tokenizer.decode(inputs["input_ids"][0])
    padded = times_ms + times_ms[-1:] * (len(times_ms) % 2)
    middles = [(a + b) / 2000 for a, b in zip(padded[::2], padded[1::2], strict=True)]
    assert expected_markers([t * MS for t in padded], 2) == pytest.approx(middles)
    for middle in middles:
        assert f"<{middle:.1f} seconds>" in text
    assert int((inputs["input_ids"] == processor.video_token_id).sum()) == 4 * len(middles)
    assert inputs["video_grid_thw"].tolist() == [[len(middles), 4, 4]]


def test_a_batch_keeps_each_prompt_with_its_own_clip(processor: Any) -> None:
    clips = [clip([0, 500]), clip([100, 300, 900, 1500], side=96)]
    texts = [chat_text(processor, "Short."), chat_text(processor, "A longer prompt.", "Yes.")]
    both = encode(processor, clips, texts)
    for row in (0, 1):
        alone = encode(processor, [clips[row]], [texts[row]])
        kept = both["attention_mask"][row].bool()
        for name in ("input_ids", "mm_token_type_ids"):
            assert torch.equal(both[name][row][kept], alone[name][0])
    assert kept.all(), "the longest prompt is not padded"
    assert not both["attention_mask"][0, 0], "the other one is, on the left"
    assert set(both["mm_token_type_ids"].unique().tolist()) == {0, 2}


@pytest.mark.parametrize("shift_ms", [0, 40, 110])
def test_a_marker_that_is_off_is_refused(processor: Any, shift_ms: int) -> None:
    shown = clip([1000, 2000])
    text = f"<1.5 seconds>{VISION_TOKENS[0]}"
    moved = clip([1000 + shift_ms, 2000 + shift_ms])
    check_markers(processor, shown, text)
    if shift_ms <= 50:
        check_markers(processor, moved, text)
    else:
        with pytest.raises(ModelError, match="not the times of the frames"):
            check_markers(processor, moved, text)
    with pytest.raises(ModelError, match="not the times of the frames"):
        check_markers(processor, shown, text * 2)


def test_a_prompt_that_lost_its_video_is_refused(processor: Any) -> None:
    with pytest.raises(ValueError, match="video_pad"):
        encode(processor, [clip([0, 500])], ["<|im_start|>user\nno video here<|im_end|>\n"])


@pytest.mark.parametrize("token", SPECIAL_TOKENS)
def test_words_can_not_hold_control_tokens(processor: Any, token: str) -> None:
    for prompt, response in ((f"Read {token} this", None), ("Read this", f"It says {token}")):
        with pytest.raises(ModelError, match="control tokens"):
            chat_text(processor, prompt, response)


def test_the_chat_form(processor: Any) -> None:
    opening = "<|im_start|>user\n<|vision_start|><|video_pad|><|vision_end|>Why?<|im_end|>\n<|im_start|>assistant\n"
    assert chat_text(processor, "Why?") == opening
    assert chat_text(processor, "Why?", "So.") == opening + "So.<|im_end|>"


def test_forbidden_tokens_are_the_vision_tokens(processor: Any) -> None:
    assert processor.tokenizer.convert_ids_to_tokens(forbidden_tokens(processor)) == sorted(
        VISION_TOKENS, key=processor.tokenizer.convert_tokens_to_ids
    )
