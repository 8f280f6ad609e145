"""What overlays say. Short, plain ASCII: the bundled font holds these glyphs."""

from __future__ import annotations

from collections.abc import Mapping

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
# What each hook line was written to do: a value of `hook_type`, and what a viewer expects after it ("": nothing).
HOOKS: Mapping[str, tuple[str, str]] = {
    "WAIT FOR IT": ("question", "Something worth the wait comes later."),
    "STOP SCROLLING": ("pattern_interrupt", ""),
    "WATCH TO THE END": ("question", "The end shows what it is about."),
    "NOBODY TOLD ME THIS": ("question", "Something little known is told."),
    "3 THINGS I LEARNED": ("listicle", "Three things are told."),
    "IS THIS REAL?": ("question", "It turns out whether it is real."),
    "YOU NEED TO SEE THIS": ("call_out", "Something remarkable is shown."),
    "I WAS SO WRONG": ("story", "It is told what was wrong."),
}
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
