"""How well on-screen text is read, on clips whose strings and frames are known.

    python -m benchmarks.texts FOLDER [--params PARAMS] [--json OUT]

FOLDER holds clips and, in `documents/`, a document for each, whose evidence of kind `text` is what was drawn (`sv6d
studio`). Each drawn string is compared with the item found at its time that is most like it: normalized Levenshtein
similarity, and how far the first and the last frame are off. A string that goes on over a cut is one; it begins where
the transition into its shot ends, since overlays are drawn from there. Prints the shares and quantiles, every string
that is less alike than 0.9 or more than 0.25 s off, and how many items nobody drew.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz.distance import Levenshtein

from sv6d.cli.measure import find_shots
from sv6d.evidence.config import EvidenceConfig
from sv6d.evidence.measure import measure
from sv6d.io import dump_json
from sv6d.params import read_config
from sv6d.schema.document import Document
from sv6d.schema.versions import read_document
from sv6d.shots.config import ShotsConfig
from sv6d.timeline import Span, seconds

ALIKE, NEAR_S = 0.9, 0.25
_FOUND = 0.7  # similarity from which an item is the drawn string and its span is judged
_QUANTILES = (0.5, 0.9, 1.0)


@dataclass(frozen=True)
class Judged:
    """One drawn string: what was read, in [0, 1] how alike, and how far its ends are off, seconds, late positive."""

    clip: str
    drawn: str
    read: str
    similarity: float
    start_off_s: float | None
    end_off_s: float | None

    @property
    def is_near(self) -> bool:
        return all(off is not None and abs(off) <= NEAR_S for off in (self.start_off_s, self.end_off_s))


def drawn_texts(document: Document) -> list[tuple[str, Span]]:
    """Strings with the time they are on screen, by start."""
    pure_ns = {shot.start_ns: shot.boundary_in.end_ns for shot in document.shots if shot.boundary_in is not None}
    merged: list[tuple[str, Span]] = []
    for item in sorted(document.evidence, key=lambda item: (item.start_ns, item.id)):
        if item.kind != "text" or not isinstance(item.value, str):
            continue
        for index, (string, span) in enumerate(merged):
            if string == item.value and span.end_ns == item.start_ns:
                merged[index] = (string, Span(span.start_ns, item.end_ns))
                break
        else:
            merged.append((item.value, item.span))
    return [(string, Span(max(span.start_ns, pure_ns.get(span.start_ns, 0)), span.end_ns)) for string, span in merged]


def judge(clip: str, drawn: Sequence[tuple[str, Span]], rows: Sequence[dict[str, Any]]) -> tuple[list[Judged], int]:
    """Each drawn string judged, and the number of items that are none of them."""
    judged, used = [], set()
    for string, span in drawn:
        there = [row for row in rows if row["start_ns"] < span.end_ns and row["end_ns"] > span.start_ns]
        best = max(there, key=lambda row: Levenshtein.normalized_similarity(string, row["string"]), default=None)
        similarity = Levenshtein.normalized_similarity(string, best["string"]) if best else 0.0
        offs: tuple[float | None, float | None] = (None, None)
        if best is not None and similarity >= _FOUND:
            used.add(best["evidence_id"])
            offs = (seconds(best["start_ns"] - span.start_ns), seconds(best["end_ns"] - span.end_ns))
        judged.append(Judged(clip, string, best["string"] if best else "", similarity, *offs))
    return judged, sum(row["evidence_id"] not in used for row in rows)


def summary(judged: Sequence[Judged], num_extra: int) -> dict[str, Any]:
    """Shares and quantiles over all drawn strings."""
    alike = np.array([one.similarity for one in judged])
    offs = {
        "start": [abs(one.start_off_s) for one in judged if one.start_off_s is not None],
        "end": [abs(one.end_off_s) for one in judged if one.end_off_s is not None],
    }
    return {
        "strings": len(judged),
        "distinct": len({one.drawn for one in judged}),
        "similarity_mean": float(alike.mean()),
        "alike_share": float((alike >= ALIKE).mean()),
        "exact_share": float((alike == 1.0).mean()),
        "missed": int((alike < _FOUND).sum()),
        "extra": num_extra,
        "off_s": {
            end: {
                "near_share": float((np.array(values) <= NEAR_S).mean()),
                **{f"quantile_{q:g}": float(np.quantile(values, q)) for q in _QUANTILES},
            }
            for end, values in offs.items()
        },
    }


def _read(folder: Path, params: Path) -> Iterator[tuple[list[Judged], int]]:
    shots_config, config = read_config(params, "shots"), read_config(params, "evidence")
    assert isinstance(shots_config, ShotsConfig)
    assert isinstance(config, EvidenceConfig)
    for path in sorted(folder.glob("*.mp4")):
        document = read_document(folder / "documents" / f"{path.stem}.json")
        rows = measure(path, find_shots(path, shots_config).shots, config)
        if (failure := rows["text_reads"][0]["failure"]) is not None:
            raise SystemExit(f"{path.name}: {failure}")
        yield judge(path.stem, drawn_texts(document), rows["texts"])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    found = list(_read(given.folder, given.params))
    judged = [one for clip, _ in found for one in clip]
    total = summary(judged, sum(num_extra for _, num_extra in found))
    for one in judged:
        if one.similarity < ALIKE or not one.is_near:
            offs = " ".join("-" if off is None else f"{off:+.2f}" for off in (one.start_off_s, one.end_off_s))
            print(f"{one.clip}: {one.drawn!r} read as {one.read!r} ({one.similarity:.2f}), ends off by {offs} s")
    print(
        f"{total['strings']} strings ({total['distinct']} distinct): similarity {total['similarity_mean']:.3f}, "
        f"at least {ALIKE} for {total['alike_share']:.1%}, exact {total['exact_share']:.1%}, "
        f"{total['missed']} missed, {total['extra']} that nobody drew"
    )
    for end, off in total["off_s"].items():
        middle, most = off["quantile_0.5"], off["quantile_1"]
        near = f"within {NEAR_S} s for {off['near_share']:.1%}"
        print(f"{end}: {near}, median {middle:.3f}, nine of ten below {off['quantile_0.9']:.3f}, most {most:.3f} s")
    if given.json:
        given.json.write_bytes(dump_json({"all": total, "strings": [asdict(one) for one in judged]}))


if __name__ == "__main__":
    main()
