"""What overlays say. Short, plain ASCII: the bundled font holds these glyphs."""

from __future__ import annotations

HOOK_LINES: tuple[str, ...] = (
    "WAIT FOR IT",
    "STOP SCROLLING",
    "WATCH TO THE END",
    "NOBODY TOLD ME THIS",
    "3 THINGS I LEARNED",
    "IS THIS REAL?",
    "YOU NEED TO SEE THIS",
    "I WAS SO WRONG",
)
CAPTIONS: tuple[str, ...] = (
    "and then it got better",
    "day twelve, still going",
    "made this over the weekend",
    "look how it catches the light",
    "my favourite one so far",
    "not what we expected",
    "just around the corner",
    "this is the quiet part",
    "found it by accident",
    "every morning like this",
)
PRICES: tuple[str, ...] = ("$4.99", "$9.90", "$12", "$19.99", "$24.50", "$39", "$59.90", "$99")
CALLS_TO_ACTION: tuple[str, ...] = (
    "SHOP NOW",
    "FOLLOW FOR MORE",
    "LINK IN BIO",
    "ORDER TODAY",
    "SAVE THIS",
    "TRY IT FREE",
)
