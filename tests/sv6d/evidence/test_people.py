"""People by a detector whose answers are known, detectors that are none, and shot scale by a person."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from sv6d.cli.measure import measure_file
from sv6d.errors import ModelError
from sv6d.evidence.config import EvidenceConfig, PeopleConfig
from sv6d.evidence.detectors import detector_build
from sv6d.evidence.measure import measure
from sv6d.evidence.people import PersonDetector
from sv6d.evidence.shot_scale import is_whole, scale_by_person, scale_of
from sv6d.params import read_config
from sv6d.schema.document import Shot
from tests.sv6d.evidence.made_detector import SIDE_PX, write_detector, write_person_detector
from tests.sv6d.video.made_videos import write_video

PARAMS = Path(__file__).resolve().parents[3] / "params.yaml"
# Of the cell in row 1, column 2 of 4: its middle is at (40, 24) of 64, and a person is 16 wide and 48 high.
BOX = (32 / 64, 0.0, 48 / 64, 48 / 64)


def with_red(*cells: tuple[int, int], height_px: int = SIDE_PX, width_px: int = SIDE_PX) -> np.ndarray:
    """A green picture with red cells (row, column) of a quarter of its longer side."""
    picture = np.zeros((height_px, width_px, 3), np.uint8)
    picture[..., 1] = 200
    quarter = max(height_px, width_px) // 4
    for row, column in cells:
        picture[row * quarter : (row + 1) * quarter, column * quarter : (column + 1) * quarter] = (255, 0, 0)
    return picture


@pytest.fixture
def detector(tmp_path: Path) -> PersonDetector:
    write_person_detector(tmp_path / "made.onnx")
    return PersonDetector(tmp_path / "made.onnx", 0.6)


def test_people_are_where_the_model_says_and_dogs_are_none(detector: PersonDetector) -> None:
    (person,) = detector.found(with_red((1, 2)))
    assert person.box == pytest.approx(BOX)
    assert person.confidence == pytest.approx(1.0, abs=1e-5)
    assert detector.found(with_red()) == []  # every cell a dog of 0.78
    assert detector.found(with_red((1, 2))[..., ::-1]) == []


def test_overlapping_people_are_one_and_others_are_not(detector: PersonDetector) -> None:
    assert len(detector.found(with_red((1, 1), (1, 2)))) == 2  # side by side
    assert len(detector.found(with_red((1, 1), (2, 1)))) == 1  # two thirds of each in common, by union a half
    assert len(detector.found(with_red((0, 1), (2, 1)))) == 2  # a third, by union a fifth


@pytest.mark.parametrize("side_px", [32, 128, 200])
def test_a_picture_of_any_size_fills_what_the_model_sees(detector: PersonDetector, side_px: int) -> None:
    (person,) = detector.found(with_red((1, 2), height_px=side_px, width_px=side_px))
    assert person.box == pytest.approx(BOX, abs=0.01)


def test_another_shape_lies_at_the_top_left_of_grey(detector: PersonDetector) -> None:
    (person,) = detector.found(with_red((1, 0), height_px=128, width_px=64))
    assert person.box == pytest.approx((0.0, 0.0, 16 / 32, 48 / 64), abs=0.01)


def people_config(path: Path | None, sha256: str | None) -> PeopleConfig:
    config = read_config(PARAMS, "evidence")
    assert isinstance(config, EvidenceConfig)
    return config.people.model_copy(update={"detector": None if path is None else str(path), "detector_sha256": sha256})


def test_what_is_no_detector_is_a_typed_error(tmp_path: Path) -> None:
    assert detector_build("people", people_config(None, None)) is None
    with pytest.raises(ModelError, match="no file"):
        detector_build("people", people_config(tmp_path / "none.onnx", "0" * 64))
    digest = write_person_detector(tmp_path / "made.onnx")
    with pytest.raises(ModelError, match=digest) as caught:
        detector_build("people", people_config(tmp_path / "made.onnx", "0" * 64))
    assert "evidence.people" in str(caught.value)
    assert detector_build("people", people_config(tmp_path / "made.onnx", digest)) == (
        f"evidence.people made.onnx {digest[:12]}"
    )
    write_person_detector(tmp_path / "few.onnx", columns=30)
    with pytest.raises(ModelError, match="30"):
        PersonDetector(tmp_path / "few.onnx", 0.6)
    write_detector(tmp_path / "faces.onnx")
    with pytest.raises(ModelError, match="no detector of people"):
        PersonDetector(tmp_path / "faces.onnx", 0.6)
    (tmp_path / "text.onnx").write_text("no model")
    with pytest.raises(ModelError, match="no detector of people"):
        PersonDetector(tmp_path / "text.onnx", 0.6)


def test_sizes_in_pixels_are_told_from_logarithms(tmp_path: Path) -> None:
    write_person_detector(tmp_path / "pixels.onnx", height_cells=2.0**40)
    with pytest.raises(ModelError, match="no logarithms"):
        PersonDetector(tmp_path / "pixels.onnx", 0.6).found(with_red((1, 2)))


def test_people_of_a_shot_are_evidence_with_a_box(tmp_path: Path) -> None:
    digest = write_person_detector(tmp_path / "made.onnx")
    config = read_config(PARAMS, "evidence")
    assert isinstance(config, EvidenceConfig)
    seeing = config.model_copy(update={"people": people_config(tmp_path / "made.onnx", digest)})
    clip = write_video(tmp_path / "a.mp4", [with_red((1, 2))] * 30 + [with_red((1, 0), (2, 2))] * 30, crf=10)
    edges = (0, 1_200_000_000, 2_400_000_000)
    shots = [Shot(id=f"s{n}", start_ns=edges[n], end_ns=edges[n + 1]) for n in (0, 1)]
    rows = measure(clip, shots, seeing)
    found = {row["evidence_id"]: row for row in rows["evidence"] if row["kind"] == "box"}
    assert [found[f"box.person_count.s{n}"]["value"] for n in (0, 1)] == [1.0, 2.0]
    height = found["box.person_height.s0"]
    assert height["value"] == pytest.approx(0.75, abs=0.01)
    assert height["box"] == pytest.approx(BOX, abs=0.01)
    assert (len(height["pts"]), height["method"]) == (1, f"evidence.people made.onnx {digest[:12]}")
    assert found["box.person_whole.s0"]["value"] == 0.0  # it touches the upper edge
    assert {row["cue"] for row in rows["tracks"]} >= {"person_count_people", "person_height_share"}
    # The same shot by itself gives the same again; without a detector there is nothing.
    again = measure(clip, shots[1:], seeing)["evidence"]
    assert [row for row in again if row["kind"] == "box"] == [
        row for row in rows["evidence"] if row["kind"] == "box" and row["evidence_id"].endswith("s1")
    ]
    assert not [row for row in measure(clip, shots, config)["evidence"] if row["kind"] == "box"]


def test_measure_names_the_scale_by_a_whole_person(tmp_path: Path) -> None:
    model, params = tmp_path / "made.onnx", tmp_path / "params.yaml"
    clip = write_video(tmp_path / "a.mp4", [with_red((1, 2), height_px=128, width_px=128)] * 5, crf=10)
    settings = yaml.safe_load(PARAMS.read_text(encoding="utf-8"))
    scales = []
    # 2.9 cells end 0.0125 of the height from the upper edge: too near to be sure that nothing is cut off.
    for height_cells in (2.9, 2.8):
        digest = write_person_detector(model, height_cells)
        settings["evidence"]["people"] |= {"detector": str(model), "detector_sha256": digest}
        params.write_text(yaml.safe_dump(settings), encoding="utf-8")
        measured = measure_file(clip, params)
        assert measured["builds"]["person_detector"] == f"evidence.people made.onnx {digest[:12]}"
        scales.append(measured["shots"][0]["shot_scale"])
    assert scales[0] is None
    assert (scales[1]["value"], scales[1]["by"]) == ("long", "person_height")


def test_a_person_is_whole_where_nothing_may_be_cut_off() -> None:
    assert is_whole((0.45, 0.1, 0.55, 0.9), 9 / 16)
    assert is_whole((0.45, 0.1, 0.6, 0.9), 16 / 9)  # 3 times as high as wide
    assert not is_whole((0.45, 0.1, 0.55, 0.995), 9 / 16)
    assert not is_whole((0.0, 0.1, 0.1, 0.9), 9 / 16)
    assert not is_whole((0.4, 0.2, 0.6, 0.5), 1.0)  # a person behind a table


def test_scale_by_a_person_goes_on_from_that_by_a_face() -> None:
    for height, value, margin in ((0.8, "long", 0.521), (0.3, "extreme_long", 0.46)):
        found = scale_by_person(height, 0.5)
        assert found is not None
        assert found[0] == value
        assert found[1] == pytest.approx(margin, abs=0.001)
    assert scale_by_person(0.8, 0.4) is None
    assert scale_by_person(0.0, 0.0) is None
    # The same person's face: 0.78 of a head, of which the person is 7.5 high.
    for height in (0.3, 0.46, 0.49, 0.9):
        assert scale_of(height * 0.78 / 7.5)[0] == scale_by_person(height, 1.0)[0]  # type: ignore[index]
