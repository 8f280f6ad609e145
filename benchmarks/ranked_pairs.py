"""Pairs of answers to rank: references that the studio plans, answers of graded quality, timelines to read.

    python -m benchmarks.ranked_pairs make OUT            OUT/pairs.json and OUT/timelines.txt
    python -m benchmarks.ranked_pairs join PAIRS DECISIONS RANKED

`make` renders nothing: a reference says what the studio's plan scripts, with one piece of evidence per shot and kind.
A third of the pairs draws its two answers alike and near each other, a third spoils each in another way at about the
same strength, a third draws anything; which answer is "a" falls by lot. Neither file tells what was done to an answer.
DECISIONS has one line a pair: its id, "a", "b" or "same", and the reason. `join` writes the form that
`benchmarks.judge_validation` reads.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from benchmarks.ranked_answers import FAMILIES, Cut, Draft, Rng, Said, known, moved_cuts
from sv6d.errors import InputError
from sv6d.io import read_json, write_bytes
from sv6d.schema.document import Boundary, Document, Evidence, Label, Shot, Source, Video
from sv6d.studio.plan import ClipPlan
from sv6d.studio.planner import plan_clip
from sv6d.studio.pretraining import PRETRAINING
from sv6d.studio.seeds import corpus_seed, generator
from sv6d.studio.truth import pacing, shot_values
from sv6d.timeline import NS_PER_S

NUM_PAIRS = 50
BY = "one annotator (a language model), reading timelines"
# No clip of the product's corpora: those have seed 1.
STUDIO = PRETRAINING.model_copy(update={"seed": 29, "num_clips": 25})
_FIELDS = (
    "subject_type",
    "lighting_key",
    "colour_tone",
    "camera_movement",
    "boundary_kind",
    "pacing",
    "beat",
    "packaging",
)


def reference_of(plan: ClipPlan) -> Draft:
    """What the plan scripts."""
    cuts, labels = [], []
    for index, shot in enumerate(plan.shots):
        span = plan.shot_span(index)
        if shot.transition is not None:
            first, pure = shot.mixed_frames
            begin_ns, end_ns = (plan.frame_time_ns(frame) for frame in (min(first, pure - 1), pure))
            cuts.append(Cut(span.start_ns, begin_ns, end_ns, shot.transition.kind))
            labels.append(Said("boundary_kind", shot.transition.kind, begin_ns, end_ns))
        for name, values in shot_values(plan, index).items():
            labels.extend(Said(name, value, span.start_ns, span.end_ns) for value in values)
    labels.append(Said("pacing", pacing(plan), 0, plan.duration_ns))
    return Draft(plan.duration_ns, tuple(cuts), tuple(labels))


def document_of(draft: Draft, number: int) -> Document:
    """The document of a draft about clip `number`; labels that cite the same kind on one span share their evidence."""
    evidence: dict[tuple[Any, ...], Evidence] = {}
    labels = []
    for index, said in enumerate(sorted(draft.labels, key=lambda x: (x.start_ns, x.end_ns, x.field, x.value))):
        field = known(said.field)
        key = (field.evidence[0], said.start_ns, said.end_ns, said.seen)
        if key not in evidence:
            evidence[key] = Evidence(
                id=f"e{len(evidence)}",
                kind=field.evidence[0],
                start_ns=said.start_ns,
                end_ns=said.end_ns,
                stat="seen",
                value=1.0 if said.seen else None,
                unit="1",
                method="plan",
            )
        labels.append(
            Label(
                id=f"l{index}",
                dimension=field.dimension,
                field=said.field,
                value=said.value,
                start_ns=said.start_ns,
                end_ns=said.end_ns,
                confidence=1.0,
                source=Source(producer="expert", name="drawn"),
                evidence=(evidence[key].id,),
            )
        )
    boundaries = [None, *(_boundary(cut) for cut in draft.cuts)]
    return Document(
        video=Video(
            sha256=f"{number:064x}",
            duration_ns=draft.duration_ns,
            width_px=360,
            height_px=640,
            num_frames=1,
            has_sound=False,
        ),
        shots=tuple(
            Shot(id=f"s{i}", start_ns=start_ns, end_ns=end_ns, boundary_in=boundary)
            for i, ((start_ns, end_ns), boundary) in enumerate(zip(draft.shots, boundaries, strict=True))
        ),
        evidence=tuple(evidence.values()),
        labels=tuple(labels),
    )


def answers_of(reference: Draft, rng: Rng) -> tuple[Draft, Draft]:
    """Two answers about a clip, in an order drawn by lot."""
    families = list(FAMILIES)
    way = rng.integers(3)
    strengths = rng.uniform(0.15, 1.0) + rng.uniform(-0.12, 0.12, 2)
    chosen = [list(rng.permutation(families)[: rng.integers(1, 4)]) for _ in range(2)]
    if way == 0:  # alike, and near each other
        chosen[1] = chosen[0]
    elif way == 1:  # two kinds of error at about the same strength
        chosen = [[name] for name in rng.permutation(families)[:2]]
    else:
        strengths = rng.uniform(0.1, 1.0, 2)
    made = [
        _spoilt(reference, [str(f) for f in names], rng, s) for names, s in zip(chosen, strengths.tolist(), strict=True)
    ]
    first = int(rng.integers(2))
    return made[first], made[1 - first]


def make(out: Path) -> None:
    """Write the pairs and the timelines; the same bytes each time."""
    pairs, pages = [], []
    for index in range(NUM_PAIRS):
        number = index % STUDIO.num_clips
        reference = reference_of(plan_clip(corpus_seed(STUDIO, number), STUDIO))
        a, b = answers_of(reference, generator(STUDIO.seed, index))
        documents = [document_of(draft, number) for draft in (reference, a, b)]
        name = f"p{index:02d}"
        pairs.append({"id": name, **dict(zip(("reference", "a", "b"), map(_plain, documents), strict=True))})
        pages.append(timelines(name, documents))
    write_bytes(out / "pairs.json", _lines(pairs))
    write_bytes(out / "timelines.txt", "\n".join(pages).encode())


def timelines(name: str, documents: Sequence[Document]) -> str:
    """The reference and both answers beside each other: times in seconds, `?` after what rests on nothing, `=` for a
    line that reads as the reference's."""
    lines = [f"### {name}  {documents[0].video.duration_ns / NS_PER_S:.1f} s"]
    for part in ("shots", *_FIELDS):
        told = [_shots_line(d) if part == "shots" else _field_line(d, part) for d in documents]
        told = [told[0], *("=" if line == told[0] else line for line in told[1:])]
        if set(told) != {"-", "="}:
            lines.append(part)
            lines.extend(f"  {who:3} {line}" for who, line in zip(("ref", "A", "B"), told, strict=True))
    return "\n".join(lines) + "\n"


def join(pairs_file: Path, decisions_file: Path, ranked_file: Path) -> None:
    """Write the ranked pairs.

    Raises:
        InputError: a pair has no decision, or a decision no pair.
    """
    pairs = read_json(pairs_file)["pairs"]
    rows = [line.split(maxsplit=2) for line in decisions_file.read_text().splitlines() if line.strip()]
    decided = {row[0]: row[1:] for row in rows}
    wanted = [pair["id"] for pair in pairs]
    if sorted(decided) != sorted(wanted) or len(rows) != len(wanted):
        raise InputError(
            "the decisions are not those of the pairs",
            found=", ".join(sorted(set(decided) ^ set(wanted))) or "a pair decided twice",
            wanted="one decision for each pair",
            next_step="complete the decisions",
        )
    ranked = [{**pair, "better": decided[pair["id"]][0], "by": BY, "reason": decided[pair["id"]][1]} for pair in pairs]
    write_bytes(ranked_file, _lines(ranked))


def _spoilt(draft: Draft, families: Sequence[str], rng: Rng, strength: float) -> Draft:
    strength = min(1.0, max(0.05, strength))
    if rng.random() < 0.5:  # hardly anybody finds every frame
        draft = moved_cuts(draft, rng, 0.05)
    for family in families:
        errors = FAMILIES[family]
        draft = errors[rng.integers(len(errors))](draft, rng, strength)
    return draft


def _boundary(cut: Cut) -> Boundary:
    return Boundary.model_validate(
        {"start_ns": cut.start_ns, "end_ns": cut.end_ns, "kind": cut.kind, "score": 1.0, "detector": "drawn"}
    )


def _plain(document: Document) -> dict[str, Any]:
    told = document.model_dump(mode="json", exclude_defaults=True)
    return {"schema_version": document.schema_version, **told}


def _lines(pairs: Sequence[dict[str, Any]]) -> bytes:
    """One pair a line: small, and a change shows as one."""
    rows = b",\n".join(orjson.dumps(pair, option=orjson.OPT_SORT_KEYS) for pair in pairs)
    return b'{"pairs":[\n' + rows + b"\n]}\n"


def _shots_line(document: Document) -> str:
    told = [f"0.0-{document.shots[0].end_ns / NS_PER_S:.1f}"]
    for shot in document.shots[1:]:
        cut = shot.boundary_in
        kind = "" if cut is None else cut.kind
        told.append(f"|{kind} {_span(shot)}")
    return " ".join(told)


def _field_line(document: Document, name: str) -> str:
    marks = {item.id: "?" if item.value is None else "" for item in document.evidence}
    return (
        ", ".join(
            f"{label.value}{marks[label.evidence[0]]} {_span(label)}"
            for label in document.labels
            if label.field == name
        )
        or "-"
    )


def _span(part: Shot | Label) -> str:
    return f"{part.start_ns / NS_PER_S:.1f}-{part.end_ns / NS_PER_S:.1f}"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=["make", "join"])
    parser.add_argument("paths", type=Path, nargs="+")
    given = parser.parse_args(arguments)
    if given.verb == "make":
        make(*given.paths)
    else:
        join(*given.paths)


if __name__ == "__main__":
    main()
