"""A video's document is the same bytes whichever process was asked about it, and none is lost with a process."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path

import psutil
import pytest

from sv6d.annotate import annotations
from sv6d.annotate.annotating import Annotator, ShownTask, Task
from sv6d.annotate.config import AnnotationsConfig
from sv6d.annotate.rule_labels import rule_source
from sv6d.artifacts import JobRuntime
from sv6d.batch.keyed_map import kept
from sv6d.batch.work import Slots
from sv6d.errors import ArtifactError
from sv6d.events import Events
from sv6d.evidence.records import read_evidence
from sv6d.model.asked import answering_slots
from sv6d.model.sampling import read_sampling
from sv6d.params import read_config
from sv6d.shots.records import read_shots
from sv6d.video.manifest import Locator, read_videos
from sv6d.video.windows import Framing, sample_files
from tests.sv6d.annotate.fatal_annotator import FATAL, FatalForOne
from tests.sv6d.annotate.small_flow import SmallFlow


class Made:
    """The flow, and the document of each clip as one process gave it."""

    def __init__(self, flow: SmallFlow) -> None:
        self.flow = flow
        flow.make("annotations")
        self.documents = self.read()
        self.clips = self.kept()

    @property
    def cache(self) -> Path:
        return self.flow.root / ".work" / "annotations" / "cache"

    def read(self) -> bytes:
        return (self.flow.data / "annotations" / "documents.jsonl").read_bytes()

    def kept(self) -> dict[str, bytes]:
        return {path.name: kept(path) for path in sorted(self.cache.rglob("*")) if path.is_file()}

    def again(self, *, models: int) -> None:
        """From nothing but the frames."""
        shutil.rmtree(self.cache, ignore_errors=True)
        self.flow.make("annotations", models=models)
        assert self.read() == self.documents
        assert self.kept() == self.clips


@pytest.fixture(scope="module")
def made(flow: SmallFlow) -> Made:
    return Made(flow)


def test_two_processes_give_the_bytes_of_one_whatever_the_threads_of_the_machine(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    made.again(models=2)


def test_a_process_of_a_worker_gives_the_bytes_of_this_one(made: Made) -> None:
    data = made.flow.data
    config = read_config(made.flow.root / "params.yaml", "annotations")
    assert isinstance(config, AnnotationsConfig)
    annotator = Annotator(
        folder=data / "base_model",
        adapter=data / "annotator" / "adapter",
        device="cpu",
        config=config,
        source=annotations.adapter_source(data / "annotator"),
        ruled_by=rule_source(config.rules),
    )
    shots, evidence = read_shots(data / "shots"), read_evidence(data / "evidence")
    tasks = [Task(row, shots[row.video_id], tuple(evidence[row.video_id])) for row in read_videos(data / "raw_videos")]
    files = sample_files(
        [window for task in tasks for window in task.windows],
        Framing(**read_sampling(data / "base_model").as_dict()),
        locator=Locator(made.flow.root / "inputs" / "sources.json"),
        cache=made.flow.root / ".work" / "frames",
        workers=1,
        events=Events.silent(),
    )
    answer = annotator.ready()
    here = [answer(ShownTask(task, tuple(files[window] for window in task.windows))) for task in tasks]
    assert sorted(here) == sorted(made.clips.values())


def test_what_a_killed_process_was_asked_is_asked_again(made: Made) -> None:
    killed: list[int] = []
    done = threading.Event()

    def kill_one() -> None:
        # When the first document is there, the process has been asked about the next clip.
        while not killed and not done.is_set():
            if any(path.is_file() for path in made.cache.rglob("*")):
                for child in psutil.Process().children():
                    if "multiprocessing.spawn" in " ".join(child.cmdline()):
                        child.kill()
                        killed.append(child.pid)
            time.sleep(0.005)

    shutil.rmtree(made.cache, ignore_errors=True)
    thread = threading.Thread(target=kill_one)
    thread.start()
    try:
        made.again(models=1)
    finally:
        done.set()
        thread.join()
    assert len(killed) == 1


def test_a_clip_that_kills_each_process_fails_by_name_when_the_others_are_done(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(made.cache)
    with monkeypatch.context() as patched:
        patched.setattr(annotations, "Annotator", FatalForOne)
        with pytest.raises(ArtifactError, match=f"{FATAL} can not be annotated") as caught:
            made.flow.make("annotations", models=2)
    assert "3 processes were lost with it" in caught.value.found
    others = made.kept()
    assert len(others) == len(made.clips) - 1
    assert others.items() <= made.clips.items()
    made.flow.make("annotations")
    assert made.read() == made.documents


@pytest.mark.parametrize(
    ("runtime", "spread", "wanted"),
    [
        (JobRuntime(), "", (Slots(1), "cpu")),  # a machine without a GPU, though it may have many cores
        (JobRuntime(workers=8, gpus=4), "local", (Slots(1), "cpu")),
        (JobRuntime(gpus=4, models=2), "", (Slots(2), "cpu")),
        (JobRuntime(gpus=4), "ray", (Slots(4, with_gpu=True), "cuda")),
        (JobRuntime(gpus=4, device="cpu"), "ray", (Slots(1), "cpu")),
        (JobRuntime(gpus=0, models=3), "ray", (Slots(3), "cpu")),
    ],
)
def test_how_many_answer_follows_from_the_gpus_and_without_from_what_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, runtime: JobRuntime, spread: str, wanted: tuple[Slots, str]
) -> None:
    monkeypatch.setenv("SV6D_SPREAD", spread)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert answering_slots(runtime) == wanted


@pytest.mark.cluster
@pytest.mark.slow
@pytest.mark.usefixtures("ray_cluster")
def test_two_slots_of_a_cluster_give_the_same_bytes(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SV6D_SPREAD", "ray")
    made.again(models=2)
    with monkeypatch.context() as patched:
        shutil.rmtree(made.cache)
        patched.setattr(annotations, "Annotator", FatalForOne)
        with pytest.raises(ArtifactError, match=f"{FATAL} can not be annotated"):
            made.flow.make("annotations", models=2)
    assert made.kept().items() < made.clips.items()
