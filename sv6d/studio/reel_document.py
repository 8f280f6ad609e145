"""The SV6D document of a reel: shots, text, layout, packaging and what else documents have words for."""

from __future__ import annotations

from collections.abc import Sequence

from sv6d.schema.boundaries import DOCUMENT_KINDS, TRANSITION_STYLES
from sv6d.schema.document import Boundary, Document, Evidence, Label, Shot, Video
from sv6d.schema.fields import EvidenceKind
from sv6d.schema.records import ImageTextLayout, PackagingCue, Region, RegionRole
from sv6d.studio.file_times import FileTimes
from sv6d.studio.labels import SOURCE, true_label
from sv6d.studio.reel import Reel
from sv6d.studio.reel_facts import ReelFacts, Seen, ShareBox, Turn
from sv6d.studio.reel_sound import synthesise_reel
from sv6d.studio.sound import level_db
from sv6d.timeline import NS_PER_S, FrameTime, Span

METHOD = "studio"
_FAST_BELOW_NS = 2 * NS_PER_S  # `pacing` turns here: sv6d/schema/editing.py
_SPEED_STATS = (
    ("pan_speed", "frame_widths_per_s"),
    ("tilt_speed", "frame_heights_per_s"),
    ("zoom_speed", "log_scale_per_s"),
)
_ON_BEAT_NS = 70_000_000  # the tolerance of MIREX, as the evidence has it
_LEAST_CUTS_ON_BEAT = 5  # ours: fewer lie there by chance now and then
_SOUND_RATE_HZ = 16_000  # a level needs no more
_ROLES: dict[str, RegionRole] = {"image": "image", "text": "text", "sticker": "sticker"}


def reel_document(reel: Reel, video: Video, frame_times: Sequence[FrameTime], turns: Sequence[Turn]) -> Document:
    """The document of the file that was written from `reel`; its frame times and boundaries (`ReelFacts.turns`)."""
    return _Writer(reel, video, FileTimes(frame_times, video.duration_ns), turns).document()


class _Writer:
    def __init__(self, reel: Reel, video: Video, times: FileTimes, turns: Sequence[Turn]) -> None:
        self._reel, self._video, self._times, self._turns = reel, video, times, turns
        self._facts = ReelFacts(reel, times)
        self._evidence: list[Evidence] = []
        self._labels: list[Label] = []

    def document(self) -> Document:
        edges = [0, *(turn.cut for turn in self._turns), len(self._times.frames)]
        shots = []
        for index in range(len(self._reel.shots)):
            span = self._times.span(edges[index], edges[index + 1])
            boundary = self._boundary(index, self._turns[index - 1]) if index else None
            shots.append(Shot(id=f"shot{index}", start_ns=span.start_ns, end_ns=span.end_ns, boundary_in=boundary))
            self._camera(index, span)
        layouts = tuple(self._layout(index, shot.span) for index, shot in enumerate(shots))
        texts = [self._text(number, seen) for number, seen in enumerate(self._facts.texts())]
        self._sounds()
        self._pacing(len(shots))
        cues = tuple(self._cue(number, seen, texts) for number, seen in enumerate(self._facts.stickers()))
        return Document(
            video=self._video,
            shots=tuple(shots),
            evidence=tuple(self._evidence),
            labels=tuple(self._labels),
            packaging_cues=cues,
            layouts=layouts,
        )

    def _boundary(self, index: int, turn: Turn) -> Boundary:
        kind = DOCUMENT_KINDS[turn.kind]
        mixed = 0 if turn.kind == "hard_cut" else turn.last - turn.first + 1
        cited = self._say(f"boundary{index}", "boundary", turn.span, "num_mixed_frames", float(mixed), "frames")
        self._label("boundary_kind", kind, turn.span, (cited,), index)
        if turn.kind in TRANSITION_STYLES:
            self._label("transition_style", TRANSITION_STYLES[turn.kind], turn.span, (cited,), index)
        if turn.jump:
            self._label("cut_type", "jump_cut", turn.span, (cited,), index)
        return Boundary(start_ns=turn.span.start_ns, end_ns=turn.span.end_ns, kind=kind, score=1.0, detector=METHOD)

    def _camera(self, index: int, span: Span) -> None:
        """What moves the whole frame; of a picture that shares the frame with others nothing is said."""
        fact = self._facts.camera(self._reel.shots[index])
        if not fact.fills_frame:
            return
        if fact.movement is not None:
            cited = tuple(
                self._say(f"shot{index}.{stat}", "motion", span, stat, speed, unit)
                for (stat, unit), speed in zip(_SPEED_STATS, fact.speeds, strict=True)
            )
            self._label("camera_movement", fact.movement, span, cited, index)
        steadiness = self._facts.steadiness(fact)
        if steadiness is not None:
            shake = self._say(f"shot{index}.shake", "motion", span, "shake_rms", fact.shake_rms, "frame_heights")
            self._label("steadiness", steadiness, span, (shake,), index)
        # The studio's cameras never roll.
        roll = self._say(f"shot{index}.roll", "motion", span, "roll_speed", 0.0, "radians_per_s")
        self._label("camera_roll", "roll_none", span, (roll,), index)

    def _layout(self, index: int, span: Span) -> ImageTextLayout:
        name, regions = self._facts.layout(self._reel.shots[index])
        cited = self._say(f"shot{index}.layout", "layout", span, "layout", name, "name", box=regions[0][1])
        self._label("layout", name, span, (cited,), index)
        return ImageTextLayout(
            id=f"shot{index}.layout",
            start_ns=span.start_ns,
            end_ns=span.end_ns,
            confidence=1.0,
            source=SOURCE,
            evidence=(cited,),
            layout=name,
            regions=tuple(Region(role=_ROLES[role], box=box) for role, box in regions),
        )

    def _text(self, number: int, seen: Seen) -> Evidence:
        self._say(f"text{number}", "text", seen.span, "text", seen.text, "text", frame=seen.first, box=seen.box)
        return self._evidence[-1]

    def _cue(self, number: int, seen: Seen, texts: Sequence[Evidence]) -> PackagingCue:
        """A sign that bears writing rests on its text, a sticker on its place."""
        words = [item.id for item in texts if item.value == seen.text and item.span == seen.span]
        cited = words[:1] or [self._say(f"cue{number}", "box", seen.span, "sticker", seen.text, "name", box=seen.box)]
        assert seen.kind in {"subtitle_band", "price", "sticker", "title_card", "call_to_action"}
        return PackagingCue.model_validate(
            {
                "id": f"cue{number}",
                "start_ns": seen.span.start_ns,
                "end_ns": seen.span.end_ns,
                "confidence": 1.0,
                "source": SOURCE,
                "evidence": tuple(cited),
                "kind": seen.kind,
                "text": seen.text if words else "",
                "box": seen.box,
            }
        )

    def _sounds(self) -> None:
        samples = synthesise_reel(self._reel, _SOUND_RATE_HZ)
        cuts = [turn.beat_ns for turn in self._turns if turn.kind == "hard_cut" and turn.beat_ns is not None]
        if len(cuts) >= _LEAST_CUTS_ON_BEAT and all(abs(beat_ns) <= _ON_BEAT_NS for beat_ns in cuts):
            whole = Span(0, self._video.duration_ns)
            cited = self._say("beats", "sound", whole, "cuts_on_beat", 1.0, "share")
            self._label("audio_edit", "beat_sync", whole, (cited,), 0)
        for number, (passage, seen) in enumerate(zip(self._reel.sound.passages, self._facts.passages(), strict=True)):
            first, end = (ns * _SOUND_RATE_HZ // NS_PER_S for ns in (seen.span.start_ns, seen.span.end_ns))
            level = round(level_db(samples[first:end]), 2)
            cited = self._say(f"sound{number}", "sound", seen.span, "loudness", level, "dbfs")
            if passage.kind in {"music", "silence"}:
                self._label("audio_edit", passage.kind, seen.span, (cited,), number)

    def _pacing(self, num_shots: int) -> None:
        span = Span(0, self._video.duration_ns)
        mean_s = span.length_ns / num_shots / NS_PER_S
        cited = self._say("pacing", "boundary", span, "mean_shot_length", mean_s, "s")
        self._label("pacing", "fast" if span.length_ns < _FAST_BELOW_NS * num_shots else "slow", span, (cited,), 0)

    def _say(
        self,
        name: str,
        kind: EvidenceKind,
        span: Span,
        stat: str,
        value: float | str,
        unit: str,
        *,
        frame: int | None = None,
        box: ShareBox | None = None,
    ) -> str:
        """Evidence; returns its id."""
        self._evidence.append(
            Evidence(
                id=name,
                kind=kind,
                start_ns=span.start_ns,
                end_ns=span.end_ns,
                stat=stat,
                value=value,
                unit=unit,
                method=METHOD,
                frames=() if frame is None else (self._times.ref(frame),),
                box=box,
            )
        )
        return name

    def _label(self, name: str, value: str, span: Span, evidence: tuple[str, ...], number: int) -> None:
        self._labels.append(true_label(name, value, span, evidence, number))
