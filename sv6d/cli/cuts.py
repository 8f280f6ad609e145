"""`sv6d cuts`: the boundaries of any files, as JSON."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sv6d.errors import DecodeError, InputError
from sv6d.shots.boundary import Detector, ShotBoundary, on_timeline
from sv6d.shots.find import DETECTORS
from sv6d.shots.pictures import read
from sv6d.video.reader import reader_name


def cuts(files: Sequence[Path], detector: str) -> dict[str, dict[str, Any]]:
    """For each file, by the name it was given: its boundaries and how it was read, or `error`: why it was not.

    Times of boundaries are nanoseconds since the first frame; seconds are of processor time. Errors also go to
    stderr as they come up.
    """
    answers = {}
    for file in files:
        try:
            answers[str(file)] = _answer(file, DETECTORS[detector])
        except (DecodeError, InputError) as error:
            print(f"error: {error}", file=sys.stderr)
            answers[str(file)] = {"error": _told(file, error)}
    return answers


def _told(file: Path, error: DecodeError | InputError) -> dict[str, str]:
    return {
        "type": type(error).__name__,
        "code": error.code,
        "path": str(file),
        "found": error.found,
        "wanted": error.wanted,
        "next_step": error.next_step,
        "message": str(error),
    }


def _answer(file: Path, detector: Detector) -> dict[str, Any]:
    if not file.is_file():
        raise InputError(
            f"there is no file {file}",
            found="a folder" if file.is_dir() else "nothing there",
            wanted="a video file",
            next_step="correct the path",
        )
    started = time.process_time()
    reading = read(file, None)
    found = on_timeline(detector.find(reading.pictures), reading.pictures, detector.name)
    total_s = time.process_time() - started
    return {
        "boundaries": [_boundary(item) for item in found],
        "reader": reader_name(),
        "frames_declared": reading.frames_declared,
        "frames_decoded": len(reading.pictures.times_ns),
        "seconds_decode": round(reading.decode_s, 4),
        "seconds_total": round(total_s, 4),
    }


def _boundary(item: ShotBoundary) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "start_ns": item.start_ns,
        "end_ns": item.end_ns,
        "score": item.score,
        "detector": item.detector,
    }


def table(answers: dict[str, dict[str, Any]]) -> str:
    """A line per boundary: file, kind, interval in seconds, score."""
    lines = []
    for name, answer in answers.items():
        if "error" in answer:
            lines.append(f"{name}: not read ({answer['error']['type']})")
            continue
        lines.append(f"{name}: {len(answer['boundaries'])} boundaries in {answer['frames_decoded']} frames")
        lines += [
            f"  {item['kind']:20} {item['start_ns'] / 1e9:9.3f} to {item['end_ns'] / 1e9:9.3f} s  {item['score']:.3f}"
            for item in answer["boundaries"]
        ]
    return "\n".join(lines)
