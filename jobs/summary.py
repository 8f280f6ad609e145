"""What a run ends with: scores, DVC's status, MLflow's runs, and the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assets.resources.launcher import run_job
from assets.resources.lineage import Lineage
from assets.resources.project import Project
from assets.resources.tracking import Tracking
from sv6d.io import write_json
from sv6d.stages import WORDS

_PAGE_JOB = "report"


def print_summary(project: Project, *, made_anything: bool) -> None:
    """Print the table of scores and where to look; write the page if it is missing or out of date.

    Raises:
        JobError: the page could not be written.
    """
    from sv6d.report.score_table import score_table

    stale = Lineage(project).stale()
    runs = Tracking(project).runs_by_word()
    page = report_path(project)
    if made_anything or not page.is_file():
        _write_report(project, stale, runs)
    print(f"\n{score_table(project.data)}\n")
    print(f"DVC     {'clean' if not stale else 'not clean: ' + ', '.join(sorted(stale))}")
    made = ", ".join(f"{word} {runs[word]}" for word in WORDS if word in runs)
    print(f"MLflow  {sum(runs.values())} finished runs: {made}")
    print(f"page    {page}")


def report_path(project: Project) -> Path:
    """Where the report lies."""
    return project.root / "report" / "index.html"


def write_report(project: Project) -> None:
    """Write the report of what is in `data/` now.

    Raises:
        JobError: it could not be written.
    """
    _write_report(project, Lineage(project).stale(), Tracking(project).runs_by_word())


def _write_report(project: Project, stale: dict[str, Any], runs: dict[str, int]) -> None:
    lineage = Lineage(project)
    facts = {
        "dvc": {"clean": not stale, "stale": sorted(stale), "md5": lineage.recorded_all()},
        "mlflow": {"runs": runs},
        "git_commit": lineage.commit(),
    }
    path = project.job_folder(_PAGE_JOB) / "facts.json"
    write_json(path, facts)
    arguments = ["report", "--data", str(project.data), "--facts", str(path), "--out", str(report_path(project))]
    run_job(_PAGE_JOB, arguments, project=project, listen=lambda event: None)
