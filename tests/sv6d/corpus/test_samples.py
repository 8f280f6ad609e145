"""Chat samples: what each is made of, how many of each kind enter, and that held-out videos never do."""

from __future__ import annotations

from collections import Counter

import pytest
from pydantic import ValidationError

from sv6d.corpus.config import SftCorpusConfig
from sv6d.corpus.replay import replayed_samples
from sv6d.corpus.samples import Sample, check_splits, from_shots
from sv6d.corpus.selection import num_replayed, select
from sv6d.errors import ArtifactError
from sv6d.model.captions import captions
from sv6d.model.prompts import SHOT_LABELS
from sv6d.schema.phrases import read_phrase
from sv6d.studio.pretraining import pretraining_plan
from sv6d.studio.seeds import pretraining_seed
from tests.sv6d.handmade import document, ns, video_id

CONFIG = SftCorpusConfig(
    max_samples=100,
    shot_labels_share=0.2,
    summary_share=0.1,
    replay_share=0.1,
    replay_first_index=0,
    max_response_characters=320,
    min_window_s=0.8,
    max_window_s=12.0,
)


def sample(number: int, kind: str) -> Sample:
    return Sample(
        sample_id=f"sample_{kind}_{number:04d}",
        video_id=video_id("a"),
        studio_seed=None,
        start_ns=0,
        end_ns=ns(4.0),
        kind=kind,
        prompt_id=f"{kind}/1",
        prompt="What?",
        response="that",
        labels=("l",),
        evidence=("e",),
    )


def offered(**kinds: int) -> list[Sample]:
    return [sample(number, kind) for kind, count in kinds.items() for number in range(count)]


def test_shots_become_label_lines_that_cite_their_labels() -> None:
    made = document("a", [0.0, 2.0, 4.0], [{"subject_type": "food", "packaging": ("caption", "hook_line")}, {}])
    [only] = from_shots(made)
    assert (only.prompt, only.response) == (SHOT_LABELS.text, "subject_type food; packaging caption,hook_line")
    assert only.labels == ("l0.packaging.caption", "l0.packaging.hook_line", "l0.subject_type.food")
    assert only.evidence == ("e0.packaging", "e0.subject_type")
    assert (only.start_ns, only.end_ns) == (0, ns(2.0))


def test_questions_dominate_and_take_turns() -> None:
    chosen = select(offered(cut_time=200, shot_count=10, camera_movement=200, shot_labels=90, summary=90), CONFIG)
    # 100 samples, of which 10 are left to replay
    assert Counter(s.kind for s in chosen) == {
        "cut_time": 25,
        "shot_count": 10,
        "camera_movement": 25,
        "shot_labels": 20,
        "summary": 10,
    }


def test_few_questions_make_a_small_corpus_with_the_same_shares() -> None:
    chosen = select(offered(cut_time=12, camera_movement=12, shot_labels=90, summary=90), CONFIG)
    # 24 questions are 60 % of 40
    assert Counter(s.kind for s in chosen) == {"cut_time": 12, "camera_movement": 12, "shot_labels": 8, "summary": 4}
    assert num_replayed(len(chosen), CONFIG) == 4


@pytest.mark.parametrize("num_chosen", [9, 90, 91, 540])
def test_replay_makes_up_its_share_of_the_whole(num_chosen: int) -> None:
    count = num_replayed(num_chosen, CONFIG)
    assert count / (num_chosen + count) == pytest.approx(CONFIG.replay_share, abs=0.01)


def test_the_draw_does_not_depend_on_the_order_of_what_is_offered() -> None:
    samples = offered(cut_time=30, shot_count=9, shot_labels=20)
    assert select(samples, CONFIG) == select(samples[::-1], CONFIG)


def test_replayed_samples_are_captions_of_pretraining_clips() -> None:
    samples = replayed_samples(40, 12)
    assert [s.studio_seed for s in samples] == [pretraining_seed(40 + n) for n in range(12)]
    assert len({s.sample_id for s in samples}) == 12
    for one in samples:
        assert one.video_id is None
        assert one.studio_seed is not None
        told = captions(pretraining_plan(one.studio_seed))
        assert (one.start_ns, one.end_ns, one.prompt, one.response) in [
            (c.start_ns, c.end_ns, c.prompt.text, c.response) for c in told
        ]
    label_lines = [s for s in samples if s.prompt == SHOT_LABELS.text]
    assert 0 < len(label_lines) < len(samples)
    assert all(read_phrase(s.response)[1] == 0 for s in label_lines)


def test_samples_of_held_out_videos_are_refused() -> None:
    samples = [sample(1, "cut_time"), *replayed_samples(0, 2)]
    assert check_splits(samples, {video_id("a"): "train"}) == {"train": 1}
    for splits in ({video_id("a"): "test"}, {video_id("a"): "validation"}, {}):
        with pytest.raises(ArtifactError, match="other splits"):
            check_splits(samples, splits)


@pytest.mark.parametrize("change", [{"studio_seed": 3}, {"video_id": None}, {"labels": ()}, {"evidence": ()}])
def test_a_sample_has_one_source_and_cites(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Sample.model_validate({**sample(1, "cut_time").model_dump(), **change})
