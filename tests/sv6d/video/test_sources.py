"""The list of sources: what counts as a video, and the order that keeps splits from moving."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sv6d.errors import InputError
from sv6d.io import sha256_file
from sv6d.video.forgotten import Forgotten, write_forgotten
from sv6d.video.manifest import Locator
from sv6d.video.sources import Sources, read_sources, scan_sources


def fill(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"bytes of {name}".encode())


def scan(root: Path, *folders: str, documents: Path | None = None) -> Sources:
    return scan_sources(
        root / "inputs" / "sources.json",
        {folder: root / folder for folder in folders},
        {folders[0]: documents},
        root,
        hash_cache=root / ".work" / "hashes.json",
    )


def test_what_counts_as_what(tmp_path: Path) -> None:
    fill(
        tmp_path / "a",
        "one.mp4",
        "one.json",
        "sub/TWO.MOV",
        "sub/TWO.MOV.json",
        "sub/two.txt",
        "README.md",
        "LICENSE",
        "manifest.csv",
        "stray.json",
        "picture.png",
        ".hidden.mp4",
        ".cache/three.mp4",
        "documents/one.json",
        "documents/two.yaml",
        "documents/notes.txt",
    )
    os.mkfifo(tmp_path / "a" / "pipe.mp4")
    listed = scan(tmp_path, "a", documents=tmp_path / "a" / "documents")
    assert [entry.name for entry in listed.files] == ["one.mp4", "sub/TWO.MOV"]
    assert [entry.name for entry in listed.sidecars] == ["manifest.csv", "one.json", "sub/TWO.MOV.json"]
    assert [entry.name for entry in listed.documents] == ["one.json", "two.yaml"]
    assert listed.sources[0].num_ignored == 4  # sub/two.txt, stray.json, picture.png and the pipe
    assert listed.files[0].uri == "a/one.mp4"
    assert listed.path_of(listed.files[1]) == tmp_path / "a" / "sub" / "TWO.MOV"
    assert listed.document_path(listed.documents[0]).read_bytes() == b"bytes of documents/one.json"


def test_the_stored_list_is_relative_and_comes_back(tmp_path: Path) -> None:
    fill(tmp_path / "a", "one.mp4")
    listed = scan(tmp_path, "a")
    stored = (tmp_path / "inputs" / "sources.json").read_text()
    assert str(tmp_path) not in stored
    assert read_sources(tmp_path / "inputs" / "sources.json") == listed
    moved = tmp_path.with_name(tmp_path.name + "-moved")
    tmp_path.rename(moved)
    again = read_sources(moved / "inputs" / "sources.json")
    assert again.path_of(again.files[0]).read_bytes() == b"bytes of one.mp4"


def test_first_sight_decides_the_order(tmp_path: Path) -> None:
    fill(tmp_path / "a", "m.mp4", "z.mp4")
    scan(tmp_path, "a")
    fill(tmp_path / "a", "b.mp4")
    fill(tmp_path / "c", "k.mp4")
    assert [e.uri for e in scan(tmp_path, "a", "c").files] == ["a/m.mp4", "a/z.mp4", "a/b.mp4", "c/k.mp4"]
    (tmp_path / "a" / "z.mp4").rename(tmp_path / "c" / "moved.mp4")
    assert [e.uri for e in scan(tmp_path, "a", "c").files] == ["a/m.mp4", "c/moved.mp4", "a/b.mp4", "c/k.mp4"]
    (tmp_path / "a" / "m.mp4").write_bytes(b"edited in place")
    listed = scan(tmp_path, "a", "c")
    assert [e.uri for e in listed.files] == ["a/m.mp4", "c/moved.mp4", "a/b.mp4", "c/k.mp4"]
    assert listed.files[0].sha256 == sha256_file(tmp_path / "a" / "m.mp4")
    assert [e.uri for e in scan(tmp_path, "a").files] == ["a/m.mp4", "a/b.mp4"]


def test_the_same_folders_give_the_same_bytes(tmp_path: Path) -> None:
    fill(tmp_path / "a", *(f"{i}.mp4" for i in range(20)))
    scan(tmp_path, "a")
    first = (tmp_path / "inputs" / "sources.json").read_bytes()
    scan(tmp_path, "a")
    assert (tmp_path / "inputs" / "sources.json").read_bytes() == first


def test_a_remembered_hash_is_dropped_when_the_file_changes(tmp_path: Path) -> None:
    fill(tmp_path / "a", "one.mp4")
    before = scan(tmp_path, "a").files[0].sha256
    (tmp_path / "a" / "one.mp4").write_bytes(b"other bytes")
    assert scan(tmp_path, "a").files[0].sha256 == sha256_file(tmp_path / "a" / "one.mp4") != before


def test_a_name_that_is_no_text_is_reported(tmp_path: Path) -> None:
    fill(tmp_path / "a", "one.mp4")
    (tmp_path / "a" / os.fsdecode(b"caf\xe9.mp4")).write_bytes(b"x")
    listed = scan(tmp_path, "a")
    assert [entry.name for entry in listed.files] == ["one.mp4"]
    assert [(item.name, item.reason) for item in listed.unreadable] == [
        ("caf\ufffd.mp4", "the file's name is not UTF-8; rename it")
    ]
    assert read_sources(tmp_path / "inputs" / "sources.json") == listed


def test_what_was_taken_down_is_not_listed_under_any_name(tmp_path: Path) -> None:
    fill(tmp_path / "a", "one.mp4", "two.mp4")
    fill(tmp_path / "a" / "documents", "two.json")
    gone = sha256_file(tmp_path / "a" / "one.mp4")
    (tmp_path / "a" / "renamed.mp4").write_bytes((tmp_path / "a" / "one.mp4").read_bytes())
    (tmp_path / "a" / "documents" / "about.json").write_text(f'{{"video": "{gone}"}}')
    write_forgotten(tmp_path, (Forgotten(gone, "2026-01-01", "asked for"),))
    listed = scan(tmp_path, "a", documents=tmp_path / "a" / "documents")
    assert [entry.name for entry in listed.files] == ["two.mp4"]
    assert [entry.name for entry in listed.documents] == ["two.json"]
    assert [entry.name for entry in listed.unreadable] == ["one.mp4", "renamed.mp4", "about.json"]
    assert gone not in (tmp_path / "inputs" / "sources.json").read_text()
    (tmp_path / "forgotten.json").write_text("{")
    with pytest.raises(InputError, match="does not list the clips that were taken down"):
        scan(tmp_path, "a")


def test_missing_folder_and_broken_list(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no folder"):
        scan(tmp_path, "nowhere")
    with pytest.raises(InputError, match="does not list the sources"):
        read_sources(tmp_path / "inputs" / "sources.json")
    (tmp_path / "inputs").mkdir(exist_ok=True)
    (tmp_path / "inputs" / "sources.json").write_text('{"schema": "sv6d/sources/9"}')
    with pytest.raises(InputError, match="does not list the sources"):
        read_sources(tmp_path / "inputs" / "sources.json")


def test_a_locator_finds_bytes_not_names(tmp_path: Path) -> None:
    fill(tmp_path / "a", "one.mp4")
    (tmp_path / "a" / "copy.mp4").write_bytes(b"bytes of one.mp4")
    listed = scan(tmp_path, "a")
    (tmp_path / "a" / "copy.mp4").write_bytes(b"changed since")
    locator = Locator(tmp_path / "inputs" / "sources.json")
    assert locator.path(listed.files[0].sha256) == tmp_path / "a" / "one.mp4"


def test_nothing_is_written_where_nothing_changed(tmp_path: Path) -> None:
    fill(tmp_path / "a", "one.mp4", "two.mp4", "two.json")
    written = tmp_path / "inputs" / "sources.json", tmp_path / ".work" / "hashes.json"
    first = scan(tmp_path, "a")
    before = [path.stat().st_ino for path in written]  # a write puts a new file in the old one's place
    assert scan(tmp_path, "a") == first
    assert [path.stat().st_ino for path in written] == before
    fill(tmp_path / "a", "three.mp4")
    assert [entry.name for entry in scan(tmp_path, "a").files] == ["one.mp4", "two.mp4", "three.mp4"]
