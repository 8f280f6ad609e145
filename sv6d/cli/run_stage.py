"""One materialization: settings, inputs, the stage's verb, and the seal on what it made."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from sv6d.artifacts import Job, JobRuntime, Record, read_record, seal
from sv6d.errors import ArtifactError, ConfigError, InputError
from sv6d.events import Events
from sv6d.fingerprint import Config, code_version, fingerprint, import_closure
from sv6d.params import read_config
from sv6d.stages import STAGES, stage_of
from sv6d.train.ranks import leads, num_ranks

_WORK_NAME_DIGITS = 16  # of 64: a folder name; 64 bits do not collide among a project's runs


def run_stage(
    word: str, *, out: Path, data: Path, work: Path, params: Path, runtime: JobRuntime, events: Events
) -> Record | None:
    """Run a stage's verb into `out` and seal it there.

    Nothing outside `out` and `work` is written. The scratch folder is named by settings, inputs
    and code, so that a killed job is continued by the next one of the same kind. Of several
    processes that train together (`sv6d.train.ranks`) the leader does all of this; the others only
    help it, write nothing, and get None.

    Raises:
        Sv6dError: whatever the stage found; nothing is sealed then.
    """
    stage = stage_of(word)
    if num_ranks() > 1 and not stage.parallel:
        raise ConfigError(
            f"{word} runs as one process",
            found=f"{num_ranks()} processes (torchrun)",
            wanted=f"one; several may make {', '.join(one.word for one in STAGES if one.parallel)}",
            next_step=f"declare one GPU for {word} (needs in runtime.yaml)",
        )
    config = read_config(params, word)
    inputs = {name: data / name for name in stage.inputs}
    if out.exists() and any(out.iterdir()):
        raise InputError(
            "the staging folder is not empty",
            found=str(out),
            wanted="a new or empty folder",
            next_step="name another folder with --out, or remove this one",
        )
    digests = input_digests(word, config, inputs, runtime)
    scratch = work / word
    job = Job(
        word=word,
        inputs=inputs,
        out=out,
        work=scratch / work_name(word, config, digests),
        cache=scratch / "cache",
        frames=work / "frames",
        runtime=runtime,
        events=events if leads() else Events.silent(),
    )
    if not leads():
        import_module(stage.module).run(config, job)
        return None
    with _alone(scratch):
        for folder in (job.out, job.work, job.cache, job.frames):
            folder.mkdir(parents=True, exist_ok=True)
        counts = import_module(stage.module).run(config, job)
        return seal(out, word=word, config=config, inputs=digests, counts=counts)


def input_digests(word: str, config: Config, inputs: Mapping[str, Path], runtime: JobRuntime) -> dict[str, str]:
    """Content digest of each input, or of the part of it that the stage says it uses (`narrow`).

    Raises:
        ArtifactError: an input has not been materialized.
    """
    digests = {name: read_record(_present(folder, word)).digest for name, folder in inputs.items()}
    narrow = getattr(import_module(stage_of(word).module), "narrow", None)
    return {**digests, **narrow(config, inputs, runtime)} if narrow else digests


def work_name(word: str, config: Config, digests: Mapping[str, str]) -> str:
    """Name of the scratch folder for these settings, inputs and this code."""
    code = code_version(import_closure(stage_of(word).module))
    return fingerprint({"word": word, "config": config, "inputs": dict(digests), "code": code})[:_WORK_NAME_DIGITS]


def _present(folder: Path, word: str) -> Path:
    if not folder.is_dir():
        raise ArtifactError(
            f"{word} needs {folder.name}, which is not there",
            found=f"no folder {folder}",
            wanted="a published artifact",
            next_step=f"materialize {folder.name} first: make run, or python -m jobs.materialize {folder.name}",
        )
    return folder


@contextmanager
def _alone(scratch: Path) -> Iterator[None]:
    """Two jobs of one stage would write the same scratch files; the second one is refused."""
    scratch.mkdir(parents=True, exist_ok=True)
    with (scratch / "lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ArtifactError(
                f"another job of {scratch.name} is running",
                found=f"a lock on {scratch / 'lock'}",
                wanted="one job per stage at a time",
                next_step="wait for it to end, or stop it",
            ) from error
        yield
