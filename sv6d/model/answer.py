"""A question about a clip, and what a model wrote. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass

from sv6d.video.frames import Clip


@dataclass(frozen=True, slots=True)
class Request:
    """One question about one clip."""

    clip: Clip
    prompt: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model wrote, without special tokens.

    Attributes:
        text: all of it.
        tokens: its pieces; joined they are the text, but for characters that several tokens share.
        probabilities: that the model gave to each piece, in [0, 1].
    """

    text: str
    tokens: tuple[str, ...]
    probabilities: tuple[float, ...]
