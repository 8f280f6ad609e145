"""One small flow for all tests of the stage."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sv6d.annotate.small_flow import SmallFlow


@pytest.fixture(scope="module")
def flow(tmp_path_factory: pytest.TempPathFactory) -> SmallFlow:
    made = SmallFlow(Path(tmp_path_factory.mktemp("flow")))
    for word in ("raw_videos", "shots", "evidence"):
        made.make(word)
    made.put_model()
    return made
