"""The kinds of change that detectors tell apart, and what each is called in documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Kind = Literal["dissolve", "fade_in", "fade_out", "fade_through_colour", "flash", "hard_cut", "whip", "wipe", "zoom"]
DocumentKind = Literal["dissolve", "fade", "hard_cut"]

# Documents, prompts and the model's captions know three kinds; the finer ones are told in `sv6d cuts` alone.
DOCUMENT_KINDS: Mapping[Kind, DocumentKind] = {
    "dissolve": "dissolve",
    "fade_in": "fade",
    "fade_out": "fade",
    "fade_through_colour": "fade",
    "flash": "fade",  # by way of one flat colour, only faster
    "hard_cut": "hard_cut",
    # Of the three the one that takes its time, and shows both shots or neither while it lasts.
    "whip": "dissolve",
    "wipe": "dissolve",
    "zoom": "dissolve",
}
