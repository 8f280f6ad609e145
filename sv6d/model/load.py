"""Load a model artifact and let it answer about clips: the tiny model and an 8B one alike."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sv6d.errors import ModelError
from sv6d.model.answer import Answer, Request
from sv6d.model.inputs import chat_text, encode, forbidden_tokens
from sv6d.model.sampling import FrameSampling, read_sampling
from sv6d.model.torchvision_shim import ensure_torchvision_importable

ensure_torchvision_importable()

import torch  # noqa: E402
from transformers import AutoModelForImageTextToText, AutoProcessor, GenerationConfig  # noqa: E402


def resolve_device(device: str) -> torch.device:
    """`auto` is the GPU where there is one; else the named device."""
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device(device)


def load_parts(folder: Path, *, device: str) -> tuple[Any, Any]:
    """(model, processor) of a folder that transformers can load; float32 on a CPU, bfloat16 on a GPU.

    Only local files are read, weights only from safetensors, and no code from the folder is run.

    Raises:
        ModelError: the folder does not hold a video-language model.
    """
    target = resolve_device(device)
    dtype = torch.float32 if target.type == "cpu" else torch.bfloat16
    try:
        processor = AutoProcessor.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        model = AutoModelForImageTextToText.from_pretrained(
            folder, dtype=dtype, local_files_only=True, trust_remote_code=False, use_safetensors=True
        )
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(
            f"{folder} can not be loaded",
            found=f"{type(error).__name__}: {error}",
            wanted="a Qwen3-VL folder: config.json, safetensors weights, processor and tokenizer files",
            next_step="rebuild the artifact, or correct the model's name in params.yaml",
        ) from error
    # Where it was loaded from is no property of a model, and must not be written with it.
    model.config._name_or_path = ""
    model.name_or_path = ""
    return model.to(target), processor


class VideoLanguageModel:
    """A loaded model: weights (with an adapter, if one was given), processor and frame sampling."""

    def __init__(self, model: Any, processor: Any, sampling: FrameSampling) -> None:
        self.model = model.eval()
        self.processor = processor
        self.sampling = sampling

    def generate(self, requests: Sequence[Request], *, max_new_tokens: int, batch_size: int) -> list[str]:
        """The greedy answer to each request, in order, without special tokens.

        Same requests, same batch size, same device: same answers. Tokens that stand for vision
        features are never written.
        """
        answers = self.answers(requests, max_new_tokens=max_new_tokens, batch_size=batch_size)
        return [answer.text for answer in answers]

    def answers(self, requests: Sequence[Request], *, max_new_tokens: int, batch_size: int) -> list[Answer]:
        """As `generate`, with the probability that the model gave to each token it wrote."""
        config = GenerationConfig(
            do_sample=False,
            max_new_tokens=max_new_tokens,
            suppress_tokens=forbidden_tokens(self.processor),
            eos_token_id=self.model.generation_config.eos_token_id,
            pad_token_id=self.processor.tokenizer.pad_token_id,
            output_scores=True,
            return_dict_in_generate=True,
        )
        answers: list[Answer] = []
        for start in range(0, len(requests), batch_size):
            batch = requests[start : start + batch_size]
            texts = [chat_text(self.processor, request.prompt) for request in batch]
            inputs = encode(self.processor, [request.clip for request in batch], texts).to(self.model.device)
            inputs["pixel_values_videos"] = inputs["pixel_values_videos"].to(self.model.dtype)
            with torch.inference_mode():
                output = self.model.generate(**inputs, generation_config=config)
            written = output.sequences[:, inputs["input_ids"].shape[1] :]
            chances = [
                torch.softmax(scores.float(), dim=-1).gather(1, written[:, step : step + 1])[:, 0]
                for step, scores in enumerate(output.scores)
            ]
            answers.extend(self._answer(*row) for row in zip(written, torch.stack(chances, dim=1), strict=True))
        return answers

    def _answer(self, ids: torch.Tensor, chances: torch.Tensor) -> Answer:
        tokenizer = self.processor.tokenizer
        special = set(tokenizer.all_special_ids)
        kept = [
            (token, chance)
            for token, chance in zip(ids.tolist(), chances.tolist(), strict=True)
            if token not in special
        ]
        return Answer(
            text=tokenizer.decode(ids, skip_special_tokens=True),
            tokens=tuple(tokenizer.decode([token]) for token, _ in kept),
            probabilities=tuple(chance for _, chance in kept),
        )


def load_model(folder: Path, *, adapter: Path | None, device: str) -> VideoLanguageModel:
    """The model of an artifact (`data/base_model`, `data/sft_checkpoint`, `data/grpo_checkpoint`).

    Args:
        folder: the artifact's folder, which holds `model/` and says how frames are sampled.
        adapter: a PEFT folder (`data/annotator/adapter`) to put on top, or None.
        device: "auto", "cpu" or "cuda".

    Raises:
        ModelError: no such model, or the adapter does not fit it.
    """
    sampling = read_sampling(folder)
    model, processor = load_parts(folder / "model", device=device)
    if adapter is not None:
        from peft import PeftModel

        try:
            model = PeftModel.from_pretrained(model, adapter, is_trainable=False)
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelError(
                f"adapter {adapter} does not fit {folder}",
                found=f"{type(error).__name__}: {error}",
                wanted="a PEFT adapter trained on this base model",
                next_step="rebuild the annotator",
            ) from error
    return VideoLanguageModel(model, processor, sampling)
