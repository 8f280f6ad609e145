"""How near two free texts are, letter by letter.

What it can not see: meaning. Synonyms are far apart and a lost "not" is near; words in another order
are far; a translation, and traditional against simplified characters, share nothing but what looks
the same. So it is reported beside a score and never counted in one.
"""

from __future__ import annotations

import unicodedata

from rapidfuzz.distance import Indel


def normalized(text: str) -> str:
    """A text in Unicode NFKC (full-width forms become plain ones), without case, its spaces single and inside."""
    # Folded before and after: NFKC may give letters that have a case, and folding may give combined ones.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())


def text_similarity(a: str, b: str) -> float:
    """Share of two normalised texts that they have in common, in [0, 1]; symmetric.

    1 - (characters inserted and deleted) / (characters of both), which is twice the longest common
    subsequence over both lengths (RapidFuzz's normalised Indel similarity). Characters, not words,
    so that it needs no word boundaries and works for Chinese. 1 exactly for texts of one normal
    form, two empty ones among them; 0 for an empty text against another.
    """
    return float(Indel.normalized_similarity(normalized(a), normalized(b)))
