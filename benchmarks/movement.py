"""How often the measured motion names the camera's movement, on clips whose movement is known.

    python -m benchmarks.movement FOLDER [--json OUT]

FOLDER holds clips and, in `documents/`, a document for each, as `sv6d studio` renders them. The shots
are the documents' own, so that only the measurement and the decision are judged. Prints a row per
movement with what it was taken for, the share that is right with its 95 % Wilson interval, and the
seconds of one thread that measuring a clip took.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from sv6d.evidence.config import EvidenceConfig
from sv6d.evidence.measure import measure
from sv6d.evidence.motion import classify_movement
from sv6d.io import dump_json
from sv6d.objective.intervals import Z_95, wilson_interval
from sv6d.params import read_config
from sv6d.schema.document import Document
from sv6d.schema.versions import read_document

FIELD = "camera_movement"
UNMEASURED = "unmeasured"
_STATS = ("pan_speed", "tilt_speed", "zoom_speed")


def named(path: Path, document: Document, config: EvidenceConfig) -> list[tuple[str, str]]:
    """(true movement, named movement) of each shot that has one label of the field."""
    rows = measure(path, document.shots, config)["evidence"]
    values = {row["evidence_id"]: row["value"] for row in rows if row["kind"] == "motion"}
    pairs = []
    for shot in document.shots:
        true = [label.value for label in document.labels if label.field == FIELD and label.span == shot.span]
        speeds = [values[f"motion.{stat}.{shot.id}"] for stat in _STATS]
        if len(true) == 1:
            pairs.append((true[0], UNMEASURED if None in speeds else classify_movement(*speeds)[0]))
    return pairs


def _print(counts: Mapping[tuple[str, str], int], seconds_per_clip: float) -> None:
    for true in sorted({pair[0] for pair in counts}):
        taken = {pair[1]: number for pair, number in counts.items() if pair[0] == true}
        listed = ", ".join(f"{name} {number}" for name, number in sorted(taken.items(), key=lambda item: -item[1]))
        print(f"{true:12} {taken.get(true, 0):4}/{sum(taken.values()):<4} {listed}")
    right, total = sum(n for (a, b), n in counts.items() if a == b), sum(counts.values())
    low, high = wilson_interval(right, total, Z_95)
    print(f"right: {right}/{total} = {right / total:.3f} [{low:.3f}, {high:.3f}]; {seconds_per_clip:.2f} s a clip")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    config = read_config(given.params, "evidence")
    assert isinstance(config, EvidenceConfig)
    paths = sorted(given.folder.glob("*.mp4"))
    started = time.process_time()
    counts = Counter(
        pair
        for path in paths
        for pair in named(path, read_document(given.folder / "documents" / f"{path.stem}.json"), config)
    )
    seconds_per_clip = (time.process_time() - started) / len(paths)
    _print(counts, seconds_per_clip)
    if given.json:
        pairs = [{"true": true, "named": taken, "shots": n} for (true, taken), n in sorted(counts.items())]
        given.json.write_bytes(dump_json({"clips": len(paths), "pairs": pairs, "seconds_per_clip": seconds_per_clip}))


if __name__ == "__main__":
    main()
