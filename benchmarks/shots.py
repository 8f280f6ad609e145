"""How many labelled shot boundaries are found, how many are invented, and how fast; ours and other detectors.

    python -m benchmarks.shots FOLDER TRUTH.json [--json OUT] [--without PEER ...]
    python -m benchmarks.shots FOLDER LABELS.txt --shot [--json OUT]

TRUTH.json holds `videos`: for each, `file` (below FOLDER), `hard_cuts` (first frames of new shots) and
`gradual` ([first, last] frame of each gradual change); a `source` groups videos of one origin. A hard cut is
found by a boundary within 1.5 frames, a gradual change by any boundary within it or 2.5 frames beside it;
what else is found is a false alarm, in videos without any boundary too. Gains in F1 over the peers come with a
95 % interval by drawing sources anew. `ratio_to_decode` is the processor time of reading small pictures and
finding boundaries over that of decoding alone; the peers' times include their own decoding. One thread each.

A file that can not be read is told on stderr and under `unread` in the JSON, is in no total, and makes the exit
status 1.

With --shot, LABELS.txt are the labels of the SHOT test set (`kuaishou_v2.txt` of wentaozhu/AutoShot) and FOLDER
holds its videos: scores at two frames' tolerance, to be read beside AutoShot's published F1.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.shot_labels import AUTOSHOT_F1, SHOT_SLACK_FRAMES, read_shot_labels
from benchmarks.shot_peers import Peer, available
from benchmarks.shot_scores import SLACK, Outcome, Slack, f1_gain, match, total
from sv6d.errors import InputError, Sv6dError
from sv6d.io import dump_json
from sv6d.shots.config import ShotsConfig
from sv6d.shots.find import find_boundaries
from sv6d.shots.pictures import read_pictures
from sv6d.video.reader import open_video

_CONFIG = ShotsConfig(detector="blocks-8", limit_s=600.0)
_OURS: str = _CONFIG.detector
_SEED = 0


def decode_seconds(path: Path) -> float:
    """Processor time of decoding every frame and doing nothing with it."""
    started = time.process_time()
    with open_video(path) as video:
        for _ in video.decode():
            pass
    return time.process_time() - started


def measure(path: Path, truth: Mapping[str, Any], peers: Mapping[str, Peer], slack: Slack) -> dict[str, Outcome]:
    """One video by our detector and by each peer."""
    decode_s = decode_seconds(path)
    started = time.process_time()
    pictures = read_pictures(path, None)
    found = find_boundaries(pictures, _CONFIG)
    find_s = time.process_time() - started
    edges_ns = (*pictures.times_ns, pictures.duration_ns)
    answers = {_OURS: ([edges_ns.index(item.cut_ns) for item in found], find_s)}
    for name, peer in peers.items():
        answer = peer(path)
        answers[name] = (list(answer.frames), answer.find_s)
    outcomes = {}
    for name, (frames, seconds) in answers.items():
        num_cuts, num_gradual, wrong = match(frames, truth, slack)
        outcomes[name] = Outcome(
            name=path.name,
            num_frames=len(pictures.times_ns),
            hard_cuts=len(truth["hard_cuts"]),
            hard_cuts_found=num_cuts,
            gradual=len(truth["gradual"]),
            gradual_found=num_gradual,
            false_alarms=len(wrong),
            decode_s=decode_s,
            find_s=seconds,
        )
    return outcomes


def measure_all(
    folder: Path, videos: Sequence[Mapping[str, Any]], peers: Mapping[str, Peer], slack: Slack
) -> tuple[dict[str, dict[str, Outcome]], list[dict[str, str]]]:
    """As `measure`, each video by its file; and name, code and message of those that can not be read, told on stderr.

    Raises:
        InputError: none of them can be read.
    """
    measured, unread = {}, []
    for item in videos:
        try:
            if not (folder / item["file"]).is_file():
                raise InputError(
                    f"{item['file']} is not in {folder}",
                    found="no such file",
                    wanted="every video that the truth lists",
                    next_step="name the folder that the truth was written for",
                )
            measured[item["file"]] = measure(folder / item["file"], item, peers, slack)
        except Sv6dError as error:
            print(f"{item['file']}: {error}", file=sys.stderr)
            unread.append({"name": item["file"], "code": error.code, "message": str(error)})
    if not measured:
        raise InputError(
            f"{folder} holds no video that can be measured",
            found=f"{len(unread)} that can not be read, of {len(videos)} in the truth",
            wanted="one or more that can",
            next_step="name the folder that the truth was written for",
        )
    return measured, unread


def summary(measured: Sequence[Mapping[str, Outcome]], sources: Sequence[str]) -> dict[str, Any]:
    """Totals and videos of our detector; of each peer the same, and our gain over it."""
    by_name = {name: [item[name] for item in measured] for name in measured[0]}
    report: dict[str, Any] = {"detector": _OURS, "peers": {}}
    for name, outcomes in by_name.items():
        told = {"total": total(outcomes).as_dict(), "videos": [item.as_dict() for item in outcomes]}
        if name == _OURS:
            report.update(told)
        else:
            gain = f1_gain(_by_source(by_name[_OURS], sources), _by_source(outcomes, sources), _SEED)
            report["peers"][name] = {**told, "f1_gain_over_it": gain}
    return report


def _by_source(outcomes: Sequence[Outcome], sources: Sequence[str]) -> list[Outcome]:
    groups = defaultdict(list)
    for item, source in zip(outcomes, sources, strict=True):
        groups[source].append(item)
    return [total(items, name=source) for source, items in sorted(groups.items())]


def _print(report: Mapping[str, Any]) -> None:
    print(f"{'video':34} {'cuts':>8} {'gradual':>8} {'false':>6} {'F1':>6} {'fps':>6} {'x decode':>9}")
    for item in report["videos"]:
        print(_line(item["name"], item))
    print(_line(report["detector"], report["total"]))
    for name, peer in report["peers"].items():
        gain = peer["f1_gain_over_it"]
        print(_line(name, peer["total"]), f" gain {gain['gain']:+.3f} [{gain['low']:+.3f}, {gain['high']:+.3f}]")


def _line(name: str, item: Mapping[str, Any]) -> str:
    f1 = "-" if item["f1"] is None else f"{item['f1']:.3f}"
    return (
        f"{name[:34]:34} {item['hard_cuts_found']:4}/{item['hard_cuts']:<3} "
        f"{item['gradual_found']:4}/{item['gradual']:<3} {item['false_alarms']:6} {f1:>6} {item['fps']:6.0f} "
        f"{item['ratio_to_decode']:9.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--without", nargs="*", default=[], help="peers not to run")
    parser.add_argument("--shot", action="store_true", help="the truth is the text file of the SHOT test labels")
    arguments = parser.parse_args()
    slack = SLACK
    if arguments.shot:
        videos, slack = read_shot_labels(arguments.truth, arguments.folder), Slack(SHOT_SLACK_FRAMES, SHOT_SLACK_FRAMES)
    else:
        videos = json.loads(arguments.truth.read_bytes())["videos"]
    peers = {name: peer for name, peer in available().items() if name not in arguments.without}
    listed = [videos[name] for name in sorted(videos)]
    try:
        measured, unread = measure_all(arguments.folder, listed, peers, slack)
    except InputError as error:
        sys.exit(str(error))
    sources = [item.get("source", item["file"]) for item in listed if item["file"] in measured]
    report = {**summary(list(measured.values()), sources), "unread": unread}
    _print(report)
    if arguments.shot:
        print(f"AutoShot as published: F1 {AUTOSHOT_F1}")
    if arguments.json:
        arguments.json.write_bytes(dump_json(report))
    if unread:
        print(f"{len(unread)} of {len(listed)} videos could not be read and are in no total")
        sys.exit(1)


if __name__ == "__main__":
    main()
