"""Clips of the feed keep their bytes: the shipped base model and the benchmark's figures rest on them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import av
import orjson
import pytest

from sv6d.studio.config import StudioConfig
from sv6d.studio.encode import encode_clip
from sv6d.studio.plan import ClipPlan
from sv6d.studio.planner import plan_clip
from sv6d.studio.seeds import corpus_seed

# Of the release whose default corpus the base model was made with.
PLANS = "3c79a6d8fb954ceccb40d5045effd23f7573fea988afbe9df997f8d76fa97d1e"
PICTURES = (
    "4572612860da90bd8324c77e817bb9670405ed5617e98787c008c3bcb5f4c969",
    "9e2bff6da3c2fcae0f4a35f30ba46deffddcd4b68f8849c35b6391eff0f4fe80",
)


def test_plans_of_the_default_corpus_are_those_of_the_release(plans: list[ClipPlan]) -> None:
    assert hashlib.sha256(orjson.dumps([plan.as_json() for plan in plans])).hexdigest() == PLANS


@pytest.mark.parametrize("index", range(len(PICTURES)))
def test_pictures_of_small_clips_are_those_of_the_release(index: int, small: StudioConfig, tmp_path: Path) -> None:
    encode_clip(plan_clip(corpus_seed(small, index), small), small, tmp_path / "clip.mp4")
    digest = hashlib.sha256()
    with av.open(str(tmp_path / "clip.mp4")) as container:
        for packet in container.demux(container.streams.video[0]):
            digest.update(bytes(packet))
    assert digest.hexdigest() == PICTURES[index]
