"""General data replayed from pretraining, by reference: a studio seed, a window, the words."""

from __future__ import annotations

from sv6d.corpus.samples import Sample, from_studio
from sv6d.model.captions import captions
from sv6d.studio.pretraining import pretraining_plan
from sv6d.studio.seeds import pretraining_seed
from sv6d.timeline import Span


def replayed_samples(first_index: int, count: int) -> list[Sample]:
    """`count` captions of pretraining clips from `first_index` on, one per clip.

    The n-th clip gives its n-th caption in turn (its list of cuts, or the labels of one shot), so
    that all sorts of captions occur. The clips are rendered where the corpus is read.
    """
    samples = []
    for number in range(count):
        seed = pretraining_seed(first_index + number)
        told = captions(pretraining_plan(seed))
        caption = told[number % len(told)]
        samples.append(from_studio(seed, Span(caption.start_ns, caption.end_ns), caption.prompt, caption.response))
    return samples
