"""The rows of each artifact and what they cite: one table, from which both directions are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from jobs.audit.model import Row
from jobs.audit.snapshot import Snapshot

Values = Mapping[str, Any]

# The word of the model behind each name in `benchmark_scores`; baselines have none.
MODEL_WORDS = {"base": "base_model", "sft": "sft_checkpoint", "grpo": "grpo_checkpoint"}
TASK = " task"  # follows the kind of question in the kind of a row of rl_tasks
_ABOUT_CHARS = 100  # ours: a line of a terminal


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of row.

    Attributes:
        word, file: where its rows are.
        kind: what a row is called.
        rows: the rows in one value of the file (a line, or a row of the table).
        columns: of a Parquet file, those that are read; none for JSON lines.
    """

    word: str
    file: str
    kind: str
    rows: Callable[[Values], Iterator[Row]]
    columns: tuple[str, ...] = ()


def rows_of(snapshot: Snapshot, kind: Kind, *, video_id: str | None = None, holding: str = "") -> Iterator[Row]:
    """Rows of one kind: all, those of a video, or those of lines that hold a text; none where the file is not here."""
    path = snapshot.path(kind.word, kind.file)
    if path is None:
        return
    if kind.columns:
        import pyarrow.parquet as pq  # a quarter of a second, which most targets need anyway

        present = set(pq.read_schema(path).names)
        where = [("video_id", "=", video_id)] if video_id and "video_id" in present else None
        values: Iterator[Values] = iter(
            pq.read_table(path, columns=[name for name in kind.columns if name in present], filters=where).to_pylist()
        )
    else:
        needles = [text.encode() for text in (video_id, holding) if text]
        with path.open("rb") as stream:
            lines = [line for line in stream if all(needle in line for needle in needles)]
        values = map(orjson.loads, lines)
    for value in values:
        yield from (row for row in kind.rows(value) if video_id is None or row.video_id == video_id)


def _labels(word: str, evidence: str) -> Callable[[Values], Iterator[Row]]:
    """A document, and each of its labels. `evidence` is the word whose rows the labels cite, or nothing."""

    def rows(line: Values) -> Iterator[Row]:
        video_id = line["video"]["sha256"]
        cited = _addresses(evidence, video_id, {e for label in line["labels"] for e in label["evidence"]})
        about = f"{len(line['labels'])} labels, {len(line['shots'])} shots"
        yield Row(f"{word}/{video_id}", "document", video_id, cited if evidence else (f"raw_videos/{video_id}",), about)
        for label in line["labels"]:
            told = f"{label['field']} = {label['value']}, by {label['source']['producer']} {label['source']['name']}"
            cited = _addresses(evidence, video_id, label["evidence"]) if evidence else ()
            yield Row(f"{word}/{video_id}/{label['id']}", "label", video_id, cited or (f"raw_videos/{video_id}",), told)

    return rows


def _addresses(word: str, video_id: str, names: Any) -> tuple[str, ...]:
    return tuple(f"{word}/{video_id}/{name}" for name in sorted(names))


def _video(row: Values) -> Iterator[Row]:
    about = f"{row['uri']}, {row['split']}, {row['bytes']} bytes, licence {row['licence']}"
    yield Row(f"raw_videos/{row['video_id']}", "video", row["video_id"], (), about)


def _refused(row: Values) -> Iterator[Row]:
    yield Row(f"raw_videos/{row['uri']}", "refused file", row["sha256"], (), f"{row['code']}: {row['reason']}")


def _shot(row: Values) -> Iterator[Row]:
    video_id = row["video_id"]
    about = f"{row['start_ns'] / 1e9:.2f} to {row['end_ns'] / 1e9:.2f} s"
    yield Row(f"shots/{video_id}/{row['shot_id']}", "shot", video_id, (f"raw_videos/{video_id}",), about)


def _measured(row: Values) -> Iterator[Row]:
    video_id, value = row["video_id"], row["value"]
    about = f"{row['stat']} = {'not measured' if value is None else f'{value:g}'} {row['unit']}, by {row['method']}"
    shot = row["evidence_id"].rpartition(".")[2]
    rests = f"shots/{video_id}/{shot}" if shot[:1] == "s" and shot[1:].isdigit() else f"raw_videos/{video_id}"
    yield Row(f"evidence/{video_id}/{row['evidence_id']}", "evidence", video_id, (rests,), about)


def _picture(row: Values) -> Iterator[Row]:
    video_id = row["video_id"]
    cited = (f"shots/{video_id}/{row['shot_id']}",)
    yield Row(f"evidence/{video_id}/{row['evidence_id']}.jpeg", "thumbnail", video_id, cited, f"of {row['shot_id']}")


def _decision(row: Values) -> Iterator[Row]:
    video_id, name = row["video_id"], row["label_id"]
    reasons = f", {', '.join(row['reasons'])}" if row["reasons"] else ""
    cited = (f"annotations/{video_id}/{name}",)
    about = f"{row['decision']}, score {row['score']:.3f}{reasons}"
    yield Row(f"filtered_corpus/{video_id}/{name}", "decision on a label", video_id, cited, about)


def _document_decision(row: Values) -> Iterator[Row]:
    video_id = row["video_id"]
    cited = (f"annotations/{video_id}",)
    about = f"{row['decision']}, score {row['score']:.3f}, {row['num_kept']} of {row['num_labels']} labels kept"
    yield Row(f"filtered_corpus/{video_id}", "decision on a document", video_id, cited, about)


def _extension(line: Values) -> Iterator[Row]:
    yield _derived("structural_extensions", line["extension_id"], "extension", line, line["kind"])


def _report(line: Values) -> Iterator[Row]:
    sentences = line["report"]["sentences"]
    labels = {name for sentence in sentences for name in sentence["labels"]}
    cited = _addresses("filtered_corpus", line["video_id"], labels)
    yield Row(f"dense_reports/{line['video_id']}", "report", line["video_id"], cited, f"{len(sentences)} sentences")


def _sample(line: Values) -> Iterator[Row]:
    if line["video_id"] is None:
        about = f"{line['kind']}, drawn from the studio with seed {line['studio_seed']}"
        yield Row(f"sft_corpus/{line['sample_id']}", "sample", None, (), about)
    else:
        told = f"{line['kind']}: {line['prompt']} -> {line['response']}"
        yield _derived("sft_corpus", line["sample_id"], "sample", line, told)


def _task(line: Values) -> Iterator[Row]:
    told = f"{line['split']}: {line['prompt']} -> {line['answer']}"
    yield _derived("rl_tasks", line["task_id"], f"{line['kind']}{TASK}", line, told)


def _derived(word: str, key: str, kind: str, line: Values, about: str) -> Row:
    """A row made from kept labels: it rests on the decisions on them, or on its evidence where it cites no label."""
    video_id = line["video_id"]
    cited = _addresses("filtered_corpus", video_id, line["labels"]) or _addresses(
        "evidence", video_id, line["evidence"]
    )
    return Row(f"{word}/{key}", kind, video_id, cited, about[:_ABOUT_CHARS])


def _item(line: Values) -> Iterator[Row]:
    video_id = line["video_id"]
    about = f"{line['kind']}: {line['prompt']}"[:_ABOUT_CHARS]
    yield Row(f"feedbench/{line['item_id']}", "benchmark item", video_id, (f"expert_annotations/{video_id}",), about)


def _scored(row: Values) -> Iterator[Row]:
    model, item = row["model"], row["item_id"]
    cited = (f"feedbench/{item}", *((MODEL_WORDS[model],) if model in MODEL_WORDS else ()))
    told = {True: "right", False: "wrong", None: row["status"]}[row["correct"]]
    about = f"{told}: {row['parsed']} for {row['answer']}"
    yield Row(f"benchmark_scores/{model}/{item}", "scored answer", row["video_id"], cited, about)


_DECISION_COLUMNS = ("video_id", "label_id", "decision", "score", "reasons")

KINDS: tuple[Kind, ...] = (
    Kind("raw_videos", "videos.parquet", "video", _video, ("video_id", "uri", "split", "bytes", "licence")),
    Kind("raw_videos", "quarantine.parquet", "refused file", _refused, ("uri", "sha256", "code", "reason")),
    Kind("shots", "shots.parquet", "shot", _shot, ("video_id", "shot_id", "start_ns", "end_ns")),
    Kind(
        "evidence",
        "evidence.parquet",
        "evidence",
        _measured,
        ("video_id", "evidence_id", "stat", "value", "unit", "method"),
    ),
    Kind("evidence", "keyframes.parquet", "thumbnail", _picture, ("video_id", "evidence_id", "shot_id")),
    Kind("expert_annotations", "documents.jsonl", "label", _labels("expert_annotations", "")),
    Kind("expert_annotations", "held_out.jsonl", "label", _labels("expert_annotations", "")),
    Kind("annotations", "documents.jsonl", "label", _labels("annotations", "evidence")),
    Kind("filtered_corpus", "label_decisions.parquet", "decision on a label", _decision, _DECISION_COLUMNS),
    Kind(
        "filtered_corpus",
        "document_decisions.parquet",
        "decision on a document",
        _document_decision,
        ("video_id", "decision", "score", "num_kept", "num_labels"),
    ),
    Kind("structural_extensions", "extensions.jsonl", "extension", _extension),
    Kind("dense_reports", "reports.jsonl", "report", _report),
    Kind("sft_corpus", "samples.jsonl", "sample", _sample),
    Kind("rl_tasks", "tasks.jsonl", "task", _task),
    Kind("rl_tasks", "validation.jsonl", "task", _task),
    Kind("feedbench", "items.jsonl", "benchmark item", _item),
    Kind(
        "benchmark_scores",
        "records.parquet",
        "scored answer",
        _scored,
        ("model", "item_id", "video_id", "status", "parsed", "answer", "correct"),
    ),
)
# Files whose rows were trained on, by the artifact that learnt from them; of the tasks, those of configured kinds.
LEARNT_FROM = {
    "annotator": (("expert_annotations", "documents.jsonl"),),
    "sft_checkpoint": (("sft_corpus", "samples.jsonl"),),
    "grpo_checkpoint": (("rl_tasks", "tasks.jsonl"),),
}
