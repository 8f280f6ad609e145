"""Onsets, beats, speech and music against sounds of known times and kind."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from sv6d.evidence.beats import TOLERANCE_NS, Pulse, cuts_on_beat, find_pulse
from sv6d.evidence.onsets import beat_envelope, onset_envelope, onsets
from sv6d.evidence.rows import Rows
from sv6d.evidence.sound import RATE_HZ, Samples, Sound, levels_of, read_sound
from sv6d.evidence.sound_rows import sound_rows
from sv6d.evidence.spectrum import spectrum_of
from sv6d.evidence.speech_music import likenesses
from sv6d.schema.document import Boundary, Shot
from sv6d.timeline import NS_PER_S, Span
from tests.sv6d.evidence.made_sounds import chords, struck, syllables
from tests.sv6d.evidence.test_cues import write_sound

ONSET_TOLERANCE_NS = 20_000_000


def pulse_of(samples: Samples) -> Pulse | None:
    return find_pulse(beat_envelope(spectrum_of(samples)))


@pytest.mark.parametrize("beats_per_min", [60, 90, 120, 140, 174])
@pytest.mark.parametrize(("frequency_hz", "fall_per_s"), [(1000.0, 60.0), (60.0, 20.0)])
def test_beats_of_a_click_track_are_found(beats_per_min: int, frequency_hz: float, fall_per_s: float) -> None:
    times_s = np.arange(0.37, 15.0, 60.0 / beats_per_min)
    samples = struck(times_s.tolist(), 15.0, frequency_hz, fall_per_s)
    pulse = pulse_of(samples)
    assert pulse is not None
    assert pulse.beats_per_min == pytest.approx(beats_per_min, rel=0.01)
    assert len(pulse.beats_ns) == len(times_s)
    assert np.abs(np.array(pulse.beats_ns) / NS_PER_S - times_s).max() * NS_PER_S <= TOLERANCE_NS
    found = onsets(onset_envelope(spectrum_of(samples)))
    assert len(found) == len(times_s)
    assert np.abs([onset.time_ns / NS_PER_S - at for onset, at in zip(found, times_s, strict=True)]).max() <= (
        ONSET_TOLERANCE_NS / NS_PER_S
    )


def test_beats_follow_the_drum_and_not_the_cymbal_between() -> None:
    beats_s = np.arange(0.25, 12.0, 0.5)
    cymbal = np.concatenate([np.zeros(RATE_HZ // 4, np.float32), struck((beats_s).tolist(), 12.0, 6000.0, 40.0)])
    pulse = pulse_of(struck(beats_s.tolist(), 12.0, 60.0, 12.0) + 0.6 * cymbal[: 12 * RATE_HZ])
    assert pulse is not None
    off_s = [np.abs(beats_s - beat / NS_PER_S).min() for beat in pulse.beats_ns]
    assert np.mean(np.array(off_s) * NS_PER_S <= TOLERANCE_NS) == 1.0


def test_noise_speech_and_silence_have_no_beat() -> None:
    noise = np.random.default_rng(1).standard_normal(10 * RATE_HZ).astype(np.float32) * 0.1
    for samples in (noise, syllables(10.0, 3)):
        pulse = pulse_of(samples)
        assert pulse is not None
        assert pulse.beats_per_min is None
        assert pulse.beats_ns == ()
    assert pulse_of(np.zeros(10 * RATE_HZ, np.float32)) is None
    assert pulse_of(np.empty(0, np.float32)) is None


def test_cuts_on_the_beat_are_told_from_chance() -> None:
    beats_ns = tuple(range(0, 10 * NS_PER_S, NS_PER_S // 2))
    pulse = Pulse(1.0, 120.0, beats_ns)
    on = cuts_on_beat([beat + 20_000_000 for beat in beats_ns[2:12:2]], pulse)
    off = cuts_on_beat([beat + NS_PER_S // 4 for beat in beats_ns[2:12:2]], pulse)
    assert on is not None
    assert off is not None
    assert (on.share, off.share) == (1.0, 0.0)
    assert on.by_chance == pytest.approx(0.28, abs=0.02)  # 140 of every 500 ms
    assert on.luck == pytest.approx(on.by_chance**5)
    assert off.luck == 1.0
    assert set(on.distances_s.values()) == {0.02}
    assert cuts_on_beat([20 * NS_PER_S], pulse) is None
    assert cuts_on_beat([NS_PER_S], Pulse(0.1, None, ())) is None


def test_speech_and_music_are_told_apart() -> None:
    spoken = [one for seed in (1, 2, 3) for one in likenesses(spectrum_of(syllables(8.0, seed)))]
    played = likenesses(spectrum_of(chords(8.0)))
    assert len(spoken) == 3 * len(played) > 0
    assert np.mean([one.speech for one in spoken]) > 0.7
    assert np.mean([one.music for one in spoken]) < 0.3
    assert max(one.speech for one in played) < 0.3
    assert np.mean([one.music for one in played]) > 0.7
    assert likenesses(spectrum_of(np.zeros(8 * RATE_HZ, np.float32))) == []


def test_a_gap_in_the_sound_is_no_silence() -> None:
    samples = np.full(RATE_HZ, 0.1, np.float32)
    samples[4000:12000] = np.nan
    found = levels_of(Sound(samples))
    assert [level.time_ns for level in found if level.dbfs < -30] == []
    assert len(found) == 6
    part = Sound(samples).part(Span(900_000_000, 1_500_000_000))
    assert len(part) == 6 * RATE_HZ // 10
    assert int(np.isnan(part).sum()) == RATE_HZ // 2
    assert onsets(onset_envelope(spectrum_of(samples))) == []


def shots_at(*edges_s: float) -> list[Shot]:
    edges = [round(edge * NS_PER_S) for edge in edges_s]
    shots = []
    for number, (start, end) in enumerate(pairwise(edges)):
        cut = (
            Boundary(kind="hard_cut", start_ns=start - 1, end_ns=start, score=1.0, detector="made") if number else None
        )
        shots.append(Shot(id=f"s{number}", start_ns=start, end_ns=end, boundary_in=cut))
    return shots


def test_short_shots_at_the_ends_of_a_file_are_likened_too(tmp_path: Path) -> None:
    write_sound(tmp_path / "a.mkv", chords(6.0))
    rows: Rows = {"evidence": [], "tracks": []}
    sound_rows(tmp_path / "a.mkv", 0, shots_at(0.0, 0.6, 5.3, 6.0), rows)
    likeness = [row["value"] for row in rows["evidence"] if row["stat"] == "music_likeness"]
    assert len(likeness) == 3
    assert min(likeness) > 0.7


def test_the_sound_of_a_part_is_measured_again_without_the_rest(tmp_path: Path) -> None:
    samples = np.concatenate([chords(4.0), np.zeros(4 * RATE_HZ, np.float32)])
    write_sound(tmp_path / "a.mkv", samples)
    whole: Rows = {"evidence": [], "tracks": []}
    sound_rows(tmp_path / "a.mkv", 0, shots_at(0.0, 4.0, 8.0), whole)
    part: Rows = {"evidence": [], "tracks": []}
    sound_rows(tmp_path / "a.mkv", 0, shots_at(4.0, 8.0), part)
    values = {row["evidence_id"]: row["value"] for row in whole["evidence"]}
    assert values["sound.silence.s0"] == 0.0
    assert values["sound.silence.s1"] == 1.0
    assert 1.25 <= values["sound.onset_rate.s0"] <= 3.0
    assert values["sound.tempo"] == pytest.approx(120, rel=0.02)
    assert {row["value"] for row in part["evidence"] if row["stat"] == "silence"} == {1.0}
    assert [row["value"] for row in part["evidence"] if row["stat"] == "tempo"] == [None]
    assert all(row["time_ns"] >= 4 * NS_PER_S for row in part["tracks"])
    sound = read_sound(tmp_path / "a.mkv", 0)
    assert sound is not None
    assert len(sound.samples) == 8 * RATE_HZ
