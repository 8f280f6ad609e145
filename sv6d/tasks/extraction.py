"""Reading an answer out of free text: refuse rather than guess.

Public harnesses take the first letter or number that they meet, so that "I cannot determine"
becomes C and "<think>A seems wrong</think> C" becomes A. Here a completion is read only where it
says exactly one thing; everything else is unparsed and counted as such:

- text inside <think> is dropped; a <think> without end leaves nothing to read;
- where the text says "answer: X" or "the answer is X", only what follows such a mark is read;
- a negation or an abstention in the text that is read makes it unparsed: "not 3, 4" has two
  readings, and one wrong reading costs more than one unread answer;
- several different candidates make it unparsed, and so does a malformed number ("3-4", "-2", "1:05").
"""

from __future__ import annotations

import re
from collections.abc import Collection

# The version of these rules together with those of the kinds; a score is comparable within one version.
EXTRACTOR_ID = "sv6d.tasks/1"

_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL | re.IGNORECASE)
_ANSWER_MARK = re.compile(r"\banswer\s*(?:is\b|:|=)\s*", re.IGNORECASE)
_REFUSAL = re.compile(
    r"\b(?:no|not|none|neither|nor|never|without|cannot|unknown|unclear|unsure|undetermined|impossible|unable)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
# A run that looks like a number, with whatever is glued to it.
_NUMBER_RUN = re.compile(r"(?<![\w.])(?P<run>[-−]?\d[\d.,:/–−-]*)(?P<tail>[^\W\d_]*)")
_PLAIN_NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,6})?")
_NOUN_AFTER = re.compile(r"[\s-]*(?P<noun>[^\W\d_]+)")
_NAMED_BEFORE = re.compile(r"(?:\b(?P<noun>[a-z]+)|#)\s*(?:number|#)?\s*$", re.IGNORECASE)
_ORDINAL_TAILS = frozenset({"st", "nd", "rd", "th"})


def readable_text(completion: str) -> str | None:
    """The part of a completion that states an answer; None where it abstains, denies or only thinks."""
    text = _THOUGHT.sub(" ", completion)
    if "<think>" in text.lower():
        return None
    # Some chat templates open the thought in the prompt, so that only its end is written.
    text = re.split(r"</think>", text, flags=re.IGNORECASE)[-1]
    marks = list(_ANSWER_MARK.finditer(text))
    if marks:
        text = text[marks[0].end() :]
    return None if _REFUSAL.search(text) else text


def numbers_in(text: str, *, units: Collection[str], things: Collection[str]) -> list[str] | None:
    """Numbers in a text that may be an answer, as written.

    A number glued to or followed by one of `things` counts them, and one after such a thing names
    it ("cut 2"): neither is an answer. Ordinals ("2nd") are none either. A glued tail must be one of
    `units`. None where a number is malformed: a range, a negative, a clock time.
    """
    found: list[str] = []
    for match in _NUMBER_RUN.finditer(text):
        tail = match["tail"].lower()
        if tail in _ORDINAL_TAILS or tail in things:
            continue
        run = match["run"].rstrip(".,:")
        if not _PLAIN_NUMBER.fullmatch(run) or (tail and tail not in units):
            return None
        after = _NOUN_AFTER.match(text, match.end())
        before = _NAMED_BEFORE.search(text, 0, match.start())
        counts_things = after is not None and not tail and after["noun"].lower() in things
        names_thing = before is not None and (before["noun"] is None or before["noun"].lower() in things)
        if not counts_things and not names_thing:
            found.append(run)
    return found


def only_one(candidates: Collection[str]) -> str | None:
    """The one value that all candidates share; None where there is none or they differ."""
    distinct = set(candidates)
    return distinct.pop() if len(distinct) == 1 else None
