"""The stage `base_model`: what training starts from, pinned file by file."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

from sv6d.artifacts import Counts, Job
from sv6d.errors import ModelError
from sv6d.io import read_json, sha256_file, write_json
from sv6d.model.config import BaseModelConfig

# Made by `make base`, shipped with the package: `model/` and `card.json`.
SHIPPED = Path(__file__).parent / "tiny"
TINY = "tiny"

# What a model folder may hold. Weights come as safetensors only: other formats can run code.
_PATTERNS = ("*.safetensors", "*.json", "*.jinja", "*.txt")
_COMMIT = re.compile(r"[0-9a-f]{40}")


def run(config: BaseModelConfig, job: Job) -> Counts:
    """Write `model/` (what transformers loads) and `card.json` (name, revision, hashes, frame sampling).

    Counts: items (files), bytes.

    Raises:
        ModelError: there is no such model, it has no safetensors weights, or the shipped files are
            not those of their card.
    """
    source = _source(config, job)
    folder = job.out / "model"
    folder.mkdir()
    files = sorted({path for pattern in _PATTERNS for path in source.glob(pattern)})
    if not any(path.suffix == ".safetensors" for path in files):
        raise ModelError(
            f"{config.name} has no weights that can be used",
            found=f"{[path.name for path in files] or 'no model files'} in {source}",
            wanted="weights as *.safetensors beside config.json",
            next_step="convert the weights to safetensors, or name another model in params.yaml",
        )
    for done, path in enumerate(files, start=1):
        shutil.copyfile(path, folder / path.name)
        job.events.progress("files", done, len(files))
    hashes = {path.name: sha256_file(folder / path.name) for path in files}
    card: dict[str, Any] = {
        "name": Path(config.name).name if Path(config.name).is_dir() else config.name,
        "revision": config.revision,
        "files": hashes,
        "sampling": config.sampling.model_dump(),
    }
    if config.name == TINY:
        card["pretraining"] = _shipped_card(hashes, config)
    write_json(job.out / "card.json", card)
    return {"items": len(files), "bytes": sum((folder / path.name).stat().st_size for path in files)}


def _source(config: BaseModelConfig, job: Job) -> Path:
    """Folder that holds the model's files."""
    if config.name == TINY:
        return SHIPPED / "model"
    if Path(config.name).is_dir():
        return Path(config.name)
    if not _COMMIT.fullmatch(config.revision):
        raise ModelError(
            f"{config.name} is not pinned",
            found=f"no such folder, and revision {config.revision!r}",
            wanted="a folder, or a hub's name with the 40 hex digits of a commit as revision",
            next_step="correct base_model in params.yaml",
        )
    return _download(config, job)


def _download(config: BaseModelConfig, job: Job) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, RepositoryNotFoundError

    job.events.message(f"fetching {config.name} at {config.revision[:12]}")
    try:
        return Path(
            snapshot_download(
                config.name, revision=config.revision, allow_patterns=list(_PATTERNS), cache_dir=job.cache / "hub"
            )
        )
    except (HfHubHTTPError, LocalEntryNotFoundError, RepositoryNotFoundError, OSError) as error:
        raise ModelError(
            f"{config.name} can not be fetched",
            found=f"{type(error).__name__}: {error}",
            wanted="a model hub within reach, or the model's folder on this machine",
            next_step="unset HF_HUB_OFFLINE where there is a network, or name a local folder in params.yaml",
        ) from error


def _shipped_card(hashes: dict[str, str], config: BaseModelConfig) -> dict[str, Any]:
    """How the shipped model was made; refuses files that are not those that were measured.

    It learnt from pictures that were rendered and not decoded, so that its card names no reader.
    """
    card: dict[str, Any] = read_json(SHIPPED / "card.json")
    if card["files"] != hashes or card["sampling"] != config.sampling.model_dump(exclude={"reader"}):
        changed = sorted(name for name in {*hashes, *card["files"]} if hashes.get(name) != card["files"].get(name))
        raise ModelError(
            "the shipped model is not the one that its card describes",
            found=f"changed files: {changed}; sampling {config.sampling.model_dump()}",
            wanted=f"the files of the card, and sampling {card['sampling']}",
            next_step="reinstall the package or run `make base`; keep the card's sampling in params.yaml",
        )
    return {name: card[name] for name in ("recipe", "num_samples", "num_parameters", "held_out")}
