"""What a seed decides."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from sv6d.errors import ConfigError
from sv6d.fingerprint import fingerprint
from sv6d.schema.fields import FIELDS
from sv6d.schema.phrases import read_phrase, write_phrase
from sv6d.studio.config import CORPUS_STRIDE, StudioConfig
from sv6d.studio.plan import ClipPlan
from sv6d.studio.planner import DRAWINGS, FRAME_RATES, plan_clip
from sv6d.studio.seeds import corpus_seed, pretraining_seed
from sv6d.studio.truth import STUDIO_FIELDS, boundary_kinds, pacing, shot_values

# What the studio does not draw, of a vocabulary that also serves filmed clips.
NOT_DRAWN = {"subject_type": {"human", "scenery", "text_graphic"}}


def test_same_seed_same_plan(config: StudioConfig) -> None:
    seed = pretraining_seed(7)
    assert plan_clip(seed, config) == plan_clip(seed, config)
    assert fingerprint(plan_clip(seed, config).as_json()) == fingerprint(plan_clip(seed, config).as_json())
    assert plan_clip(seed, config) != plan_clip(pretraining_seed(8), config)


def test_pretraining_meets_no_corpus(config: StudioConfig) -> None:
    last = config.model_copy(update={"seed": 2**31 - 1})
    assert corpus_seed(last, CORPUS_STRIDE - 1) < pretraining_seed(0) < 2**63
    assert corpus_seed(config.model_copy(update={"seed": 0}), CORPUS_STRIDE - 1) < corpus_seed(config, 0)
    with pytest.raises(ConfigError, match="no clip of that index"):
        corpus_seed(config, CORPUS_STRIDE)


def test_every_value_appears_often_enough_to_be_learned(plans: list[ClipPlan]) -> None:
    found: Counter[tuple[str, str]] = Counter()
    for plan in plans:
        found.update(("pacing", value) for value in [pacing(plan)])
        found.update(("boundary_kind", value) for value in boundary_kinds(plan))
        for index in range(len(plan.shots)):
            found.update((field, value) for field, values in shot_values(plan, index).items() for value in values)
    for field in (field for field in FIELDS if field.name in STUDIO_FIELDS):
        drawn = set(field.values) - NOT_DRAWN.get(field.name, set())
        counts = [found[field.name, value] for value in sorted(drawn)]
        assert min(counts) >= 12, (field.name, counts)
        assert max(counts) <= 3 * min(counts), (field.name, counts)
        assert {value for name, value in found if name == field.name} == drawn
    assert {shot.subject.variant for plan in plans for shot in plan.shots} == {
        variant for ground, air in DRAWINGS.values() for variant in (*ground, *air)
    }
    assert {(plan.fps_num, plan.fps_den) for plan in plans} == set(FRAME_RATES)
    assert {len(plan.shots) for plan in plans} == {1, 2, 3, 4, 5}
    assert {plan.orientation for plan in plans} == {"vertical", "horizontal"}


def test_shots_tile_and_leave_time_to_see_them(plans: list[ClipPlan], config: StudioConfig) -> None:
    for plan in plans:
        spans = [plan.shot_span(index) for index in range(len(plan.shots))]
        assert spans[0].start_ns == 0
        assert spans[-1].end_ns == plan.duration_ns
        assert all(a.end_ns == b.start_ns for a, b in pairwise(spans))
        one_frame_s = plan.fps_den / plan.fps_num
        assert config.min_duration_s - one_frame_s <= plan.duration_ns / 1e9 <= config.max_duration_s + one_frame_s
        assert pacing(plan) == ("fast" if plan.duration_ns / len(spans) < 2e9 else "slow")
        for index, shot in enumerate(plan.shots):
            first, end = plan.pure_frames(index)
            assert shot.mixed_frames[0] <= shot.first_frame <= first < end <= shot.end_frame
            assert (end - first) * one_frame_s > 0.4, "a shot that is never alone on screen has no truth"


def test_phrases_of_shots_are_read_back(plans: list[ClipPlan]) -> None:
    for plan in plans[:20]:
        for index in range(len(plan.shots)):
            values = shot_values(plan, index)
            assert read_phrase(write_phrase(values)) == ({k: tuple(sorted(v)) for k, v in values.items()}, 0)


def test_overlays_tell_the_beat(plans: list[ClipPlan]) -> None:
    shows = {"hook": "hook_line", "product_display": "price_tag", "call_to_action": "call_to_action_text"}
    for shot in (shot for plan in plans for shot in plan.shots):
        kinds = {overlay.kind for overlay in shot.overlays}
        assert kinds - {"caption"} == {shows[beat] for beat in shot.beats if beat in shows}
    assert all("hook" not in shot.beats for plan in plans for shot in plan.shots[1:])
