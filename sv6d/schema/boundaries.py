"""The kinds of change of shot, finer than documents tell them, and what each is called there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

ChangeKind = Literal[
    "dissolve", "fade_in", "fade_out", "fade_through_colour", "flash", "hard_cut", "whip", "wipe", "zoom"
]

# Values of `boundary_kind`: how one shot gives way to the next. What an editor's effect looks like is a field apart.
DOCUMENT_KINDS: Mapping[ChangeKind, Literal["dissolve", "fade", "hard_cut"]] = {
    "dissolve": "dissolve",
    "fade_in": "fade",
    "fade_out": "fade",
    "fade_through_colour": "fade",
    "flash": "fade",  # by way of one flat colour, only faster
    "hard_cut": "hard_cut",
    "whip": "dissolve",  # these three show both shots for a while, in one picture or blurred into each other
    "wipe": "dissolve",
    "zoom": "dissolve",
}
# Values of `transition_style`, of the kinds that have one.
TRANSITION_STYLES: Mapping[ChangeKind, str] = {
    "flash": "flash",
    "whip": "whip_pan",
    "wipe": "wipe",
    "zoom": "zoom_transition",
}
