"""The sound of a reel: passages of music on one beat, of speech-like voice, of silence."""

from __future__ import annotations

import math

import numpy as np

from sv6d.studio.reel import Reel
from sv6d.studio.seeds import generator
from sv6d.studio.sound import Samples, beat_samples, gain, music
from sv6d.studio.speech import speak
from sv6d.timeline import NS_PER_S, pts_to_ns

_RAMP_S = 0.02  # ours: level changes without a click
_CEILING = 0.89  # -1 dBFS, the headroom that platforms ask of lossy sound


def synthesise_reel(reel: Reel, rate_hz: int) -> Samples:
    """Mono samples in [-1, 1] for all of the reel, as float32; silence exactly 0.

    Each passage has its level before peaks are rounded off, which takes up to 3 dB from a voice.
    """
    num_samples = _sample(reel, reel.num_frames, rate_hz)
    mixed = np.zeros(num_samples, np.float32)
    tune: Samples | None = None
    for passage in reel.sound.passages:
        first, end = _sample(reel, passage.first, rate_hz), _sample(reel, passage.end, rate_hz)
        if passage.kind == "silence":
            continue
        if passage.kind == "music":
            if tune is None:
                rng = generator(reel.sound.seed, 5)
                tune = music(reel.sound.beats_per_minute, reel.sound.root_hz, num_samples, rate_hz, rng)
            part = tune[first:end]
        else:
            part = speak(passage.seed, end - first, rate_hz)
        loudness = math.sqrt(float(np.mean(part.astype(np.float64) ** 2)))
        ramp = np.minimum(np.arange(end - first) / (_RAMP_S * rate_hz), 1.0).astype(np.float32)
        mixed[first:end] = part * np.float32(gain(passage.level_db) / loudness) * np.minimum(ramp, ramp[::-1])
    rounded: Samples = np.float32(_CEILING) * np.tanh(mixed / np.float32(_CEILING))
    return rounded


def beats_ns(reel: Reel, rate_hz: int) -> list[int]:
    """When the drum is struck, in the passages of music."""
    beat = beat_samples(reel.sound.beats_per_minute, rate_hz)
    found: list[int] = []
    for passage in reel.sound.passages:
        if passage.kind == "music":
            first, end = _sample(reel, passage.first, rate_hz), _sample(reel, passage.end, rate_hz)
            found += [at * NS_PER_S // rate_hz for at in range(-(-first // beat) * beat, end, beat)]
    return found


def _sample(reel: Reel, frame: int, rate_hz: int) -> int:
    return pts_to_ns(frame, reel.time.fps_den, reel.time.fps_num) * rate_hz // NS_PER_S
