"""What may run by itself, ready to be switched on in the UI under Automation: nothing is on by default.

- `when_stale`: makes an artifact when its code or settings changed or an input has other bytes;
- `every_night`: `make rebuild` at 3:17;
- `inbox`: `make rebuild` with the clips of a folder, when files have come into it and are complete.
"""
# No postponed annotations here: Dagster reads the type of `context` itself.

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import dagster as dg

from assets.resources.project import HERE

_INBOX = "SV6D_INBOX"
_LOOK_S = 60  # ours: a copy that does not grow for a minute is complete
_GRACE_S = 20.0  # ours: the job's own grace and the closing of its runs


class RebuildConfig(dg.Config):
    """`videos`: folder of clips that join the corpus; empty: the folders of the last time."""

    videos: str = ""


@dg.op
def run_make_rebuild(context: dg.OpExecutionContext, config: RebuildConfig) -> None:
    """What `make rebuild` does, as a process of its own: each artifact is a run of its own in the UI too."""
    command = [sys.executable, "-m", "jobs.rebuild", *(["--videos", config.videos] if config.videos else [])]
    process = subprocess.Popen(command, cwd=HERE.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    last: list[str] = []
    try:
        assert process.stdout is not None
        for line in process.stdout:
            context.log.info(line.rstrip())
            last = [*last[-20:], line.rstrip()]
        process.wait()
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_S)
        process.kill()
    if process.wait() != 0:
        raise dg.Failure("\n".join(last), allow_retries=False)


@dg.job(description="what make rebuild does: pull, make what is stale, check, push")
def rebuild() -> None:
    run_make_rebuild()


every_night = dg.ScheduleDefinition(
    name="every_night",
    job=rebuild,
    cron_schedule="17 3 * * *",
    description="makes what is stale at 3:17, with the DVC remote",
    default_status=dg.DefaultScheduleStatus.STOPPED,
)


def inbox_folder() -> Path:
    """The folder that is watched: `SV6D_INBOX`, by default `inbox/` in the project."""
    return Path(os.environ.get(_INBOX) or HERE.root / "inbox")


def files_in(folder: Path) -> dict[str, list[int]]:
    """Size and time of change of each file below a folder, hidden ones left out; empty where there is no folder."""
    found = {}
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        with suppress(FileNotFoundError):  # taken away between the listing and the look
            if path.is_file() and not path.name.startswith("."):
                found[path.relative_to(folder).as_posix()] = [path.stat().st_size, path.stat().st_mtime_ns]
    return found


@dg.sensor(
    job=rebuild,
    minimum_interval_seconds=_LOOK_S,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="takes the clips of the inbox folder into the corpus once they have stopped growing",
)
def inbox(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """One run per state of the folder that two looks in a row have seen."""
    before = json.loads(context.cursor) if context.cursor else {"seen": {}, "taken": {}}
    now = files_in(inbox_folder())
    if now == before["taken"] or not now:
        return dg.SensorResult(skip_reason="nothing new in the inbox", cursor=json.dumps({**before, "seen": now}))
    if now != before["seen"]:
        return dg.SensorResult(skip_reason="files are still coming", cursor=json.dumps({**before, "seen": now}))
    config = dg.RunConfig(ops={"run_make_rebuild": RebuildConfig(videos=str(inbox_folder()))})
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_config=config)], cursor=json.dumps({"seen": now, "taken": now})
    )


when_stale = dg.AutomationConditionSensorDefinition(
    "when_stale",
    target=dg.AssetSelection.all(),
    description="makes an artifact when code, settings or an input's bytes changed",
    default_status=dg.DefaultSensorStatus.STOPPED,
)
