"""How often measuring again is right: on documents whose labels are true, and on the same with wrong values planted.

    python -m benchmarks.verify FOLDER [--documents FOLDER] [--part even|odd] [--json OUT]

FOLDER holds clips and, in `documents/`, a document for each whose labels are true (`sv6d studio`); documents
in another folder are paired by their video's SHA-256. Every
label of a field that is measured again is checked as it is, and once with each other value of its
vocabulary in its place. Prints a row per field: what became of the true labels and of the planted
ones, the share of the verified that is true, of the true that is refused, of the planted that is caught,
with 95 % Wilson intervals, and the seconds of one thread that looking at a clip took.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from sv6d.io import dump_json, sha256_file
from sv6d.objective.intervals import Z_95, wilson_interval
from sv6d.quality.verify.answers import CHECKABLE, check_label
from sv6d.quality.verify.look import Look, look
from sv6d.schema.document import Document
from sv6d.schema.fields import FIELDS, field_of
from sv6d.schema.versions import read_document

TRUE, PLANTED = "true", "planted"
Key = tuple[str, str, str]  # field, true or planted, state


def asked(document: Document, seen: Look, name: str) -> Iterator[tuple[Key, str]]:
    """The key of each check, and a line that tells of it."""
    said = {(label.field, label.value, label.span) for label in document.labels}
    for label in document.labels:
        field = field_of(label.field)
        if field is None or field.name not in CHECKABLE:
            continue
        for value in field.values:
            if value != label.value and (label.field, value, label.span) in said:
                continue  # of a field with several values: true as well
            claim = label.model_copy(update={"value": value})
            answer = check_label(claim, document, seen)
            kind = TRUE if value == label.value else PLANTED
            line = f"{name} {label.id} ({kind}): {answer.state} {answer.claimed}, {answer.measured}, {answer.detail}"
            yield (field.name, kind, answer.state), line


def pairs(folder: Path, documents: Path | None) -> list[tuple[Path, Document]]:
    """Clips with their documents, by the clips' names."""
    if documents is None:
        return [
            (path, read_document(folder / "documents" / f"{path.stem}.json")) for path in sorted(folder.glob("*.mp4"))
        ]
    clips = {sha256_file(path): path for path in sorted(folder.rglob("*")) if path.is_file()}
    read = [read_document(path) for path in sorted(documents.iterdir())]
    missing = [one.video.sha256 for one in read if one.video.sha256 not in clips]
    if missing:
        raise SystemExit(
            f"below {folder} there is no clip of {len(missing)} of {len(read)} documents: {missing[0]} ..."
        )
    return sorted(((clips[one.video.sha256], one) for one in read), key=lambda pair: pair[0].name)


def _share(part: int, whole: int) -> str:
    if not whole:
        return "-"
    low, high = wilson_interval(part, whole, Z_95)
    return f"{part}/{whole} = {part / whole:.3f} [{low:.3f}, {high:.3f}]"


def _print(counts: Counter[Key], all_labels: Counter[str], seconds_per_clip: float) -> None:
    for name in (*CHECKABLE, "all"):
        names = CHECKABLE if name == "all" else (name,)
        n = {
            (kind, state): sum(counts[field, kind, state] for field in names)
            for kind in (TRUE, PLANTED)
            for state in ("verified", "contradicted", "not_checkable")
        }
        true = sum(number for (kind, _), number in n.items() if kind == TRUE)
        planted = sum(number for (kind, _), number in n.items() if kind == PLANTED)
        verified = n[TRUE, "verified"] + n[PLANTED, "verified"]
        print(f"{name:16} true labels verified {_share(n[TRUE, 'verified'], true)}")
        print(f"{'':16} verified that are true {_share(n[TRUE, 'verified'], verified)}")
        print(f"{'':16} true labels refused {_share(n[TRUE, 'contradicted'], true)}")
        print(f"{'':16} planted labels caught {_share(n[PLANTED, 'contradicted'], planted)}")
    for dimension in dict.fromkeys(field.dimension for field in FIELDS):
        inside = [field.name for field in FIELDS if field.dimension == dimension]
        settled = sum(counts[name, TRUE, state] for name in inside for state in ("verified", "contradicted"))
        print(f"{dimension:16} checkable {_share(settled, sum(all_labels[name] for name in inside))}")
    print(f"{seconds_per_clip:.2f} s a clip")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=Path, help="of clips anywhere below FOLDER")
    parser.add_argument("--part", choices=("even", "odd"), help="every other clip, by name")
    parser.add_argument("--wrong", action="store_true", help="also print each true label refused, each planted passed")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    chosen = pairs(given.folder, given.documents)
    if given.part:
        chosen = chosen[("even", "odd").index(given.part) :: 2]
    counts: Counter[Key] = Counter()
    all_labels: Counter[str] = Counter()
    spent_s = 0.0
    for path, document in chosen:
        all_labels.update(label.field for label in document.labels)
        started = time.process_time()
        seen = look(path)
        spent_s += time.process_time() - started
        for key, line in asked(document, seen, path.stem):
            counts[key] += 1
            if given.wrong and key[1:] not in ((TRUE, "verified"), (PLANTED, "contradicted")):
                print(line)
    _print(counts, all_labels, spent_s / len(chosen))
    if given.json:
        rows = [{"field": f, "labels": k, "state": s, "number": n} for (f, k, s), n in sorted(counts.items())]
        given.json.write_bytes(dump_json({"clips": len(chosen), "counts": rows}))


if __name__ == "__main__":
    main()
