"""A reel: a clip of any format as a script, before any pixel. Frozen values that follow from a seed.

Lengths are reference pixels of a frame whose short side is 360. Time is counted in frames of the nominal
rate; a variable rate leaves some of them out and shows others a little late.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from sv6d.schema.boundaries import ChangeKind
from sv6d.studio.overlays import Box
from sv6d.studio.plan import Subject

PassageKind = Literal["music", "speech", "silence"]
SurroundStyle = Literal["card", "scene", "black"]
LayoutKind = Literal["picture_in_picture", "split_screen"]


@dataclass(frozen=True, slots=True)
class Move:
    """A movement of the camera within [first, end): by shares of the frame to the right and down, and a log of scale.

    `kind` says what a viewer would call it: whip, snap_zoom, jolt.
    """

    kind: str
    first: int
    end: int
    right: float
    down: float
    grow: float


@dataclass(frozen=True, slots=True)
class Sprite:
    """Something in the scene: where it is at the middle of the shot (scene pixels), and its speed a second."""

    subject: Subject
    x: float
    y: float
    speed_x: float
    speed_y: float


@dataclass(frozen=True, slots=True)
class Passer:
    """A thing that passes close to the camera within [first, end), wider than the frame."""

    first: int
    end: int
    subject: Subject
    to_right: bool


@dataclass(frozen=True, slots=True)
class World:
    """A drawn scene seen by a camera.

    `scale` is reference pixels per scene pixel; `speeds` are the camera's over the whole shot: frame widths a second
    to the right, heights up, log of scale (all 0: it stands). `shake` is in scene pixels (root mean square, about),
    `gamma` and `lean` are its light (below 1 brighter) and colour (above 0 warmer). `middle` is the frame at which the
    camera looks at the scene's origin.
    """

    backdrop: str
    seed: int
    scale: float
    gamma: float
    lean: float
    middle: int
    speeds: tuple[float, float, float]
    shake: float
    moves: tuple[Move, ...]
    sprites: tuple[Sprite, ...]
    passers: tuple[Passer, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A slide: title and lines with the frame from which each is seen. Slides of one `deck` share their look.

    `ground` is the paper's colour; None: that of the deck.
    """

    deck: int
    number: int
    title: str
    lines: tuple[tuple[str, int], ...]
    picture: Subject | None
    ground: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class Popup:
    """A menu or a dialog over a recorded screen within [first, end); the first line of a dialog is its heading."""

    kind: Literal["menu", "dialog"]
    first: int
    end: int
    box: Box
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scroll:
    """A page that moves up by so many pixels within [first, end)."""

    first: int
    end: int
    by: float


@dataclass(frozen=True, slots=True)
class Screen:
    """A recorded screen: a window with a heading and lines. `typed`: the last line, from which frame on, by letters."""

    seed: int
    dark: bool
    title: str
    lines: tuple[str, ...]
    scrolls: tuple[Scroll, ...]
    popups: tuple[Popup, ...]
    typed: tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of sound within [first, end). `level_db` below full scale; silence has none."""

    kind: PassageKind
    first: int
    end: int
    level_db: float
    seed: int


@dataclass(frozen=True, slots=True)
class Talk:
    """A person who talks into the camera. `pose` differs between the takes of one sitting; `closer` enlarges."""

    seed: int
    pose: int
    closer: float
    voice: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One flat colour, for writing to stand on."""

    colour: str


Picture = World | Page | Screen | Talk | Card


@dataclass(frozen=True, slots=True)
class Joint:
    """How a shot begins: kind, number of frames that are neither shot alone, and direction or colour."""

    kind: ChangeKind
    num_frames: int
    style: str


@dataclass(frozen=True, slots=True)
class ReelShot:
    """One shot: frames [first, end). `jump`: the cut into it keeps the framing."""

    first: int
    end: int
    joint: Joint | None
    picture: Picture
    jump: bool = False

    @property
    def mixed(self) -> tuple[int, int]:
        """[first frame that is not the old shot alone, first frame that is the new one alone)."""
        if self.joint is None:
            return self.first, self.first
        num = self.joint.num_frames
        before = {"fade_out": num, "fade_in": 0}.get(self.joint.kind, num // 2)
        return self.first - before, self.first - before + num


@dataclass(frozen=True, slots=True)
class Panels:
    """The frame divided within [first, end): the shots in `main`, other pictures in boxes of their own."""

    kind: LayoutKind
    first: int
    end: int
    main: Box
    others: tuple[tuple[Box, Picture], ...]


@dataclass(frozen=True, slots=True)
class Surround:
    """What stands still around a window in which the shots play."""

    style: SurroundStyle
    seed: int
    window: Box


@dataclass(frozen=True, slots=True)
class Sign:
    """Writing or a sticker over the picture within [first, end). `kind` is one of `sv6d.studio.signs`.

    It comes and goes over `ramp` frames, 0: at once.
    """

    kind: str
    text: str
    style: int
    first: int
    end: int
    x: float
    y: float
    ramp: int = 0


@dataclass(frozen=True, slots=True)
class Effect:
    """Light over the whole picture within [first, end): a flash, a pulse, a fade at the clip's start or end."""

    kind: Literal["flash", "pulse", "fade_in_at_start", "fade_out_at_end"]
    first: int
    end: int
    strength: float
    slope: float


@dataclass(frozen=True, slots=True)
class ReelTime:
    """When frames are shown. Frame i of the file shows nominal frame `grid[i]` at `ticks[i]`.

    A tick is fps_den / (fps_num x ticks_per_frame) seconds.
    """

    fps_num: int
    fps_den: int
    ticks_per_frame: int
    grid: tuple[int, ...]
    ticks: tuple[int, ...]

    @property
    def is_variable(self) -> bool:
        return self.ticks_per_frame > 1

    @property
    def fps(self) -> float:
        return self.fps_num / self.fps_den


@dataclass(frozen=True, slots=True)
class ReelSound:
    """Passages that tile the clip; music keeps one beat from the clip's start on."""

    beats_per_minute: float
    root_hz: float
    seed: int
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What the sidecar says."""

    title: str
    hashtags: tuple[str, ...]
    comments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reel:
    """One clip. `turn`: rotation that the file asks for, degrees counterclockwise; `pixel_aspect`: width, height."""

    format: str
    seed: int
    vertical: bool
    time: ReelTime
    shots: tuple[ReelShot, ...]
    surround: Surround | None
    panels: tuple[Panels, ...]
    signs: tuple[Sign, ...]
    effects: tuple[Effect, ...]
    sound: ReelSound
    told: Told
    turn: int
    pixel_aspect: tuple[int, int]

    @property
    def size(self) -> tuple[float, float]:
        """Reference pixels as shown."""
        return (360.0, 640.0) if self.vertical else (640.0, 360.0)

    @property
    def window(self) -> Box:
        """Where the shots are seen."""
        return Box(0.0, 0.0, *self.size) if self.surround is None else self.surround.window

    @property
    def num_frames(self) -> int:
        """Nominal frames; the file may hold fewer."""
        return self.shots[-1].end

    def index_of(self, frame: int) -> int:
        """Of the file's frames the first that shows nominal frame `frame` or a later one."""
        return sum(shown < frame for shown in self.time.grid)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values; equal reels give equal values."""
        return asdict(self)
