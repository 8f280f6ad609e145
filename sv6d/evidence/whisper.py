"""What is said, heard by a Whisper model that the user has, through faster-whisper (the extra `transcript`)."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from sv6d.errors import ModelError
from sv6d.evidence.config import TranscriptConfig
from sv6d.evidence.sound import Sound
from sv6d.io import sha256_file
from sv6d.timeline import NS_PER_S
from sv6d.video.subtitles import SaidLine, Subtitles, plain_text

_PACKAGE = "faster-whisper"
# The files of a model converted by CTranslate2 that decide what it says.
_WEIGHTS = "model.bin"
_FILES = (_WEIGHTS, "config.json", "tokenizer.json")
_HASH_DIGITS = 12


def whisper_build(config: TranscriptConfig) -> str | None:
    """Package and weights that a transcript is heard by; None where no model is given.

    Raises:
        ModelError: the package or a file of the model is missing, or the weights are not the pinned ones.
    """
    if config.model is None:
        return None
    folder = Path(config.model)
    try:
        package = version(_PACKAGE)
    except PackageNotFoundError as error:
        raise ModelError(
            "speech can not be heard",
            found=f"evidence.transcript.model names {config.model}, but {_PACKAGE} is not installed",
            wanted=f"{_PACKAGE} as pinned in the extra transcript",
            next_step="pip install 'sv6d[transcript]', or set evidence.transcript.model to null",
        ) from error
    missing = [name for name in _FILES if not (folder / name).is_file()]
    if missing:
        raise ModelError(
            "the speech model is not whole",
            found=f"no {', '.join(missing)} in {config.model}",
            wanted=f"a folder with {', '.join(_FILES)}: a Whisper model converted for CTranslate2",
            next_step="correct evidence.transcript.model in params.yaml",
        )
    digest = sha256_file(folder / _WEIGHTS)
    if digest != config.model_sha256:
        raise ModelError(
            "the speech model is another one than was pinned",
            found=f"SHA-256 {digest} of {_WEIGHTS}",
            wanted=f"{config.model_sha256} (evidence.transcript.model_sha256)",
            next_step="write the hash that was found into params.yaml if this is the model that you mean",
        )
    return f"{_PACKAGE} {package} {digest[:_HASH_DIGITS]}"


def hear(sound: Sound, config: TranscriptConfig) -> Subtitles:
    """The lines that the model hears in the sound, with times on its timeline. Searched greedily, without chance.

    Raises:
        ModelError: see `whisper_build`; or the model can not be loaded.
    """
    whisper_build(config)
    # Installed with the extra alone, and slow to load.
    from faster_whisper import WhisperModel

    assert config.model is not None
    try:
        model: Any = WhisperModel(
            config.model, device="cpu", compute_type="int8", cpu_threads=1, num_workers=1, local_files_only=True
        )
    except (RuntimeError, ValueError, OSError) as error:
        raise ModelError(
            "the speech model can not be loaded",
            found=f"{type(error).__name__}: {error}",
            wanted="a Whisper model converted for CTranslate2",
            next_step="convert it again, or set evidence.transcript.model to null",
        ) from error
    segments, info = model.transcribe(
        np.nan_to_num(sound.samples),
        language=config.language,
        beam_size=1,
        temperature=0.0,
        condition_on_previous_text=False,  # one misheard passage must not spoil the next
        vad_filter=True,  # without it the model invents words over music and silence
    )
    lines = [SaidLine(round(one.start * NS_PER_S), round(one.end * NS_PER_S), plain_text(one.text)) for one in segments]
    return Subtitles(tuple(sorted(line for line in lines if line.text and line.end_ns > line.start_ns)), info.language)
