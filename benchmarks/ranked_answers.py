"""Answers of graded quality about a clip: what annotators and models get wrong, drawn by lot.

A `Draft` is a document without its evidence, easy to change. Each error takes a draft, random numbers and a strength
in (0, 1] and gives another draft; `FAMILIES` sorts the errors by what they spoil.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from sv6d.schema.fields import DIMENSIONS, Field, field_of
from sv6d.timeline import NS_PER_S

# A shot that an error leaves is at least this long. Ours: the studio's own shots last longer.
_LEAST_NS = 3 * NS_PER_S // 10
_FRAME_NS = NS_PER_S // 25  # what an invented hard cut spans
_LARGEST_MOVE_S = 1.5  # beyond it a cut is a missed and an invented one


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a shot begins, and the span of the boundary that leads to it."""

    at_ns: int
    start_ns: int
    end_ns: int
    kind: str


@dataclass(frozen=True, slots=True)
class Said:
    """One label; `seen` is false where it rests on nothing that was measured or seen."""

    field: str
    value: str
    start_ns: int
    end_ns: int
    seen: bool = True


@dataclass(frozen=True, slots=True)
class Draft:
    duration_ns: int
    cuts: tuple[Cut, ...]
    labels: tuple[Said, ...]

    @property
    def shots(self) -> list[tuple[int, int]]:
        return list(pairwise([0, *(cut.at_ns for cut in self.cuts), self.duration_ns]))


Rng = np.random.Generator
Error = Callable[[Draft, Rng, float], Draft]


def known(name: str) -> Field:
    field = field_of(name)
    assert field is not None  # drafts hold labels of the vocabulary only
    return field


def moved_cuts(draft: Draft, rng: Rng, strength: float) -> Draft:
    """Cuts up to 1.5 s off, at least 0.1 s; labels follow the shots."""
    for index, cut in enumerate(draft.cuts):
        if rng.random() > 0.4 + 0.6 * strength:
            continue
        off_s = rng.uniform(0.1, 0.1 + (_LARGEST_MOVE_S - 0.1) * strength) * rng.choice([-1.0, 1.0])
        low = draft.shots[index][0] + _LEAST_NS
        high = draft.shots[index + 1][1] - _LEAST_NS
        at_ns = min(max(cut.at_ns + round(off_s * NS_PER_S), low), high)
        draft = _with_cut_at(draft, index, at_ns)
    return draft


def missed_cuts(draft: Draft, rng: Rng, strength: float) -> Draft:
    """Shots that run on through the next one; what was said about the latter is gone."""
    for index in sorted(_some(rng, len(draft.cuts), strength), reverse=True):
        cut, (start_ns, end_ns) = draft.cuts[index], draft.shots[index + 1]
        labels = []
        for label in draft.labels:
            if (label.start_ns, label.end_ns) in ((start_ns, end_ns), (cut.start_ns, cut.end_ns)):
                continue
            labels.append(replace(label, end_ns=end_ns) if label.end_ns == cut.at_ns else label)
        draft = replace(draft, cuts=(*draft.cuts[:index], *draft.cuts[index + 1 :]), labels=tuple(labels))
    return draft


def invented_cuts(draft: Draft, rng: Rng, strength: float) -> Draft:
    """Shots that are taken for two; the second half is often described otherwise."""
    for _ in range(1 + round(3 * strength)):
        start_ns, end_ns = draft.shots[rng.integers(len(draft.cuts) + 1)]
        if end_ns - start_ns < 2 * _LEAST_NS:
            continue
        at_ns = int(rng.integers(start_ns + _LEAST_NS, end_ns - _LEAST_NS + 1))
        labels: list[Said] = []
        for label in draft.labels:
            if (label.start_ns, label.end_ns) != (start_ns, end_ns) or known(label.field).extent != "shot":
                labels.append(label)
                continue
            labels.append(replace(label, end_ns=at_ns))
            second = replace(label, start_ns=at_ns)
            labels.append(_other_value(second, rng, near=True) if rng.random() < 0.3 else second)
        cut = Cut(at_ns, max(0, at_ns - _FRAME_NS), at_ns, "hard_cut")
        labels.append(Said("boundary_kind", cut.kind, cut.start_ns, cut.end_ns))
        cuts = tuple(sorted((*draft.cuts, cut), key=lambda item: item.at_ns))
        draft = replace(draft, cuts=cuts, labels=tuple(labels))
    return draft


def confused_kinds(draft: Draft, rng: Rng, strength: float) -> Draft:
    """Cuts of the wrong kind, in the shots and in the label."""
    wrong = _some(rng, len(draft.cuts), strength)
    for index in wrong:
        cut = draft.cuts[index]
        kind = str(rng.choice([kind for kind in ("hard_cut", "dissolve", "fade", "wipe") if kind != cut.kind]))
        labels = tuple(
            replace(label, value=kind)
            if label.field == "boundary_kind"
            and (label.start_ns, label.end_ns) == (cut.start_ns, cut.end_ns)
            and kind in known("boundary_kind").values
            else label
            for label in draft.labels
        )
        draft = replace(draft, cuts=_put(draft.cuts, index, replace(cut, kind=kind)), labels=labels)
    return draft


def near_values(draft: Draft, rng: Rng, strength: float) -> Draft:
    return _changed(draft, rng, strength, lambda label: _other_value(label, rng, near=True))


def far_values(draft: Draft, rng: Rng, strength: float) -> Draft:
    return _changed(draft, rng, 0.7 * strength, lambda label: _other_value(label, rng, near=False))


def dropped_labels(draft: Draft, rng: Rng, strength: float) -> Draft:
    gone = _some(rng, len(draft.labels), 0.7 * strength)
    return replace(draft, labels=tuple(label for i, label in enumerate(draft.labels) if i not in gone))


def dropped_dimensions(draft: Draft, rng: Rng, strength: float) -> Draft:
    gone = set(rng.permutation(list(DIMENSIONS))[: 1 + round(2 * strength)])
    return replace(draft, labels=tuple(label for label in draft.labels if known(label.field).dimension not in gone))


def invented_labels(draft: Draft, rng: Rng, strength: float) -> Draft:
    """More values on shots, of fields that have room for several."""
    open_fields = ("subject_type", "camera_movement", "beat", "packaging")
    return _added(draft, rng, 0.6 * strength, [name for name in open_fields if not known(name).exclusive])


def contradictions(draft: Draft, rng: Rng, strength: float) -> Draft:
    return _added(draft, rng, 0.4 * strength, ["lighting_key", "colour_tone"])


def repeated_labels(draft: Draft, rng: Rng, strength: float) -> Draft:
    again = _some(rng, len(draft.labels), strength)
    return replace(draft, labels=(*draft.labels, *(draft.labels[index] for index in sorted(again))))


def every_value(draft: Draft, rng: Rng, strength: float) -> Draft:
    """All values of one to three fields on every shot."""
    names = rng.permutation(["subject_type", "camera_movement", "beat", "packaging"])[: 1 + round(2 * strength)]
    said = {(label.field, label.value, label.start_ns) for label in draft.labels}
    more = [
        Said(str(name), value, *shot)
        for name in sorted(names)
        for shot in draft.shots
        for value in known(str(name)).values
        if (str(name), value, shot[0]) not in said
    ]
    return replace(draft, labels=(*draft.labels, *more))


def one_segment(draft: Draft, rng: Rng, strength: float) -> Draft:
    """No cut at all, and every label over the whole clip."""
    values = dict.fromkeys((label.field, label.value) for label in draft.labels if label.field != "boundary_kind")
    return Draft(draft.duration_ns, (), tuple(Said(*value, 0, draft.duration_ns) for value in values))


def shifted_labels(draft: Draft, rng: Rng, strength: float) -> Draft:
    """All labels early or late by up to 1 s, with the shots where they are."""
    off_ns = round(rng.uniform(0.1, 0.1 + 0.9 * strength) * rng.choice([-1.0, 1.0]) * NS_PER_S)
    return replace(draft, labels=tuple(_shifted(label, off_ns, off_ns, draft.duration_ns) for label in draft.labels))


def loose_spans(draft: Draft, rng: Rng, strength: float) -> Draft:
    """Each label's own two edges somewhat off."""
    scale_ns = 0.7 * strength * NS_PER_S
    labels = []
    for label in draft.labels:
        if known(label.field).extent != "shot":
            labels.append(label)
            continue
        start_off_ns, end_off_ns = (round(off) for off in rng.uniform(-scale_ns, scale_ns, 2))
        labels.append(_shifted(label, start_off_ns, end_off_ns, draft.duration_ns))
    return replace(draft, labels=tuple(labels))


def unseen_labels(draft: Draft, rng: Rng, strength: float) -> Draft:
    return _changed(draft, rng, strength, lambda label: replace(label, seen=False))


FAMILIES: Mapping[str, tuple[Error, ...]] = {
    "times": (moved_cuts, moved_cuts, shifted_labels, loose_spans),
    "shots": (missed_cuts, invented_cuts, confused_kinds, one_segment),
    "values": (near_values, near_values, far_values),
    "less": (dropped_labels, dropped_labels, dropped_dimensions),
    "more": (invented_labels, contradictions, repeated_labels, every_value, unseen_labels),
}


def _some(rng: Rng, count: int, share: float) -> set[int]:
    """Indices of about that share, at least one where there is any."""
    number = min(count, max(1, round(share * count)))
    return {int(index) for index in rng.permutation(count)[:number]}


def _put(cuts: tuple[Cut, ...], index: int, cut: Cut) -> tuple[Cut, ...]:
    return (*cuts[:index], cut, *cuts[index + 1 :])


def _with_cut_at(draft: Draft, index: int, at_ns: int) -> Draft:
    cut = draft.cuts[index]
    start_ns = max(0, cut.start_ns + at_ns - cut.at_ns)
    end_ns = min(draft.duration_ns, cut.end_ns + at_ns - cut.at_ns)
    moved = replace(cut, at_ns=at_ns, start_ns=start_ns, end_ns=end_ns)

    def follow(label: Said) -> Said:
        if label.field == "boundary_kind":
            own = (label.start_ns, label.end_ns) == (cut.start_ns, cut.end_ns)
            return replace(label, start_ns=start_ns, end_ns=end_ns) if own else label
        begin_ns = at_ns if label.start_ns == cut.at_ns else label.start_ns
        stop_ns = at_ns if label.end_ns == cut.at_ns else label.end_ns
        return replace(label, start_ns=begin_ns, end_ns=stop_ns) if begin_ns < stop_ns else label

    return Draft(draft.duration_ns, _put(draft.cuts, index, moved), tuple(follow(label) for label in draft.labels))


def _shifted(label: Said, start_off_ns: int, end_off_ns: int, duration_ns: int) -> Said:
    start_ns = min(max(0, label.start_ns + start_off_ns), duration_ns - _FRAME_NS)
    end_ns = min(max(start_ns + _FRAME_NS, label.end_ns + end_off_ns), duration_ns)
    return replace(label, start_ns=start_ns, end_ns=end_ns)


def _changed(draft: Draft, rng: Rng, share: float, change: Callable[[Said], Said]) -> Draft:
    chosen = _some(rng, len(draft.labels), share)
    return replace(draft, labels=tuple(change(x) if i in chosen else x for i, x in enumerate(draft.labels)))


def _other_value(label: Said, rng: Rng, *, near: bool) -> Said:
    """Another value: one that the field calls confusable where `near` and there is one, else one that it does not."""
    field = known(label.field)
    pairs = [(pair.value, pair.other) for pair in field.confusable if not pair.other_field]
    close = [v for v in field.values if (v, label.value) in pairs or (label.value, v) in pairs]
    others = [v for v in field.values if v != label.value]
    wanted = close if near else [v for v in others if v not in close]
    return replace(label, value=str(rng.choice(wanted or others)))


def _added(draft: Draft, rng: Rng, share: float, names: list[str]) -> Draft:
    said = {(label.field, label.value, label.start_ns) for label in draft.labels}
    more = []
    for shot in draft.shots:
        for name in names:
            room = [value for value in known(name).values if (name, value, shot[0]) not in said]
            if room and rng.random() < share:
                more.append(Said(name, str(rng.choice(room)), *shot))
    return replace(draft, labels=(*draft.labels, *more))
