"""Painted reels: changes of shot take the frames that they say, and what stands still stands still."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from sv6d.schema.boundaries import ChangeKind
from sv6d.studio.config import StudioConfig
from sv6d.studio.formats import plan_reel
from sv6d.studio.reel import Page, Reel, Screen, Talk, World
from sv6d.studio.reel_frame import ReelPainter
from sv6d.studio.screens import ScreenPainter, screen_texts, scrolled
from sv6d.studio.speech import openness, syllables
from sv6d.studio.world import Sight


def small(reel: Reel) -> ReelPainter:
    width, height = reel.size
    return ReelPainter(reel, round(width / 4), round(height / 4))


def pixels(painter: ReelPainter, frame: int) -> np.ndarray:
    return np.asarray(painter.paint(frame)).astype(float)


def difference(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a - b).mean())


@pytest.fixture(scope="module")
def still(config: StudioConfig) -> Reel:
    """An edited reel in which nothing moves but its changes of shot."""
    reel = plan_reel("edited", 1, config)
    shots = tuple(
        replace(shot, picture=replace(shot.picture, speeds=(0.0, 0.0, 0.0), sprites=()))
        if isinstance(shot.picture, World)
        else shot
        for shot in reel.shots
    )
    return replace(reel, shots=shots, effects=(), signs=())


@pytest.mark.parametrize("kind", get_args(ChangeKind))
def test_frames_of_a_change_and_no_others_are_neither_shot(still: Reel, kind: str) -> None:
    number = next(n for n, shot in enumerate(still.shots) if shot.joint is not None and shot.joint.kind == kind)
    first, pure = still.shots[number].mixed
    painter = small(still)
    frames = {frame: pixels(painter, frame) for frame in range(first - 4, pure + 4)}
    old, new = frames[first - 1], frames[pure]
    assert all(difference(frames[frame], old) == 0 for frame in range(first - 4, first))
    assert all(difference(frames[frame], new) == 0 for frame in range(pure, pure + 4))
    assert difference(old, new) > 5
    if kind == "hard_cut":
        assert pure == first
    for frame in range(first, pure):
        assert difference(frames[frame], old) > 0, frame
        assert difference(frames[frame], new) > 0, frame


def test_nothing_around_a_window_moves(config: StudioConfig) -> None:
    reel = replace(plan_reel("window", 0, config), signs=())
    painter = small(reel)
    frames = [pixels(painter, frame) for frame in range(0, reel.num_frames, 17)]
    inside = np.zeros(frames[0].shape[:2], dtype=bool)
    box = reel.window
    inside[int(box.top / 4) - 1 : int(box.bottom / 4) + 2, int(box.left / 4) - 1 : int(box.right / 4) + 2] = True
    changed = np.abs(np.stack(frames) - frames[0]).max(axis=(0, 3))
    assert changed[~inside].max() == 0
    assert changed[inside].mean() > 20


def test_pages_stand_still_between_their_lines(config: StudioConfig) -> None:
    reel = plan_reel("slides", 0, config)
    painter = small(reel)
    number, shot = next(
        (n, shot)
        for n, shot in enumerate(reel.shots)
        if isinstance(shot.picture, Page) and shot.picture.lines[0][1] > shot.first + 3
    )
    assert isinstance(shot.picture, Page)
    appears = {first for _, first in shot.picture.lines}
    end = reel.shots[number + 1].mixed[0] if number + 1 < len(reel.shots) else shot.end
    for frame in range(shot.mixed[1] + 1, end):
        moved = difference(pixels(painter, frame - 1), pixels(painter, frame)) > 0
        assert moved == (frame in appears)


def test_screens_scroll_by_what_they_say(config: StudioConfig) -> None:
    screen = plan_reel("screen", 0, config).shots[0].picture
    assert isinstance(screen, Screen)
    scroll = screen.scrolls[0]
    assert scrolled(screen, scroll.first) == 0
    assert scrolled(screen, scroll.end) == pytest.approx(scroll.by)


def test_lines_of_a_screen_are_told_while_all_of_them_is_seen(config: StudioConfig) -> None:
    """What is told of a line's place holds its ink, and it is the same ink in all frames of its span."""
    told = 0
    for index in range(4):
        reel = plan_reel("screen", index, config)
        shot, (width, height) = reel.shots[0], reel.size
        screen = shot.picture
        assert isinstance(screen, Screen)
        sight = Sight(width, height, 1.0, 1.0, reel.time.fps)
        painter = ScreenPainter(replace(screen, typed=None), sight)
        scroll = screen.scrolls[0]
        for text, box, first, end in screen_texts(screen, sight, shot.first, shot.end):
            if text not in screen.lines or first <= scroll.end:
                continue
            place = tuple(round(edge) for edge in (box.left, box.top, box.right, box.bottom))
            shown = [np.asarray(painter.paint(frame).crop(place)).astype(float) for frame in (first, end - 1)]
            assert shown[0].std() > 10
            # The pointer may lie on it.
            assert (np.abs(shown[0] - shown[1]) > 30).mean() < 0.12
            told += 1
        covered = [
            text for text, _, first, _ in screen_texts(screen, sight, shot.first, shot.end) if first > shot.first
        ]
        assert covered
    assert told > 10


def test_mouths_move_with_the_voice(config: StudioConfig) -> None:
    reel = plan_reel("talk", 0, config)
    talk = reel.shots[0].picture
    assert isinstance(talk, Talk)
    passage = talk.voice[0]
    length_s = (passage.end - passage.first) / reel.time.fps
    said = syllables(passage.seed, length_s)
    assert 2.0 < len(said) / length_s < 7.0
    loud = max(said, key=lambda part: part.strength)
    assert openness(passage.seed, length_s, loud.start_s + loud.length_s / 2) > 0.9 * loud.strength
    assert openness(passage.seed, length_s, 0.0) == 0.0


def test_live_cameras_whip_away_and_come_back(config: StudioConfig) -> None:
    for index in range(6):
        reel = replace(plan_reel("live", index, config), effects=())
        world = reel.shots[0].picture
        whips = [move for move in getattr(world, "moves", ()) if move.kind == "whip"]
        if whips:
            break
    there, back = whips
    assert there.right == -back.right
    painter = small(reel)
    before, away, after = (reel.index_of(frame) for frame in (there.first - 1, there.end + 1, back.end + 1))
    held = pixels(painter, before)
    assert difference(held, pixels(painter, away)) > 2 * difference(held, pixels(painter, after))
