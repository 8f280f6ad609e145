"""The only table that maps an artifact's word to code, inputs and place in the flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sv6d.errors import ConfigError

Group = Literal["main", "perception", "experts", "corpus", "models", "bench"]


@dataclass(frozen=True, slots=True)
class Stage:
    """One artifact of the flow.

    `word` names everything: the asset, its file, the DVC stage, the section of `params.yaml`, the
    folder under `data/`, the command and the MLflow experiment. `trains` marks jobs that own an
    accelerator where there is one, `parallel` those that several processes may train together,
    `answers` those whose model is asked in processes of their own, one per GPU.
    """

    word: str
    room: str
    inputs: tuple[str, ...]
    group: Group
    about: str
    trains: bool = False
    parallel: bool = False
    answers: bool = False

    @property
    def module(self) -> str:
        """Import path of the file that holds the stage's one verb, `run`."""
        return f"sv6d.{self.room}.{self.word}"


# Order is the order of the flow. `main` holds the seven artifacts that the user named.
STAGES: tuple[Stage, ...] = (
    Stage("raw_videos", "video", (), "main", "manifest, splits and quarantine of the source videos"),
    Stage("shots", "shots", ("raw_videos",), "main", "spans that tile each video"),
    Stage("evidence", "evidence", ("raw_videos", "shots"), "perception", "measured tracks"),
    Stage("base_model", "model", (), "models", "the model that training starts from"),
    Stage(
        "expert_annotations",
        "annotate",
        ("raw_videos",),
        "experts",
        "documents by people, or the studio's truth",
    ),
    Stage(
        "annotator",
        "train",
        ("raw_videos", "base_model", "expert_annotations"),
        "experts",
        "LoRA adapter that writes labels",
        trains=True,
        parallel=True,
    ),
    Stage(
        "annotations",
        "annotate",
        ("raw_videos", "shots", "evidence", "base_model", "annotator"),
        "main",
        "an SV6D document per video",
        trains=True,
        answers=True,
    ),
    Stage(
        "filtered_corpus",
        "quality",
        ("raw_videos", "evidence", "expert_annotations", "annotations"),
        "main",
        "score, decision and reasons per label and document",
    ),
    Stage(
        "structural_extensions",
        "corpus",
        ("annotations", "filtered_corpus"),
        "corpus",
        "cut changes, tension, question-answer pairs",
    ),
    Stage(
        "dense_reports",
        "corpus",
        ("annotations", "filtered_corpus", "structural_extensions"),
        "corpus",
        "a full timeline report per video",
    ),
    Stage(
        "sft_corpus",
        "corpus",
        ("raw_videos", "annotations", "filtered_corpus", "structural_extensions", "dense_reports"),
        "corpus",
        "chat samples with video",
    ),
    Stage(
        "rl_tasks",
        "tasks",
        ("raw_videos", "evidence", "annotations", "filtered_corpus"),
        "corpus",
        "frozen questions with verifiable answers",
    ),
    Stage(
        "sft_checkpoint",
        "train",
        ("raw_videos", "base_model", "sft_corpus"),
        "main",
        "the model after supervised fine-tuning",
        trains=True,
        parallel=True,
    ),
    Stage(
        "grpo_checkpoint",
        "train",
        ("raw_videos", "rl_tasks", "sft_checkpoint"),
        "main",
        "the model after verifiable reinforcement learning",
        trains=True,
        parallel=True,
    ),
    Stage(
        "feedbench",
        "bench",
        ("raw_videos", "evidence", "expert_annotations"),
        "bench",
        "the benchmark: items, key, datasheet",
    ),
    Stage(
        "benchmark_scores",
        "bench",
        ("raw_videos", "base_model", "sft_checkpoint", "grpo_checkpoint", "feedbench"),
        "main",
        "per-item records and scores with intervals",
        trains=True,
        answers=True,
    ),
)

WORDS: tuple[str, ...] = tuple(stage.word for stage in STAGES)


def stage_of(word: str) -> Stage:
    """The stage of that word.

    Raises:
        ConfigError: no stage has that word.
    """
    for stage in STAGES:
        if stage.word == word:
            return stage
    raise ConfigError(
        "there is no such stage",
        found=word,
        wanted=f"one of {', '.join(WORDS)}",
        next_step="correct the word",
    )


def downstream_of(word: str) -> tuple[str, ...]:
    """Every word that depends on `word`, directly or not, in the order of the flow."""
    reached = {stage_of(word).word}
    for stage in STAGES:
        if reached & set(stage.inputs):
            reached.add(stage.word)
    return tuple(w for w in WORDS if w in reached and w != word)
