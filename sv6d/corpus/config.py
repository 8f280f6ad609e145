"""Settings of the sections `structural_extensions`, `dense_reports` and `sft_corpus` of `params.yaml`."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from sv6d.fingerprint import Config
from sv6d.tasks.config import QuestionLimits

Share = Annotated[float, Field(ge=0.0, lt=1.0)]
Positive = Annotated[float, Field(gt=0.0)]


class StructuralExtensionsConfig(Config):
    """What is derived from kept labels.

    Attributes:
        limits: windows that questions are asked about.
        min_confidence: of every label that an answer rests on, in [0, 1].
    """

    limits: QuestionLimits
    min_confidence: Annotated[float, Field(ge=0.0, le=1.0)]


class DenseReportsConfig(Config):
    """How reports are written.

    Attributes:
        max_summary_shots: shots that the short summary names; the report itself names all.
    """

    max_summary_shots: Annotated[int, Field(ge=1)]


class SftCorpusConfig(Config):
    """What the model is fine-tuned on. Shares are of all samples, in [0, 1).

    Attributes:
        max_samples: size of the corpus at most.
        shot_labels_share, summary_share: at most this share of samples are label lines of shots and
            summaries; the rest, but for replay, are questions with answers.
        replay_share: exactly this share (rounded) is general data replayed from pretraining.
        replay_first_index: index of the first pretraining clip that is replayed.
        max_response_characters: longer responses are left out and counted.
        min_window_s: shorter windows are left out and counted.
        max_window_s: longer ones too.
    """

    max_samples: Annotated[int, Field(ge=1)]
    shot_labels_share: Share
    summary_share: Share
    replay_share: Share
    replay_first_index: Annotated[int, Field(ge=0)]
    max_response_characters: Annotated[int, Field(ge=16)]
    min_window_s: Positive
    max_window_s: Positive

    @model_validator(mode="after")
    def _questions_dominate(self) -> Self:
        if self.shot_labels_share + self.summary_share + self.replay_share > 0.5:
            raise ValueError(
                "shot_labels_share, summary_share and replay_share must leave half of the samples to questions"
            )
        return self
