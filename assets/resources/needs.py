"""What each artifact's job needs of a machine. Not in params.yaml: none of it defines a result."""

from __future__ import annotations

from collections.abc import Mapping

from sv6d.fingerprint import Runtime
from sv6d.stages import STAGES

_BYTES_PER_GB = 10**9
_S_PER_H = 3600.0


class Needs(Runtime):
    """Resources of one job.

    Attributes:
        gpus: how many it works on at once; on a machine without any it takes the one CPU lease. Where
            work is spread over Ray, a stage that asks a model takes them from all machines, one per slot.
        models: copies of the model that such a stage asks at once where it has no GPU.
        cpus: cores, or None for all of the machine. It is started with as many workers.
        memory_gb: what its process and the model in it may hold, in 10^9 bytes; as often as there are
            copies of the model.
        memory_gb_per_worker: what each worker may hold beside that.
        time_limit_h: wall time after which it is stopped, in hours.
    """

    gpus: int = 0
    models: int = 1
    cpus: int | None = None
    memory_gb: float = 4.0
    memory_gb_per_worker: float = 0.0
    time_limit_h: float = 4.0

    def memory_bytes(self, num_workers: int, num_models: int = 1) -> int:
        """The limit of the whole job, workers and all."""
        return int((num_models * self.memory_gb + num_workers * self.memory_gb_per_worker) * _BYTES_PER_GB)

    @property
    def time_limit_s(self) -> float:
        return self.time_limit_h * _S_PER_H


# ours: limits stop what runs away; on two cores and 102 clips no job held more than 1.6 GB or took more
# than 4 minutes (docs/operations.md). A corpus of another size sets its own in runtime.yaml.
_PER_CLIP = Needs(memory_gb=4.0, memory_gb_per_worker=4.0, time_limit_h=48.0)
_WITH_A_MODEL = Needs(gpus=1, memory_gb=48.0, memory_gb_per_worker=4.0, time_limit_h=72.0)
_TABLES = Needs(cpus=1, memory_gb=8.0)

_WORK_PER_CLIP = ("inputs", "raw_videos", "shots", "evidence", "filtered_corpus")

NEEDS: Mapping[str, Needs] = {
    **{stage.word: _WITH_A_MODEL if stage.trains else _TABLES for stage in STAGES},
    **dict.fromkeys(_WORK_PER_CLIP, _PER_CLIP),
}


def declared(name: str) -> Needs:
    """The needs of the job of that name; pages and reports, which are no artifacts, need what tables do."""
    return NEEDS.get(name, _TABLES)
