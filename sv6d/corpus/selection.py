"""Which samples enter a corpus of limited size: questions first, in equal parts, the rest by share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, zip_longest
from math import floor

from sv6d.corpus.config import SftCorpusConfig
from sv6d.corpus.samples import SHOT_LABELS_KIND, SUMMARY_KIND, Sample


def select(samples: Sequence[Sample], config: SftCorpusConfig) -> list[Sample]:
    """The samples about videos that enter the corpus, sorted by id.

    Label lines and summaries get at most their share; questions fill what remains, one of each kind
    in turn, so that no kind is rarer than it must be. Within a kind the order is that of the ids,
    which are hashes: a fair and repeatable draw.
    """
    by_kind: dict[str, list[Sample]] = {}
    for sample in sorted(samples, key=lambda sample: sample.sample_id):
        by_kind.setdefault(sample.kind, []).append(sample)
    labels, summaries = by_kind.pop(SHOT_LABELS_KIND, []), by_kind.pop(SUMMARY_KIND, [])
    questions = _in_turn(by_kind)
    total = _size(len(questions), config)
    kept_for_replay = round(config.replay_share * total)
    chosen = labels[: _whole(config.shot_labels_share * total)] + summaries[: _whole(config.summary_share * total)]
    chosen += questions[: total - kept_for_replay - len(chosen)]
    return sorted(chosen, key=lambda sample: sample.sample_id)


def num_replayed(num_chosen: int, config: SftCorpusConfig) -> int:
    """How many replayed samples make up their share of the whole, beside `num_chosen` others."""
    return round(config.replay_share / (1.0 - config.replay_share) * num_chosen)


def _size(num_questions: int, config: SftCorpusConfig) -> int:
    """The size of the corpus at which the questions at hand still fill their part."""
    question_share = 1.0 - config.shot_labels_share - config.summary_share - config.replay_share
    return min(config.max_samples, _whole(num_questions / question_share))


def _whole(number: float) -> int:
    """Rounded down, but for the last bits: in binary, 24 / (1 - 0.2 - 0.1 - 0.1) is a little less than 40."""
    return floor(round(number, 9))


def _in_turn(by_kind: Mapping[str, Sequence[Sample]]) -> list[Sample]:
    rounds = zip_longest(*(by_kind[kind] for kind in sorted(by_kind)))
    return [sample for sample in chain.from_iterable(rounds) if sample is not None]
