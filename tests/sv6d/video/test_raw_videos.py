"""The stage from a folder to the manifest, with bad files among good ones."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from sv6d.artifacts import Counts, Job, JobRuntime
from sv6d.errors import ArtifactError, EmptyOutputError, InputError
from sv6d.events import Events
from sv6d.video.config import LimitsConfig, RawVideosConfig, SplitsConfig
from sv6d.video.manifest import Locator, VideoRow, read_videos
from sv6d.video.raw_videos import run
from sv6d.video.sources import scan_sources
from sv6d.video.tables import QUARANTINE
from tests.sv6d.video.made_videos import NEAR_DUPLICATES, SHARED, Picture, cut_off, numbered, shot, write_video

CONFIG = RawVideosConfig(
    refused_licences=(),
    limits=LimitsConfig(
        max_pixels=33_177_600, max_duration_s=600, max_streams=32, max_memory_bytes=2_147_483_648, max_seconds=100
    ),
    near_duplicates=NEAR_DUPLICATES,
    splits=SplitsConfig(salt="sv6d-1", train=0.6, validation=0.15, test=0.25),
)


def edited(seed: int) -> list[Picture]:
    return [*shot(seed, 15), *shot(seed + 100, 15)]


def materialize(
    root: Path,
    *folders: Path,
    out: str = "out",
    cache: str = "cache",
    workers: int = 2,
    config: RawVideosConfig = CONFIG,
) -> Counts:
    sources = root / "inputs" / "sources.json"
    scan_sources(sources, {folder.name: folder for folder in folders}, {}, root)
    shutil.rmtree(root / out, ignore_errors=True)
    for name in (out, "work", cache):
        (root / name).mkdir(exist_ok=True)
    runtime = JobRuntime(workers=workers, sources=sources)
    return run(
        config,
        Job("raw_videos", {}, root / out, root / "work", root / cache, root / "frames", runtime, Events.silent()),
    )


def by_uri(root: Path) -> dict[str, VideoRow]:
    return {row.uri: row for row in read_videos(root / "out")}


def test_good_clips_go_through_and_bad_ones_are_told_apart(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    write_video(mine / "good.mp4", edited(1), sound=True)
    write_video(mine / "tall.mp4", shot(2, 20), counterclockwise_deg=-90)
    shutil.copy(mine / "good.mp4", mine / "same.mp4")
    write_video(mine / "smaller.mp4", edited(1), crf=33, codec="libx264")
    (mine / "text.mp4").write_text("not a video at all, only words\n" * 9)
    (mine / "empty.mp4").write_bytes(b"")
    cut_off(write_video(tmp_path / "long.mp4", edited(3)), mine / "cut.mp4", 0.6)
    (mine / "notes.docx").write_bytes(b"x")
    (mine / "good.json").write_text(
        json.dumps(
            {
                "title": " A  title\n",
                "hashtags": ["one", 2],
                "cover": "cover.jpg",
                "licence": "CC0",
                "source": "my phone",
            }
        )
    )
    (mine / "manifest.csv").write_text("file,licence,source\ntall.mp4,CC-BY 4.0,somewhere\ngood.mp4,other,other\n")

    counts = materialize(tmp_path, mine)
    rows = by_uri(tmp_path)
    assert set(rows) == {"mine/good.mp4", "mine/tall.mp4", "mine/smaller.mp4"}
    assert counts["items"] == counts["train"] + counts["validation"] + counts["test"] == 3
    assert (counts["quarantined"], counts["duplicates"], counts["near_duplicates"], counts["ignored"]) == (3, 1, 1, 1)
    good, tall, smaller = rows["mine/good.mp4"], rows["mine/tall.mp4"], rows["mine/smaller.mp4"]
    assert (smaller.cluster_id, smaller.split) == (good.video_id, good.split)
    assert tall.cluster_id == tall.video_id
    assert (good.licence, good.origin) == ("CC0", "my phone")
    told = {"title": "A title", "hashtags": ["one"], "comments": [], "cover": "cover.jpg"}
    assert json.loads(good.context_json or "") == told
    assert good.as_video().context is not None
    assert (tall.licence, tall.origin, tall.context_json) == ("CC-BY 4.0", "somewhere", None)
    assert (tall.width_px, tall.height_px, tall.has_sound, good.has_sound) == (144, 256, False, True)
    assert smaller.licence == "unknown"
    bad = {row["uri"]: row for row in QUARANTINE.read(tmp_path / "out")}
    assert {uri: row["code"] for uri, row in bad.items()} == {
        "mine/cut.mp4": "truncated",
        "mine/empty.mp4": "empty_file",
        "mine/text.mp4": "not_a_video",
    }
    assert all(str(tmp_path) not in row["reason"] for row in bad.values())


def test_a_refused_licence_is_put_aside_and_moves_nothing(tmp_path: Path) -> None:
    for number, licence in enumerate(("CC0", "cc-by-nc 4.0")):
        path = write_video(tmp_path / "mine" / f"{number}.mp4", edited(number))
        path.with_suffix(".json").write_text(json.dumps({"licence": licence}))
    write_video(tmp_path / "mine" / "2.mp4", edited(1), crf=30)  # a copy of the refused one, of unknown licence
    materialize(tmp_path, tmp_path / "mine")
    before = {row.uri: (row.cluster_id, row.split) for row in read_videos(tmp_path / "out")}
    strict = CONFIG.model_copy(update={"refused_licences": ("CC-BY-NC 4.0",)})
    counts = materialize(tmp_path, tmp_path / "mine", config=strict)
    assert (counts["items"], counts["quarantined"]) == (2, 1)
    (bad,) = QUARANTINE.read(tmp_path / "out")
    assert (bad["uri"], bad["code"]) == ("mine/1.mp4", "refused_licence")
    after = {row.uri: (row.cluster_id, row.split) for row in read_videos(tmp_path / "out")}
    assert after == {uri: before[uri] for uri in ("mine/0.mp4", "mine/2.mp4")}


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    for number in range(4):
        write_video(tmp_path / "mine" / f"{number}.mp4", edited(number))
    materialize(tmp_path, tmp_path / "mine", out="one", cache="cache-one", workers=1)
    materialize(tmp_path, tmp_path / "mine", out="two", cache="cache-two", workers=2)
    for name in ("videos.parquet", "quarantine.parquet"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_more_clips_move_no_split(tmp_path: Path) -> None:
    """Also not when the new ones sort before the old, or are copies of them."""
    for number in range(5):
        write_video(tmp_path / "mine" / f"m{number}.mp4", edited(number), crf=20)
    materialize(tmp_path, tmp_path / "mine")
    before = {row.video_id: (row.split, row.cluster_id) for row in read_videos(tmp_path / "out")}
    for number in range(5):
        write_video(tmp_path / "mine" / f"a{number}.mp4", edited(number + (number % 2) * 50), crf=30)
    counts = materialize(tmp_path, tmp_path / "mine")
    after = {row.video_id: (row.split, row.cluster_id) for row in read_videos(tmp_path / "out")}
    assert len(after) == 10
    assert counts["near_duplicates"] == 3
    assert {video_id: after[video_id] for video_id in before} == before


def test_one_more_clip_examines_one_clip(tmp_path: Path) -> None:
    for number in range(3):
        write_video(tmp_path / "mine" / f"{number}.mp4", edited(number))
    materialize(tmp_path, tmp_path / "mine")
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").rglob("*") if path.is_file()}
    write_video(tmp_path / "mine" / "9.mp4", edited(9))
    materialize(tmp_path, tmp_path / "mine")
    now = {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").rglob("*") if path.is_file()}
    assert len(now) == len(kept) + 1
    assert {path: now[path] for path in kept} == kept


def test_only_bad_files_is_red_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    for number in range(7):
        (tmp_path / "mine" / f"{number}.mp4").write_text(f"text {number}")
    with pytest.raises(EmptyOutputError) as caught:
        materialize(tmp_path, tmp_path / "mine")
    assert "mine/0.mp4: 0.mp4 is no video (not_a_video)" in caught.value.found
    assert "and 2 more" in caught.value.found


def test_a_folder_of_bad_files_is_red_beside_a_good_one(tmp_path: Path) -> None:
    write_video(tmp_path / "good" / "a.mp4", edited(1))
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "text.mp4").write_text("text")
    with pytest.raises(EmptyOutputError, match=r"no file of bad can be used") as caught:
        materialize(tmp_path, tmp_path / "good", tmp_path / "bad")
    assert "bad/text.mp4: text.mp4 is no video (not_a_video)" in caught.value.found
    assert "VIDEOS=" in caught.value.next_step


def test_a_folder_of_clips_that_are_there_already_is_not_barren(tmp_path: Path) -> None:
    write_video(tmp_path / "one" / "a.mp4", edited(1))
    write_video(tmp_path / "two" / "b.mp4", edited(1))
    assert materialize(tmp_path, tmp_path / "one", tmp_path / "two")["duplicates"] == 1


def test_an_empty_folder_is_red_and_says_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "picture.png").write_bytes(b"x")
    with pytest.raises(InputError, match="source mine holds no video") as caught:
        materialize(tmp_path, tmp_path / "mine")
    assert caught.value.found == f"1 other files in {tmp_path / 'mine'}"


def test_bytes_that_changed_since_are_not_used(tmp_path: Path) -> None:
    path = write_video(tmp_path / "mine" / "a.mp4", [*edited(1), numbered(1, 144, 256)])
    materialize(tmp_path, tmp_path / "mine")
    (row,) = read_videos(tmp_path / "out")
    sources = tmp_path / "inputs" / "sources.json"
    assert Locator(sources).path(row.video_id) == path
    write_video(path, edited(2))
    with pytest.raises(ArtifactError, match="is gone"):
        Locator(sources).path(row.video_id)


@pytest.mark.skipif(not SHARED.is_dir(), reason="no sample clips on this machine")
def test_a_file_that_asks_for_too_much_memory(tmp_path: Path) -> None:
    tight = CONFIG.model_copy(update={"limits": CONFIG.limits.model_copy(update={"max_memory_bytes": 120_000_000})})
    (tmp_path / "mine").mkdir()
    shutil.copy(SHARED / "odd/ax_8k24fps_300ms.mp4", tmp_path / "mine" / "8k.mp4")
    write_video(tmp_path / "mine" / "small.mp4", edited(1))
    sources = tmp_path / "inputs" / "sources.json"
    scan_sources(sources, {"mine": tmp_path / "mine"}, {}, tmp_path)
    (tmp_path / "out").mkdir()
    runtime = JobRuntime(workers=1, sources=sources)
    counts = run(
        tight,
        Job(
            "raw_videos",
            {},
            tmp_path / "out",
            tmp_path,
            tmp_path / "cache",
            tmp_path / "frames",
            runtime,
            Events.silent(),
        ),
    )
    assert (counts["items"], counts["quarantined"]) == (1, 1)
    (bad,) = QUARANTINE.read(tmp_path / "out")
    assert (bad["uri"], bad["code"]) == ("mine/8k.mp4", "over_limit")


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="no sample clips on this machine")
def test_every_odd_file_has_an_outcome(tmp_path: Path) -> None:
    materialize(tmp_path, SHARED / "odd")
    bad = {row["uri"]: row["code"] for row in QUARANTINE.read(tmp_path / "out")}
    assert bad == {
        "odd/ax_bbb_mono_16kHz_23.05kbps_amrwb.3gp": "no_video_stream",
        "odd/ax_multi-segment_video_init.mp4": "no_frames",
        "odd/ax_sample_audio_only.mp4": "no_video_stream",
        "odd/ax_sample_fragmented_clearkey.mp4": "encrypted",
        "odd/ax_sample_fragmented_sideloaded_track.mp4": "corrupt",
        "odd/ax_sample_malformed_free_box.mp4": "corrupt",
        "odd/ax_subsample_encrypted_altref.webm": "encrypted",
        "odd/zero_byte.webm": "empty_file",
    }
    assert len(by_uri(tmp_path)) == len(list((SHARED / "odd").iterdir())) - len(bad)
