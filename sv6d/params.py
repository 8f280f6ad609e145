"""`params.yaml`: one section per word, each a frozen Config; a wrong key is named with the allowed ones."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from sv6d.errors import ConfigError
from sv6d.fingerprint import Config
from sv6d.stages import STAGES, stage_of

# The rendered inputs have settings too, though they are no artifact of the flow.
STUDIO = "studio"
_FILE = "params.yaml"
SECTIONS: tuple[str, ...] = (STUDIO, *(stage.word for stage in STAGES))


def config_class(section: str) -> type[Config]:
    """The Config of a section: `RawVideosConfig` of `sv6d.video.config` for `raw_videos`."""
    room = STUDIO if section == STUDIO else stage_of(section).room
    name = "".join(part.capitalize() for part in section.split("_")) + "Config"
    found: type[Config] = getattr(import_module(f"sv6d.{room}.config"), name)
    return found


def nearest_params() -> Path:
    """The settings of the current folder, else those of the checkout that this code lies in; told on stderr then.

    For what answers about any file, wherever it is asked: what makes an artifact names its settings.
    """
    here, shipped = Path(_FILE), Path(__file__).resolve().parents[1] / _FILE
    if here.is_file() or not shipped.is_file():
        return here
    print(f"settings: {shipped}, as there is no {_FILE} here", file=sys.stderr)
    return shipped


def read_sections(path: Path) -> dict[str, dict[str, Any]]:
    """The raw sections of a params file.

    Raises:
        ConfigError: no such file, not YAML, an unknown or a missing section.
    """
    try:
        raw = yaml.safe_load(path.read_bytes())
    except FileNotFoundError as error:
        raise ConfigError(
            "there is no params file", found=str(path), wanted=_FILE, next_step="run from the project's folder"
        ) from error
    except yaml.YAMLError as error:
        raise ConfigError(
            f"{path.name} is not YAML", found=str(error), wanted="sections of keys and values", next_step="correct it"
        ) from error
    if not isinstance(raw, Mapping) or set(raw) != set(SECTIONS):
        found = set(raw) if isinstance(raw, Mapping) else {type(raw).__name__}
        raise ConfigError(
            f"{path.name} does not have the sections it should",
            found=f"unknown {sorted(map(str, found - set(SECTIONS)))}, missing {sorted(set(SECTIONS) - found)}",
            wanted=f"exactly {', '.join(SECTIONS)}",
            next_step="correct the names of the sections",
        )
    return {str(name): dict(section or {}) for name, section in raw.items()}


def read_config(path: Path, section: str) -> Config:
    """The Config of one section of a params file.

    Raises:
        ConfigError: a key is unknown, missing or has a value that is not allowed; all are named.
    """
    return make_config(section, read_sections(path)[section], path.name)


def make_config(section: str, values: Mapping[str, Any], file_name: str) -> Config:
    """A Config from raw values. Raises ConfigError as `read_config`."""
    kind = config_class(section)
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        problems = []
        for problem in error.errors():
            key = ".".join(map(str, problem["loc"])) or section
            if problem["type"] == "extra_forbidden":
                problems.append(f"unknown key {key}")
            elif problem["type"] == "missing":
                problems.append(f"missing key {key}")
            else:
                problems.append(f"{key}: {problem['msg']} (is {problem['input']!r})")
        raise ConfigError(
            f"section {section} of {file_name} is wrong",
            found="; ".join(problems),
            wanted=f"the keys {', '.join(sorted(kind.model_fields))}",
            next_step=f"correct {section} in {file_name}",
        ) from error


def validate_all(path: Path) -> dict[str, Config]:
    """Every section, validated: what a graph checks before it starts anything."""
    return {name: make_config(name, values, path.name) for name, values in read_sections(path).items()}
