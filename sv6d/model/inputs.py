"""From clips and words to what a Qwen3-VL takes, with the clips' real times in the prompt.

The processor writes a marker such as `<3.2 seconds>` before each group of frames. It computes the
marker from frame indices and a frame rate, and wrong ones shift every learnt time without an error
(QwenLM/Qwen3-VL PR 2117). Here the indices are milliseconds at 1000 per second, taken from
presentation times, and every prompt is read back and compared with the clip.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from sv6d.errors import ModelError, TrainingError
from sv6d.model.torchvision_shim import ensure_torchvision_importable
from sv6d.video.frames import Clip

ensure_torchvision_importable()

from transformers import BatchFeature  # noqa: E402
from transformers.video_utils import VideoMetadata  # noqa: E402

# What a loss passes over, in PyTorch and transformers.
IGNORED = -100
_MARKERS_PER_S = 1000.0  # indices are milliseconds
_NS_PER_MS = 1e6
# A marker has one decimal, so it may differ from the time it stands for by half a tenth.
MARKER_TOLERANCE_S = 0.05
_ROUNDING_S = 1e-6
_MARKER = re.compile(r"<(\d+\.\d) seconds><\|vision_start\|>")


def user_turn(prompt: str) -> list[dict[str, Any]]:
    """The one message of a question: the video, then the words."""
    return [{"role": "user", "content": [{"type": "video"}, {"type": "text", "text": prompt}]}]


def chat_text(processor: Any, prompt: str, response: str | None = None) -> str:
    """The prompt as the chat template writes it, up to where the model answers, or with the answer.

    Raises:
        ModelError: the words hold one of the tokenizer's special tokens. Text from pixels or from a
            sidecar is data; it must not close a turn or claim vision features.
    """
    for text in (prompt, response or ""):
        found = [token for token in processor.tokenizer.all_special_tokens if token in text]
        if found:
            raise ModelError(
                "a prompt or response holds control tokens",
                found=f"{found} in {text[:80]!r}",
                wanted="plain words",
                next_step="remove or escape them where the text enters the corpus",
            )
    opening: str = processor.apply_chat_template(user_turn(prompt), tokenize=False, add_generation_prompt=True)
    if response is None:
        return opening
    return f"{opening}{response}{processor.tokenizer.eos_token}"


def encode(processor: Any, clips: Sequence[Clip], texts: Sequence[str]) -> BatchFeature:
    """Model inputs for as many clips as texts (from `chat_text`), padded on the left.

    Returns:
        input_ids, attention_mask, mm_token_type_ids (2 where a token stands for frames):
        int64 [batch, tokens]; pixel_values_videos: float32 [patches of all clips, patch values];
        video_grid_thw: int64 [batch, 3], patches in time, height, width.

    Raises:
        ModelError: a marker in a prompt is not its frames' time, or a prompt lost its frames.
    """
    videos, metadata = [], []
    for clip in clips:
        pixels_THWC, times_ns = _at_least_two(clip)
        videos.append(pixels_THWC)
        # A fresh list each time: the processor pads it in place.
        indices = [time_ns / _NS_PER_MS for time_ns in times_ns]
        metadata.append(VideoMetadata(total_num_frames=len(indices), fps=_MARKERS_PER_S, frames_indices=indices))
    inputs: BatchFeature = processor(
        text=list(texts),
        videos=videos,
        video_metadata=metadata,
        do_sample_frames=False,
        padding=True,
        padding_side="left",
        return_tensors="pt",
        add_special_tokens=False,
    )
    _check_vision_tokens(processor, inputs)
    for clip, ids in zip(clips, inputs["input_ids"], strict=True):
        check_markers(processor, clip, processor.tokenizer.decode(ids))
    return inputs


def encode_lesson(
    processor: Any, clips: Sequence[Clip], prompts: Sequence[str], responses: Sequence[str], names: Sequence[str]
) -> dict[str, Any]:
    """As `encode`, of prompts with their responses, and `labels`: int64 [batch, tokens], `IGNORED` but for
    the response and the token that ends it.

    Raises:
        TrainingError: a prompt does not end with its response; `names` tell which one.
    """
    texts = [chat_text(processor, *pair) for pair in zip(prompts, responses, strict=True)]
    batch = dict(encode(processor, clips, texts))
    labels = batch["input_ids"].clone()
    tokenizer = processor.tokenizer
    for index, (response, name) in enumerate(zip(responses, names, strict=True)):
        ids = tokenizer(response + tokenizer.eos_token, add_special_tokens=False)["input_ids"]
        # Counted from the end: the batch is padded on the left.
        if batch["input_ids"][index, -len(ids) :].tolist() != ids:
            raise TrainingError(
                f"row {name} has no response to learn",
                found=f"...{tokenizer.decode(batch['input_ids'][index, -len(ids) :])!r}",
                wanted=f"a prompt that ends with the response {response!r}",
                next_step="the chat template must put the response last, in tokens of its own",
            )
        labels[index, : -len(ids)] = IGNORED
    return {**batch, "labels": labels}


def _at_least_two(clip: Clip) -> tuple[np.ndarray[Any, Any], tuple[int, ...]]:
    """Frames and times; a single frame is shown twice, since the model joins frames in pairs."""
    if len(clip.times_ns) > 1:
        return clip.pixels_THWC, clip.times_ns
    return np.repeat(clip.pixels_THWC, 2, axis=0), clip.times_ns * 2


def expected_markers(times_ns: Sequence[int], group: int) -> list[float]:
    """Seconds that stand before each group of `group` frames: the middle of its first and last frame."""
    padded = [*times_ns, *[times_ns[-1]] * (-len(times_ns) % group)]
    edges = pairwise(range(0, len(padded) + 1, group))
    return [(padded[a] + padded[b - 1]) / 2 / _NS_PER_MS / _MARKERS_PER_S for a, b in edges]


def check_markers(processor: Any, clip: Clip, decoded: str) -> None:
    """Refuse a prompt whose time markers are not the clip's times within `MARKER_TOLERANCE_S`.

    Raises:
        ModelError: their number or a value differs.
    """
    found = [float(text) for text in _MARKER.findall(decoded)]
    wanted = expected_markers(_at_least_two(clip)[1], processor.video_processor.temporal_patch_size)
    close = len(found) == len(wanted) and all(
        abs(a - b) <= MARKER_TOLERANCE_S + _ROUNDING_S for a, b in zip(found, wanted, strict=True)
    )
    if not close:
        raise ModelError(
            "the time markers in the prompt are not the times of the frames",
            found=f"{found} s",
            wanted=f"{[round(value, 3) for value in wanted]} s, each within {MARKER_TOLERANCE_S} s",
            next_step="use the pinned transformers version; its processor may compute markers differently",
        )


def _check_vision_tokens(processor: Any, inputs: BatchFeature) -> None:
    counts = (inputs["input_ids"] == processor.video_token_id).sum(dim=1).tolist()
    merge = processor.video_processor.merge_size**2
    wanted = (inputs["video_grid_thw"].prod(dim=1) // merge).tolist()
    if counts != wanted or min(counts) == 0:
        raise ModelError(
            "a prompt does not hold the frames it is about",
            found=f"{counts} vision tokens per prompt",
            wanted=f"{wanted}, each above 0",
            next_step="the chat template must place exactly one video in the user's turn",
        )


def forbidden_tokens(processor: Any) -> list[int]:
    """Token ids that stand for vision features. A model that writes one breaks its next forward pass."""
    tokenizer = processor.tokenizer
    names = ("<|vision_start|>", "<|vision_end|>", "<|vision_pad|>", "<|image_pad|>", "<|video_pad|>")
    ids = [tokenizer.convert_tokens_to_ids(name) for name in names]
    return sorted({token for token in ids if token is not None and token != tokenizer.unk_token_id})
