"""`plan_clip`: from a seed to everything that a clip shows and sounds like."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from sv6d.studio.config import StudioConfig
from sv6d.studio.plan import Camera, ClipPlan, Look, Overlay, ShotPlan, SoundPlan, Subject, Transition, TransitionKind
from sv6d.studio.seeds import generator
from sv6d.studio.words import CALLS_TO_ACTION, CAPTIONS, HOOK_LINES, PRICES

Option = TypeVar("Option", bound=str)

_JOINTS: tuple[TransitionKind, ...] = ("hard_cut", "hard_cut", "dissolve", "fade")
# The rates of short-video platforms and of film and television in both worlds.
FRAME_RATES: tuple[tuple[int, int], ...] = ((24, 1), (25, 1), (30, 1), (30000, 1001))
# `pacing` of sv6d/schema/fields.py turns at a mean of 2 s; the gap keeps rounding to frames out of it.
_FAST_MEAN_S = (1.05, 1.75)
_SLOW_MEAN_S = (2.25, 6.0)
_MIN_ROOM_S = 0.25  # ours: a count whose durations are all but one value would be told by it
_MAX_SHOTS = 5
BACKDROPS = ("hills", "city", "room", "poster")
MOVEMENTS = ("static", "pan_left", "pan_right", "tilt_up", "tilt_down", "zoom_in", "zoom_out")
# (drawings on the ground, drawings that may follow a tilt) of each subject_type.
DRAWINGS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "animal": (("cat", "turtle", "bird"), ("bird", "butterfly")),
    "building": (("house", "tower"), ("house", "tower")),
    "food": (("burger", "ice_cream", "pizza"), ("burger", "ice_cream", "pizza")),
    "plant": (("tree", "potted", "cactus"), ("tree", "potted", "cactus")),
    "product": (("bottle", "gift", "phone"), ("bottle", "gift", "phone")),
    "vehicle": (("car", "bus"), ("rocket", "balloon")),
}
# These go where the camera goes; the others stand in the scene, in rows along the camera's way.
TRACKED = frozenset({"animal", "vehicle"})
_KEYS = ("low_key", "mid_key", "high_key")
# Means of luma (BT.601, 0..1) that the grade aims at. Ours: a gap of 0.15 or more between classes.
LUMA_RANGES = {"low_key": (0.15, 0.24), "mid_key": (0.41, 0.52), "high_key": (0.70, 0.79)}
_TONES = ("cool", "neutral", "warm")


@dataclass(frozen=True, slots=True)
class _Timing:
    """Frame rate and the lengths of the shots in frames."""

    fps_num: int
    fps_den: int
    lengths: tuple[int, ...]


def plan_clip(seed: int, config: StudioConfig) -> ClipPlan:
    """The clip of that seed. Every value of each field is about as likely as its neighbours."""
    rng = generator(seed, 0)
    orientation = _pick(rng, ("vertical", "vertical", "horizontal"))
    timing = _timing(rng, config)
    transitions = _transitions(rng, timing)
    captions = rng.permutation(len(CAPTIONS))
    movements, kinds, backdrops = _spread(rng, MOVEMENTS), _spread(rng, tuple(DRAWINGS)), _spread(rng, BACKDROPS)
    shots: list[ShotPlan] = []
    first = 0
    for index, length in enumerate(timing.lengths):
        seconds = length * timing.fps_den / timing.fps_num
        camera = _camera(rng, movements[index], seconds)
        beats, overlays = _story(rng, index, len(timing.lengths), CAPTIONS[int(captions[index])])
        shots.append(
            ShotPlan(
                first_frame=first,
                num_frames=length,
                transition=transitions[index],
                backdrop=backdrops[index],
                seed=int(rng.integers(1 << 31)),
                camera=camera,
                subject=plan_subject(rng, kinds[index], camera),
                look=_look(rng, _pick(rng, _KEYS), _pick(rng, _TONES)),
                overlays=overlays,
                beats=beats,
            )
        )
        first += length
    return ClipPlan(seed, orientation, timing.fps_num, timing.fps_den, tuple(shots), _sound(rng, len(shots)))


def _timing(rng: np.random.Generator, config: StudioConfig) -> _Timing:
    fps_num, fps_den = FRAME_RATES[int(rng.integers(len(FRAME_RATES)))]
    low_s, high_s = _FAST_MEAN_S if rng.random() < 0.5 else _SLOW_MEAN_S
    # Counts for which some duration in the configured range has a mean length in the pacing's range.
    counts = [
        n
        for n in range(1, _MAX_SHOTS + 1)
        if max(n * low_s, config.min_duration_s) + _MIN_ROOM_S <= min(n * high_s, config.max_duration_s)
    ]
    count = counts[int(rng.integers(len(counts)))]
    shortest_s, longest_s = max(count * low_s, config.min_duration_s), min(count * high_s, config.max_duration_s)
    total_s = shortest_s + (longest_s - shortest_s) * rng.random()
    # Unequal lengths, but none below 0.7 of the mean: a camera's movement needs time to be seen.
    weights = 0.7 / count + 0.3 * rng.dirichlet([2.0] * count)
    total = max(round(total_s * fps_num / fps_den), count)
    edges = np.rint(np.cumsum(weights) * total).astype(int)
    edges[-1] = total
    return _Timing(fps_num, fps_den, tuple(int(n) for n in np.diff(edges, prepend=0)))


def _transitions(rng: np.random.Generator, timing: _Timing) -> list[Transition | None]:
    found: list[Transition | None] = [None]
    fps = timing.fps_num / timing.fps_den
    for before, after in zip(timing.lengths, timing.lengths[1:], strict=False):
        # Short shots are joined by cuts, as people do; otherwise a transition would eat the shot.
        room = min(before, after) / fps
        kind: TransitionKind = _pick(rng, _JOINTS) if room > 0.9 else "hard_cut"
        colour = _pick(rng, ("black", "white"))
        wanted = round((0.35 + 0.4 * rng.random()) * fps)
        count = min(wanted, int(0.35 * min(before, after)))
        found.append(
            Transition("hard_cut", 0, "")
            if kind == "hard_cut"
            else Transition(kind, count, colour if kind == "fade" else "")
        )
    return found


def _camera(rng: np.random.Generator, movement: str, seconds: float) -> Camera:
    share = rng.random()
    if movement == "static":
        return Camera(movement, 0.0)
    # Ours: slow enough for a viewer to follow, fast enough to be seen; the caps bound the scene that has
    # to be drawn. Measured at 64 pixels: 0.6 to 10 pixels (median 2.1) in an eighth of the shot.
    if movement.startswith("pan"):
        speed = min(0.16 + 0.20 * share, 1.3 / seconds)
    elif movement.startswith("tilt"):
        speed = min(0.12 + 0.14 * share, 0.9 / seconds)
    else:
        speed = min(0.16 + 0.18 * share, math.log(2.1) / seconds)
    return Camera(movement, round(speed, 4))


def plan_subject(rng: np.random.Generator, kind: str, camera: Camera) -> Subject:
    """A subject of that kind: one of its drawings that can be where the camera goes."""
    ground, air = DRAWINGS[kind]
    return Subject(
        kind=kind,
        variant=_pick(rng, air if camera.movement.startswith("tilt") else ground),
        seed=int(rng.integers(1 << 31)),
        size=round(190.0 + 70.0 * rng.random(), 1),
        bob=round(3.0 + 9.0 * rng.random(), 2),
        bob_hz=round(0.5 + 0.9 * rng.random(), 3),
        drift=round((0.06 + 0.08 * rng.random()) * (1 if rng.random() < 0.5 else -1), 3),
    )


def _look(rng: np.random.Generator, key: str, tone: str) -> Look:
    low, high = LUMA_RANGES[key]
    luma = low + (high - low) * rng.random()
    return Look(key, tone, round(luma, 4), round(lean_of(tone, luma, rng.random()), 4))


def lean_of(tone: str, luma: float, strength: float) -> float:
    """Red minus blue that a tone aims at, for a strength in [0, 1]."""
    # Ours: dark pictures hold less chroma, so the same tone means a smaller difference there.
    lean = (0.08 + 0.14 * luma) * (0.9 + 0.4 * strength)
    return {"cool": -1.0, "neutral": 0.0, "warm": 1.0}[tone] * lean


def _story(
    rng: np.random.Generator, index: int, count: int, caption: str
) -> tuple[tuple[str, ...], tuple[Overlay, ...]]:
    """Beats and overlays of a shot: what a beat is, its overlays show."""
    chance, has_caption = rng.random(), rng.random() < 0.45
    if index == 0 and chance < 0.55:
        beat = "hook"
    elif index == count - 1 and chance < 0.60:
        beat = "call_to_action"
    else:
        beat = _pick(rng, ("context", "product_display"))
    overlays = []
    if beat == "hook":
        overlays.append(Overlay("hook_line", _pick(rng, HOOK_LINES), int(rng.integers(3))))
    if has_caption:
        overlays.append(Overlay("caption", caption, int(rng.integers(2))))
    if beat == "product_display":
        overlays.append(Overlay("price_tag", _pick(rng, PRICES), int(rng.integers(3))))
    if beat == "call_to_action":
        overlays.append(Overlay("call_to_action_text", _pick(rng, CALLS_TO_ACTION), int(rng.integers(3))))
    return (beat,), tuple(overlays)


def _sound(rng: np.random.Generator, count: int) -> SoundPlan:
    levels = [None if rng.random() < 0.12 else round(-26.0 + 16.0 * rng.random(), 1) for _ in range(count)]
    return SoundPlan(
        seed=int(rng.integers(1 << 31)),
        beats_per_minute=round(80.0 + 60.0 * rng.random(), 1),
        root_hz=round(110.0 * 2.0 ** (int(rng.integers(12)) / 12.0), 3),
        noise_db=round(-58.0 + 16.0 * rng.random(), 1),
        levels_db=tuple(levels),
    )


def _pick(rng: np.random.Generator, options: Sequence[Option]) -> Option:
    return options[int(rng.integers(len(options)))]


def _spread(rng: np.random.Generator, options: Sequence[str]) -> list[str]:
    """A value per shot; neighbours differ, so that a boundary is one to see."""
    order: list[str] = []
    while len(order) < _MAX_SHOTS:
        block = [options[int(i)] for i in rng.permutation(len(options))]
        if order and block[0] == order[-1]:
            block.append(block.pop(0))
        order.extend(block)
    return order
