"""A small clip whose picture and sound are known, and documents about it, for tests of the pages."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from sv6d.io import sha256_file, write_json
from sv6d.schema.document import Boundary, Context, Document, Evidence, FrameRef, Label, Shot, Source, Video
from sv6d.schema.fields import FIELDS, EvidenceKind, field_of
from sv6d.schema.versions import dump_document
from sv6d.timeline import NS_PER_S, pts_to_ns

RATE = 10
WIDTH, HEIGHT = 320, 180
PAN_SHARE_PER_S = 0.1  # of the picture's width, in the second shot; the others stand still
SOUND_HZ = 16_000
TONE_DBFS = -20.0  # of a sine, root mean square; the first two seconds are silent
SILENT_S = 2


@cache
def texture(seed: int, width: int) -> NDArray[np.uint8]:
    """A grey picture of smooth blobs."""
    rng = np.random.default_rng(seed)
    rough = rng.random((HEIGHT // 12 + 2, width // 12 + 2))
    smooth = np.kron(rough, np.ones((12, 12)))[:HEIGHT, :width]
    kernel = np.ones(9) / 9
    for axis in (0, 1):
        smooth = np.apply_along_axis(lambda line: np.convolve(line, kernel, mode="same"), axis, smooth)
    return np.asarray(30 + 200 * smooth, dtype=np.uint8)


def write_clip(
    path: Path, edges_s: Sequence[float], *, codec: str = "libx264", sound: bool = True, pad_to_bytes: int = 0
) -> Path:
    """A clip with a shot between each two edges; the second one pans. A free box pads it to `pad_to_bytes`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=RATE)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        tone = container.add_stream("aac", rate=SOUND_HZ) if sound else None
        for index in range(round(edges_s[-1] * RATE)):
            shot = sum(index >= round(edge * RATE) for edge in edges_s[1:-1])
            shift = round((index - edges_s[1] * RATE) * PAN_SHARE_PER_S * WIDTH / RATE) if shot == 1 else 0
            grey = texture(shot, 2 * WIDTH)[:, shift : shift + WIDTH]
            frame = av.VideoFrame.from_ndarray(np.stack([grey] * 3, -1), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if tone is not None:
            times = np.arange(round(edges_s[-1] * SOUND_HZ)) / SOUND_HZ
            wave = np.sin(2 * np.pi * 440 * times) * 10 ** (TONE_DBFS / 20) * np.sqrt(2) * (times >= SILENT_S)
            for start in range(0, len(wave), 1024):
                piece = av.AudioFrame.from_ndarray(wave[None, start : start + 1024].astype(np.float32), "fltp", "mono")
                piece.rate, piece.pts, piece.time_base = SOUND_HZ, start, Fraction(1, SOUND_HZ)
                container.mux(tone.encode(piece))
            container.mux(tone.encode())
    if pad_to_bytes:
        size = path.stat().st_size
        with path.open("ab") as stream_:
            stream_.write((pad_to_bytes - size).to_bytes(4, "big") + b"free")
            stream_.truncate(pad_to_bytes)
    return path


def ns(seconds: float) -> int:
    return round(seconds * NS_PER_S)


class DocumentMaker:
    """Builds a document about a clip, label by label."""

    def __init__(self, clip: Path, edges_s: Sequence[float], *, context: Context | None = None) -> None:
        self.edges_s = edges_s
        self.video = Video(
            sha256=sha256_file(clip),
            duration_ns=ns(edges_s[-1]),
            width_px=WIDTH,
            height_px=HEIGHT,
            num_frames=round(edges_s[-1] * RATE),
            has_sound=True,
            context=context,
        )
        self.evidence: list[Evidence] = []
        self.labels: list[Label] = []
        self.records: dict[str, Any] = {}

    def label(
        self,
        name: str,
        field: str,
        value: str,
        span_s: tuple[float, float],
        *,
        other: str | None = None,
        words: str | None = None,
        source: str = "by hand",
        box: tuple[float, float, float, float] | None = None,
    ) -> None:
        """A label with one piece of evidence: `words` on the screen, or a number."""
        known = field_of(field)
        assert known is not None
        start_ns, end_ns = ns(span_s[0]), ns(span_s[1])
        cited = f"e.{name}"
        kind = "text" if words is not None else known.evidence[0]
        self.evidence.append(
            Evidence(
                id=cited,
                kind=kind,
                stat="words" if words is not None else "amount",
                value=words if words is not None else 0.25,
                unit="" if words is not None else "share",
                method="test",
                frames=(FrameRef(pts=round(span_s[0] * RATE), time_base_num=1, time_base_den=RATE),),
                box=box,
                start_ns=start_ns,
                end_ns=end_ns,
            )
        )
        self.labels.append(
            Label(
                id=name,
                dimension=known.dimension,
                field=field,
                value=value,
                other_text=other,
                confidence=0.75,
                source=Source(producer="expert", name=source),
                evidence=(cited,),
                start_ns=start_ns,
                end_ns=end_ns,
            )
        )

    def told(
        self,
        name: str,
        span_s: tuple[float, float],
        kind: EvidenceKind = "keyframe",
        *,
        words: str = "seen",
        source: str = "by hand",
        box: tuple[float, float, float, float] | None = None,
    ) -> dict[str, Any]:
        """What every record has, resting on one piece of evidence of its own."""
        span = {"start_ns": ns(span_s[0]), "end_ns": ns(span_s[1])}
        self.evidence.append(
            Evidence(id=f"e.{name}", kind=kind, stat="seen", value=words, unit="", method="test", box=box, **span)
        )
        expert = Source(producer="expert", name=source)
        return {"id": name, "confidence": 0.5, "source": expert, "evidence": (f"e.{name}",), **span}

    def document(self) -> Document:
        shots = []
        for index, (start_s, end_s) in enumerate(pairwise(self.edges_s)):
            into = None
            if index:
                before_ns = ns(start_s) - pts_to_ns(1, 1, RATE)
                into = Boundary(start_ns=before_ns, end_ns=ns(start_s), kind="hard_cut", score=0.9, detector="test")
            shots.append(Shot(id=f"s{index}", start_ns=ns(start_s), end_ns=ns(end_s), boundary_in=into))
        return Document(
            video=self.video,
            shots=tuple(shots),
            evidence=tuple(self.evidence),
            labels=tuple(self.labels),
            report=None,
            **self.records,
        )

    def write(self, path: Path) -> Path:
        write_json(path, dump_document(self.document()))
        return path


def many_labels(clip: Path, edges_s: Sequence[float], number: int) -> DocumentMaker:
    """A document with `number` labels, shot by shot through all fields that speak of shots."""
    maker = DocumentMaker(clip, edges_s)
    fields = [field for field in FIELDS if field.extent == "shot"]
    for index in range(number):
        field = fields[index % len(fields)]
        shot = index // len(fields)
        span_s = (edges_s[shot], edges_s[shot + 1])
        maker.label(f"l{index}", field.name, field.values[index % len(field.values)], span_s)
    return maker
