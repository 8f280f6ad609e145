"""Labels of rendered clips, the feed's and the reels' alike: what was planned is certain."""

from __future__ import annotations

from sv6d.schema.document import Label, Source
from sv6d.schema.fields import field_of
from sv6d.timeline import Span

SOURCE = Source(producer="studio", name="studio")


def true_label(name: str, value: str, span: Span, evidence: tuple[str, ...], shot: int) -> Label:
    """The label of a field's value over a span of nanoseconds. `evidence`: ids; `shot`: number in its id."""
    field = field_of(name)
    assert field is not None  # the studio names fields of the vocabulary only
    return Label(
        id=f"shot{shot}.{name}.{value}",
        start_ns=span.start_ns,
        end_ns=span.end_ns,
        dimension=field.dimension,
        field=name,
        value=value,
        confidence=1.0,
        source=SOURCE,
        evidence=evidence,
    )
