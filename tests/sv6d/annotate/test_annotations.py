"""The stage on real clips: sourced and supported labels, one document per video, and one clip's work for one clip."""

from __future__ import annotations

from pathlib import Path

import pytest

from sv6d.annotate.annotations import adapter_source
from sv6d.annotate.documents import read_documents
from sv6d.annotate.rule_labels import RULE_FIELDS
from sv6d.artifacts import read_record
from sv6d.evidence.records import read_evidence
from sv6d.model.prompts import SHOT_LABELS
from sv6d.shots.records import read_shots
from sv6d.video.manifest import read_videos
from tests.sv6d.annotate.small_flow import SmallFlow


@pytest.fixture(scope="module")
def made(flow: SmallFlow) -> SmallFlow:
    flow.make("annotations")
    return flow


def cached(flow: SmallFlow) -> dict[Path, int]:
    """The documents in the stage's cache, with the time each was written."""
    folder = flow.root / ".work" / "annotations" / "cache"
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_every_video_has_a_document_with_its_shots_and_evidence(made: SmallFlow) -> None:
    documents = list(read_documents(made.data / "annotations"))
    shots, evidence = read_shots(made.data / "shots"), read_evidence(made.data / "evidence")
    rows = read_videos(made.data / "raw_videos")
    assert [document.video for document in documents] == [row.as_video() for row in rows]
    for document in documents:
        assert document.shots == shots[document.video.sha256]
        assert document.evidence == tuple(evidence[document.video.sha256])


def test_records_rest_on_what_was_measured_and_are_counted(made: SmallFlow) -> None:
    documents = list(read_documents(made.data / "annotations"))
    counts = read_record(made.data / "annotations").counts
    assert counts["tension_curves"] == sum(d.tension is not None for d in documents) == len(documents)
    assert counts["cut_rationales"] == sum(len(d.cut_rationales) for d in documents) > 0
    assert counts["packaging_cues"] == 0  # there is no sidecar
    assert all(record.source.producer == "rule" for d in documents for record in d.records)
    assert all(record.rationale is None for d in documents for record in d.cut_rationales)


def test_labels_are_by_rules_or_by_the_adapter_which_are_pinned(made: SmallFlow) -> None:
    labels = [label for document in read_documents(made.data / "annotations") for label in document.labels]
    adapter = adapter_source(made.data / "annotator")
    assert adapter.prompt_id == SHOT_LABELS.prompt_id
    by_adapter = [label for label in labels if label.source.producer == "adapter"]
    assert {label.source for label in by_adapter} == {adapter}
    assert {label.value for label in by_adapter} <= {"human", "hook", "caption"}
    assert {label.field for label in labels if label.source.producer == "rule"} == RULE_FIELDS - {
        # These clips have no such effect, and neither bars nor pages.
        "transition_style",
        "layout",
    }
    assert all(len(label.source.digest) == 64 for label in labels)


def test_what_the_adapter_says_of_a_ruled_field_is_counted_and_not_used(made: SmallFlow) -> None:
    counts = read_record(made.data / "annotations").counts
    keys = [
        label for d in read_documents(made.data / "annotations") for label in d.labels if label.field == "lighting_key"
    ]
    assert {label.source.producer for label in keys} == {"rule"}
    assert counts["rules_agree"] == sum(label.value == "low_key" for label in keys)
    assert counts["rules_agree"] + counts["rules_disagree"] == len(keys)


def test_the_same_flow_gives_the_same_bytes_without_asking_again(made: SmallFlow) -> None:
    before, kept = read_record(made.data / "annotations").digest, cached(made)
    assert made.make("annotations").digest == before
    assert cached(made) == kept


def test_a_new_clip_is_annotated_alone_and_changes_no_other_document(made: SmallFlow) -> None:
    before, kept = {d.video.sha256: d for d in read_documents(made.data / "annotations")}, cached(made)
    made.render(num_clips=4)
    for word in ("raw_videos", "shots", "evidence", "annotations"):
        made.make(word)
    after = {d.video.sha256: d for d in read_documents(made.data / "annotations")}
    assert len(after) == len(before) + 1
    assert {name: after[name] for name in before} == before
    assert {path: cached(made)[path] for path in kept} == kept
    assert len(cached(made)) == len(kept) + 1


def test_the_context_beside_a_video_enters_its_document(made: SmallFlow) -> None:
    sidecar = '{"title": "Ten seconds, part 2", "hashtags": ["a"], "cover": "a.jpg"}'
    (made.root / "inputs" / "studio" / "studio_0000.json").write_text(sidecar)
    made.list_sources({"studio": made.root / "inputs" / "studio"})
    made.make("raw_videos")
    made.make("annotations")
    told = [d for d in read_documents(made.data / "annotations") if d.video.context is not None]
    assert [(d.video.context.title, d.video.context.hashtags) for d in told] == [("Ten seconds, part 2", ("a",))]
    assert [(cue.kind, cue.text) for d in told for cue in d.packaging_cues] == [
        ("cover", ""),
        ("series_marker", "part 2"),
    ]
