"""The folder of rendered reels: equal bytes, valid documents, and labels that are true of the files."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from sv6d.events import Events
from sv6d.io import read_json, sha256_file
from sv6d.schema.boundaries import DOCUMENT_KINDS
from sv6d.schema.document import Document
from sv6d.schema.versions import read_document
from sv6d.studio.config import StudioConfig
from sv6d.studio.formats import FORMATS, plan_reel
from sv6d.studio.reel_frame import ReelPainter
from sv6d.studio.reel_sound import synthesise_reel
from sv6d.studio.reels import encode_reel, render_reels
from sv6d.timeline import NS_PER_S
from sv6d.video.frames import since_first
from sv6d.video.reader import open_video, orientation_of

NAMES = sorted(FORMATS)


def contents(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): sha256_file(p) for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, small: StudioConfig) -> Path:
    """One reel of each format, 72 x 128 pixels."""
    out = tmp_path_factory.mktemp("reels")
    assert render_reels(small, NAMES, 1, out, 1, Events.silent()) == len(NAMES)
    return out


@pytest.fixture(scope="module")
def labelled(folder: Path) -> dict[str, Any]:
    videos: dict[str, Any] = read_json(folder / "truth_cuts.json")["videos"]
    return videos


def script(folder: Path, name: str) -> dict[str, Any]:
    told: dict[str, Any] = read_json(folder / "truth" / f"{name}_0000.json")
    return told


def document(folder: Path, name: str) -> Document:
    return read_document(folder / "documents" / f"{name}_0000.json")


def lumas(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="gray").astype(float) for frame in container.decode(video=0)])


def test_the_same_reels_have_the_same_bytes(folder: Path, small: StudioConfig, tmp_path: Path) -> None:
    names = ["live", "talk"]
    render_reels(small, names, 1, tmp_path, 2, Events.silent())
    again, first = contents(tmp_path), contents(folder)
    assert len(again) == 4 * len(names) + 1
    assert all(again[name] == first[name] for name in again if name != "truth_cuts.json")


def test_clips_have_document_script_and_sidecar(folder: Path, labelled: dict[str, Any]) -> None:
    assert sorted(labelled) == [f"{name}_0000.mp4" for name in NAMES]
    for name in NAMES:
        told = read_json(folder / f"{name}_0000.json")
        said = document(folder, name)
        assert said.video.sha256 == sha256_file(folder / f"{name}_0000.mp4") == script(folder, name)["sha256"]
        assert said.video.context is not None
        assert (said.video.context.title, list(said.video.context.hashtags)) == (told["title"], told["hashtags"])


def test_hard_cuts_are_where_the_picture_changes_most(folder: Path, labelled: dict[str, Any]) -> None:
    for name in ("beats", "shop", "window"):
        frames = lumas(folder / f"{name}_0000.mp4")
        steps = np.abs(np.diff(frames, axis=0)).mean(axis=(1, 2))
        for cut in labelled[f"{name}_0000.mp4"]["hard_cuts"]:
            around = np.delete(steps[cut - 4 : cut + 3], 3)
            assert steps[cut - 1] > 2 * np.median(around), (name, cut)


def test_documents_hold_the_labelled_boundaries(folder: Path) -> None:
    for name in NAMES:
        said, told = document(folder, name), script(folder, name)
        turns = [shot.boundary_in for shot in said.shots[1:]]
        assert len(turns) == len(told["boundaries"])
        for turn, known in zip(turns, told["boundaries"], strict=True):
            assert turn is not None
            assert turn.kind == DOCUMENT_KINDS[known["kind"]]
            assert (turn.start_ns, turn.end_ns) == (known["start_ns"], known["end_ns"])
        shots = told["shots"]
        assert shots[0]["first_frame"] == 0
        assert shots[-1]["last_frame"] == told["num_frames"] - 1
        assert all(a["last_frame"] + 1 == b["first_frame"] for a, b in pairwise(shots))
        assert {item.value for item in said.evidence if item.kind == "text"} == {item["text"] for item in told["texts"]}
        assert {layout.layout for layout in said.layouts} == {shot["layout"] for shot in shots}


def test_formats_say_what_they_are(folder: Path) -> None:
    labels = {name: {(label.field, label.value) for label in document(folder, name).labels} for name in NAMES}
    assert ("layout", "slide") in labels["slides"]
    assert ("layout", "screen_recording") in labels["screen"]
    assert ("layout", "gap_text") in labels["window"]
    assert ("cut_type", "jump_cut") in labels["talk"]
    assert ("steadiness", "shaky") in labels["live"]
    assert {("steadiness", "fixed"), ("camera_roll", "roll_none"), ("layout", "slide")} <= labels["slides"]
    assert ("layout", "slide") in labels["edited"]  # its title on black
    assert [name for name in NAMES if ("audio_edit", "beat_sync") in labels[name]] == ["beats"]
    styles = {"wipe", "whip_pan", "zoom_transition", "flash"}
    assert {("transition_style", style) for style in styles} <= labels["edited"]
    assert ("audio_edit", "silence") in labels["shop"]
    assert {cue.kind for cue in document(folder, "shop").packaging_cues} == {
        "price",
        "sticker",
        "subtitle_band",
        "call_to_action",
    }


def test_turned_files_are_shown_upright(folder: Path, small: StudioConfig) -> None:
    told = script(folder, "live")
    assert told["turned_counterclockwise_deg"] == 90
    said = document(folder, "live").video
    assert (said.width_px, said.height_px) == (72, 128)
    reel = plan_reel("live", 0, small)
    with open_video(folder / "live_0000.mp4") as video:
        frame = next(video.decode())
        turned = orientation_of(frame).apply(frame.to_ndarray(format="rgb24"))
    wanted = np.asarray(ReelPainter(reel, 72, 128).paint(0)).astype(float)
    assert np.abs(turned - wanted).mean() < 12 < np.abs(turned[::-1] - wanted).mean()


def test_variable_rates_are_written_as_planned(folder: Path, small: StudioConfig) -> None:
    reel = plan_reel("live", 0, small)
    with open_video(folder / "live_0000.mp4") as video:
        times = [video.frame_time(frame) for frame in video.decode()]
    tick_s = reel.time.fps_den / reel.time.fps_num / reel.time.ticks_per_frame
    shown = [since_first(time, times[0].pts) / NS_PER_S for time in times]
    assert len(set(np.diff(reel.time.ticks))) > 3
    # The file counts in a time base of its own: rounding to it is all that may differ.
    assert shown == pytest.approx([tick * tick_s for tick in reel.time.ticks], abs=2e-4)


def test_wide_pixels_are_shown_wide(small: StudioConfig, tmp_path: Path) -> None:
    index = next(index for index in range(8) if plan_reel("edited", index, small).pixel_aspect != (1, 1))
    encode_reel(plan_reel("edited", index, small), small, tmp_path / "wide.mp4")
    with open_video(tmp_path / "wide.mp4") as video:
        frame = next(video.decode())
        assert (frame.width, frame.height) == (96, 72)
        assert video.stream.sample_aspect_ratio == Fraction(4, 3)


def test_silence_is_silent_and_speech_has_pauses(small: StudioConfig) -> None:
    rate_hz = 16_000
    for name in ("screen", "shop", "talk"):
        reel = plan_reel(name, 0, small)
        samples = synthesise_reel(reel, rate_hz)
        assert np.abs(samples).max() < 0.9
        for passage in reel.sound.passages:
            first, end = (int(frame / reel.time.fps * rate_hz) + 1 for frame in (passage.first, passage.end))
            part = samples[first : end - 2]
            if passage.kind == "silence":
                assert not part.any()
            else:
                level = 20 * np.log10(np.sqrt(np.mean(part.astype(float) ** 2)))
                assert level == pytest.approx(passage.level_db, abs=3.0)
            if passage.kind == "speech":
                tenths = part[: len(part) // 1600 * 1600].reshape(-1, 1600)
                loud = np.sqrt(np.mean(tenths.astype(float) ** 2, axis=1))
                assert loud.min() < 0.5 * loud.max()
