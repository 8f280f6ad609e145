"""Settings of the questions, and of the section `rl_tasks` of `params.yaml`."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sv6d.fingerprint import Config

TaskName = Literal["camera_movement", "cut_time", "shot_count"]


class QuestionLimits(Config):
    """Which windows are asked about.

    Attributes:
        min_window_s: shorter windows hold too few frames to tell a movement by.
        max_window_s: in longer ones the sampled frames lie too far apart to find a cut between them.
    """

    min_window_s: Annotated[float, Field(ge=0.2)]
    max_window_s: Annotated[float, Field(gt=0.2)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.max_window_s < self.min_window_s:
            raise ValueError("max_window_s must not be below min_window_s")
        return self


class RlTasksConfig(Config):
    """What is asked in reinforcement.

    Attributes:
        kinds: kinds of questions of the registry.
        limits: windows that are asked about.
        min_confidence: of every label that an answer rests on, in [0, 1].
    """

    kinds: Annotated[tuple[TaskName, ...], Field(min_length=1)]
    limits: QuestionLimits
    min_confidence: Annotated[float, Field(ge=0.0, le=1.0)]
