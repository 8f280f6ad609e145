"""The formats of reels by name, and `plan_reel`: from a seed to the script of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sv6d.errors import ConfigError
from sv6d.studio.config import StudioConfig
from sv6d.studio.draft import Draft
from sv6d.studio.edited_formats import beats, edited, shop, split, window
from sv6d.studio.plain_formats import live, screen, slides, talk
from sv6d.studio.reel import Reel
from sv6d.studio.seeds import corpus_seed, generator

FORMATS: Mapping[str, Callable[[Draft], None]] = {
    "beats": beats,
    "edited": edited,
    "live": live,
    "screen": screen,
    "shop": shop,
    "slides": slides,
    "split": split,
    "talk": talk,
    "window": window,
}
# Fixed for ever: part of the seed of each format's reels.
_NUMBERS = {name: 32 + number for number, name in enumerate(FORMATS)}


def plan_reel(name: str, index: int, config: StudioConfig) -> Reel:
    """Reel `index` of a format, of the config's seed. Variants of a format take turns by index.

    Raises:
        ConfigError: there is no such format.
    """
    if name not in FORMATS:
        raise ConfigError(
            "there is no such format",
            found=name,
            wanted=", ".join(FORMATS),
            next_step="correct --formats",
        )
    seed = corpus_seed(config, index)
    draft = Draft(name, seed, index, generator(seed, _NUMBERS[name]))
    FORMATS[name](draft)
    return draft.reel()
