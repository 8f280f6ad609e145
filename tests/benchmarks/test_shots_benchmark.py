"""The benchmark of shot detectors: matching, gains, the SHOT labels, and trials that are what they say."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.shot_footage import Footage
from benchmarks.shot_kit import MAKERS
from benchmarks.shot_labels import parse_shot_labels, read_shot_labels
from benchmarks.shot_scores import Outcome, Slack, f1_gain, match, total
from benchmarks.shots import main, measure, measure_all, summary
from sv6d.errors import InputError
from tests.sv6d.video.made_videos import scene, shot, write_video

SLACK = Slack(cut=1.5, gradual=2.5)


def outcome(name: str, wanted: int, found: int, false_alarms: int) -> Outcome:
    return Outcome(
        name=name,
        num_frames=100,
        hard_cuts=wanted,
        hard_cuts_found=found,
        gradual=0,
        gradual_found=0,
        false_alarms=false_alarms,
        decode_s=1.0,
        find_s=1.2,
    )


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([10, 51.5, 80], (2, 1, [])),
        ([11, 12], (1, 0, [12])),
        ([9, 10], (1, 0, [9])),
        ([70, 75, 92.5], (0, 1, [])),
        ([92.6], (0, 0, [92.6])),
    ],
)
def test_each_boundary_answers_one_cut_and_any_number_one_gradual_change(
    found: list[float], expected: tuple[int, int, list[float]]
) -> None:
    assert match(found, {"hard_cuts": [10, 50], "gradual": [[70, 90]]}, SLACK) == expected


def test_a_gain_that_every_source_shows_excludes_zero() -> None:
    ours = [outcome(str(i), 10, 9, 0) for i in range(8)]
    theirs = [outcome(str(i), 10, 6, 3) for i in range(8)]
    gain = f1_gain(ours, theirs, seed=0)
    assert gain["gain"] == pytest.approx(18 / 19 - 12 / 19)
    assert gain["low"] == pytest.approx(gain["high"])
    mixed = f1_gain([*ours, outcome("x", 10, 0, 9)], [*theirs, outcome("x", 10, 10, 0)], seed=0)
    assert mixed["low"] < mixed["gain"] < mixed["high"]


def test_a_video_without_boundaries_has_no_f1_and_counts_in_the_total() -> None:
    silent = outcome("none", 0, 0, 3)
    assert silent.f1 is None
    assert silent.recall is None
    assert total([silent, outcome("some", 4, 4, 0)]).f1 == pytest.approx(8 / 11)


def test_shot_labels_as_people_typed_them() -> None:
    text = "1.mp4 400\n130,131\n200,208\n250.251\n300,,301\n380,57\n395,396\n\n2.mp4  100\n10,11\nnonsense\n98,99\n"
    labels = parse_shot_labels(text)
    assert labels.videos["1.mp4"] == {"file": "1.mp4", "hard_cuts": [131, 251, 301], "gradual": [[201, 207]]}
    assert labels.videos["2.mp4"]["hard_cuts"] == [11]
    assert labels.unread == ["380,57", "nonsense"]


def test_shot_labels_want_their_videos(tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_text("1.mp4 50\n10,11\n\n2.mp4 50\n10,11\n")
    with pytest.raises(InputError):
        read_shot_labels(tmp_path / "labels.txt", tmp_path)
    (tmp_path / "2.mp4").touch()
    assert list(read_shot_labels(tmp_path / "labels.txt", tmp_path)) == ["2.mp4"]


def test_one_video_is_measured_beside_a_peer(tmp_path: Path) -> None:
    from benchmarks.shot_peers import Answer

    path = write_video(tmp_path / "a.mp4", [*shot(1, 24), *shot(2, 24)])
    truth = {"file": "a.mp4", "hard_cuts": [24], "gradual": []}
    measured = measure(path, truth, {"Blind": lambda _: Answer((5,), 0.1)}, SLACK)
    report = summary([measured], ["a.mp4"])
    assert (report["total"]["f1"], report["total"]["false_alarms"]) == (1.0, 0)
    assert {"precision", "recall", "f1", "false_alarms", "fps", "ratio_to_decode"} <= report["videos"][0].keys()
    assert report["peers"]["Blind"]["total"]["f1"] == 0.0
    assert report["peers"]["Blind"]["f1_gain_over_it"]["low"] == 1.0
    json.dumps(report)


def test_a_file_that_can_not_be_read_is_told_and_in_no_total(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_video(tmp_path / "a.mp4", [*shot(1, 24), *shot(2, 24)])
    (tmp_path / "b.mp4").write_bytes((tmp_path / "a.mp4").read_bytes()[:3000])
    files = {name: {"file": f"{name}.mp4", "hard_cuts": [24], "gradual": []} for name in ("b", "a", "gone")}
    (tmp_path / "truth.json").write_text(json.dumps({"videos": files}))
    peers = ["TransNetV2", "ContentDetector", "HashDetector", "AdaptiveDetector"]
    out = tmp_path / "out.json"
    line = ["shots", str(tmp_path), str(tmp_path / "truth.json"), "--json", str(out), "--without", *peers]
    monkeypatch.setattr("sys.argv", line)
    with pytest.raises(SystemExit) as ended:
        main()
    told, report = capsys.readouterr(), json.loads(out.read_text())
    assert ended.value.code == 1
    assert [(item["name"], item["code"]) for item in report["unread"]] == [("b.mp4", "corrupt"), ("gone.mp4", "input")]
    assert all(item["message"] in told.err for item in report["unread"])
    assert "2 of 3 videos could not be read" in told.out
    assert ([item["name"] for item in report["videos"]], report["total"]["hard_cuts"]) == (["a.mp4"], 1)


def test_a_truth_of_which_nothing_can_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").touch()
    with pytest.raises(InputError, match="no video that can be measured"):
        measure_all(tmp_path, [{"file": "a.mp4", "hard_cuts": [], "gradual": []}], {}, SLACK)


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_trials_repeat_and_their_truth_lies_inside(kind: str) -> None:
    wide = tuple(scene(7, 120, 160) for _ in range(100))
    footage = Footage({"a": (tuple(shot(1, 100, height=120, width=160)),), "b": (wide,)})
    one, two = (MAKERS[kind](np.random.default_rng(3), footage, (96, 128)) for _ in range(2))
    assert len(one.frames) == len(two.frames) > 20
    assert all(np.array_equal(a, b) for a, b in zip(one.frames, two.frames, strict=True))
    # Recorded screens are twice as large.
    scale = 2 if MAKERS[kind].__module__.endswith("shot_pages") else 1
    assert {frame.shape for frame in one.frames} == {(96 * scale, 128 * scale, 3)}
    assert all(0 < cut < len(one.frames) for cut in one.hard_cuts)
    assert all(0 < first <= last < len(one.frames) for first, last, _ in one.gradual)
    assert (one.hard_cuts, one.gradual) == (two.hard_cuts, two.gradual)
