"""How names of the vocabulary and times are written on a page."""

from __future__ import annotations

from sv6d.timeline import NS_PER_S


def clock(time_ns: int) -> str:
    """Minutes, seconds and milliseconds: 83_456_000_000 is "1:23.456"."""
    milliseconds = (time_ns * 1000 + NS_PER_S // 2) // NS_PER_S
    return f"{milliseconds // 60_000}:{milliseconds // 1000 % 60:02d}.{milliseconds % 1000:03d}"


def words(name: str) -> str:
    """A name of the vocabulary as a person reads it."""
    return name.replace("_", " ")
