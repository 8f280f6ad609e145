"""The flow as an SVG picture, drawn from the stage table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from xml.sax.saxutils import escape

from sv6d.stages import STAGES, WORDS, Group, Stage, stage_of

_BOX_WIDTH, _BOX_HEIGHT = 172, 44
_LANE_STEP, _ROW_STEP = 204, 72
_MARGIN = 24
# One lane per kind of work, so that the main seven stand under one another.
_LANE: Mapping[Group, int] = {"models": 0, "experts": 1, "main": 2, "perception": 2, "corpus": 3, "bench": 5}
# Light fills with dark text: readable on white and on dark pages.
_FILL: Mapping[Group, str] = {
    "main": "#bfd7ff",
    "perception": "#cdeccf",
    "experts": "#f7e3b5",
    "corpus": "#e6d5f5",
    "models": "#ffd6cc",
    "bench": "#d6eef2",
}


def drawn_edges() -> list[tuple[str, str]]:
    """(input, word) pairs without those that a longer path implies: the picture stays readable."""
    reach = {word: _ancestors(word) for word in WORDS}
    edges = []
    for stage in STAGES:
        for name in stage.inputs:
            if not any(name in reach[other] for other in stage.inputs if other != name):
                edges.append((name, stage.word))
    return edges


def flow_svg() -> str:
    """The picture as SVG text: rows by depth, lanes by group, the main seven outlined."""
    place = _places()
    width = 2 * _MARGIN + max(_LANE.values()) * _LANE_STEP + _BOX_WIDTH
    height = 2 * _MARGIN + (max(map(_depth, WORDS)) + 1) * _ROW_STEP + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="system-ui, sans-serif" font-size="13" role="img">',
        "<title>The flow of sv6d: sixteen artifacts, from raw videos to benchmark scores</title>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="4" refY="4" markerWidth="6" markerHeight="6" orient="auto">'
        '<path d="M0 0 L8 4 L0 8 z" fill="#66728a"/></marker></defs>',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        *(_edge(place[a], place[b], set(place.values())) for a, b in drawn_edges()),
        *(_box(stage, place[stage.word], index + 1) for index, stage in enumerate(STAGES)),
        *_legend(height),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _ancestors(word: str) -> set[str]:
    names: set[str] = set()
    for name in stage_of(word).inputs:
        names |= {name} | _ancestors(name)
    return names


def _depth(word: str) -> int:
    return max((_depth(name) + 1 for name in stage_of(word).inputs), default=0)


def _places() -> dict[str, tuple[int, int]]:
    """Top left corner of each box; a lane that is taken at that depth gives way to the next one."""
    taken: set[tuple[int, int]] = set()
    place = {}
    for stage in STAGES:
        lane, row = _LANE[stage.group], _depth(stage.word)
        while (lane, row) in taken:
            lane += 1
        taken.add((lane, row))
        place[stage.word] = (_MARGIN + lane * _LANE_STEP, _MARGIN + row * _ROW_STEP)
    return place


def _edge(start: tuple[int, int], end: tuple[int, int], boxes: Collection[tuple[int, int]]) -> str:
    """One bend in one gap between rows; the straight part runs down a lane that no box stands in."""
    x1, y1 = start[0] + _BOX_WIDTH // 2, start[1] + _BOX_HEIGHT
    x2, y2 = end[0] + _BOX_WIDTH // 2, end[1] - 5
    gap = _ROW_STEP - _BOX_HEIGHT - 12  # the last pixels run straight down, so that the tip does too
    blocked = any(x == start[0] and start[1] < y < end[1] for x, y in boxes)
    turn = y1 if blocked else y2 - gap - 7
    middle = turn + gap // 2
    path = f"M{x1} {y1} V{turn} C{x1} {middle} {x2} {middle} {x2} {turn + gap} V{y2}"
    return f'<path d="{path}" fill="none" stroke="#66728a" stroke-width="1.4" marker-end="url(#tip)"/>'


def _box(stage: Stage, place: tuple[int, int], number: int) -> str:
    x, y = place
    outline = "#1f4fa3" if stage.group == "main" else "#8a94a6"
    thickness = 2 if stage.group == "main" else 1
    return (
        f'<g><title>{escape(stage.about)}</title><rect x="{x}" y="{y}" width="{_BOX_WIDTH}" height="{_BOX_HEIGHT}" '
        f'rx="7" fill="{_FILL[stage.group]}" stroke="{outline}" stroke-width="{thickness}"/>'
        f'<text x="{x + _BOX_WIDTH // 2}" y="{y + 19}" text-anchor="middle" fill="#111827" font-weight="600">'
        f"{escape(stage.word)}</text>"
        f'<text x="{x + _BOX_WIDTH // 2}" y="{y + 36}" text-anchor="middle" fill="#374151" font-size="11">'
        f"{number} - sv6d/{escape(stage.room)}</text></g>"
    )


def _legend(height: int) -> list[str]:
    parts = []
    for index, (group, fill) in enumerate(_FILL.items()):
        x = _MARGIN + index * 120
        parts.append(
            f'<rect x="{x}" y="{height - 34}" width="14" height="14" rx="3" fill="{fill}" stroke="#8a94a6"/>'
            f'<text x="{x + 20}" y="{height - 22}" fill="#374151">{group}</text>'
        )
    return parts
