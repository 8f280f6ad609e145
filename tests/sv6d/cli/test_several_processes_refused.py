"""A stage that trains as one process is not started as several."""

from __future__ import annotations

from pathlib import Path

import pytest

from sv6d.artifacts import JobRuntime
from sv6d.cli.run_stage import run_stage
from sv6d.errors import ConfigError
from sv6d.events import Events
from sv6d.stages import STAGES

_PARAMS = Path(__file__).resolve().parents[3] / "params.yaml"


@pytest.mark.parametrize("word", [stage.word for stage in STAGES if not stage.parallel])
def test_torchrun_is_refused(word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("RANK", "1")
    with pytest.raises(ConfigError, match="runs as one process"):
        run_stage(
            word,
            out=tmp_path / "out",
            data=tmp_path / "data",
            work=tmp_path / "work",
            params=_PARAMS,
            runtime=JobRuntime(),
            events=Events.silent(),
        )
    assert not list(tmp_path.iterdir())
