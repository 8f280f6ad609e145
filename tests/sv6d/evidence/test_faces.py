"""Faces by a detector whose answers are known, and detectors that are none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sv6d.errors import ModelError
from sv6d.evidence.config import EvidenceConfig, FacesConfig
from sv6d.evidence.detectors import detector_build
from sv6d.evidence.faces import FaceDetector
from sv6d.evidence.measure import measure
from sv6d.evidence.shot_scale import scale_of
from sv6d.params import read_config
from sv6d.schema.camera import FIELDS
from sv6d.schema.document import Shot
from tests.sv6d.evidence.made_detector import SIDE_PX, write_detector
from tests.sv6d.video.made_videos import write_video

PARAMS = Path(__file__).resolve().parents[3] / "params.yaml"


def with_blue(*cells: tuple[int, int], side_px: int = SIDE_PX) -> np.ndarray:
    """A green picture with blue cells (row, column) of a quarter of its side."""
    picture = np.zeros((side_px, side_px, 3), np.uint8)
    picture[..., 1] = 200
    quarter = side_px // 4
    for row, column in cells:
        picture[row * quarter : (row + 1) * quarter, column * quarter : (column + 1) * quarter] = (0, 0, 255)
    return picture


@pytest.fixture
def detector(tmp_path: Path) -> FaceDetector:
    write_detector(tmp_path / "made.onnx")
    return FaceDetector(tmp_path / "made.onnx", 0.6)


def test_faces_are_where_the_model_says(detector: FaceDetector) -> None:
    (face,) = detector.found(with_blue((1, 2)))
    # The cell's middle is at (40, 24) of 64; the face is 32 wide and 48 high.
    assert face.box == pytest.approx((24 / 64, 0.0, 56 / 64, 48 / 64))
    assert face.confidence == pytest.approx(1.0, abs=1e-5)
    assert face.height == pytest.approx(0.75)
    assert detector.found(with_blue()) == []
    assert detector.found(with_blue()[..., ::-1]) == []


def test_overlapping_faces_are_one_and_others_are_not(detector: FaceDetector) -> None:
    assert len(detector.found(with_blue((1, 1), (1, 2)))) == 1  # a half of each in common, by union a third
    assert len(detector.found(with_blue((1, 0), (1, 3)))) == 2
    dim = with_blue((2, 2))
    dim[dim == 255] = 100
    assert detector.found(dim) == []


@pytest.mark.parametrize("side_px", [128, 200])
def test_a_larger_picture_is_made_smaller(detector: FaceDetector, side_px: int) -> None:
    (face,) = detector.found(with_blue((1, 2), side_px=side_px))
    assert face.box == pytest.approx((24 / 64, 0.0, 56 / 64, 48 / 64), abs=0.01)


def test_a_smaller_picture_lies_at_the_top_left_of_what_the_model_sees(detector: FaceDetector) -> None:
    picture = np.zeros((32, 32, 3), np.uint8)
    picture[:16, :16] = (0, 0, 255)
    (face,) = detector.found(picture)
    assert face.box == pytest.approx((0.0, 0.0, 24 / 32, 1.0))


def faces_config(path: Path | None, sha256: str | None) -> FacesConfig:
    config = read_config(PARAMS, "evidence")
    assert isinstance(config, EvidenceConfig)
    return config.faces.model_copy(update={"detector": None if path is None else str(path), "detector_sha256": sha256})


def test_what_is_no_detector_is_a_typed_error(tmp_path: Path) -> None:
    assert detector_build("faces", faces_config(None, None)) is None
    with pytest.raises(ModelError, match="no file"):
        detector_build("faces", faces_config(tmp_path / "none.onnx", "0" * 64))
    digest = write_detector(tmp_path / "made.onnx")
    with pytest.raises(ModelError, match=digest):
        detector_build("faces", faces_config(tmp_path / "made.onnx", "0" * 64))
    assert (
        detector_build("faces", faces_config(tmp_path / "made.onnx", digest))
        == f"evidence.faces made.onnx {digest[:12]}"
    )
    write_detector(tmp_path / "half.onnx", outputs=("cls", "obj"))
    with pytest.raises(ModelError, match="bbox_16"):
        FaceDetector(tmp_path / "half.onnx", 0.6)
    (tmp_path / "text.onnx").write_text("no model")
    with pytest.raises(ModelError, match="no face detector"):
        FaceDetector(tmp_path / "text.onnx", 0.6)


def test_faces_of_a_shot_are_evidence_with_a_box(tmp_path: Path) -> None:
    digest = write_detector(tmp_path / "made.onnx")
    config = read_config(PARAMS, "evidence")
    assert isinstance(config, EvidenceConfig)
    faces = faces_config(tmp_path / "made.onnx", digest)
    clip = write_video(tmp_path / "a.mp4", [with_blue((1, 2))] * 30, crf=10)
    shots = [Shot(id="s0", start_ns=0, end_ns=600_000_000), Shot(id="s1", start_ns=600_000_000, end_ns=1_200_000_000)]
    rows = measure(clip, shots, config.model_copy(update={"faces": faces}))
    found = {row["evidence_id"]: row for row in rows["evidence"] if row["kind"] == "box"}
    assert found["box.face_count.s0"]["value"] == 1.0
    height = found["box.face_height.s1"]
    assert height["value"] == pytest.approx(0.75, abs=0.01)
    assert height["box"] == pytest.approx([0.375, 0.0, 0.875, 0.75], abs=0.01)
    assert len(height["pts"]) == 1
    assert {row["cue"] for row in rows["tracks"]} >= {"face_count_faces", "face_height_share"}
    without = measure(clip, shots, config)
    assert not [row for row in without["evidence"] if row["kind"] == "box"]


def test_scales_are_those_of_the_vocabulary_from_near_to_far() -> None:
    scales = [scale_of(height)[0] for height in (0.9, 0.5, 0.3, 0.2, 0.13, 0.08, 0.01)]
    values = next(field for field in FIELDS if field.name == "shot_scale").terms
    assert scales == [term.name for term in values]
    assert scale_of(0.25)[1] == pytest.approx(0.0)
    assert scale_of(0.33)[1] > 0.2
