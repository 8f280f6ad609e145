"""What each event makes stale, in DVC and in Dagster alike, and what the next run makes of it."""

from __future__ import annotations

import pytest
from small_project import SmallProject

pytestmark = pytest.mark.slow
_CLEAN: dict[str, list[str]] = {"dvc": [], "dagster": [], "red": []}


def stale(project: SmallProject) -> list[str]:
    """The artifacts that are stale, where both say the same."""
    state = project.ask("state")
    assert state["dvc"] == state["dagster"]
    found: list[str] = state["dvc"]
    return found


def test_code_settings_packages_and_clips(small: SmallProject) -> None:
    assert small.ask("state") == _CLEAN
    small.set_factor("shots", 1)
    assert stale(small) == ["shots"]
    assert small.ask("run") == ["shots"], "it came out with equal bytes: what follows it stays"
    assert small.ask("state") == _CLEAN
    small.set_package(1)
    assert stale(small) == ["evidence"]
    assert small.ask("run") == ["evidence"]
    small.set_value("base_model", 2)
    assert stale(small) == ["base_model"]
    small.ask("make", word="base_model")
    assert stale(small) == ["benchmark_scores"]
    small.set_clip(1)
    small.ask("inputs")
    assert stale(small) == ["benchmark_scores", "raw_videos"]
    assert small.ask("run") == ["raw_videos", "shots", "evidence", "benchmark_scores"]
    assert small.ask("state") == _CLEAN


def test_an_output_edited_by_hand_is_red_until_it_is_made_again(small: SmallProject) -> None:
    small.edit_by_hand("shots")
    assert small.ask("state")["dvc"] == ["evidence", "shots"]
    assert small.ask("sync") == ["shots"]
    assert small.ask("state")["red"] == ["shots"]
    small.set_value("evidence", 2)
    small.ask("make", word="evidence")
    assert "by hand" not in str(small.value("evidence")), "what was recorded is read, not what was edited"
    assert small.ask("run") == ["shots", "benchmark_scores"]
    assert small.ask("state") == _CLEAN


def test_checkout_and_merge_make_nothing_again(small: SmallProject) -> None:
    first = small.git("rev-parse", "HEAD")
    small.git("checkout", "-q", "-b", "one")
    small.set_value("shots", 2)
    small.ask("run")
    small.git("commit", "-qam", "shots")
    small.git("checkout", "-q", "-b", "other", first)
    small.ask("checkout")
    assert small.ask("state") == _CLEAN
    small.set_value("base_model", 2)
    small.ask("make", word="base_model")
    small.git("commit", "-qam", "base_model")
    small.git("merge", "-q", "-m", "both", "one")
    small.ask("checkout")
    assert stale(small) == ["benchmark_scores"], "made on one branch from the other's older base_model"
    assert small.ask("run") == ["benchmark_scores"]
    assert small.ask("state") == _CLEAN
