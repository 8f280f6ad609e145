from __future__ import annotations

from pathlib import Path

import pytest

from sv6d.artifacts import RECORD_NAME, exchange, read_record, seal, verify
from sv6d.errors import ArtifactError, EmptyOutputError
from sv6d.fingerprint import Config


class Settings(Config):
    size: int


def staged(folder: Path, text: str = "content") -> Path:
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text(text)
    (folder / "sub" / "b.bin").write_bytes(b"\x00\x01")
    return folder


def sealed(folder: Path, text: str = "content", inputs: dict[str, str] | None = None):
    return seal(staged(folder, text), word="shots", config=Settings(size=3), inputs=inputs or {}, counts={"items": 2})


def test_same_files_and_settings_give_the_same_record_bytes(tmp_path: Path) -> None:
    sealed(tmp_path / "one")
    sealed(tmp_path / "two")
    assert (tmp_path / "one" / RECORD_NAME).read_bytes() == (tmp_path / "two" / RECORD_NAME).read_bytes()


def test_a_record_is_read_back(tmp_path: Path) -> None:
    record = sealed(tmp_path / "one", inputs={"raw_videos": "0" * 64})
    assert read_record(tmp_path / "one") == record
    assert set(record.files) == {"a.txt", "sub/b.bin"}


def test_content_identity_ignores_what_it_was_made_from(tmp_path: Path) -> None:
    one = sealed(tmp_path / "one", inputs={"raw_videos": "0" * 64})
    two = sealed(tmp_path / "two", inputs={"raw_videos": "1" * 64})
    other = sealed(tmp_path / "other", "other content")
    assert one.digest == two.digest
    assert one.fingerprint != two.fingerprint
    assert other.digest != one.digest


@pytest.mark.parametrize("counts", [{"items": 0}, {}, {"clips": 4}])
def test_nothing_is_never_green(tmp_path: Path, counts: dict[str, int]) -> None:
    with pytest.raises(EmptyOutputError, match="yielded nothing"):
        seal(staged(tmp_path / "one"), word="shots", config=Settings(size=3), inputs={}, counts=counts)
    assert not (tmp_path / "one" / RECORD_NAME).exists()


def test_links_are_refused(tmp_path: Path) -> None:
    folder = staged(tmp_path / "one")
    (folder / "link").symlink_to("/etc/hostname")
    with pytest.raises(ArtifactError, match="link"):
        seal(folder, word="shots", config=Settings(size=3), inputs={}, counts={"items": 1})


@pytest.mark.parametrize("damage", ["change", "remove", "add", "record"])
def test_damage_is_found_and_named(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "one"
    sealed(folder)
    if damage == "change":
        (folder / "a.txt").write_text("Content")
    elif damage == "remove":
        (folder / "a.txt").unlink()
    elif damage == "add":
        (folder / "new.txt").write_text("x")
    else:
        record = folder / RECORD_NAME
        record.write_bytes(record.read_bytes().replace(b'"bytes": 7', b'"bytes": 8'))
    with pytest.raises(ArtifactError, match=r"a\.txt|new\.txt|digest"):
        verify(folder)


def test_exchange_swaps_whole_folders(tmp_path: Path) -> None:
    staging, published = tmp_path / ".work" / "new", tmp_path / "data" / "shots"
    sealed(staging, "first")
    exchange(staging, published)
    assert (published / "a.txt").read_text() == "first"
    assert not staging.exists()
    sealed(staging, "second")
    exchange(staging, published)
    assert (published / "a.txt").read_text() == "second"
    assert (staging / "a.txt").read_text() == "first"
    verify(published)
