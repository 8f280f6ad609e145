"""Settings as a person types them, `sft_checkpoint.lr=1e-5`, written into a params file; nothing else in it changes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

import yaml

from sv6d.errors import Sv6dError

# What people who train models type without thinking.
_SHORT_NAMES = {"lr": "learning_rate"}
_NUM_SHOWN = 3


class SettingError(Sv6dError):
    """A setting that is not understood, or that a params file does not have."""


def write_settings(path: Path, given: Sequence[str]) -> dict[str, str]:
    """Set `WORD.KEY=VALUE` pairs in a params file; returns what was set: full key to the value's text.

    A key that lies deeper needs its last name alone where its section has one of that name:
    `sft_checkpoint.learning_rate` is `sft_checkpoint.optimizer.learning_rate`, and so is `sft_checkpoint.lr`.
    Values are YAML, and one that the file's other readers would take for text is written as the number it is.

    Raises:
        SettingError: a pair is not understood, or there is no such key or more than one.
    """
    text = path.read_text()
    found = {}
    for key, value in map(_split, given):
        places = dict(_places(yaml.compose(text, yaml.SafeLoader)))
        full = _full_key(key, list(places), path)
        text = _replaced(text, places[full], _with_point(value))
        found[full] = value
    path.write_text(text)
    return found


def _split(pair: str) -> tuple[str, str]:
    key, found, value = pair.partition("=")
    if not found or "." not in key:
        raise SettingError(
            "a setting is not understood",
            found=pair,
            wanted="WORD.KEY=VALUE, as in sft_checkpoint.lr=1e-5",
            next_step="correct SET=",
        )
    return key, value


def _places(node: yaml.Node | None, outer: str = "") -> Iterator[tuple[str, yaml.Node]]:
    """Every key, dotted, whole groups of settings among them, and where in the text its value stands."""
    for name, value in node.value if isinstance(node, yaml.MappingNode) else ():
        yield f"{outer}{name.value}", value
        yield from _places(value, f"{outer}{name.value}.")


def _replaced(text: str, node: yaml.Node, value: str) -> str:
    """The text with another value in that place; a comment behind it stays where it is, if there is room."""
    begin, end = node.start_mark.index, node.end_mark.index
    tail = text[end:]
    padding = len(tail) - len(tail.lstrip(" "))
    if tail[padding : padding + 1] == "#":
        tail = " " * max(1, padding - len(value) + end - begin) + tail[padding:]
    return text[:begin] + value + tail


def _with_point(value: str) -> str:
    """`1e-5` is a number in YAML 1.2, as DVC reads it, and text in YAML 1.1: `1.0e-5` is a number in both."""
    return re.sub(r"^([-+]?\d+)([eE][-+]?\d+)$", r"\1.0\2", value)


def _full_key(key: str, keys: Sequence[str], path: Path) -> str:
    if key in keys:
        return key
    word, _, rest = key.partition(".")
    *outer, last = rest.split(".")
    names = {".".join((*outer, name)) for name in (last, _SHORT_NAMES.get(last, last))}
    found = [
        each for each in keys if each.startswith(f"{word}.") and each.endswith(tuple(f".{name}" for name in names))
    ]
    if len(found) == 1:
        return found[0]
    near = found or get_close_matches(key, keys, _NUM_SHOWN) or [each for each in keys if each.startswith(f"{word}.")]
    raise SettingError(
        "there is more than one such setting" if found else "there is no such setting",
        found=key,
        wanted=f"a key of {path.name}",
        next_step=f"write one of: {', '.join(near)}" if near else f"sections are: {', '.join(_sections(keys))}",
    )


def _sections(keys: Sequence[str]) -> list[str]:
    return sorted(key for key in keys if "." not in key)
