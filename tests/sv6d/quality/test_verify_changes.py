"""What happens between shots, on pictures drawn so that it is known."""

from __future__ import annotations

import numpy as np
import pytest

from sv6d.quality.verify.changes import find_again, judge
from sv6d.quality.verify.story import Story, sketch
from sv6d.timeline import NS_PER_S, Span

_HEIGHT_PX, _WIDTH_PX = 90, 160
_FRAME_NS = NS_PER_S // 25


def scene(seed: int, width_px: int = _WIDTH_PX) -> np.ndarray:
    """Smooth blobs of light and colour, [3, height, width]."""
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(20, 235, size=(3, _HEIGHT_PX // 10, width_px // 10))
    return np.kron(coarse, np.ones((10, 10)))


def landscape(seed: int, width_px: int) -> np.ndarray:
    """As much detail at each size, as pictures of the world have (Field 1987), [3, height, width]."""
    rng = np.random.default_rng(seed)
    frequency = np.hypot(np.fft.fftfreq(_HEIGHT_PX)[:, None], np.fft.fftfreq(width_px)[None])
    frequency[0, 0] = 1.0
    waves = rng.standard_normal((3, _HEIGHT_PX, width_px)) + 1j * rng.standard_normal((3, _HEIGHT_PX, width_px))
    picture = np.fft.ifft2(waves / frequency).real
    return np.asarray(128.0 + 40.0 * picture / picture.std())


def black() -> np.ndarray:
    return np.stack([np.full((_HEIGHT_PX, _WIDTH_PX), level) for level in (16.0, 128.0, 128.0)])


def story(pictures: list[np.ndarray]) -> Story:
    times = [t * _FRAME_NS for t in range(len(pictures))]
    return Story(times, [sketch(np.clip(picture, 0, 255).astype(np.uint8)) for picture in pictures])


def mixed(old: np.ndarray, new: np.ndarray, frames: int) -> list[np.ndarray]:
    return [old + (new - old) * (t + 1) / (frames + 1) for t in range(frames)]


def over(first: int, last: int) -> Span:
    return Span(first * _FRAME_NS, last * _FRAME_NS)


def test_a_fade_that_ends_with_a_cut_is_a_fade_and_its_cut_alone_is_a_cut() -> None:
    told = story([scene(1)] * 10 + mixed(scene(1), black(), 12) + [black()] * 8 + [scene(2)] * 12)
    assert judge(told, over(10, 30)).kind == "fade"
    assert judge(told, over(29, 30)).kind == "hard_cut"


def test_a_cut_to_black_with_a_fade_after_it_is_a_fade() -> None:
    told = story([scene(1)] * 12 + [black()] * 8 + mixed(black(), scene(2), 12) + [scene(2)] * 10)
    assert judge(told, over(11, 32)).kind == "fade"


def test_a_card_that_comes_up_out_of_a_fade_is_left_open() -> None:
    card = black()
    card[0, 40:50, 50:110] = 235.0
    told = story([scene(1)] * 10 + mixed(scene(1), card, 20) + [card] * 10)
    finding = judge(told, over(10, 30))
    assert finding.kind is None
    assert finding.is_gradual


@pytest.mark.parametrize("frames", [8, 16, 24])
def test_a_wipe_is_no_dissolve_and_counts_as_a_place_in_doubt(frames: int) -> None:
    old, new = scene(3), scene(4)
    between = [
        np.concatenate([new[:, :, :x], old[:, :, x:]], axis=2)
        for x in (_WIDTH_PX * (t + 1) // (frames + 1) for t in range(frames))
    ]
    told = story([old] * 12 + between + [new] * 12)
    assert judge(told, over(12, 12 + frames)).kind is None
    found = find_again(told)
    assert (len(found.cuts_ns), len(found.gradual_ns), len(found.doubtful_ns)) == (0, 0, 1)


def test_a_dissolve_is_found_again_in_its_middle() -> None:
    told = story([scene(3)] * 12 + mixed(scene(3), scene(4), 11) + [scene(4)] * 12)
    assert judge(told, over(12, 23)).kind == "dissolve"
    found = find_again(told)
    assert len(found.gradual_ns) == 1
    assert abs(found.gradual_ns[0] - 17 * _FRAME_NS) <= 2 * _FRAME_NS


def test_a_long_pan_holds_no_place_in_doubt() -> None:
    wide = landscape(5, width_px=800)
    told = story([wide[:, :, x : x + _WIDTH_PX] for x in range(0, 600, 6)])
    found = find_again(told)
    assert found.cuts_ns == found.gradual_ns == found.doubtful_ns == ()


def test_a_black_opening_and_a_black_end_are_no_changes() -> None:
    dark = [black()] * 6
    told = story([*dark, *mixed(black(), scene(6), 8), *[scene(6)] * 20, *mixed(scene(6), black(), 8), *dark])
    found = find_again(told)
    assert found.cuts_ns == found.gradual_ns == ()


def test_a_stray_first_frame_is_doubtful() -> None:
    found = find_again(story([scene(1)] + [scene(2)] * 20))
    assert found.cuts_ns == ()
    assert found.doubtful_ns == (_FRAME_NS,)
