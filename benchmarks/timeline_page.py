"""How fast the timeline page opens: a video of three minutes, 500 labels and records, in Debian's Chromium.

    python -m benchmarks.timeline_page [--bytes N] [--times N] [--json OUT]

`--bytes` pads the video to that size: by default to the largest one that still lies inside a page. Times are
milliseconds from the start of the navigation, by the browser's own clock, each page in a new process:
`lanes` when all lanes stand, `paint` the first contentful paint, `parsed` the whole file read (DOMContentLoaded),
`load` the load event, `playable` the video's first frame.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
from playwright.sync_api import Playwright, sync_playwright

from sv6d.io import dump_json, sha256_file, write_json
from sv6d.report.timeline.media import EMBED_LIMIT_BYTES
from sv6d.report.timeline.show import show
from sv6d.schema.document import Boundary, Document, Evidence, Label, Shot, Source, Video
from sv6d.schema.fields import FIELDS
from sv6d.schema.records import CutRationale, PackagingCue, TensionCurve, TensionPoint
from sv6d.schema.versions import dump_document
from sv6d.timeline import NS_PER_S

CHROMIUM = "/usr/bin/chromium"
DURATION_S, NUM_SHOTS, NUM_LABELS, RATE = 180, 90, 500, 10
WIDTH, HEIGHT = 320, 180
NAMES = ("lanes", "paint", "parsed", "load", "playable")
_READ = """async () => {
  const video = document.getElementById('video');
  while (video.readyState < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  const playable = performance.now();
  const entry = performance.getEntriesByType('navigation')[0];
  const at = (name) => performance.getEntriesByName(name)[0].startTime;
  while (!performance.getEntriesByName('first-contentful-paint').length) await new Promise(requestAnimationFrame);
  const { domContentLoadedEventEnd: parsed, loadEventEnd: load } = entry;
  return [at('timeline-shown'), at('first-contentful-paint'), parsed, load, playable];
}"""


def write_video(path: Path, num_bytes: int) -> None:
    """Three minutes of flat shots, padded to `num_bytes` by a free box, which players skip."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for index in range(DURATION_S * RATE):
            grey = index * NUM_SHOTS // (DURATION_S * RATE) * 37 % 200 + 30
            pixels = np.full((HEIGHT, WIDTH, 3), grey, np.uint8)
            pixels[:, : index % WIDTH] //= 2
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    missing = num_bytes - path.stat().st_size
    if missing >= 8:
        with path.open("ab") as file:
            file.write(missing.to_bytes(4, "big") + b"free" + bytes(missing - 8))


def write_document(path: Path, video: Path) -> None:
    """500 labels over 90 shots of two seconds, each with its evidence, and records that rest on the first of it."""
    step_ns = DURATION_S * NS_PER_S // NUM_SHOTS
    fields = [field for field in FIELDS if field.extent == "shot"]
    shots, evidence, labels = [], [], []
    for index in range(NUM_SHOTS):
        start_ns, end_ns = index * step_ns, (index + 1) * step_ns
        into = Boundary(
            start_ns=max(0, start_ns - NS_PER_S // RATE), end_ns=start_ns or 1, kind="hard_cut", score=0.9, detector="x"
        )
        shots.append(Shot(id=f"s{index}", start_ns=start_ns, end_ns=end_ns, boundary_in=into if index else None))
    for index in range(NUM_LABELS):
        field, shot = fields[index % len(fields)], shots[index // len(fields) % NUM_SHOTS]
        cited = Evidence(
            id=f"e{index}",
            kind=field.evidence[0],
            stat="amount",
            value=0.5,
            unit="share",
            method="x",
            start_ns=shot.start_ns,
            end_ns=shot.end_ns,
        )
        evidence.append(cited)
        labels.append(
            Label(
                id=f"l{index}",
                dimension=field.dimension,
                field=field.name,
                value=field.values[index % len(field.values)],
                confidence=0.8,
                source=Source(producer="rule", name="benchmark"),
                evidence=(cited.id,),
                start_ns=shot.start_ns,
                end_ns=shot.end_ns,
            )
        )
    about = Video(
        sha256=sha256_file(video),
        duration_ns=DURATION_S * NS_PER_S,
        width_px=WIDTH,
        height_px=HEIGHT,
        num_frames=DURATION_S * RATE,
        has_sound=False,
    )
    recorded = records(shots, evidence)
    document = Document(video=about, shots=tuple(shots), evidence=tuple(evidence), labels=tuple(labels), **recorded)
    write_json(path, dump_document(document))


def records(shots: Sequence[Shot], evidence: list[Evidence]) -> dict[str, Any]:
    """A rationale for each cut, tension, and a packaging cue in every tenth shot; adds what they cite to `evidence`."""
    whole: dict[str, Any] = {"start_ns": 0, "end_ns": DURATION_S * NS_PER_S}
    cited = [evidence[0].model_copy(update={"id": kind, "kind": kind, **whole}) for kind in ("boundary", "keyframe")]
    evidence.extend(cited)
    said: dict[str, Any] = {"confidence": 0.8, "source": Source(producer="rule", name="benchmark")}
    rationales = [
        CutRationale(
            id=f"why.{shot.id}",
            evidence=("boundary",),
            shot=shot.id,
            rationale="information",
            text="It shows what the shot before does not.",
            start_ns=shot.boundary_in.start_ns,
            end_ns=shot.boundary_in.end_ns,
            **said,
        )
        for shot in shots
        if shot.boundary_in is not None
    ]
    levels = {"tension": 0.5, "pace": 0.5, "motion": 0.5, "light_change": None}
    spans: dict[str, dict[str, Any]] = {shot.id: {"start_ns": shot.start_ns, "end_ns": shot.end_ns} for shot in shots}
    points = [TensionPoint.model_validate({"shot": name, **span, **levels}) for name, span in spans.items()]
    cues = [
        PackagingCue(id=f"cue.{name}", evidence=("keyframe",), kind="title_card", text="A title", **span, **said)
        for name, span in list(spans.items())[::10]
    ]
    tension = TensionCurve(id="tension", evidence=("boundary",), points=tuple(points), **whole, **said)
    return {"cut_rationales": tuple(rationales), "tension": tension, "packaging_cues": tuple(cues)}


def open_once(playwright: Playwright, page: Path) -> list[float]:
    """The five times of one opening in a browser of its own, in ms."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM)
    tab = browser.new_page(viewport={"width": 1440, "height": 900})
    tab.goto(page.as_uri())
    times: list[float] = tab.evaluate(_READ)
    browser.close()
    return times


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bytes", type=int, default=EMBED_LIMIT_BYTES)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        video, document = Path(name) / "video.mp4", Path(name) / "document.json"
        write_video(video, options.bytes)
        write_document(document, video)
        page = show(document, video, Path(name) / "page.html", over=None, verification=None)
        num_bytes = page.stat().st_size
        with sync_playwright() as playwright:
            runs = [open_once(playwright, page) for _ in range(options.times)]
    print(f"page of {num_bytes / 1e6:.1f} MB, {NUM_LABELS} labels, opened {options.times} times (ms)")
    found = {}
    for index, part in enumerate(NAMES):
        values = sorted(run[index] for run in runs)
        found[part] = {"median_ms": statistics.median(values), "max_ms": values[-1]}
        print(f"{part:9} median {found[part]['median_ms']:7.0f}   largest {found[part]['max_ms']:7.0f}")
    if options.json:
        options.json.write_bytes(dump_json({"page_bytes": num_bytes, "num_labels": NUM_LABELS, **found}))


if __name__ == "__main__":
    main()
