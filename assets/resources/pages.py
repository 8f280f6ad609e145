"""What Dagster shows beside a materialization: pages, counts, and where the other records have it."""

from __future__ import annotations

import os
from typing import Any

import dagster as dg

from assets.resources.project import Project
from sv6d.artifacts import Record

DEFAULT_URL = "http://127.0.0.1:3001"
URL = "SV6D_PAGES_URL"
# Artifacts about the videos: what they hold can be seen on the corpus index and its timelines.
SEEN_ON_TIMELINES = frozenset(
    {"raw_videos", "shots", "evidence", "annotations", "filtered_corpus", "structural_extensions", "dense_reports"}
)


def pages_url() -> str:
    """Address of the pages that `make ui` serves: `SV6D_PAGES_URL`, by default on loopback. No slash at its end."""
    return (os.environ.get(URL) or DEFAULT_URL).rstrip("/")


def page_metadata(word: str, md5: str) -> dict[str, dg.MetadataValue]:
    """A link to the pages that show this version of the artifact, and a thumbnail where it is about videos.

    Dagster lets pictures through by http alone, so the thumbnail is one of the server's.
    """
    page = f"{pages_url()}/{word}/{md5}/"
    found: dict[str, dg.MetadataValue] = {"page": dg.MetadataValue.url(page)}
    if word in SEEN_ON_TIMELINES:
        found["thumbnail"] = dg.MetadataValue.md(f"[![the videos of {word}]({page}contact_sheet.jpg)]({page})")
    return found


def version_metadata(project: Project, word: str, md5: str, record: Record, mlflow_run_id: str) -> dict[str, Any]:
    """What is shown of a version whose record is at hand."""
    return {
        **page_metadata(word, md5),
        **record.counts,
        "dvc_md5": md5,
        "fingerprint": record.fingerprint,
        "mlflow_run_id": mlflow_run_id,
        "folder": dg.MetadataValue.path(str(project.data / word)),
    }
