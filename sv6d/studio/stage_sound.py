"""What a document asks of the sound: silence, music, a voice, cuts on the beat."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sv6d.schema.document import Document, Label
from sv6d.studio.plan import ClipPlan, SoundPlan
from sv6d.studio.staging import Shown
from sv6d.timeline import NS_PER_S

_SOUNDED = ("silence", "music", "voice_over")  # the first that is said of a shot holds there
# Beside silence: a coder's transform smears what sounds over some hundredths of a second.
_HUSH_S = 0.12
# Tempi of the planner's music, in steps that move the last beat of half a minute by a hundredth of a second.
_TEMPI, _TEMPO_STEP = (80.0, 140.0), 0.1
_ON_BEAT_S = 0.07  # the tolerance of MIREX, as the evidence has it
_NEAR_BEAT_S = 0.03  # half of a frame of 24 a second, and a hundredth for what the search leaves
_LEAST_CUTS = 5  # fewer lie on some beat by chance; as reels have it


@dataclass(frozen=True)
class StagedSound:
    """The sound of a clip, the labels that it bears, and those that it does not: {id: why}."""

    plan: SoundPlan
    shown: tuple[Shown, ...]
    omitted: Mapping[str, str]


def stage_sound(document: Document, plan: ClipPlan, level_db: float) -> StagedSound:
    """The sound that a document asks for: what it says of a shot; where it labels silence, music or a voice at all but
    not here, a voice without words, which no rule names.

    What has no level is sounded at `level_db`.
    """
    order = {value: number for number, value in enumerate(_SOUNDED)}
    said = sorted(
        (label for label in document.labels if label.field == "audio_edit"),
        key=lambda label: (order.get(label.value, len(order)), label.start_ns, label.id),
    )
    sound_of: dict[int, str] = {}
    shown: list[Shown] = []
    omitted: dict[str, str] = {}
    sound = plan.sound
    for label in said:
        if label.value == "beat_sync":
            continue
        if label.value not in _SOUNDED:
            omitted[label.id] = "the studio's sound is music, a voice without words or silence, and nobody is seen"
            continue
        under = [i for i, shot in enumerate(document.shots) if label.span.contains(shot.span.middle_ns)]
        if not under:
            omitted[label.id] = "the studio's sound changes with its shots, and it covers none"
        elif any(index in sound_of for index in under):
            other = next(sound_of[index] for index in under if index in sound_of)
            omitted[label.id] = "it is said twice" if other == label.value else f"there is {other} already"
        else:
            sound_of |= dict.fromkeys(under, label.value)
            shown.append(Shown("audio_edit", label.value, under[0], under[-1]))
    if sound_of:
        levels = [
            None if sound_of.get(index) == "silence" else level or (level_db if index in sound_of else None)
            for index, level in enumerate(sound.levels_db)
        ]
        voiced = tuple(i for i, level in enumerate(levels) if level is not None and sound_of.get(i) != "music")
        sound = replace(sound, levels_db=tuple(levels), voiced=voiced, hush_s=_HUSH_S)
    for label in said:
        if label.value == "beat_sync":
            found = _on_beat(label, plan, sound)
            if isinstance(found, str):
                omitted[label.id] = found
            else:
                sound = found
                shown.append(Shown("audio_edit", "beat_sync", 0, len(plan.shots) - 1))
    return StagedSound(sound, tuple(shown), omitted)


def _on_beat(label: Label, plan: ClipPlan, sound: SoundPlan) -> SoundPlan | str:
    """The sound with a beat that the hard cuts lie on; or why there is none."""
    cuts_s = [
        plan.frame_time_ns(shot.first_frame) / NS_PER_S
        for shot in plan.shots
        if shot.transition is not None and shot.transition.kind == "hard_cut"
    ]
    if len(cuts_s) < _LEAST_CUTS:
        return f"{len(cuts_s)} hard cuts would lie on some beat by chance"
    if sound.voiced or None in sound.levels_db:
        return "there is not music all the time"
    tempo, first_s, farthest_s = _beat_of(cuts_s)
    if farthest_s > _ON_BEAT_S:
        return f"no beat of {_TEMPI[0]:.0f} to {_TEMPI[1]:.0f} a minute is nearer than {farthest_s:.2f} s to each cut"
    return replace(sound, beats_per_minute=tempo, first_beat_s=first_s)


def _beat_of(cuts_s: Sequence[float]) -> tuple[float, float, float]:
    """Beats a minute, the time of the first, and how far the farthest cut is from its beat, in seconds.

    The slowest that all cuts are near to, since every cut is near to some of many beats; else the nearest.
    """
    best = (0.0, 0.0, math.inf)
    for tempo in np.arange(_TEMPI[0], _TEMPI[1], _TEMPO_STEP):
        period = 60.0 / float(tempo)
        turns = np.exp(2j * np.pi * np.asarray(cuts_s) / period)
        first_s = float(np.angle(turns.mean()) / (2.0 * np.pi) * period % period)
        off = (np.asarray(cuts_s) - first_s + period / 2.0) % period - period / 2.0
        farthest_s = float(np.abs(off).max())
        if farthest_s < best[2]:
            best = (round(float(tempo), 1), round(first_s, 4), farthest_s)
        elif best[2] <= _NEAR_BEAT_S:
            break
    return best
