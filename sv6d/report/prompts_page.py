"""`docs/prompts.md`: every prompt that a model is asked with, its version and its hash, from the registries."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sv6d.corpus.samples import SUMMARY
from sv6d.model.prompts import CLIP_CUTS, SHOT_LABELS
from sv6d.schema.document import Boundary, Shot
from sv6d.tasks.registry import KINDS, questions
from sv6d.timeline import NS_PER_S

PAGE_NAME = "prompts.md"


@dataclass(frozen=True, slots=True)
class Published:
    """A prompt as it is asked: its version, who asks it, its text, and the SHA-256 of the text in UTF-8."""

    prompt_id: str
    asked_by: str
    text: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def published() -> list[Published]:
    """All prompts: those for captions, labels and summaries, then one of each kind of question.

    A question that names a number (which cut) is shown as it is asked first of `_sample_shots`.
    """
    found = [
        Published(SHOT_LABELS.prompt_id, "the annotator, the base model and label samples", SHOT_LABELS.text),
        Published(CLIP_CUTS.prompt_id, "the base model", CLIP_CUTS.text),
        Published(SUMMARY.prompt_id, "summary samples", SUMMARY.text),
    ]
    shots = _sample_shots()
    for kind in KINDS:
        first = questions(shots, [(shots[1].span, "static")], kinds=(kind,))[0]
        found.append(Published(first.prompt_id, f"questions of the kind `{kind}`", first.prompt))
    return found


def prompts_page() -> str:
    """The page as Markdown."""
    lines = [
        "# Prompts",
        "",
        "Generated from the registries of prompts (`sv6d/model/prompts.py`, `sv6d/tasks`, `sv6d/corpus`) by `make",
        "docs`; a test holds it to the code. The version of a prompt changes whenever a word of it does; samples,",
        "tasks, items of the benchmark and labels by a model bear it as `prompt_id`. The text stands after the",
        "frames of its window. A question that names one of several things (a cut) is shown as it is asked about",
        "the first one.",
        "",
    ]
    for prompt in published():
        lines += [
            f"## `{prompt.prompt_id}`",
            "",
            f"Asked by {prompt.asked_by}. SHA-256 of the text (UTF-8): `{prompt.sha256}`",
            "",
            f"    {prompt.text}",
            "",
        ]
    return "\n".join(lines).rstrip() + "\n"


def write_docs(docs: Path) -> None:
    """Write `prompts.md` into `docs`."""
    (docs / PAGE_NAME).write_text(prompts_page())


def _sample_shots() -> list[Shot]:
    """Three shots of two seconds with hard cuts between them."""
    return [
        Shot(id=f"s{i}", start_ns=2 * i * NS_PER_S, end_ns=2 * (i + 1) * NS_PER_S, boundary_in=_cut(i) if i else None)
        for i in range(3)
    ]


def _cut(index: int) -> Boundary:
    time_ns = 2 * index * NS_PER_S
    frame_ns = NS_PER_S // 25
    return Boundary(start_ns=time_ns - frame_ns, end_ns=time_ns, kind="hard_cut", score=1.0, detector="sample")


if __name__ == "__main__":
    write_docs(Path("docs"))
