"""The words that ask a model for captions. Torch-free; versioned, since a prompt defines a result.

Questions with verifiable answers are not here but in the registry of tasks: the base model never
sees them, so that what fine-tuning teaches can be told from what the base brings along.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is asked, and an identifier that changes whenever a word of it does."""

    prompt_id: str
    text: str


# Window: one shot. Answer: `sv6d.schema.phrases.write_phrase` of its labels.
SHOT_LABELS = Prompt("shot_labels_1", "Label this shot.")

# Window: one clip or a part of it. Answer: see `sv6d.model.captions.write_cuts`.
CLIP_CUTS = Prompt("clip_cuts_1", "List the cuts.")

# Words that questions about a video are made of. The tokenizer sees them, the model does not.
QUESTION_WORDS = (
    "How many shots does this video have? When is the second cut? At what second does the camera move? "
    "Answer with one number. Answer with one decimal. Answer with one of these: cut, shot, clip, frame."
)
