"""Weights for the shot detector: fitted from known ones, and told by sources that were not seen."""

from __future__ import annotations

import numpy as np

from benchmarks.shot_fit import Samples, Source, fit, out_of_sample


def drawn(seed: int, weights: tuple[float, float], bias: float) -> Samples:
    rng = np.random.default_rng(seed)
    x = rng.normal((1.0, -2.0), (0.5, 4.0), (4000, 2))
    y = rng.uniform(size=4000) < 1.0 / (1.0 + np.exp(-(x @ weights + bias)))
    return Samples({"a": x[:, 0].tolist(), "b": x[:, 1].tolist()}, y.tolist())


def test_the_weights_that_made_the_truth_come_back_and_the_same_ones_each_time() -> None:
    samples = drawn(1, (3.0, -0.5), -4.0)
    x, y = samples.matrix(["a", "b"]), np.array(samples.is_true)
    weights, bias = fit(x, y)
    np.testing.assert_allclose([*weights, bias], [3.0, -0.5, -4.0], rtol=0.15)
    again, bias_again = fit(x, y)
    assert (*again, bias_again) == (*weights, bias)


def test_a_source_is_decided_by_weights_that_never_saw_it() -> None:
    backwards = drawn(3, (-3.0, 0.5), 4.0)
    sources = [
        Source("trials tuning", 0, {"cuts": drawn(1, (3.0, -0.5), -4.0)}),
        Source("trials validation", 1, {"cuts": drawn(2, (3.0, -0.5), -4.0)}),
        Source("a.mp4", 1, {"cuts": backwards}),
    ]
    told = out_of_sample(sources, "cuts", ["a", "b"])
    wanted = sum(backwards.is_true)
    # Truth the other way round: what its own half taught is of no use, and it did not teach itself.
    assert told["a.mp4"]["found"] < 0.5 * wanted
    assert told["trials validation"]["found"] > 0.5 * told["trials validation"]["wanted"]
    assert told["total"]["wanted"] == sum(sum(item.samples["cuts"].is_true) for item in sources)


def test_what_has_no_candidate_counts_as_missed() -> None:
    lost = Samples({}, [], num_lost=2)
    sources = [
        Source("trials tuning", 0, {"cuts": drawn(1, (3.0, -0.5), -4.0)}),
        Source("trials validation", 1, {"cuts": drawn(2, (3.0, -0.5), -4.0)}),
        Source("a.mp4", 0, {"cuts": lost}),
    ]
    told = out_of_sample(sources, "cuts", ["a", "b"])
    assert told["a.mp4"] == {"wanted": 2, "found": 0, "false": 0, "of": 0}
