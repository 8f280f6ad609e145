"""Formats that hardly look edited: slide decks, recorded screens, people who talk, one long hand-held take."""

from __future__ import annotations

from dataclasses import replace

from sv6d.studio.draft import Draft
from sv6d.studio.overlays import Box
from sv6d.studio.reel import Effect, Joint, Move, Page, Panels, Passer, Popup, Screen, Scroll, Sign, Talk
from sv6d.studio.reel_words import (
    DIALOG_LINES,
    MENU_LINES,
    PAGE_LINES,
    PAGE_TITLES,
    SCREEN_LINES,
    SCREEN_TITLES,
    SUBTITLES,
    TYPED_LINES,
)
from sv6d.studio.screens import BAR_HEIGHT, LINE_STEP, MENU_STEP, fits

_SCREEN_SKIPS, _PHONE_SKIPS = 0.45, 0.12  # ours: shares of frames that recorders of screens and phones leave out


def slides(draft: Draft) -> None:
    """A deck: pages in one look, lines that appear one after the other; sometimes the speaker in a corner."""
    draft.vertical = draft.index % 4 == 3
    titles = draft.several(PAGE_TITLES, draft.between(5, 7))
    deck = draft.seed_of()
    for number, title in enumerate(titles, start=1):
        num = draft.frames(1.6, 3.2)
        appear = draft.rng.random() < 0.6
        lines = draft.several(PAGE_LINES, draft.between(2, 4))
        first = draft.end
        step = num // (len(lines) + 1)
        times = [first + step * (at + 1) if appear else first for at in range(len(lines))]
        picture = draft.subject() if draft.rng.random() < 0.5 else None
        page = Page(deck, number, title, tuple(zip(lines, times, strict=True)), picture)
        draft.add(page, num, _page_joint(draft))
    width, height = draft.size
    voice = draft.sound("speech", 0, draft.end)
    if draft.index % 2 == 1:
        corner = Box(0.76 * width, 0.70 * height, 0.985 * width, 0.70 * height + 0.225 * width)
        talk = Talk(draft.seed_of(), 0, 1.0, (voice,))
        draft.panels.append(Panels("picture_in_picture", 0, draft.end, Box(0.0, 0.0, width, height), ((corner, talk),)))


def _page_joint(draft: Draft) -> Joint | None:
    chance = draft.rng.random()
    if chance < 0.7:
        return None
    if chance < 0.85:
        return Joint("dissolve", draft.between(6, 12), "")
    return Joint("wipe", draft.between(8, 14), draft.pick(("push_left", "from_right")))


def screen(draft: Draft) -> None:
    """A recorded screen: scrolling, a menu, a dialog, typing; then another program fills it."""
    draft.vertical = draft.index % 4 == 2
    if draft.index % 2 == 1:
        draft.skips = _SCREEN_SKIPS
    dark = draft.rng.random() < 0.4
    for title in draft.several(SCREEN_TITLES, 2 + draft.index % 2):
        num = draft.frames(3.0, 4.5)
        draft.add(_recorded(draft, title, num, dark=dark), num)
        dark = not dark if draft.rng.random() < 0.5 else dark
    draft.sound("silence", 0, draft.shots[0].end)
    draft.sound("speech", draft.shots[0].end, draft.end)


def _recorded(draft: Draft, title: str, num: int, *, dark: bool) -> Screen:
    first = draft.end
    rows = int((draft.size[1] - BAR_HEIGHT) / LINE_STEP)
    by = LINE_STEP * draft.between(2, 5)
    scroll = Scroll(first + int(0.1 * num), first + int(0.1 * num) + draft.between(4, 24), by)
    fitting = [line for line in SCREEN_LINES if fits(line, draft.size[0])]
    lines = draft.several(fitting, len(fitting))
    shown = lines[: min(len(lines), rows - 2 + int(by / LINE_STEP))]
    menu = draft.several(MENU_LINES, 4)
    menu_box = _box(draft, 130.0, 20.0 + MENU_STEP * len(menu))
    question, note = draft.pick(DIALOG_LINES)
    dialog_box = _box(draft, 220.0, 104.0)
    popups = (
        Popup("menu", first + int(0.35 * num), first + int(0.55 * num), menu_box, tuple(menu)),
        Popup("dialog", first + int(0.62 * num), first + int(0.8 * num), dialog_box, (question, note)),
    )
    typed = (draft.pick(TYPED_LINES), first + int(0.3 * num)) if draft.rng.random() < 0.5 else None
    return Screen(draft.seed_of(), dark, title, tuple(shown), (scroll,), popups, typed)


def _box(draft: Draft, width: float, height: float) -> Box:
    """A box of that size within the page."""
    left = round(float(draft.rng.uniform(0.2 * draft.size[0], draft.size[0] - width - 10.0)))
    top = round(float(draft.rng.uniform(BAR_HEIGHT + 10.0, draft.size[1] - height - 40.0)))
    return Box(left, top, left + width, top + height)


def talk(draft: Draft) -> None:
    """One who talks, with pauses cut out in the same framing, once or twice a little closer; subtitles; a cut away."""
    sitting = draft.seed_of()
    takes = draft.between(5, 7)
    away = draft.between(2, takes - 2)
    poses = draft.several(range(40), takes)
    for index, text in enumerate(draft.several(SUBTITLES, takes)):
        num = draft.frames(1.0, 2.4)
        first, end = draft.end, draft.end + num
        voice = draft.sound("speech", first, end)
        closer = 1.14 if draft.rng.random() < 0.25 else 1.0
        draft.add(Talk(sitting, poses[index], closer, (voice,)), num, jump=index not in (0, away + 1))
        draft.signs.append(Sign("subtitle", text, 0, first + 3, end - 3, 180.0, 545.0))
        if index == away:
            shown = draft.frames(0.9, 1.5)
            draft.add(draft.world(shown), shown)
            draft.sound("silence", end, draft.end)


def live(draft: Draft) -> None:
    """One take by hand: shake, whip pans, snap zooms, flashes, something that passes close. No change of shot."""
    draft.vertical = draft.index % 3 != 2
    draft.turn = (90, 0, 270, 0, 180)[draft.index % 5]
    draft.is_late = draft.index % 2 == 0
    draft.skips = _PHONE_SKIPS if draft.is_late else 0.0
    num = draft.frames(6.0, 8.5)
    step = num // 6
    kinds = draft.several(("whip", "snap_zoom", "jolt", "passer", "flash", "pulse"), 5)
    moves: list[Move] = []
    passers: list[Passer] = []
    for number, kind in enumerate(kinds):
        first = step * (number + 1) - draft.between(0, step // 4)
        if kind == "passer":
            passer = draft.subject((300.0, 360.0), "vehicle")
            passers.append(Passer(first, first + draft.between(6, 12), passer, bool(draft.rng.random() < 0.5)))
        elif kind in ("flash", "pulse"):
            _light(draft, kind == "flash", first)
        else:
            moves += _there_and_back(draft, kind, first, step)
    world = draft.world(num, moving=0.0)
    speed = draft.rng.uniform(-0.05, 0.05)
    draft.add(
        replace(
            world,
            speeds=(round(float(speed), 3), 0.0, 0.0),
            shake=round(float(draft.rng.uniform(2.0, 7.0)), 2),
            moves=tuple(moves),
            passers=tuple(passers),
        ),
        num,
    )
    if draft.rng.random() < 0.5:
        draft.effects.append(Effect("fade_in_at_start", 0, draft.frames(0.3, 0.8), 1.0, 0.0))


def _light(draft: Draft, is_flash: bool, first: int) -> None:
    slope = round(float(draft.rng.uniform(-1.0, 1.0)), 2)
    if is_flash:
        end = first + draft.between(1, 3)
        draft.effects.append(Effect("flash", first, end, round(float(draft.rng.uniform(0.5, 1.0)), 2), slope))
    else:
        end = first + draft.between(5, 14)
        draft.effects.append(Effect("pulse", first, end, round(float(draft.rng.uniform(0.3, 0.7)), 2), slope))


def _there_and_back(draft: Draft, kind: str, first: int, step: int) -> list[Move]:
    """A move, and after a while the move back; a whip goes on to where nothing of the old view is left."""
    side = 1.0 if draft.rng.random() < 0.5 else -1.0
    if kind == "whip":
        num, far = draft.between(5, 8), side * float(draft.rng.uniform(0.7, 1.1))
        there = Move(kind, first, first + num, far, 0.0, 0.0)
    elif kind == "snap_zoom":
        num = draft.between(4, 8)
        there = Move(kind, first, first + num, 0.0, 0.0, float(draft.rng.uniform(0.3, 0.6)))
    else:
        num = draft.between(2, 3)
        across, down = draft.rng.uniform(-0.08, 0.08, 2)
        there = Move(kind, first, first + num, float(across), float(down), 0.0)
    back = first + step // 2
    return [there, Move(kind, back, back + num, -there.right, -there.down, -there.grow)]
