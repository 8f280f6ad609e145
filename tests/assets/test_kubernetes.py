"""Kubernetes Jobs: manifests that the published schemas accept, and the requests that are made of the API.

No cluster runs here: the schemas are those of `kubernetes-validate`, the API a small one of our own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from assets.resources.errors import JobError
from assets.resources.launcher import Command, JobEvent, run_job
from assets.resources.needs import NEEDS, Needs
from assets.resources.pins import PinnedProject
from assets.resources.project import Project
from assets.resources.remote_jobs import Submission, remote_job
from assets.resources.runtime import KubernetesSettings
from sv6d.errors import ConfigError
from tests.assets.made_kubernetes import kubernetes

pytestmark = pytest.mark.cluster
pytest.importorskip("dagster_k8s", reason="make test-cluster")

_SETTINGS = KubernetesSettings(image="registry.example/sv6d@sha256:00", claim="project", namespace="lab")


def _manifest(word: str, needs: Needs, settings: KubernetesSettings = _SETTINGS) -> dict[str, Any]:
    from assets.resources.kubernetes_manifest import manifest

    pinned, checkout, folder = Path("/shared/p/.work/pinned"), Path("/shared/p"), Path("/shared/p/.work")
    command = Command(word, (word, "--out", "/shared/p/out"), 8, pinned, checkout, folder)
    return manifest(f"sv6d-{word.replace('_', '-')}-0", command, needs, {"SV6D_EVENTS": "/shared/p/e"}, settings)


def _validate(job: dict[str, Any]) -> None:
    from kubernetes_validate import validate

    validate(job, "1.37", strict=True)


@pytest.mark.parametrize("word", sorted(NEEDS))
def test_every_job_is_valid_and_asks_for_what_is_declared(word: str) -> None:
    job = _manifest(word, NEEDS[word])
    _validate(job)
    pod = job["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    limits, memory = container["resources"]["limits"], str(NEEDS[word].memory_bytes(8))
    assert limits == {"memory": memory} | ({"nvidia.com/gpu": str(NEEDS[word].gpus)} if NEEDS[word].gpus else {})
    assert container["command"] == ["python", "-m", "sv6d.cli.main", word, "--out", "/shared/p/out"]
    assert pod["activeDeadlineSeconds"] == NEEDS[word].time_limit_s
    assert (pod["restartPolicy"], job["spec"]["backoffLimit"], job["spec"]["ttlSecondsAfterFinished"]) == (
        "Never",
        0,
        3600,
    )
    assert pod["volumes"][0]["persistentVolumeClaim"] == {"claimName": "project"}
    assert container["volumeMounts"][0]["mountPath"] == "/shared/p"
    assert container["workingDir"] == "/shared/p/.work/pinned"


def test_the_schema_that_they_are_held_to_refuses_what_is_wrong() -> None:
    from kubernetes_validate import ValidationError

    job = _manifest("shots", NEEDS["shots"])
    job["spec"]["template"]["spec"]["containers"][0]["imagine"] = "x"
    with pytest.raises(ValidationError):
        _validate(job)


def test_a_project_lays_its_own_fields_over_the_template() -> None:
    own = {
        "pod_spec_config": {"nodeSelector": {"gpu": "h100"}, "tolerations": [{"key": "gpu", "operator": "Exists"}]},
        "container_config": {"resources": {"requests": {"ephemeral-storage": "20Gi"}}},
    }
    job = _manifest("sft_checkpoint", Needs(gpus=4), _SETTINGS.model_copy(update={"job": own}))
    _validate(job)
    pod = job["spec"]["template"]["spec"]
    assert (pod["nodeSelector"], pod["tolerations"][0]["key"]) == ({"gpu": "h100"}, "gpu")
    assert pod["containers"][0]["resources"]["limits"]["nvidia.com/gpu"] == "4"
    assert pod["containers"][0]["resources"]["requests"]["ephemeral-storage"] == "20Gi"
    assert len(pod["volumes"]) == 2


@pytest.mark.parametrize(
    "changed",
    [{"image": None}, {"claim": None}, {"job": {"pod_spec_config": {"nodeSelectr": {}}}}, {"job": {"pod": {}}}],
)
def test_settings_that_make_no_job_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="no Kubernetes Job"):
        _manifest("shots", NEEDS["shots"], _SETTINGS.model_copy(update=changed))


def test_a_job_goes_with_the_pod_that_launched_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SV6D_POD_NAME", "dagster-0")
    monkeypatch.setenv("SV6D_POD_UID", "1b2c")
    job = _manifest("shots", NEEDS["shots"])
    _validate(job)
    assert job["metadata"]["ownerReferences"] == [
        {"apiVersion": "v1", "kind": "Pod", "name": "dagster-0", "uid": "1b2c"}
    ]


def _submission(tmp_path: Path) -> Submission:
    return Submission(
        "kubernetes", "sv6d-shots-0", "made", _manifest("shots", NEEDS["shots"]), 60.0, str(tmp_path / "e")
    )


def test_a_job_is_asked_for_followed_and_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with kubernetes(tmp_path) as (api, config):
        monkeypatch.setenv("KUBECONFIG", str(config))
        job = remote_job(_submission(tmp_path))
        assert job.state().over
        job.submit()
        assert api.job == _manifest("shots", NEEDS["shots"])
        assert (job.state().begun, job.state().text) == (False, "the pod waits: ContainerCreating")
        api.phase, api.container = "Running", {"running": {}}
        assert (job.state().begun, job.state().over) == (True, False)
        job.stop()
        path = "/apis/batch/v1/namespaces/lab/jobs"
        assert api.changes == [("POST", path), ("DELETE", f"{path}/sv6d-shots-0?propagationPolicy=Foreground")]


def test_a_job_that_ended_tells_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with kubernetes(tmp_path) as (api, config):
        monkeypatch.setenv("KUBECONFIG", str(config))
        job = remote_job(_submission(tmp_path))
        job.submit()
        api.ends(exit_code=137, reason="OOMKilled", kind="Failed")
        assert (job.state().status, "(OOMKilled)" in job.state().text) == (137, True)
        assert job.log().startswith("a line of the job\nEnded: it ended")
        api.ends(exit_code=0, reason="Completed", kind="Complete")
        assert job.state().status == 0
        job.stop()
        assert len(api.changes) == 1


def _run(tmp_path: Path, config: Path, monkeypatch: pytest.MonkeyPatch, then: Any) -> list[JobEvent]:
    """Run a job by the launcher; what it tells. `then` is called when the job has been asked for."""
    monkeypatch.setenv("KUBECONFIG", str(config))
    checkout = Path(__file__).resolve().parents[2]
    pinned = tmp_path / "pinned"
    pinned.mkdir()
    (pinned / "sv6d").symlink_to(checkout / "sv6d")
    settings = {"launcher": "kubernetes", "kubernetes": {"image": "i", "claim": "c", "namespace": "lab"}}
    (pinned / "runtime.yaml").write_text(yaml.safe_dump(settings))
    heard: list[JobEvent] = []

    def hear(event: JobEvent) -> None:
        heard.append(event)
        then()

    run_job("shots", ["shots"], project=PinnedProject(pinned, Project(tmp_path)), listen=hear)
    return heard


def test_the_launcher_waits_for_the_end_of_the_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with kubernetes(tmp_path) as (api, config):
        heard = _run(tmp_path, config, monkeypatch, lambda: api.ends(exit_code=0, reason="Completed", kind="Complete"))
        assert [event["text"] for event in heard] == ["kubernetes: the pod waits: ContainerCreating"]
        assert "a line of the job" in (tmp_path / ".work" / "jobs" / "shots" / "job.log").read_text()


def test_the_launcher_stops_the_job_when_it_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with kubernetes(tmp_path) as (api, config):
        with pytest.raises(KeyboardInterrupt):
            _run(tmp_path, config, monkeypatch, interrupt)
        assert [method for method, _ in api.changes] == ["POST", "DELETE"]
        assert not (tmp_path / ".work" / "jobs" / "shots" / "remote.json").exists()


def test_the_launcher_tells_what_the_job_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with kubernetes(tmp_path) as (api, config):
        api.log = "error: shots is not possible\n  found:  a\n  wanted: b\n  next:   c"
        with pytest.raises(JobError, match="shots is not possible"):
            _run(tmp_path, config, monkeypatch, lambda: api.ends(exit_code=1, reason="Error", kind="Failed"))
