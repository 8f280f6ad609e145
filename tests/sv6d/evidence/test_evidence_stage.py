"""The stage: records that documents can cite, curves and keyframes, from clips whose numbers are known."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from sv6d.artifacts import Counts, Job, JobRuntime
from sv6d.events import Events
from sv6d.evidence.config import EvidenceConfig
from sv6d.evidence.evidence import run
from sv6d.evidence.measure import measure
from sv6d.evidence.records import read_evidence
from sv6d.evidence.tables import KEYFRAMES, READS, TRACKS
from sv6d.params import read_config
from sv6d.schema.boundaries import ChangeKind
from sv6d.schema.document import Boundary, Document, Evidence, Shot
from sv6d.shots.config import ShotsConfig
from sv6d.shots.records import read_shots
from sv6d.shots.shots import run as run_shots
from sv6d.timeline import pts_to_ns
from sv6d.video.config import RawVideosConfig
from sv6d.video.manifest import VideoRow, read_videos
from sv6d.video.raw_videos import run as run_raw_videos
from sv6d.video.sources import scan_sources
from tests.sv6d.video.made_videos import SHARED, shot, write_video

PARAMS = Path(__file__).resolve().parents[3] / "params.yaml"


def job(root: Path, word: str, out: str) -> Job:
    for name in (out, "work", f"cache-{word}"):
        (root / name).mkdir(exist_ok=True)
    runtime = JobRuntime(workers=2, sources=root / "sources.json")
    inputs = {name: root / name for name in ("raw_videos", "shots")}
    return Job(
        word, inputs, root / out, root / "work", root / f"cache-{word}", root / "frames", runtime, Events.silent()
    )


def materialize(root: Path, folder: Path, out: str = "evidence") -> Counts:
    scan_sources(root / "sources.json", {"mine": folder}, {}, root)
    raw_videos, shots = read_config(PARAMS, "raw_videos"), read_config(PARAMS, "shots")
    config = read_config(PARAMS, "evidence")
    assert isinstance(raw_videos, RawVideosConfig)
    assert isinstance(shots, ShotsConfig)
    assert isinstance(config, EvidenceConfig)
    run_raw_videos(raw_videos, job(root, "raw_videos", "raw_videos"))
    run_shots(shots, job(root, "shots", "shots"))
    return run(config, job(root, "evidence", out))


def first_ns(row: VideoRow) -> int:
    return pts_to_ns(row.first_pts, row.time_base_num, row.time_base_den)


def test_records_fit_the_schema_and_the_pictures(tmp_path: Path) -> None:
    bright = [np.clip(frame.astype(int) // 4 + 180, 0, 255).astype(np.uint8) for frame in shot(2, 40, step_px=0)]
    # The window moves right by two of 256 pixels a frame, 25 frames a second.
    write_video(tmp_path / "mine" / "a.mp4", [*shot(1, 50, step_px=2), *bright], sound=True)
    write_video(tmp_path / "mine" / "mute.mp4", shot(3, 30, step_px=0))
    (tmp_path / "mine" / "mute.srt").write_text("1\n00:00:00,200 --> 00:00:00,800\nThree words said\n")
    counts = materialize(tmp_path, tmp_path / "mine")
    assert (counts["videos"], counts["keyframes"], counts["shots_without_keyframe"]) == (2, 3, 0)
    assert (counts["sound_unmeasured"], counts["faces_unscored"], counts["speech_unread"]) == (0, 3, 1)
    assert (counts["people_unscored"], counts["lines_said"]) == (3, 1)
    found, shots = read_evidence(tmp_path / "evidence"), read_shots(tmp_path / "shots")
    nulls = [item for items in found.values() for item in items if item.value is None]
    assert {item.kind for item in nulls} == {"sound"}  # one clip has none, the other's is silent
    assert counts["unscored"] == len(nulls)
    for row in read_videos(tmp_path / "raw_videos"):
        document = Document(
            video=row.as_video(), shots=shots[row.video_id], evidence=tuple(found[row.video_id]), labels=()
        )
        for item in document.evidence:
            assert all(0 <= ref.time_ns - first_ns(row) <= row.duration_ns for ref in item.frames)
        by_id: dict[str, Evidence] = {item.id: item for item in document.evidence}
        if row.uri == "mine/mute.mp4":
            assert by_id["sound.loudness.s0"].value is None
            line = by_id["speech.line.0"]
            assert (line.kind, line.value, line.start_ns) == ("speech", "Three words said", 200_000_000)
            assert by_id["speech.speech_share.s0"].value == pytest.approx(0.5)
            continue
        assert by_id["motion.pan_speed.s0"].value == pytest.approx(2 * 25 / 256, rel=0.03)
        assert by_id["motion.pan_speed.s1"].value == pytest.approx(0.0, abs=0.005)
        dark, light = by_id["light.luma_mean.s0"].value, by_id["light.luma_mean.s1"].value
        assert isinstance(dark, float)
        assert isinstance(light, float)
        assert light > dark + 0.1
        assert by_id["boundary.score.s1"].span.contains(shots[row.video_id][1].start_ns - 1)
        assert by_id["boundary.mean_shot_length"].value == pytest.approx(1.8)
        assert by_id["sound.silence.s0"].value == 1.0
    assert {row["cue"] for row in TRACKS.read(tmp_path / "evidence")} >= {"loudness_dbfs"}
    reads = {row["video_id"]: row for row in READS.read(tmp_path / "evidence")}
    for row in read_videos(tmp_path / "raw_videos"):
        # The word for who decoded it is one and the same wherever frames are counted.
        assert (reads[row.video_id]["reader"], reads[row.video_id]["frames_decoded"]) == (row.reader, row.num_frames)
    for keyframe in KEYFRAMES.read(tmp_path / "evidence"):
        assert Image.open(io.BytesIO(keyframe["jpeg"])).size == (256, 144)


def test_an_effect_that_the_detector_tells_is_evidence_of_its_boundary(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", [*shot(1, 20, step_px=0), *shot(2, 20, step_px=0)])
    boundary = Boundary(start_ns=700_000_000, end_ns=900_000_000, kind="dissolve", score=0.8, detector="made")
    shots = (
        Shot(id="s0", start_ns=0, end_ns=800_000_000),
        Shot(id="s1", start_ns=800_000_000, end_ns=1_600_000_000, boundary_in=boundary),
    )
    config = read_config(PARAMS, "evidence")
    assert isinstance(config, EvidenceConfig)
    changes: list[tuple[ChangeKind, set[str]]] = [("whip", {"score", "whip_pan"}), ("dissolve", {"score"})]
    for change, stats in changes:
        rows = measure(path, shots, config, None, {"s1": change})["evidence"]
        told = [row for row in rows if row["kind"] == "boundary" and row["start_ns"] == boundary.start_ns]
        assert {row["stat"] for row in told} == stats
        assert {(row["value"], row["method"], row["end_ns"]) for row in told} == {(0.8, "made", boundary.end_ns)}


def test_the_same_videos_give_the_same_bytes(tmp_path: Path) -> None:
    write_video(tmp_path / "mine" / "a.mp4", [*shot(1, 20), *shot(2, 20)], sound=True)
    materialize(tmp_path, tmp_path / "mine", out="one")
    shutil.rmtree(tmp_path / "cache-evidence")
    materialize(tmp_path, tmp_path / "mine", out="two")
    for table in ("evidence", "tracks", "keyframes", "reads", "texts", "text_reads", "transcripts", "transcript_reads"):
        name = f"{table}.parquet"
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.skipif(not SHARED.is_dir(), reason="no sample clips on this machine")
def test_sound_that_can_not_be_decoded_is_counted(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    for name in ("ax_sample_missing_stsd.mp4", "tc_testsrc2_mpeg4.mp4", "-video-with-dash-.mp4"):
        shutil.copy(SHARED / "odd" / name, tmp_path / "mine" / name)
    counts = materialize(tmp_path, tmp_path / "mine")
    assert (counts["videos"], counts["sound_unmeasured"]) == (3, 1)
    by_video = read_evidence(tmp_path / "evidence")
    assert all(item.value is None for items in by_video.values() for item in items if item.kind == "sound")


def test_text_is_evidence_that_documents_hold(tmp_path: Path) -> None:
    pictures = []
    for picture in shot(4, 50, step_px=0, height=240, width=426):
        image = Image.fromarray(picture // 3)
        ImageDraw.Draw(image).text((213, 120), "Order today", font=ImageFont.load_default(30), anchor="mm")
        pictures.append(np.asarray(image))
    write_video(tmp_path / "mine" / "a.mp4", pictures)
    counts = materialize(tmp_path, tmp_path / "mine")
    assert (counts["texts"], counts["text_unread"]) == (1, 0)
    (row,) = read_videos(tmp_path / "raw_videos")
    found = read_evidence(tmp_path / "evidence")[row.video_id]
    document = Document(
        video=row.as_video(), shots=read_shots(tmp_path / "shots")[row.video_id], evidence=tuple(found), labels=()
    )
    (text,) = [item for item in document.evidence if item.kind == "text"]
    assert (text.id, text.value, text.start_ns, text.end_ns) == ("text.0", "Order today", 0, row.duration_ns)
    assert text.box is not None
    left, top, right, bottom = text.box
    assert left < 0.5 < right
    assert top < 0.5 < bottom
    assert [ref.time_ns - first_ns(row) for ref in text.frames] == [0, 49 * 40_000_000]
