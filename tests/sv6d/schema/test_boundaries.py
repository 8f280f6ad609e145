"""The finer kinds of boundary: each has a word in documents, and none that the vocabulary does not know."""

from __future__ import annotations

from typing import get_args

from sv6d.schema.boundaries import DOCUMENT_KINDS, TRANSITION_STYLES, ChangeKind
from sv6d.schema.fields import field_of


def test_every_kind_is_told_in_documents() -> None:
    assert set(DOCUMENT_KINDS) == set(get_args(ChangeKind))
    kinds, styles = field_of("boundary_kind"), field_of("transition_style")
    assert kinds is not None
    assert styles is not None
    assert set(DOCUMENT_KINDS.values()) == set(kinds.values)
    assert set(TRANSITION_STYLES.values()) <= set(styles.values)
    assert set(TRANSITION_STYLES) < set(DOCUMENT_KINDS)
