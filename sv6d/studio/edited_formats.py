"""Formats of edited film: every kind of change of shot, cuts on the beat, a product, a window, divided frames."""

from __future__ import annotations

from dataclasses import replace

from sv6d.studio.draft import Draft
from sv6d.studio.joints import COLOURS, WIPES
from sv6d.studio.overlays import Box
from sv6d.studio.reel import Card, Effect, Joint, Panels, Sign, Surround, SurroundStyle
from sv6d.studio.reel_words import BURSTS, REEL_TITLES, SUBTITLES
from sv6d.studio.words import CALLS_TO_ACTION, PRICES

_ANAMORPHIC = (4, 3)  # pixels a third wider than high, as DV's wide format has nearly
_OFF_BEAT = (0.3, 0.7)  # of a beat: far enough from both that nobody hears it as on the beat


def edited(draft: Draft) -> None:
    """A trailer: every kind of change of shot once, a title on black between a fade out and a fade in."""
    draft.vertical = draft.index % 2 == 1
    if draft.index % 4 == 2:
        draft.pixel_aspect = _ANAMORPHIC
    units = ("hard_cut", "dissolve", "fade_through_colour", "wipe", "flash", "zoom", "whip", "card")
    _shot(draft, None)
    for unit in draft.several(units, len(units)):
        if unit == "card":
            _titled_card(draft)
        else:
            _shot(draft, _joint(draft, unit))
    start, end = draft.frames(0.4, 0.9), draft.frames(0.4, 0.9)
    draft.effects += [
        Effect("fade_in_at_start", 0, start, 1.0, 0.0),
        Effect("fade_out_at_end", draft.end - end, draft.end, 1.0, 0.0),
    ]


def _shot(draft: Draft, joint: Joint | None) -> None:
    num = draft.frames(1.3, 2.0)
    draft.add(draft.world(num), num, joint)


def _joint(draft: Draft, kind: str) -> Joint:
    match kind:
        case "dissolve":
            return Joint("dissolve", draft.frames(0.3, 0.9), "")
        case "fade_through_colour":
            return Joint("fade_through_colour", draft.frames(0.35, 0.9), draft.pick(tuple(COLOURS)))
        case "wipe":
            return Joint("wipe", draft.frames(0.3, 0.8), draft.pick(WIPES))
        case "flash":
            return Joint("flash", draft.between(3, 5), "white")
        case "zoom":
            return Joint("zoom", 2 * draft.between(3, 5), "in")
        case "whip":
            return Joint("whip", draft.between(5, 9), draft.pick(("left", "right")))
    return Joint("hard_cut", 0, "")


def _titled_card(draft: Draft) -> None:
    """Out to black, a title on it, and in from black."""
    out, back, num = draft.frames(0.3, 0.8), draft.frames(0.3, 0.8), draft.frames(1.1, 1.6)
    width, height = draft.size
    card = draft.add(Card("black"), num, Joint("fade_out", out, "black"))
    text = draft.pick(REEL_TITLES)
    ramp = 0 if draft.rng.random() < 0.25 else draft.between(5, 9)
    draft.signs.append(Sign("title", text, 0, card.first + 5, card.end - 5, width / 2.0, height / 2.0, ramp))
    shot = draft.frames(1.5, 2.0)
    draft.add(draft.world(shot), shot, Joint("fade_in", back, "black"))


def beats(draft: Draft) -> None:
    """A montage to music: cuts on every beat or second beat, or all of them off the beat; stickers that pop up."""
    beat = 60.0 / draft.beats_per_minute * draft.fps
    on_beat = draft.index % 2 == 0
    start, steps = 0, draft.between(8, 12)
    at = 0.0 if on_beat else float(draft.rng.uniform(*_OFF_BEAT))
    for step in range(steps):
        at += 1.0 if draft.rng.random() < 0.6 else 2.0
        if step == steps - 1:
            at += 1.0
        # The frame nearest to the beat; a cut lies where its first frame is shown.
        num = round(at * beat) - start
        picture = draft.world(num, moving=0.3)
        draft.add(picture, num)
        start += num
    width, height = draft.size
    for share in (0.2, 0.55, 0.8):
        first = int(share * draft.end)
        end = min(draft.end, first + draft.frames(0.5, 1.0))
        x, y = draft.rng.uniform(0.3, 0.7) * width, draft.rng.uniform(0.2, 0.4) * height
        if draft.rng.random() < 0.5:
            sticker = draft.pick(("cat", "gift", "pizza", "balloon", "ice_cream"))
            draft.signs.append(Sign("sticker", sticker, draft.between(1, 99), first, end, float(x), float(y)))
        else:
            draft.signs.append(Sign("burst", draft.pick(BURSTS), draft.between(0, 4), first, end, float(x), float(y)))


def shop(draft: Draft) -> None:
    """A product: price, sticker, a band of subtitles, a call to action; flashes within shots; some silence."""
    lengths = [draft.frames(1.8, 3.0) for _ in range(4)]
    kinds = ("product", draft.pick(("product", "food")), "product", "product")
    for index, (num, kind) in enumerate(zip(lengths, kinds, strict=True)):
        gradual = index == 2 and draft.rng.random() < 0.5
        draft.add(draft.world(num, kind=kind), num, Joint("dissolve", draft.frames(0.3, 0.6), "") if gradual else None)
    width, height = draft.size
    one, two, three, four = draft.shots
    spots = (
        ("price", draft.pick(PRICES), one.first + 12, two.mixed[0] - 2, 0.74, 0.30),
        ("burst", draft.pick(BURSTS), two.first + 9, two.end - 14, 0.30, 0.20),
        ("sticker", "gift", four.first + 4, four.end, 0.25, 0.25),
        ("call_to_action", draft.pick(CALLS_TO_ACTION), four.first + 10, four.end, 0.50, 0.86),
    )
    for kind, text, first, end, x, y in spots:
        draft.signs.append(Sign(kind, text, draft.between(0, 4), first, end, x * width, y * height))
    for shot, text in zip((one, two, three), draft.several(SUBTITLES, 3), strict=True):
        first, end = shot.mixed[1] + 3, shot.end - 9
        draft.signs.append(Sign("subtitle_band", text, 0, first, end, width / 2.0, 0.78 * height))
    at = three.mixed[1] + draft.between(6, 12)
    for _ in range(draft.between(1, 3)):
        num = draft.between(1, 3)
        strength, slope = (round(float(draft.rng.uniform(*each)), 2) for each in ((0.6, 0.95), (-0.8, 0.8)))
        draft.effects.append(Effect("flash", at, at + num, strength, slope))
        at += num + draft.between(4, 9)
    draft.sound("music", 0, two.end)
    draft.sound("silence", two.end, three.end)
    draft.sound("music", three.end, draft.end)


def window(draft: Draft) -> None:
    """Film in a window of a still frame, with cuts inside it and writing above."""
    width, height = draft.size
    styles: tuple[SurroundStyle, ...] = ("card", "scene", "black")
    style = styles[draft.index % len(styles)]
    top = draft.rng.uniform(0.28, 0.36) * height
    left = 0.0 if style == "black" else 12.0
    high = (width - 2.0 * left) * 9.0 / 16.0
    draft.surround = Surround(style, draft.seed_of(), Box(left, round(top), width - left, round(top + high)))
    scale = high / 360.0
    for _ in range(draft.between(4, 6)):
        num = draft.frames(0.8, 2.2)
        joint = Joint("dissolve", draft.frames(0.3, 0.5), "") if draft.rng.random() < 0.25 else None
        draft.add(draft.world(num, scale=scale), num, joint)
    if style != "black":
        x = width / 2.0
        draft.signs.append(Sign("title", draft.pick(REEL_TITLES), 0, 0, draft.end, x, round(0.15 * height)))
        for shot, text in zip(draft.shots, draft.several(SUBTITLES, len(draft.shots)), strict=True):
            draft.signs.append(Sign("subtitle", text, 0, shot.mixed[1], shot.end - 6, x, round(0.82 * height)))


def split(draft: Draft) -> None:
    """A second picture pops in beside the first or on it, or is there from the start; and one cut."""
    width, height = draft.size
    whole = draft.index % 2 == 1
    one, two = draft.frames(4.0, 5.5), draft.frames(1.8, 2.6)
    draft.add(draft.world(one), one)
    draft.add(draft.world(two), two)
    top, bottom = Box(0.0, 0.0, width, height / 2.0), Box(0.0, height / 2.0, width, height)
    first, end = (0, draft.end) if whole else (round(0.15 * one), round(0.45 * one))
    other = replace(draft.world(two), scale=0.7, middle=(first + end) // 2, speeds=(0.0, 0.0, 0.0))
    draft.panels.append(Panels("split_screen", first, end, top, ((bottom, other),)))
    if not whole:
        first, end = round(0.6 * one), round(0.9 * one)
        small = Box(0.56 * width, 0.05 * height, 0.95 * width, 0.05 * height + 0.39 * width * 4.0 / 3.0)
        inset = replace(draft.world(two), scale=0.4, middle=(first + end) // 2, speeds=(0.0, 0.0, 0.0))
        frame = Box(0.0, 0.0, width, height)
        draft.panels.append(Panels("picture_in_picture", first, end, frame, ((small, inset),)))
