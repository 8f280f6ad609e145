"""The sound of one video as rows: level, onsets, beats, speech and music, and the cuts among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sv6d.errors import DecodeError
from sv6d.evidence.beats import Pulse, cuts_on_beat, find_pulse
from sv6d.evidence.onsets import Onset, beat_envelope, onset_envelope, onsets
from sv6d.evidence.rows import Rows, evidence_row, track_rows
from sv6d.evidence.sound import SILENCE_DBFS, Level, Sound, decibels, levels_of, read_sound
from sv6d.evidence.spectrum import spectrum_of
from sv6d.evidence.speech_music import WINDOW_NS, Likeness, likenesses
from sv6d.schema.document import Shot
from sv6d.timeline import NS_PER_S, Span

# Curves by name, with the unit of their values.
CURVES: Mapping[str, str] = {
    "loudness_dbfs": "dbfs",
    "onset_rise_log_magnitude": "log_magnitude",
    "beat_interval_s": "s",
    "speech_likeness_share": "share",
    "music_likeness_share": "share",
}
# (stat, unit, code) of what is stored for each shot, and for the whole.
_SHOT_STATS = (
    ("loudness", "dbfs", "evidence.sound"),
    ("silence", "share", "evidence.sound"),
    ("onset_rate", "per_s", "evidence.onsets"),
    ("speech_likeness", "share", "evidence.speech_music"),
    ("music_likeness", "share", "evidence.speech_music"),
)
_WHOLE_STATS = (
    ("tempo", "beats_per_min"),
    ("beat_strength", "share"),
    ("cuts_on_beat", "share"),
    ("cuts_on_beat_by_chance", "share"),
    ("cuts_on_beat_luck", "share"),
)
SOUND_STATS = (*((stat, unit) for stat, unit, _ in _SHOT_STATS), *_WHOLE_STATS, ("beat_distance", "s"))


def sound_rows(path: Path, first_ns: int, shots: Sequence[Shot], rows: Rows) -> None:
    """Add the sound of the shots, and of all of them together; null without sound that can be decoded.

    `first_ns` is the presentation time of the first picture. Nothing outside the shots is listened to.
    """
    whole = Span(shots[0].start_ns, shots[-1].end_ns)
    try:
        sound = read_sound(path, first_ns)
    except DecodeError:
        sound = None  # the pictures are whole all the same; the stage counts such videos
    heard = _Heard(sound.only(whole) if sound is not None else None)
    rows["tracks"] += heard.tracks()
    for shot in shots:
        values = heard.of_shot(shot.span)
        for (stat, unit, method), value in zip(_SHOT_STATS, values, strict=True):
            rows["evidence"].append(
                evidence_row(f"sound.{stat}.{shot.id}", "sound", stat, shot.span, value, unit, method)
            )
    _beat_rows(heard.pulse, shots, whole, rows)


class _Heard:
    """Everything that is measured of one stretch of sound; empty where there is none."""

    def __init__(self, sound: Sound | None) -> None:
        self.levels: list[Level] = []
        self.onsets: list[Onset] = []
        self.likenesses: list[Likeness] = []
        self.pulse: Pulse | None = None
        if sound is not None:
            self.levels = levels_of(sound)
            spectrum = spectrum_of(sound.samples)
            self.onsets = onsets(onset_envelope(spectrum))
            self.likenesses = likenesses(spectrum)
            self.pulse = find_pulse(beat_envelope(spectrum))

    def tracks(self) -> list[dict[str, Any]]:
        beats_ns = self.pulse.beats_ns if self.pulse is not None else ()
        intervals = np.diff(beats_ns).tolist()
        curves = {
            "loudness_dbfs": [(level.time_ns, level.dbfs) for level in self.levels],
            "onset_rise_log_magnitude": [(onset.time_ns, onset.rise) for onset in self.onsets],
            # Each beat with the time to the next one; the last one with the time since the one before.
            "beat_interval_s": [
                (beat, interval / NS_PER_S)
                for beat, interval in zip(beats_ns, [*intervals, *intervals[-1:]], strict=True)
            ],
            "speech_likeness_share": [(one.time_ns, one.speech) for one in self.likenesses],
            "music_likeness_share": [(one.time_ns, one.music) for one in self.likenesses],
        }
        return [row for cue, points in curves.items() for row in track_rows(cue, points)]

    def of_shot(self, span: Span) -> tuple[float | None, ...]:
        """Values of `_SHOT_STATS`."""
        inside = [level.dbfs for level in self.levels if span.contains(level.time_ns)]
        if not inside:
            return (None,) * len(_SHOT_STATS)
        loudness = decibels(float(np.mean([10.0 ** (value / 10.0) for value in inside])))
        silent = float(np.mean([value < SILENCE_DBFS for value in inside]))
        num_onsets = sum(span.contains(onset.time_ns) for onset in self.onsets)
        like = self._likenesses(span)
        speech = float(np.mean([one.speech for one in like])) if like else None
        music = float(np.mean([one.music for one in like])) if like else None
        return loudness, silent, num_onsets * NS_PER_S / span.length_ns, speech, music

    def _likenesses(self, span: Span) -> list[Likeness]:
        """Those in the middle of whose windows the shot is; of a shot in no middle, those whose windows hold it."""
        half = WINDOW_NS // 2
        inside = [one for one in self.likenesses if span.contains(one.time_ns)]
        return inside or [
            one for one in self.likenesses if one.time_ns - half <= span.start_ns and span.end_ns <= one.time_ns + half
        ]


def _beat_rows(pulse: Pulse | None, shots: Sequence[Shot], whole: Span, rows: Rows) -> None:
    """The beat of the whole, and where the hard cuts lie to it."""
    cuts = {shot.start_ns: shot for shot in shots if shot.boundary_in and shot.boundary_in.kind == "hard_cut"}
    found = cuts_on_beat(list(cuts), pulse) if pulse is not None else None
    values = (
        pulse.beats_per_min if pulse is not None else None,
        pulse.strength if pulse is not None else None,
        *((found.share, found.by_chance, found.luck) if found is not None else (None, None, None)),
    )
    for (stat, unit), value in zip(_WHOLE_STATS, values, strict=True):
        rows["evidence"].append(evidence_row(f"sound.{stat}", "sound", stat, whole, value, unit, "evidence.beats"))
    for cut_ns, distance_s in (found.distances_s if found is not None else {}).items():
        boundary = cuts[cut_ns].boundary_in
        assert boundary is not None  # only such shots are among the cuts
        name = f"sound.beat_distance.{cuts[cut_ns].id}"
        rows["evidence"].append(
            evidence_row(name, "sound", "beat_distance", boundary.span, distance_s, "s", "evidence.beats")
        )
