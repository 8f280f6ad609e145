"""Claims measured again: truths verified, planted falsehoods contradicted, and what can not be told left open."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import orjson
import pytest

from sv6d.errors import DecodeError, InputError
from sv6d.events import Events
from sv6d.fingerprint import import_closure
from sv6d.io import sha256_file
from sv6d.params import read_config
from sv6d.quality.verify import camera
from sv6d.quality.verify.answers import CHECKABLE, check_boundary, check_label
from sv6d.quality.verify.check import Verification, check_document, table, verify
from sv6d.quality.verify.look import Look, look
from sv6d.report.timeline.verification import read_checks
from sv6d.schema.document import Boundary, Document
from sv6d.schema.fields import field_of
from sv6d.schema.versions import dump_document, read_document
from sv6d.studio.config import StudioConfig
from sv6d.studio.studio import render_folder
from sv6d.timeline import NS_PER_S
from tests.sv6d.handmade import document

ROOT = Path(__file__).parents[3]
NUM_CLIPS = 2
HEIGHT, WIDTH, RATE = 96, 160, 25


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small rendered clips with true documents, of no seed that a threshold was measured on."""
    config = read_config(ROOT / "params.yaml", "studio")
    assert isinstance(config, StudioConfig)
    out = tmp_path_factory.mktemp("rendered")
    settings = {"seed": 4711, "short_side_px": 180, "long_side_px": 320, "num_clips": NUM_CLIPS, "max_duration_s": 5.0}
    render_folder(config.model_copy(update=settings), out, 1, Events.silent())
    return out


@pytest.fixture(scope="module")
def seen(folder: Path) -> list[tuple[Document, Look]]:
    names = [f"studio_{index:04d}" for index in range(NUM_CLIPS)]
    return [(read_document(folder / "documents" / f"{name}.json"), look(folder / f"{name}.mp4")) for name in names]


def encode(path: Path, frames: list[np.ndarray]) -> Path:
    """A clip of RGB pictures."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = frames[0].shape[1], frames[0].shape[0], "yuv420p"
        stream.codec_context.options = {"crf": "15"}
        stream.codec_context.thread_count = 1
        for index, pixels in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def scene(seed: int, low: int = 20, high: int = 235) -> np.ndarray:
    """Blobs of 12 pixels, wide enough to be panned over."""
    rng = np.random.default_rng(seed)
    rough = rng.integers(low, high, (HEIGHT // 12, 4 * WIDTH // 12 + 1))
    grey = np.kron(rough, np.ones((12, 12), dtype=int))[:HEIGHT]
    return np.repeat(grey[:, :, None], 3, axis=2).astype(np.uint8)


def flat_clip(path: Path) -> Path:
    return encode(path, [np.zeros((HEIGHT, WIDTH, 3), np.uint8)] * (2 * RATE))


def test_what_is_true_is_verified_and_nothing_true_is_refused(seen: list[tuple[Document, Look]]) -> None:
    answers = [
        check_label(label, made, found) for made, found in seen for label in made.labels if label.field in CHECKABLE
    ]
    states = [answer.state for answer in answers]
    assert states.count("contradicted") == 0
    assert states.count("verified") >= 0.8 * len(states)
    assert all(answer.measured == answer.claimed for answer in answers if answer.state == "verified")


def test_planted_values_are_contradicted_and_none_is_verified(seen: list[tuple[Document, Look]]) -> None:
    planted = []
    for made, found in seen:
        for label in made.labels:
            field = field_of(label.field)
            if field is not None and field.name in CHECKABLE:
                others = [value for value in field.values if value != label.value]
                planted += [
                    (field.name, check_label(label.model_copy(update={"value": value}), made, found))
                    for value in others
                ]
    labelled = {label.field for made, _ in seen for label in made.labels}
    assert {name for name, _ in planted} == labelled & set(CHECKABLE)
    assert len(labelled & set(CHECKABLE)) >= 5
    assert not [answer for _, answer in planted if answer.state == "verified"]
    caught = [answer for _, answer in planted if answer.state == "contradicted"]
    assert len(caught) >= 0.9 * len(planted)
    assert all(answer.measured != answer.claimed for answer in caught)


def test_shots_boundaries_are_answered_beside_the_labels(seen: list[tuple[Document, Look]]) -> None:
    made, found = max(seen, key=lambda pair: len(pair[0].shots))
    verification = check_document(made, found)
    assert set(verification.boundaries) == {shot.id for shot in made.shots[1:]}
    assert {answer.state for answer in verification.boundaries.values()} == {"verified"}
    inside = made.shots[0]
    nothing = Boundary(
        kind="hard_cut", start_ns=inside.end_ns // 2, end_ns=inside.end_ns // 2 + 1, score=1.0, detector="planted"
    )
    assert check_boundary(nothing, found).measured == "none"
    wipe = nothing.model_copy(update={"kind": "wipe"})
    assert check_boundary(wipe, found).reason == "no_estimator"


def test_the_json_is_what_the_timeline_reads_and_the_same_each_time(folder: Path, tmp_path: Path) -> None:
    paths = folder / "documents" / "studio_0000.json", folder / "studio_0000.mp4"
    first, again = verify(*paths).as_json(), verify(*paths).as_json()
    assert first == again
    (tmp_path / "checks.json").write_bytes(first)
    checks = read_checks(tmp_path / "checks.json")
    made = read_document(paths[0])
    assert {label.id for label in made.labels} <= set(checks)
    assert {checks[label.id].claimed for label in made.labels} == {label.value for label in made.labels}


def test_a_black_clip_is_left_open_with_reasons(tmp_path: Path) -> None:
    path = flat_clip(tmp_path / "black.mp4")
    values = [{"camera_movement": "static", "subject_type": "food"}, {"camera_movement": "pan_left"}]
    made = document("black", (0.0, 1.0, 2.0), values, pacing=None)
    verification = check_document(made, look(path))
    by_field = {
        (label.field, label.value): verification.labels[label.id]
        for label in made.labels
        if label.field != "boundary_kind"
    }
    assert by_field["camera_movement", "static"].reason == "too_flat"
    assert by_field["camera_movement", "pan_left"].reason == "too_flat"
    assert by_field["subject_type", "food"].reason == "no_estimator"
    assert {answer.state for answer in by_field.values()} == {"not_checkable"}
    assert "too_flat" in table(verification)


def test_the_kinds_of_change_are_told_apart(tmp_path: Path) -> None:
    one, two = scene(1)[:, :WIDTH].astype(float), scene(2, 120, 255)[:, :WIDTH].astype(float)
    mixing = np.linspace(0.0, 1.0, 12)[1:-1]
    dissolve = [one + (two - one) * share for share in mixing]
    fade = [one * share for share in mixing[::-2]] + [two * share for share in mixing[::2]]
    frames = [one] * 20 + dissolve + [two] * 20 + fade[::-1] + [one] * 20 + [two] * 20
    path = encode(tmp_path / "kinds.mp4", [frame.astype(np.uint8) for frame in frames])
    found = look(path)
    starts = {"dissolve": (20, 30), "fade": (50, 60), "hard_cut": (79, 80)}
    for kind, (first, end) in starts.items():
        for claimed in starts:
            claim = Boundary(
                kind=claimed,  # type: ignore[arg-type]
                start_ns=first * NS_PER_S // RATE,
                end_ns=end * NS_PER_S // RATE,
                score=1.0,
                detector="planted",
            )
            answer = check_boundary(claim, found)
            assert (answer.measured, answer.state) == (kind, "verified" if claimed == kind else "contradicted")
    assert len(found.boundaries.cuts_ns) == 1
    assert len(found.boundaries.gradual_ns) == 2


@pytest.mark.parametrize(("right_px", "value"), [(2, "pan_right"), (-2, "pan_left"), (0, "static")])
def test_a_pan_is_named_by_where_the_camera_turns(tmp_path: Path, right_px: int, value: str) -> None:
    wide = scene(3)
    start = WIDTH if right_px >= 0 else 2 * WIDTH
    frames = [wide[:, start + right_px * t : start + right_px * t + WIDTH] for t in range(30)]
    found = look(encode(tmp_path / "pan.mp4", [np.ascontiguousarray(frame) for frame in frames]))
    made = document("pan", (0.0, 1.2), [{"camera_movement": value}], pacing=None)
    label = next(label for label in made.labels if label.field == "camera_movement")
    assert check_label(label, made, found).state == "verified"
    other = label.model_copy(update={"value": "tilt_up"})
    assert check_label(other, made, found).measured == value


def test_a_shift_is_found_to_a_fraction_of_a_pixel() -> None:
    rng = np.random.default_rng(5)
    fine = np.kron(rng.integers(0, 255, (40, 50)), np.ones((12, 12)))
    before, after = (
        fine[offset:][: 4 * 96, : 4 * 120].reshape(96, 4, 120, 4).mean(axis=(1, 3)).astype(np.uint8)
        for offset in (0, 10)
    )
    step = camera.step_between(before, after)
    assert step is not None
    assert step.down * 96 == pytest.approx(-2.5, abs=0.1)
    assert step.right == pytest.approx(0.0, abs=0.001)
    assert step.growth == pytest.approx(0.0, abs=0.002)


def test_another_video_and_a_missing_file_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="about another video"):
        verify(folder / "documents" / "studio_0000.json", folder / "studio_0001.mp4")
    with pytest.raises(InputError, match="can not be verified"):
        verify(folder / "documents" / "studio_0000.json", tmp_path / "nothing.mp4")


def test_a_broken_video_is_a_typed_error(tmp_path: Path) -> None:
    video = tmp_path / "broken.mp4"
    video.write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(100))
    made = document("broken", (0.0, 1.0), [{"lighting_key": "low_key"}])
    made = made.model_copy(update={"video": made.video.model_copy(update={"sha256": sha256_file(video)})})
    (tmp_path / "broken.json").write_bytes(orjson.dumps(dump_document(made)))
    with pytest.raises(DecodeError):
        verify(tmp_path / "broken.json", video)


def test_what_lies_beyond_the_last_picture_is_left_open(seen: list[tuple[Document, Look]]) -> None:
    made, found = seen[0]
    longer = made.model_copy(update={"video": made.video.model_copy(update={"duration_ns": 2 * found.end_ns})})
    late = {"start_ns": found.end_ns, "end_ns": 2 * found.end_ns}
    labels = [label.model_copy(update=late) for label in made.labels if label.field in CHECKABLE]
    assert {check_label(label, longer, found).reason for label in labels} == {"undecodable"}


def test_pictures_that_the_decoder_refuses_are_counted_and_left_open(tmp_path: Path) -> None:
    frames = [np.ascontiguousarray(scene(4)[:, t : t + WIDTH]) for t in range(40)]
    whole = encode(tmp_path / "whole.mp4", frames)
    with av.open(str(whole)) as container:
        packets = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    damaged = bytearray(whole.read_bytes())
    position, size = packets[20]
    assert position is not None
    damaged[position : position + size] = b"\xff" * size
    (tmp_path / "damaged.mp4").write_bytes(damaged)
    found = look(tmp_path / "damaged.mp4")
    assert found.lost_ns
    made = document("damaged", (0.0, 1.6), [{"camera_movement": "pan_right", "lighting_key": "mid_key"}], pacing="slow")
    verification = check_document(made, found)
    assert {answer.reason for answer in verification.labels.values()} == {"undecodable"}
    assert "could not be decoded" in table(verification)


def test_the_estimators_share_no_code_with_those_that_made_the_evidence() -> None:
    used = {path.as_posix() for path in import_closure("sv6d.quality.verify.look")}
    makers = ("sv6d/evidence/", "sv6d/shots/", "sv6d/annotate/", "sv6d/studio/")
    assert not [path for path in used if any(maker in path for maker in makers)]


def test_the_table_counts_every_label(seen: list[tuple[Document, Look]]) -> None:
    made, found = seen[0]
    wrong = next(label for label in made.labels if label.field == "lighting_key")
    value = "low_key" if wrong.value == "high_key" else "high_key"
    labels = tuple(label.model_copy(update={"value": value}) if label is wrong else label for label in made.labels)
    verification: Verification = check_document(made.model_copy(update={"labels": labels}), found)
    told = table(verification)
    assert f"contradicted  {wrong.id}: claimed {value}, measured {wrong.value}" in told
    assert sum(answer.state == "contradicted" for answer in verification.labels.values()) == 1


def test_the_command_prints_the_table_and_ends_well_though_labels_are_contradicted(
    folder: Path, tmp_path: Path
) -> None:
    made = read_document(folder / "documents" / "studio_0000.json")
    wrong = tuple(
        label.model_copy(update={"value": "low_key" if label.value == "high_key" else "high_key"})
        if label.field == "lighting_key"
        else label
        for label in made.labels
    )
    planted = tmp_path / "planted.json"
    planted.write_bytes(orjson.dumps(dump_document(made.model_copy(update={"labels": wrong}))))
    words = ["verify", str(planted), str(folder / "studio_0000.mp4"), "--json", str(tmp_path / "checks.json")]
    done = subprocess.run([sys.executable, "-m", "sv6d.cli.main", *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "contradicted  shot0.lighting_key" in done.stdout
    assert read_checks(tmp_path / "checks.json")
    words[2] = str(folder / "studio_0001.mp4")
    refused = subprocess.run([sys.executable, "-m", "sv6d.cli.main", *words], cwd=ROOT, capture_output=True, text=True)
    assert refused.returncode == 1
    assert "about another video" in refused.stderr
    assert "Traceback" not in refused.stderr
