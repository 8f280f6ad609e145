"""The stage: shots tile each video, boundaries bear the schema's form, the labelled cuts are found."""

from __future__ import annotations

import json
import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from sv6d.artifacts import Counts, Job, JobRuntime
from sv6d.events import Events
from sv6d.params import read_config
from sv6d.shots.find import find_boundaries
from sv6d.shots.pictures import read_pictures
from sv6d.shots.records import read_changes, read_shots
from sv6d.shots.shots import run
from sv6d.shots.tables import BOUNDARIES, READS
from sv6d.video.config import RawVideosConfig
from sv6d.video.manifest import read_videos
from sv6d.video.raw_videos import run as run_raw_videos
from sv6d.video.sources import scan_sources
from tests.sv6d.shots.found_cuts import CONFIG
from tests.sv6d.video.made_videos import SHARED, shot, write_video

PARAMS = Path(__file__).resolve().parents[3] / "params.yaml"
MS = 1_000_000


def job(root: Path, word: str, out: str) -> Job:
    for name in (out, "work", f"cache-{word}"):
        (root / name).mkdir(exist_ok=True)
    runtime = JobRuntime(workers=2, sources=root / "sources.json")
    inputs = {"raw_videos": root / "raw_videos"} if word == "shots" else {}
    return Job(
        word, inputs, root / out, root / "work", root / f"cache-{word}", root / "frames", runtime, Events.silent()
    )


def materialize(root: Path, folder: Path, out: str = "shots") -> Counts:
    scan_sources(root / "sources.json", {"mine": folder}, {}, root)
    raw_videos = read_config(PARAMS, "raw_videos")
    assert isinstance(raw_videos, RawVideosConfig)
    run_raw_videos(raw_videos, job(root, "raw_videos", "raw_videos"))
    return run(CONFIG, job(root, "shots", out))


def test_shots_tile_every_video(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    write_video(mine / "cuts.mp4", [*shot(1, 25), *shot(2, 10), *shot(3, 30)])
    write_video(mine / "one.mp4", shot(4, 30, step_px=1))
    write_video(mine / "still.mp4", shot(5, 1))
    times_ms = [1000 + 40 * i + 20 * (i % 3) for i in range(40)]
    write_video(mine / "uneven.mkv", [*shot(6, 20), *shot(7, 20)], times_ms=times_ms)
    counts = materialize(tmp_path, mine)
    assert counts == {
        "items": 7,
        "videos": 4,
        "frames_differ": 0,
        "dissolve": 0,
        "fade": 0,
        "hard_cut": 3,
    }
    shots = read_shots(tmp_path / "shots")
    rows = {row.uri.removeprefix("mine/"): row for row in read_videos(tmp_path / "raw_videos")}
    for row in rows.values():
        found = shots[row.video_id]
        assert [item.id for item in found] == [f"s{i}" for i in range(len(found))]
        assert (found[0].start_ns, found[-1].end_ns) == (0, row.duration_ns)
        assert all(a.end_ns == b.start_ns for a, b in pairwise(found))
        assert found[0].boundary_in is None
        assert all(item.boundary_in is not None for item in found[1:])
    cuts = shots[rows["cuts.mp4"].video_id]
    assert [item.start_ns for item in cuts] == [0, 1000 * MS, 1400 * MS]
    boundary = cuts[1].boundary_in
    assert boundary is not None
    assert (boundary.kind, boundary.start_ns, boundary.end_ns) == ("hard_cut", 960 * MS, 1000 * MS)
    assert read_changes(tmp_path / "shots")[rows["cuts.mp4"].video_id] == {"s1": "hard_cut", "s2": "hard_cut"}
    uneven = shots[rows["uneven.mkv"].video_id]
    assert uneven[1].start_ns == (times_ms[20] - times_ms[0]) * MS
    reads = {row["video_id"]: row for row in READS.read(tmp_path / "shots")}
    assert reads[rows["cuts.mp4"].video_id]["frames_decoded"] == 65
    assert reads[rows["cuts.mp4"].video_id]["reader"].startswith("pyav-")


def test_the_same_videos_give_the_same_bytes(tmp_path: Path) -> None:
    for number in range(3):
        write_video(tmp_path / "mine" / f"{number}.mp4", [*shot(number, 20), *shot(number + 50, 20)])
    materialize(tmp_path, tmp_path / "mine", out="one")
    shutil.rmtree(tmp_path / "cache-shots")
    materialize(tmp_path, tmp_path / "mine", out="two")
    for name in ("shots.parquet", "boundaries.parquet", "reads.parquet"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert len(BOUNDARIES.read(tmp_path / "one")) == 3


def labelled() -> list[str]:
    path = SHARED / "truth_cuts.json"
    return sorted(json.loads(path.read_text())["videos"]) if path.is_file() else []


@pytest.mark.parametrize("name", labelled())
def test_labelled_cuts_are_found_and_nothing_else(name: str) -> None:
    truth = json.loads((SHARED / "truth_cuts.json").read_text())["videos"][name]
    pictures = read_pictures(SHARED / truth["file"], None)
    assert len(pictures.times_ns) == truth["n_frames"]
    found = find_boundaries(pictures, CONFIG)
    frame_ns = pictures.frame_ns()
    hard = [item.cut_ns for item in found if item.kind == "hard_cut"]
    wanted = [pictures.times_ns[frame] for frame in truth["hard_cuts"]]
    assert [cut for cut in wanted if all(abs(cut - one) > 1.5 * frame_ns for one in hard)] == []
    gradual = [(pictures.times_ns[a - 2], pictures.times_ns[b + 2]) for a, b in truth["gradual"]]
    assert [span for span in gradual if not any(span[0] <= item.cut_ns <= span[1] for item in found)] == []
    assert [
        item
        for item in found
        if all(abs(cut - item.cut_ns) > 1.5 * frame_ns for cut in wanted)
        and not any(start <= item.cut_ns <= end for start, end in gradual)
    ] == []


@pytest.mark.skipif(not SHARED.is_dir(), reason="no sample clips on this machine")
@pytest.mark.parametrize(
    "name", ["ax_hdr10-av1", "carphone_distorted", "cockatoo_yuv444", "fire2_vfr_rot180", "flower", "openshot_run"]
)
def test_single_shots_stay_whole(name: str) -> None:
    assert find_boundaries(read_pictures(SHARED / "plain" / f"{name}.mp4", None), CONFIG) == []
