from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sv6d.errors import InputError
from sv6d.timeline import FrameTime, Span, pts_to_ns, tile

times = st.integers(0, 10**13)


@given(st.integers(-(10**9), 10**12), st.integers(1, 1001), st.integers(1, 10**6))
def test_pts_become_the_nearest_nanosecond(pts: int, num: int, den: int) -> None:
    exact = Fraction(pts * num * 10**9, den)
    assert abs(pts_to_ns(pts, num, den) - exact) <= Fraction(1, 2)


def test_a_known_time_base() -> None:
    assert pts_to_ns(1001, 1, 30000) == 33_366_667
    assert FrameTime(1, 1, 24).time_ns == 41_666_667


@pytest.mark.parametrize(("start", "end"), [(5, 5), (6, 5)])
def test_a_span_that_does_not_end_after_it_starts_is_refused(start: int, end: int) -> None:
    with pytest.raises(InputError, match="must end after it starts"):
        Span(start, end)


@given(times, times, times, times)
def test_iou_is_symmetric_in_range_and_one_only_for_equal_spans(a: int, b: int, c: int, d: int) -> None:
    first, second = Span(a, a + b + 1), Span(c, c + d + 1)
    assert first.iou(second) == second.iou(first)
    assert 0.0 <= first.iou(second) <= 1.0
    assert first.iou(first) == 1.0


def test_touching_spans_do_not_overlap() -> None:
    assert Span(0, 10).overlap_ns(Span(10, 20)) == 0
    assert Span(0, 10).iou(Span(5, 15)) == pytest.approx(1 / 3)


@given(st.integers(1, 10**12), st.lists(times, max_size=8))
def test_tiles_cover_everything_once(duration_ns: int, cuts_ns: list[int]) -> None:
    tiles = tile(duration_ns, cuts_ns)
    assert tiles[0].start_ns == 0
    assert tiles[-1].end_ns == duration_ns
    assert all(a.end_ns == b.start_ns for a, b in pairwise(tiles))
    assert {t.start_ns for t in tiles[1:]} == {cut for cut in cuts_ns if 0 < cut < duration_ns}
