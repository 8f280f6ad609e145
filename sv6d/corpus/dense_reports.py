"""The stage `dense_reports`: a full timeline report per video, and a summary of one line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sv6d.artifacts import Counts, Job
from sv6d.corpus.config import DenseReportsConfig
from sv6d.corpus.extension import CutChange, TensionCurve, read_extensions
from sv6d.corpus.report_text import ReportLine, write_report, write_summary
from sv6d.io import write_jsonl
from sv6d.quality.kept import read_kept
from sv6d.schema.document import Document, Report
from sv6d.schema.versions import dump_document, load_document


def run(config: DenseReportsConfig, job: Job) -> Counts:
    """Write `reports.jsonl`, sorted by video.

    Counts: items (reports), sentences, summaries, videos_without_report (no kept label),
    shots_without_sentence (no kept label about them).
    """
    documents = read_kept(job.inputs["annotations"], job.inputs["filtered_corpus"])
    changes, curves = _by_video(job.inputs["structural_extensions"])
    counts = {"sentences": 0, "summaries": 0, "videos_without_report": 0, "shots_without_sentence": 0}
    lines = []
    for done, document in enumerate(documents, start=1):
        video_id = document.video.sha256
        report, num_silent = write_report(document, changes.get(video_id, ()), curves.get(video_id))
        counts["shots_without_sentence"] += num_silent
        job.events.progress("videos", done, len(documents))
        if not report.sentences:
            counts["videos_without_report"] += 1
            continue
        _check(document, report)
        summary = write_summary(document, config.max_summary_shots)
        lines.append(ReportLine(video_id=video_id, report=report, summary=summary))
        counts["sentences"] += len(report.sentences)
        counts["summaries"] += int(summary is not None)
    counts["items"] = write_jsonl(job.out / "reports.jsonl", [line.model_dump(mode="json") for line in lines])
    return counts


def _by_video(folder: Path) -> tuple[Mapping[str, list[CutChange]], Mapping[str, TensionCurve]]:
    changes: dict[str, list[CutChange]] = {}
    curves: dict[str, TensionCurve] = {}
    for item in read_extensions(folder):
        if isinstance(item, CutChange):
            changes.setdefault(item.video_id, []).append(item)
        elif isinstance(item, TensionCurve):
            curves[item.video_id] = item
    return changes, curves


def _check(document: Document, report: Report) -> None:
    """The document with its report is a valid one: every citation is there, in time and unique."""
    whole = {**dump_document(document), "report": report.model_dump(mode="json")}
    load_document(whole, name=f"the report on {document.video.sha256[:12]}")
