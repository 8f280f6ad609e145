"""Documents of plans: valid, and true of the pixels and the sound of the encoded file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from sv6d.errors import InputError
from sv6d.events import Events
from sv6d.schema.document import Document
from sv6d.schema.fields import FIELDS, field_of
from sv6d.schema.versions import dump_document, load_document, read_document
from sv6d.studio.clips import sample_plan
from sv6d.studio.config import StudioConfig
from sv6d.studio.plan import ClipPlan
from sv6d.studio.planner import plan_clip
from sv6d.studio.seeds import corpus_seed
from sv6d.studio.studio import render_folder
from sv6d.studio.truth import STUDIO_FIELDS, pacing, shot_values, truth
from sv6d.studio.words import HOOK_LINES, HOOKS
from sv6d.timeline import NS_PER_S, FrameTime
from sv6d.video.frames import sample_clip

NUM_CLIPS = 4
CUES = {"caption": "subtitle_band", "price_tag": "price", "call_to_action_text": "call_to_action"}


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory, small: StudioConfig) -> Path:
    out = tmp_path_factory.mktemp("rendered")
    render_folder(small.model_copy(update={"num_clips": NUM_CLIPS}), out, 1, Events.silent())
    return out


@pytest.fixture
def clips(rendered: Path, small: StudioConfig) -> Iterator[tuple[ClipPlan, Path, Document]]:
    return (
        (
            plan_clip(corpus_seed(small, index), small),
            rendered / f"studio_{index:04d}.mp4",
            read_document(rendered / "documents" / f"studio_{index:04d}.json"),
        )
        for index in range(NUM_CLIPS)
    )


def pictures(path: Path) -> tuple[list[int], list[np.ndarray]]:
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    assert all(frame.pts is not None and frame.time_base is not None for frame in frames)
    times = [round(frame.pts * frame.time_base * NS_PER_S) for frame in frames]  # type: ignore[operator]
    return times, [frame.to_ndarray(format="rgb24").astype(float) for frame in frames]


def test_documents_say_what_was_planned(clips: Iterator[tuple[ClipPlan, Path, Document]]) -> None:
    for plan, _, document in clips:
        assert load_document(dump_document(document), name="again") == document
        assert [shot.start_ns for shot in document.shots][1:] == list(plan.cuts_ns)
        # As the manifest counts it: the last frame's time and its duration, each rounded.
        assert abs(document.video.duration_ns - plan.duration_ns) <= 1
        assert document.video.num_frames == plan.num_frames
        assert document.video.has_sound
        for index, shot in enumerate(document.shots):
            said: dict[str, set[str]] = {}
            for label in document.labels:
                field = field_of(label.field)
                assert field is not None
                if label.span == shot.span and field.extent == "shot":
                    said.setdefault(label.field, set()).add(label.value)
            assert said == {field: set(values) for field, values in shot_values(plan, index).items()}
        assert [label.value for label in document.labels if label.field == "pacing"] == [pacing(plan)]
        assert all(label.source.producer == "studio" and label.confidence == 1.0 for label in document.labels)


def test_frames_change_where_the_document_says(clips: Iterator[tuple[ClipPlan, Path, Document]]) -> None:
    num_cuts = 0
    for _, path, document in clips:
        times, frames = pictures(path)
        assert len(times) == document.video.num_frames
        steps = {times[i]: np.abs(frames[i] - frames[i - 1]).mean() for i in range(1, len(frames))}
        for shot in document.shots:
            boundary = shot.boundary_in
            if boundary is None or boundary.kind != "hard_cut":
                continue
            num_cuts += 1
            near = {time: step for time, step in steps.items() if abs(time - shot.start_ns) < 0.3 * NS_PER_S}
            assert max(near, key=lambda time: near[time]) == shot.start_ns == boundary.end_ns
            assert times.index(boundary.end_ns) == times.index(boundary.start_ns) + 1
    assert num_cuts >= 2


def test_measured_light_and_colour_are_those_of_the_file(clips: Iterator[tuple[ClipPlan, Path, Document]]) -> None:
    for _, path, document in clips:
        times, frames = pictures(path)
        for item in document.evidence:
            if item.kind not in ("light", "colour"):
                continue
            cited = [frames[times.index(ref.time_ns)].mean(axis=(0, 1)) / 255 for ref in item.frames]
            means = np.mean(cited, axis=0)
            found = means @ [0.299, 0.587, 0.114] if item.kind == "light" else means[0] - means[2]
            assert item.value == pytest.approx(float(found), abs=0.02)


def test_sound_has_the_levels_of_the_document(clips: Iterator[tuple[ClipPlan, Path, Document]]) -> None:
    for _, path, document in clips:
        with av.open(str(path)) as container:
            rate = container.streams.audio[0].rate
            samples = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
        for item in document.evidence:
            if item.kind == "sound":
                first, end = (ns * rate // NS_PER_S for ns in (item.start_ns, item.end_ns))
                level = 20 * np.log10(max(1e-6, np.sqrt(np.mean(samples[first:end].astype(float) ** 2))))
                assert isinstance(item.value, float)
                # Silence next to sound takes some of it over: AAC works in blocks of 46 ms.
                assert level == pytest.approx(item.value, abs=1.5) if item.value > -60 else level < -35


def test_plans_are_sampled_as_their_files_are(clips: Iterator[tuple[ClipPlan, Path, Document]]) -> None:
    """What a model is pretrained on, rendered at 64 pixels, is what it later reads from files."""
    for plan, path, _ in clips:
        window = {"start_ns": plan.duration_ns // 5, "end_ns": plan.duration_ns, "num_frames": 8}
        read = sample_clip(path, **window, height_px=64, width_px=64)
        drawn = sample_plan(plan, **window, height_px=64, width_px=64)
        assert read.times_ns == drawn.times_ns
        error = np.subtract(read.pixels_THWC, drawn.pixels_THWC, dtype=float)
        assert np.mean(error**2) < 255**2 / 10**2.2, "below 22 dB"


def test_every_field_that_the_studio_speaks_of_is_labelled(clips: Iterator[tuple[ClipPlan, Path, Document]]) -> None:
    labelled = {label.field for _, _, document in clips for label in document.labels}
    assert labelled == set(STUDIO_FIELDS) <= {field.name for field in FIELDS}


def test_another_file_is_refused(rendered: Path, small: StudioConfig) -> None:
    plan = plan_clip(corpus_seed(small, 0), small)
    video = read_document(rendered / "documents" / "studio_0000.json").video
    times = [FrameTime(index, plan.fps_den, plan.fps_num) for index in range(plan.num_frames - 1)]
    with pytest.raises(InputError, match="not the one that was planned"):
        truth(plan, video, times)


def test_records_say_what_was_planned_and_where(clips: Iterator[tuple[ClipPlan, Path, Document]]) -> None:
    num_hooks = num_cues = 0
    for plan, _, document in clips:
        evidence = {item.id: item for item in document.evidence}
        overlays = [overlay for shot in plan.shots for overlay in shot.overlays]
        lines = [overlay.text for overlay in overlays if overlay.kind == "hook_line"]
        assert [(hook.types[0], hook.promise) for hook in document.hooks] == [HOOKS[line] for line in lines]
        assert all(hook.payoff_ns is None for hook in document.hooks)
        told = [(cue.kind, cue.text) for cue in document.packaging_cues]
        assert told == [(CUES[each.kind], each.text) for each in overlays if each.kind in CUES]
        assert all(cue.box == evidence[cue.evidence[0]].box is not None for cue in document.packaging_cues)
        assert [(layout.start_ns, layout.end_ns) for layout in document.layouts] == [
            (shot.start_ns, shot.end_ns) for shot in document.shots
        ]
        for layout, shot in zip(document.layouts, plan.shots, strict=True):
            assert [region.text for region in layout.regions] == ["", *(overlay.text for overlay in shot.overlays)]
        num_hooks, num_cues = num_hooks + len(document.hooks), num_cues + len(document.packaging_cues)
    assert num_hooks > 0
    assert num_cues > 0


def test_every_hook_line_has_its_type() -> None:
    types = field_of("hook_type")
    assert types is not None
    assert list(HOOKS) == list(HOOK_LINES)
    assert {kind for kind, _ in HOOKS.values()} <= set(types.values)
