"""A stage makes the same bytes, clip by clip, whether its work is done here or on a Ray cluster."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.sv6d.annotate.small_flow import SmallFlow
from tests.sv6d.video.made_videos import shot, write_video

_WORDS = ("raw_videos", "shots", "evidence", "annotations")


def _made(flow: SmallFlow, word: str) -> dict[str, bytes]:
    """Every file of the artifact and of the stage's cache of clips, by its path in the project."""
    folders = (flow.data / word, flow.root / ".work" / word / "cache")
    return {
        path.relative_to(flow.root).as_posix(): path.read_bytes()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.cluster
@pytest.mark.slow
@pytest.mark.usefixtures("ray_cluster")
def test_artifacts_and_kept_results_are_equal_byte_by_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flow = SmallFlow(tmp_path)
    flow.put_model()
    own = tmp_path / "own"
    own.mkdir()
    write_video(own / "moving.mp4", shot(1, 24))
    (own / "broken.mp4").write_bytes((own / "moving.mp4").read_bytes()[:2000])
    flow.list_sources({"studio": tmp_path / "inputs" / "studio", "own": own})
    local = {}
    for word in _WORDS:
        flow.make(word)
        local[word] = _made(flow, word)
    monkeypatch.setenv("SV6D_SPREAD", "ray")
    for word in _WORDS:
        shutil.rmtree(tmp_path / ".work" / word)
        flow.make(word)
        assert _made(flow, word) == local[word]
    assert sum(".work" in name for files in local.values() for name in files) > 4 * 4
