from __future__ import annotations

from pathlib import Path

import pytest

from sv6d.cli.list_sources import list_sources
from sv6d.errors import InputError


def test_folders_of_the_same_name_stay_apart(tmp_path: Path) -> None:
    folders = [tmp_path / "one" / "clips", tmp_path / "two" / "clips"]
    for number, folder in enumerate([tmp_path / "inputs" / "studio", *folders]):
        folder.mkdir(parents=True)
        (folder / "a.mp4").write_bytes(bytes([number]))
    listed = list_sources(tmp_path / "inputs", videos=folders, documents=None, work=tmp_path / "work")
    assert [entry.uri for entry in listed.files] == ["studio/a.mp4", "clips/a.mp4", "clips-2/a.mp4"]


def test_documents_without_videos_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no videos"):
        list_sources(tmp_path, videos=[], documents=tmp_path, work=tmp_path)
