"""Documents made by hand for tests: spans in seconds, evidence supplied for every label."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from hypothesis import strategies as st

from sv6d.schema.document import Boundary, Document, Evidence, Label, Shot, Source, Video
from sv6d.schema.fields import FIELDS, OTHER, field_of
from sv6d.timeline import NS_PER_S

SHA256 = "5" * 64

# (start_s, end_s, kind of the boundary by which it begins or "", start_s and end_s of that boundary)
ShotRow = tuple[float, float, str, float, float]
# (field, value, start_s, end_s)
LabelRow = tuple[str, str, float, float]


def made_document(shots: Sequence[ShotRow], labels: Sequence[LabelRow], *, sha256: str = SHA256) -> Document:
    """A document about a video that ends with its last shot; label i cites evidence i, measured as 1.0."""
    duration_ns = to_ns(shots[-1][1])
    return Document(
        video=Video(sha256=sha256, duration_ns=duration_ns, width_px=64, height_px=64, num_frames=9, has_sound=False),
        shots=tuple(_shot(i, row) for i, row in enumerate(shots)),
        evidence=tuple(_evidence(i, row) for i, row in enumerate(labels)),
        labels=tuple(made_label(i, row) for i, row in enumerate(labels)),
    )


def made_label(index: int, row: LabelRow) -> Label:
    name, value, start_s, end_s = row
    field = field_of(name)
    assert field is not None
    return Label(
        id=f"l{index}",
        dimension=field.dimension,
        field=name,
        value=value,
        other_text="free words" if value == OTHER else None,
        start_ns=to_ns(start_s),
        end_ns=to_ns(end_s),
        confidence=1.0,
        source=Source(producer="expert", name="by hand"),
        evidence=(f"e{index}",),
    )


def to_ns(time_s: float) -> int:
    return round(time_s * NS_PER_S)


def _shot(index: int, row: ShotRow) -> Shot:
    start_s, end_s, kind, from_s, to_s = row
    boundary = (
        Boundary(start_ns=to_ns(from_s), end_ns=to_ns(to_s), kind=kind, score=1.0, detector="by hand") if kind else None
    )
    return Shot(id=f"s{index}", start_ns=to_ns(start_s), end_ns=to_ns(end_s), boundary_in=boundary)


def _evidence(index: int, row: LabelRow) -> Evidence:
    field = field_of(row[0])
    assert field is not None
    return Evidence(
        id=f"e{index}",
        kind=field.evidence[0],
        stat="measured",
        value=1.0,
        unit="1",
        method="by hand",
        start_ns=to_ns(row[2]),
        end_ns=to_ns(row[3]),
    )


@st.composite
def documents(draw: st.DrawFn, max_labels: int = 8) -> Document:
    """Any document about one 8 s video: its own cuts, labels of any field on spans of whole deciseconds."""
    cuts_ds = sorted(draw(st.sets(st.integers(1, 79), max_size=5)))
    edges_s = [0.0, *(cut / 10 for cut in cuts_ds), 8.0]
    kinds = draw(st.lists(st.sampled_from(["hard_cut", "dissolve", "fade", "wipe"]), min_size=6, max_size=6))
    shots = [
        (start, end, kinds[i] if i else "", start - 0.05, start + 0.05)
        for i, (start, end) in enumerate(itertools.pairwise(edges_s))
    ]
    labels = []
    for _ in range(draw(st.integers(0, max_labels))):
        field = draw(st.sampled_from(FIELDS))
        start_ds, end_ds = sorted(draw(st.lists(st.integers(0, 80), min_size=2, max_size=2, unique=True)))
        labels.append((field.name, draw(st.sampled_from([*field.values, OTHER])), start_ds / 10, end_ds / 10))
    return made_document(shots, labels)
