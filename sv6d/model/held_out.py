"""How well a captioning model describes clips that it was never trained on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sv6d.model.answer import Request
from sv6d.model.captions import read_cuts
from sv6d.model.load import VideoLanguageModel
from sv6d.model.prompts import CLIP_CUTS
from sv6d.objective.intervals import Z_95, wilson_interval
from sv6d.schema.phrases import read_phrase
from sv6d.video.frames import Clip

_MAX_NEW_TOKENS = 80  # the longest caption has about 60
_BATCH_SIZE = 32
_DIGITS = 4


class Captioned(Protocol):
    """Frames with the prompt that asks about them and the right response."""

    @property
    def clip(self) -> Clip: ...
    @property
    def prompt(self) -> str: ...
    @property
    def response(self) -> str: ...


def measure(
    model: VideoLanguageModel, samples: Sequence[Captioned], training_responses: Sequence[str]
) -> dict[str, Any]:
    """Accuracy per field, beside the most frequent training answer; higher is better, all in [0, 1].

    A field is right when exactly the true values are written. `num_unread` counts parts of answers
    that could not be read; they are wrong. Intervals are Wilson's, 95 % (Wilson 1927).
    """
    requests = [Request(sample.clip, sample.prompt) for sample in samples]
    answers = model.generate(requests, max_new_tokens=_MAX_NEW_TOKENS, batch_size=_BATCH_SIZE)
    truths, given, num_unread = [], [], 0
    for sample, answer in zip(samples, answers, strict=True):
        true, said = read_caption(sample.prompt, sample.response)[0], read_caption(sample.prompt, answer)
        truths.append(true)
        given.append(said[0])
        num_unread += said[1]
    usual = _most_frequent(training_responses)
    fields: dict[str, Any] = {}
    for name in sorted({name for true in truths for name in true}):
        asked = [(true[name], said.get(name)) for true, said in zip(truths, given, strict=True) if name in true]
        fields[name] = {
            **share(sum(true == said for true, said in asked), len(asked)),
            "most_frequent": round(sum(true == usual.get(name) for true, _ in asked) / len(asked), _DIGITS),
        }
    return {"fields": fields, "num_samples": len(samples), "num_unread": num_unread}


def read_caption(prompt: str, text: str) -> tuple[dict[str, str], int]:
    """Values by field of a caption (lists of cuts give `num_shots` and `boundary_kinds`), and unread parts."""
    if prompt == CLIP_CUTS.text:
        cuts = read_cuts(text)
        if cuts is None:
            return {}, 1
        return {"num_shots": str(cuts[0]), "boundary_kinds": ",".join(kind for _, kind in cuts[1])}, 0
    values, num_unread = read_phrase(text)
    return {name: ",".join(chosen) for name, chosen in values.items()}, num_unread


def _most_frequent(responses: Sequence[str]) -> Mapping[str, str]:
    counts: dict[str, Counter[str]] = {}
    for response in responses:
        prompt = CLIP_CUTS.text if read_cuts(response) is not None else ""
        for name, value in read_caption(prompt, response)[0].items():
            counts.setdefault(name, Counter())[value] += 1
    return {name: min(counter, key=lambda value: (-counter[value], value)) for name, counter in counts.items()}


def share(num_right: int, num: int) -> dict[str, float]:
    """`accuracy` with its Wilson interval `low` to `high`, of `num` trials."""
    low, high = wilson_interval(num_right, num, Z_95)
    return {
        "accuracy": round(num_right / num, _DIGITS),
        "low": round(low, _DIGITS),
        "high": round(high, _DIGITS),
        "num": num,
    }
