"""Random sequences of events against an oracle: what is stale, in DVC and in Dagster, and what a run makes.

A few sequences here; `make staleness` runs 200. The oracle knows no hash: it keeps, for every artifact, what
it was made from, and says what is stale by comparing.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from small_project import EDGES, PACKAGED, SmallProject

_SEQUENCES = int(os.environ.get("SV6D_SEQUENCES", "2"))
_STEPS = 6
_INPUTS = "inputs"
_TEMPLATE: list[Path] = []
_words = st.sampled_from(tuple(EDGES))
_levels = st.integers(0, 3)

# What an artifact holds, as nested tuples; equal where the bytes are equal.
Bytes = tuple[Any, ...]


@dataclass(frozen=True)
class Recipe:
    """What an artifact is made from: setting, code, package, and the bytes of its inputs."""

    value: int
    factor: int
    package: int | None
    inputs: Mapping[str, Bytes]


def edges(word: str) -> tuple[str, ...]:
    return ((_INPUTS,) if word == "raw_videos" else ()) + EDGES[word]


class Oracle:
    """What should be true after each event."""

    def __init__(self) -> None:
        self.values = dict.fromkeys(EDGES, 0)
        self.factors = dict.fromkeys(EDGES, 0)
        self.package = 0
        self.record: dict[str, tuple[Bytes, Recipe]] = {}
        self.disk: dict[str, Bytes] = {}
        self.known: dict[str, tuple[Bytes, Recipe]] = {}
        self.list_clip(0)
        for word in EDGES:
            self.make(word)

    def list_clip(self, version: int) -> None:
        listed: Bytes = ("clip", version)
        self.disk[_INPUTS] = listed
        self.record[_INPUTS] = self.known[_INPUTS] = (listed, Recipe(0, 0, None, {}))

    def recipe(self, word: str, artifacts: Mapping[str, Bytes]) -> Recipe:
        package = self.package if word == PACKAGED else None
        return Recipe(self.values[word], self.factors[word], package, {i: artifacts[i] for i in edges(word)})

    def make(self, word: str) -> None:
        """An artifact is made from what is recorded; its record.json names the setting as it is, not halved."""
        recipe = self.recipe(word, {name: held for name, (held, _) in self.record.items()})
        content = (word, recipe.value // 2, recipe.factor // 2, *((i, held[-1]) for i, held in recipe.inputs.items()))
        held = (recipe.value, content)
        self.disk[word] = held
        self.record[word] = self.known[word] = (held, recipe)
        for name in EDGES[word]:  # a job tells Dagster of the inputs that it did not know
            self.known[name] = self.record[name]

    def stale_in_dvc(self) -> list[str]:
        found = set()
        for word in EDGES:
            held, recipe = self.record[word]
            if recipe != self.recipe(word, self.disk) or self.disk[word] != held:
                found.add(word)
        return sorted(found)

    def stale_in_dagster(self) -> list[str]:
        known = {name: held for name, (held, _) in self.known.items()}
        return sorted(word for word in EDGES if self.known[word][1] != self.recipe(word, known))

    def run(self) -> list[str]:
        made = []
        for word in EDGES:
            if word in self.stale_in_dvc():
                self.make(word)
                made.append(word)
        return made

    def sync(self) -> list[str]:
        self.known = dict(self.record)
        return sorted(word for word in EDGES if self.disk[word] != self.record[word][0])

    def check_out(self, values: dict[str, int], factors: dict[str, int], record: dict[str, Any]) -> None:
        self.values, self.factors, self.record = deepcopy((values, factors, record))
        self.disk = {name: held for name, (held, _) in self.record.items()}
        self.sync()

    def snapshot(self) -> tuple[dict[str, int], dict[str, int], dict[str, Any]]:
        return deepcopy((self.values, self.factors, self.record))


class Events(RuleBasedStateMachine):
    """Events as people cause them, each on the project and on the oracle."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="sv6d-events-"))
        self.project = SmallProject(self.folder / "project")
        shutil.copytree(_TEMPLATE[0], self.project.root, symlinks=True)
        self.project.__enter__()
        self.oracle = Oracle()
        self.commits = {self.project.git("rev-parse", "HEAD"): self.oracle.snapshot()}
        self.num_repro = 0

    def teardown(self) -> None:
        self.project.__exit__()
        shutil.rmtree(self.folder)

    @rule(word=_words, value=_levels)
    def edit_a_setting(self, word: str, value: int) -> None:
        self.project.set_value(word, value)
        self.oracle.values[word] = value

    @rule(word=_words, factor=_levels)
    def edit_code(self, word: str, factor: int) -> None:
        self.project.set_factor(word, factor)
        self.oracle.factors[word] = factor

    @rule(version=st.integers(0, 1))
    def install_a_package(self, version: int) -> None:
        self.project.set_package(version)
        self.oracle.package = version

    @rule(version=st.integers(0, 2))
    def change_a_clip(self, version: int) -> None:
        self.project.set_clip(version)
        self.project.ask("inputs")
        self.oracle.list_clip(version)

    @rule(word=_words)
    def edit_an_output_by_hand(self, word: str) -> None:
        self.project.edit_by_hand(word)
        self.oracle.disk[word] = ("by hand",)

    @rule(word=_words)
    def materialize_one(self, word: str) -> None:
        self.project.ask("make", word=word)
        self.oracle.make(word)

    @rule()
    def run(self) -> None:
        made, expected = self.project.ask("run"), self.oracle.run()
        note(f"made {made}")
        assert made == expected
        self.oracle.sync()

    @precondition(lambda self: self.num_repro == 0)
    @rule(really=st.integers(0, 3))
    def dvc_repro(self, really: int) -> None:
        if really == 0:
            self.num_repro += 1
            self.project.run("-m", "dvc", "repro")
            self.oracle.run()

    @rule()
    def commit(self) -> None:
        self.project.git("add", "-A")
        self.project.git("commit", "-q", "--allow-empty", "-m", "next")
        self.commits[self.project.git("rev-parse", "HEAD")] = self.oracle.snapshot()

    @rule(data=st.data())
    def check_out(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(0, len(self.commits) - 1))
        revision = list(self.commits)[number]
        self.project.git("checkout", "-q", "-f", revision)
        self.project.ask("checkout")
        self.oracle.check_out(*self.commits[revision])

    @rule()
    def sync(self) -> None:
        assert self.project.ask("sync") == self.oracle.sync()

    @invariant()
    def the_platforms_agree_with_the_oracle(self) -> None:
        state = self.project.ask("state")
        assert (state["dvc"], state["dagster"]) == (self.oracle.stale_in_dvc(), self.oracle.stale_in_dagster())


@pytest.mark.slow
def test_no_event_is_missed_and_nothing_is_made_needlessly(small_template: Path) -> None:
    _TEMPLATE[:] = [small_template]
    run_state_machine_as_test(
        Events,
        settings=settings(
            max_examples=_SEQUENCES,
            stateful_step_count=_STEPS,
            deadline=None,
            phases=[Phase.generate],  # to shrink a failure would take hours; the notes tell the sequence
            suppress_health_check=list(HealthCheck),
        ),
    )
