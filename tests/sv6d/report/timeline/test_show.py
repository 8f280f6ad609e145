"""From files to a page, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sv6d.errors import InputError
from sv6d.report.timeline.show import show
from tests.sv6d.report.timeline.made_clip import DocumentMaker, write_clip

EDGES_S = (0.0, 1.0, 2.0)


def data_of(path: Path) -> dict[str, object]:
    text = path.read_text()
    start = text.index('id="data">') + len('id="data">')
    loaded: dict[str, object] = json.loads(text[start : text.index("</script>", start)])
    return loaded


def test_a_page_holds_documents_pictures_curves_and_the_judges_pairs(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", EDGES_S)
    maker = DocumentMaker(clip, EDGES_S)
    maker.label("a", "subject_type", "food", (0.0, 1.0))
    reference = maker.write(tmp_path / "reference.json")
    maker.label("b", "beat", "hook", (0.0, 1.0))
    prediction = maker.write(tmp_path / "prediction.json")
    checks = tmp_path / "checks.json"
    checks.write_text('{"a": {"state": "verified", "label": "more than is needed"}}')
    out = show(prediction, clip, tmp_path / "page.html", over=reference, verification=checks)
    data = data_of(out)
    assert [len(row) for row in data["pictures"]] == [8, 8]  # type: ignore[attr-defined]
    assert [curve["name"] for curve in data["curves"]] == ["motion", "loudness"]  # type: ignore[attr-defined]
    assert [len(each["labels"]) for each in data["documents"]] == [2, 1]  # type: ignore[attr-defined]
    pairs = data["agreement"]
    assert pairs["subject"] == [{"pred": "a", "ref": "a", "cost": 0.0, "time_cost": 0.0, "label_cost": 0.0}]  # type: ignore[index]
    assert [pair["pred"] for pair in pairs["boundaries"]] == ["s1"]  # type: ignore[index]
    states = {label["id"]: label["check"] for label in data["documents"][0]["labels"]}  # type: ignore[index]
    assert states == {"a": {"state": "verified", "claimed": None, "measured": None}, "b": None}
    first = out.read_bytes()
    assert show(prediction, clip, out, over=reference, verification=checks).read_bytes() == first


def test_another_video_is_refused(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", EDGES_S)
    other = write_clip(tmp_path / "other.mp4", (0.0, 0.5))
    document = DocumentMaker(clip, EDGES_S).write(tmp_path / "document.json")
    with pytest.raises(InputError, match="another video"):
        show(document, other, tmp_path / "page.html", over=None, verification=None)
    strange = DocumentMaker(other, (0.0, 0.5)).write(tmp_path / "strange.json")
    with pytest.raises(InputError, match=r"strange\.json is about another video"):
        show(document, clip, tmp_path / "page.html", over=strange, verification=None)
    assert not (tmp_path / "page.html").exists()


def test_missing_files_and_other_forms_of_checks_are_refused(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", EDGES_S)
    document = DocumentMaker(clip, EDGES_S).write(tmp_path / "document.json")
    with pytest.raises(InputError, match=r"gone\.mp4"):
        show(document, tmp_path / "gone.mp4", tmp_path / "page.html", over=None, verification=None)
    checks = tmp_path / "checks.json"
    checks.write_text('{"a": {"state": "maybe"}}')
    with pytest.raises(InputError, match=r"a\.state"):
        show(document, clip, tmp_path / "page.html", over=None, verification=checks)
