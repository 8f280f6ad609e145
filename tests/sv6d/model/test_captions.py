"""Captions of studio clips, and what is measured by them."""

from __future__ import annotations

import pytest

from sv6d.model.captions import captions, read_cuts, write_cuts
from sv6d.model.held_out import read_caption, share
from sv6d.model.prompts import CLIP_CUTS, SHOT_LABELS
from sv6d.schema.phrases import read_phrase
from sv6d.studio.pretraining import pretraining_plan
from sv6d.studio.seeds import pretraining_seed

S = 1_000_000_000


@pytest.mark.parametrize(
    ("cuts_ns", "kinds", "text"),
    [
        ((), (), "1 shot"),
        ((2_100_000_000,), ("hard_cut",), "2 shots; 2.1 s hard_cut"),
        ((2_049_999_999, 12_950_000_000), ("dissolve", "fade"), "3 shots; 2.0 s dissolve, 13.0 s fade"),
    ],
)
def test_lists_of_cuts_are_written_and_read(cuts_ns: tuple[int, ...], kinds: tuple[str, ...], text: str) -> None:
    assert write_cuts(cuts_ns, kinds) == text
    read = read_cuts(text)
    assert read is not None
    assert read[0] == len(cuts_ns) + 1
    assert [kind for _, kind in read[1]] == list(kinds)
    assert [time for time, _ in read[1]] == pytest.approx([cut / S for cut in cuts_ns], abs=0.0501)


def test_other_text_is_no_list_of_cuts() -> None:
    assert read_cuts("subject_type food") is None
    assert read_cuts("many shots") is None


def test_captions_tell_what_the_plan_says() -> None:
    plan = pretraining_plan(pretraining_seed(4))
    cuts, *shots = captions(plan)
    assert cuts.prompt is CLIP_CUTS
    assert (cuts.start_ns, cuts.end_ns) == (0, plan.duration_ns)
    told = read_cuts(cuts.response)
    assert told is not None
    assert told[0] == len(plan.shots) == len(shots)
    for index, shot in enumerate(shots):
        assert shot.prompt is SHOT_LABELS
        assert (shot.start_ns, shot.end_ns) == (plan.shot_span(index).start_ns, plan.shot_span(index).end_ns)
        values, num_unread = read_phrase(shot.response)
        assert num_unread == 0
        assert values["camera_movement"] == (plan.shots[index].camera.movement,)
        assert values["subject_type"] == (plan.shots[index].subject.kind,)


def test_a_share_has_the_interval_of_wilson() -> None:
    # Newcombe 1998, table I: 81 of 263 gives 0.2553 to 0.3662.
    assert share(81, 263) == pytest.approx({"accuracy": 81 / 263, "low": 0.2553, "high": 0.3662, "num": 263}, abs=1e-4)
    assert share(0, 20)["low"] == 0.0
    assert share(0, 20)["high"] > 0.1


def test_an_answer_is_read_by_its_question() -> None:
    assert read_caption(CLIP_CUTS.text, "2 shots; 1.0 s fade")[0]["num_shots"] == "2"
    assert read_caption(CLIP_CUTS.text, "no idea") == ({}, 1)
    values, num_unread = read_caption(SHOT_LABELS.text, "subject_type food; camera_movement sideways")
    assert values == {"subject_type": "food"}
    assert num_unread == 1
