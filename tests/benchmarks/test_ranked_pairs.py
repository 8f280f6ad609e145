"""Pairs to rank: drawn alike each time, what their errors promise, and nothing told about them."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import ranked_answers as errors
from benchmarks.judge_validation import judge_total, read_ranked
from benchmarks.ranked_pairs import NUM_PAIRS, STUDIO, document_of, main, reference_of
from sv6d.errors import InputError
from sv6d.studio.planner import plan_clip
from sv6d.studio.seeds import corpus_seed, generator

CLIP = next(
    clip
    for clip in (reference_of(plan_clip(corpus_seed(STUDIO, index), STUDIO)) for index in range(STUDIO.num_clips))
    if len(clip.cuts) >= 3
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("pairs")
    main(["make", str(out)])
    return out


def test_the_same_bytes_each_time_and_every_pair_has_its_timelines(made: Path, tmp_path: Path) -> None:
    main(["make", str(tmp_path)])
    for name in ("pairs.json", "timelines.txt"):
        assert (made / name).read_bytes() == (tmp_path / name).read_bytes()
    text = (made / "timelines.txt").read_text()
    assert text.count("### p") == NUM_PAIRS
    assert not [error for errs in errors.FAMILIES.values() for error in errs if error.__name__ in text]


def test_decisions_are_joined_and_each_pair_needs_one(made: Path, tmp_path: Path) -> None:
    lines = [f"p{index:02d} {'a' if index % 2 else 'same'} it has its reason" for index in range(NUM_PAIRS)]
    (tmp_path / "decisions.txt").write_text("\n".join(lines))
    main(["join", str(made / "pairs.json"), str(tmp_path / "decisions.txt"), str(tmp_path / "ranked.json")])
    pairs = read_ranked(tmp_path / "ranked.json")
    assert [pair.better for pair in pairs] == ["same", "a"] * (NUM_PAIRS // 2)
    assert {pair.reason for pair in pairs} == {"it has its reason"}
    for wrong in (lines[:-1], [*lines, lines[0]]):
        (tmp_path / "decisions.txt").write_text("\n".join(wrong))
        with pytest.raises(InputError, match="not those of the pairs"):
            main(["join", str(made / "pairs.json"), str(tmp_path / "decisions.txt"), str(tmp_path / "again.json")])


@pytest.mark.parametrize("strength", [0.3, 1.0])
@pytest.mark.parametrize("error", sorted({e for f in errors.FAMILIES.values() for e in f}, key=lambda e: e.__name__))
def test_every_error_makes_valid_documents_that_score_less(error: errors.Error, strength: float) -> None:
    reference = document_of(CLIP, 0)
    answers = [document_of(error(CLIP, generator(index), strength), 0) for index in range(5)]
    assert sum(judge_total(answer, reference) for answer in answers) < len(answers)


def test_labels_follow_cuts_that_move_or_are_missed() -> None:
    for error in (errors.moved_cuts, errors.missed_cuts):
        draft = error(CLIP, generator(3), 1.0)
        assert draft.shots != CLIP.shots
        spans = {(x.start_ns, x.end_ns) for x in draft.labels if errors.known(x.field).extent == "shot"}
        assert spans == set(draft.shots)
