"""The command line of a job: torchrun where several GPUs train together, one process everywhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.resources.launcher import Command, job_words
from sv6d.stages import STAGES


@pytest.mark.parametrize("word", [stage.word for stage in STAGES])
def test_several_gpus_mean_torchrun_where_the_stage_trains_so(word: str) -> None:
    command = Command(word, (word, "--out", "o"), 2, Path("p"), Path("p"), Path("f"))
    alone = ["python", "-m", "sv6d.cli.main", word, "--out", "o"]
    assert job_words("python", command, 0) == job_words("python", command, 1) == alone
    several = job_words("python", command, 4)
    if word in ("annotator", "sft_checkpoint", "grpo_checkpoint"):
        assert several[:5] == ["python", "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=4"]
        assert several[5:] == alone[1:]
    else:
        assert several == alone
