"""One HTML file that shows what was made: scores, training, flow, quarantine, videos, lineage.

Self-contained: styles and pictures inside, no script, and a content security policy under which a
browser loads nothing else. All text is escaped: titles and reasons come from untrusted files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sv6d.annotate.documents import read_documents
from sv6d.artifacts import RECORD_NAME, Record, read_record
from sv6d.corpus.report_text import read_reports
from sv6d.evidence.tables import KEYFRAMES
from sv6d.io import write_bytes
from sv6d.quality.tables import LABEL_DECISIONS
from sv6d.report.corpus_view import Decision, Picture, VideoView, video_view
from sv6d.report.curves import HEIGHT, WIDTH, Curve, curve_of
from sv6d.report.flow_picture import flow_svg
from sv6d.report.scores import ScoreView, read_scores
from sv6d.stages import STAGES, WORDS, Stage
from sv6d.train.tables import HISTORY
from sv6d.video.manifest import read_videos
from sv6d.video.tables import QUARANTINE

_DIGEST_DIGITS = 12
# (word, metric of its history, title)
_CURVES = (("sft_checkpoint", "loss", "SFT loss"), ("grpo_checkpoint", "reward", "GRPO mean reward"))


@dataclass(frozen=True, slots=True)
class StageView:
    """One artifact of the flow: what it holds, or nothing where it was not made."""

    word: str
    about: str
    main: bool
    items: str
    counts: tuple[tuple[str, int], ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the template shows."""

    num_videos: int
    num_quarantined: int
    num_labels: int
    num_kept: int
    scores: ScoreView | None
    curves: tuple[Curve, ...]
    curve_width: int
    curve_height: int
    flow_picture: Markup
    stages: tuple[StageView, ...]
    quarantine: tuple[Mapping[str, Any], ...]
    videos: tuple[VideoView, ...]
    facts: tuple[tuple[str, str], ...]


def write_page(data: Path, out: Path, facts: Mapping[str, Any]) -> Path:
    """Write the page about the artifacts in `data` to the file `out`, and return `out`.

    What was not made yet is shown as such. `facts` are what the caller knows (DVC, MLflow, git): shown
    as they are, nested names joined by dots.
    """
    environment = Environment(
        loader=PackageLoader("sv6d.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    write_bytes(out, environment.get_template("page.html").render(page=gather(data, facts)).encode())
    return out


def gather(data: Path, facts: Mapping[str, Any]) -> Page:
    """What the page shows, read from the artifacts that there are."""
    made = {word: data / word for word in WORDS if (data / word / RECORD_NAME).is_file()}
    quarantine = QUARANTINE.read(made["raw_videos"]) if "raw_videos" in made else []
    videos = _videos(made)
    return Page(
        num_videos=len(videos),
        num_quarantined=len(quarantine),
        num_labels=sum(video.num_labels for video in videos),
        num_kept=sum(video.num_kept for video in videos),
        scores=read_scores(made["benchmark_scores"]) if "benchmark_scores" in made else None,
        curves=tuple(_curves(made)),
        curve_width=WIDTH,
        curve_height=HEIGHT,
        flow_picture=Markup(flow_svg()),  # noqa: S704 - drawn from our own stage table, escaped there
        stages=tuple(_stage(stage, read_record(made[stage.word]) if stage.word in made else None) for stage in STAGES),
        quarantine=tuple(quarantine),
        videos=tuple(videos),
        facts=tuple(_flat("", facts)),
    )


def _stage(stage: Stage, record: Record | None) -> StageView:
    main = stage.group == "main"
    if record is None:
        return StageView(stage.word, stage.about, main, "not made", (), "")
    others = tuple((name, count) for name, count in sorted(record.counts.items()) if name != "items")
    return StageView(stage.word, stage.about, main, str(record.counts["items"]), others, record.digest[:_DIGEST_DIGITS])


def _videos(made: Mapping[str, Path]) -> list[VideoView]:
    """The videos of the manifest by uri, with what later artifacts say about each."""
    if "raw_videos" not in made:
        return []
    documents, reports, decisions, pictures = {}, {}, {}, {}
    if "annotations" in made:
        documents = {document.video.sha256: document for document in read_documents(made["annotations"])}
    if "dense_reports" in made:
        reports = {line.video_id: line.report for line in read_reports(made["dense_reports"])}
    if "filtered_corpus" in made:
        decisions = _decisions(made["filtered_corpus"])
    if "evidence" in made:
        pictures = _pictures(made["evidence"])
    rows = sorted(read_videos(made["raw_videos"]), key=lambda row: (row.uri, row.video_id))
    return [
        video_view(
            row,
            documents.get(row.video_id),
            decisions.get(row.video_id, {}),
            pictures.get(row.video_id, []),
            reports.get(row.video_id),
        )
        for row in rows
    ]


def _decisions(folder: Path) -> dict[str, dict[str, Decision]]:
    """By video, then by label id."""
    found: dict[str, dict[str, Decision]] = {}
    for row in LABEL_DECISIONS.read(folder):
        reasons = "; ".join(row["details"] or row["reasons"])
        found.setdefault(row["video_id"], {})[row["label_id"]] = Decision(row["decision"], reasons)
    return found


def _pictures(folder: Path) -> dict[str, list[Picture]]:
    """By video."""
    found: dict[str, list[Picture]] = {}
    for row in KEYFRAMES.read(folder):
        found.setdefault(row["video_id"], []).append(Picture(row["time_ns"], row["jpeg"]))
    return found


def _curves(made: Mapping[str, Path]) -> list[Curve]:
    curves = []
    for word, metric, title in _CURVES:
        if word in made:
            points = [(row["step"], row["value"]) for row in HISTORY.read(made[word]) if row["metric"] == metric]
            curve = curve_of(title, points)
            curves += [curve] if curve is not None else []
    return curves


def _flat(name: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [pair for key in sorted(value) for pair in _flat(f"{name}.{key}" if name else str(key), value[key])]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [(name, ", ".join(map(str, value)) or "none")]
    return [(name, str(value))]
