"""Scripts of reels: whole, readable, and with everything in them that seeing has to tell apart."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

import pytest

from sv6d.errors import ConfigError
from sv6d.schema.boundaries import ChangeKind
from sv6d.studio.config import StudioConfig
from sv6d.studio.formats import FORMATS, plan_reel
from sv6d.studio.reel import Reel, Screen, Talk, World
from sv6d.studio.reel_sound import beats_ns
from sv6d.studio.signs import letters_box
from sv6d.timeline import pts_to_ns

NUM_EACH = 6
RATE_HZ = 16_000


@pytest.fixture(scope="module")
def reels(config: StudioConfig) -> dict[str, list[Reel]]:
    return {name: [plan_reel(name, index, config) for index in range(NUM_EACH)] for name in FORMATS}


def test_same_seed_same_script_and_another_one_otherwise(config: StudioConfig) -> None:
    for name in FORMATS:
        assert plan_reel(name, 1, config) == plan_reel(name, 1, config)
        assert plan_reel(name, 1, config) != plan_reel(name, 1, config.model_copy(update={"seed": config.seed + 1}))


def test_an_unknown_format_is_named_with_those_that_exist(config: StudioConfig) -> None:
    with pytest.raises(ConfigError, match="slides"):
        plan_reel("opera", 0, config)


def test_shots_and_sound_tile_the_clip_and_every_shot_is_seen_alone(reels: dict[str, list[Reel]]) -> None:
    for reel in (reel for each in reels.values() for reel in each):
        assert reel.shots[0].first == 0
        assert reel.shots[0].joint is None
        for before, after in pairwise(reel.shots):
            assert before.end == after.first
            assert after.joint is not None
            assert after.mixed[0] - before.mixed[1] >= 5, (reel.format, reel.seed)
        assert [passage.first for passage in reel.sound.passages] == [
            0,
            *(passage.end for passage in reel.sound.passages[:-1]),
        ]
        assert reel.sound.passages[-1].end == reel.num_frames


def test_what_happens_lies_within_the_clip(reels: dict[str, list[Reel]]) -> None:
    for reel in (reel for each in reels.values() for reel in each):
        width, height = reel.size
        for span in (*reel.panels, *reel.signs, *reel.effects):
            assert 0 <= span.first < span.end <= reel.num_frames, (reel.format, reel.seed, span)
        for sign in reel.signs:
            box = letters_box(sign)
            if box is not None:
                assert 0 <= box.left < box.right <= width, sign.text
                assert 0 <= box.top < box.bottom <= height, sign.text
        for shot in reel.shots:
            if isinstance(shot.picture, World):
                for event in (*shot.picture.moves, *shot.picture.passers):
                    assert shot.first <= event.first < event.end <= shot.end
            elif isinstance(shot.picture, Screen):
                for event in (*shot.picture.scrolls, *shot.picture.popups):
                    assert shot.first <= event.first < event.end <= shot.end


def test_edited_reels_hold_every_kind_of_change(reels: dict[str, list[Reel]]) -> None:
    for reel in reels["edited"]:
        assert {shot.joint.kind for shot in reel.shots if shot.joint is not None} == set(get_args(ChangeKind))
    assert any(reel.pixel_aspect != (1, 1) for reel in reels["edited"])


def test_live_reels_are_one_shot_with_all_that_is_no_change_of_shot(reels: dict[str, list[Reel]]) -> None:
    kinds = set()
    for reel in reels["live"]:
        assert len(reel.shots) == 1
        world = reel.shots[0].picture
        assert isinstance(world, World)
        assert world.shake > 0
        kinds |= {move.kind for move in world.moves} | {effect.kind for effect in reel.effects}
        kinds |= {"passer" for _ in world.passers}
    assert {"whip", "snap_zoom", "jolt", "flash", "pulse", "passer"} <= kinds
    assert {reel.turn for reel in reels["live"]} == {0, 90, 180, 270}
    assert {reel.time.is_variable for reel in reels["live"]} == {True, False}


def test_variable_rates_leave_out_frames_and_keep_the_order(reels: dict[str, list[Reel]]) -> None:
    variable = [reel for each in reels.values() for reel in each if reel.time.is_variable]
    assert variable
    for reel in variable:
        assert len(reel.time.grid) < reel.num_frames
        assert reel.time.grid[0] == 0
        assert reel.time.grid[-1] == reel.num_frames - 1
        assert all(before < after for before, after in pairwise(reel.time.ticks))
        for shot in reel.shots[1:]:
            assert reel.time.grid[reel.index_of(shot.first)] == shot.first


def test_jump_cuts_keep_the_sitting(reels: dict[str, list[Reel]]) -> None:
    for reel in reels["talk"]:
        jumps = 0
        for before, after in pairwise(reel.shots):
            if after.jump:
                assert isinstance(before.picture, Talk)
                assert isinstance(after.picture, Talk)
                assert before.picture.seed == after.picture.seed
                assert before.picture.pose != after.picture.pose
                jumps += 1
        assert jumps >= 3


def test_cuts_of_beats_reels_fall_on_the_beat_or_all_beside_it(reels: dict[str, list[Reel]]) -> None:
    for index, reel in enumerate(reels["beats"]):
        beats = beats_ns(reel, RATE_HZ)
        frame_ns = pts_to_ns(1, reel.time.fps_den, reel.time.fps_num)
        beat_ns = beats[1] - beats[0]
        for shot in reel.shots[1:]:
            at_ns = pts_to_ns(shot.first, reel.time.fps_den, reel.time.fps_num)
            away_ns = min(abs(at_ns - beat) for beat in beats)
            if index % 2 == 0:
                assert away_ns <= 0.5 * frame_ns + 0.01 * beat_ns
            else:
                assert away_ns > 0.3 * beat_ns - frame_ns


def test_divided_frames_pop_in_or_last(reels: dict[str, list[Reel]]) -> None:
    kinds = [panels.kind for reel in reels["split"] for panels in reel.panels]
    assert {"split_screen", "picture_in_picture"} == set(kinds)
    assert any(panels.first > 0 for reel in reels["split"] for panels in reel.panels)
    assert any(panels.first == 0 and panels.end == reel.num_frames for reel in reels["split"] for panels in reel.panels)
