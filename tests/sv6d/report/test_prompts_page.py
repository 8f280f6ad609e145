"""Every prompt is published with its version and its hash."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sv6d.corpus.samples import SUMMARY
from sv6d.model.prompts import CLIP_CUTS, SHOT_LABELS
from sv6d.report.prompts_page import prompts_page, published, write_docs
from sv6d.tasks.registry import KINDS

DOCS = Path(__file__).parents[3] / "docs"


def test_the_committed_page_is_what_the_code_says(tmp_path: Path) -> None:
    write_docs(tmp_path)
    assert (DOCS / "prompts.md").read_bytes() == (tmp_path / "prompts.md").read_bytes(), "run: make docs"


def test_every_prompt_is_there_once_with_the_hash_of_its_words() -> None:
    found = published()
    asked = {
        SHOT_LABELS.prompt_id,
        CLIP_CUTS.prompt_id,
        SUMMARY.prompt_id,
        *(kind.prompt_id for kind in KINDS.values()),
    }
    assert {prompt.prompt_id for prompt in found} == asked
    assert len(found) == len(asked)
    page = prompts_page()
    for prompt in found:
        assert prompt.text in page
        assert hashlib.sha256(prompt.text.encode()).hexdigest() in page


# A changed word needs a new version: this line changes with the wording, and then so must the `prompt_id`.
WORDINGS = {
    "shot_labels_1": "Label this shot.",
    "clip_cuts_1": "List the cuts.",
    "summary_1": "Sum up this video.",
}


def test_the_versions_of_prompts_that_models_have_learnt_keep_their_words() -> None:
    said = {prompt.prompt_id: prompt.text for prompt in published()}
    assert {name: said[name] for name in WORDINGS} == WORDINGS
