"""On-screen text against clips whose strings, places and frames are known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from sv6d.errors import TextUnreadError
from sv6d.evidence.config import EvidenceConfig, TextConfig
from sv6d.evidence.measure import Rows, measure
from sv6d.evidence.ocr import RapidReader, reader, reader_build, reading_method
from sv6d.evidence.pictures import read_looks
from sv6d.evidence.text_boxes import PixelBox, Reading, join_lines, reading_order
from sv6d.evidence.text_rows import TextCue
from sv6d.evidence.text_track import Picture, Track
from sv6d.params import read_config
from sv6d.schema.document import Shot
from sv6d.timeline import FrameTime
from tests.sv6d.video.made_videos import shot, write_video

PARAMS = Path(__file__).resolve().parents[3] / "params.yaml"
HERE = Path(__file__).parent
HEIGHT, WIDTH, RATE = 240, 426, 25
FRAME_NS = 1_000_000_000 // RATE
Draw = Callable[[int], list[tuple[str, float, float, float]]]  # frame -> (string, x, y, opacity)


def config() -> EvidenceConfig:
    found = read_config(PARAMS, "evidence")
    assert isinstance(found, EvidenceConfig)
    return found


def captioned(path: Path, num: int, draw: Draw, *, step_px: int = 2, size: int = 26) -> Path:
    """A clip over a scene that moves, with outlined text as `draw` says."""
    font = ImageFont.load_default(size)
    pictures = []
    for index, picture in enumerate(shot(5, num, step_px=step_px, height=HEIGHT, width=WIDTH)):
        layer = Image.fromarray(picture // 2).convert("RGBA")
        for string, x, y, opacity in draw(index):
            text = Image.new("RGBA", layer.size)
            ink = (255, 255, 255, round(255 * opacity)), (0, 0, 0, round(255 * opacity))
            pen = ImageDraw.Draw(text)
            pen.text((x, y), string, font=font, fill=ink[0], stroke_width=2, stroke_fill=ink[1], anchor="mm")
            layer = Image.alpha_composite(layer, text)
        pictures.append(np.asarray(layer.convert("RGB")))
    return write_video(path, pictures, rate=RATE)


def texts(path: Path, start: int, end: int) -> Rows:
    whole = Shot(id="s0", start_ns=start * FRAME_NS, end_ns=end * FRAME_NS)
    return measure(path, (whole,), config())


def test_a_caption_is_read_where_and_when_it_stands(tmp_path: Path) -> None:
    clip = captioned(tmp_path / "a.mp4", 75, lambda i: [("Fold the corner", 213, 180, 1.0)] if 13 <= i < 58 else [])
    rows = texts(clip, 0, 75)
    (text,) = rows["texts"]
    assert text["string"] == "Fold the corner"
    assert abs(text["start_ns"] - 13 * FRAME_NS) <= FRAME_NS
    assert abs(text["end_ns"] - 58 * FRAME_NS) <= FRAME_NS
    assert text["x"] + text["w"] / 2 == pytest.approx(213 / WIDTH, abs=0.02)
    assert text["y"] + text["h"] / 2 == pytest.approx(180 / HEIGHT, abs=0.02)
    assert text["confidence"] > 0.9
    assert text["method"] == reading_method()
    assert rows["text_reads"][0]["failure"] is None


def test_measured_again_for_a_part_it_speaks_of_that_part_alone(tmp_path: Path) -> None:
    said = lambda i: [("First words", 213, 60, 1.0)] if i < 30 else [("Other things", 213, 180, 1.0)]  # noqa: E731
    clip = captioned(tmp_path / "a.mp4", 75, said)
    (text,) = texts(clip, 40, 75)["texts"]
    assert (text["string"], text["start_ns"], text["end_ns"]) == ("Other things", 40 * FRAME_NS, 75 * FRAME_NS)


def test_a_fade_is_seen_while_half_of_it_is_there(tmp_path: Path) -> None:
    def fading(index: int) -> list[tuple[str, float, float, float]]:
        return [("Slowly does it", 213, 120, min(1.0, max(0.0, min(index - 20, 80 - index) / 10)))]

    (text,) = texts(captioned(tmp_path / "a.mp4", 100, fading), 0, 100)["texts"]
    assert text["string"] == "Slowly does it"
    assert 20 * FRAME_NS <= text["start_ns"] <= 27 * FRAME_NS
    assert 73 * FRAME_NS <= text["end_ns"] <= 81 * FRAME_NS


def test_words_that_are_typed_are_one_text(tmp_path: Path) -> None:
    whole = "Typed one by one"
    font = ImageFont.load_default(26)
    left = 213 - font.getlength(whole) / 2

    def typed(index: int) -> list[tuple[str, float, float, float]]:
        string = whole[: max(0, index // 3)]
        return [(string, left + font.getlength(string) / 2, 120, 1.0)] if string.strip() else []

    found = texts(captioned(tmp_path / "a.mp4", 100, typed, step_px=0), 0, 100)["texts"]
    assert [text["string"] for text in found] == [whole]
    assert found[0]["end_ns"] == 100 * FRAME_NS


def test_a_scrolling_line_is_one_text(tmp_path: Path) -> None:
    clip = captioned(tmp_path / "a.mp4", 75, lambda i: [("Made with patience", 213, 230 - 2 * i, 1.0)], step_px=0)
    assert [text["string"] for text in texts(clip, 0, 75)["texts"]] == ["Made with patience"]


def test_a_block_is_one_text_and_texts_have_an_order(tmp_path: Path) -> None:
    def said(index: int) -> list[tuple[str, float, float, float]]:
        return [("YOU NEED", 213, 40, 1.0), ("TO SEE THIS", 213, 70, 1.0), ("swipe up", 213, 210, 1.0)]

    found = texts(captioned(tmp_path / "a.mp4", 40, said), 0, 40)["texts"]
    assert [(text["string"], text["reading_order"]) for text in found] == [("YOU NEED TO SEE THIS", 0), ("swipe up", 1)]


def test_a_clip_without_text_has_none_and_was_looked_at(tmp_path: Path) -> None:
    rows = texts(captioned(tmp_path / "a.mp4", 50, lambda i: []), 0, 50)
    assert rows["texts"] == []
    assert rows["text_reads"][0]["searches"] > 1
    assert rows["text_reads"][0]["failure"] is None


def test_a_still_picture_is_searched_once(tmp_path: Path) -> None:
    clip = captioned(tmp_path / "a.mp4", 75, lambda i: [("Nothing moves", 213, 120, 1.0)], step_px=0)
    rows = texts(clip, 0, 75)
    assert rows["texts"][0]["string"] == "Nothing moves"
    assert rows["text_reads"][0]["searches"] == 1


@pytest.mark.parametrize("size", [(2, 2), (16, 480), (1080, 64)])
def test_shapes_without_room_for_letters_pass(tmp_path: Path, size: tuple[int, int]) -> None:
    clip = write_video(tmp_path / "a.mp4", [np.zeros((*size, 3), dtype=np.uint8)] * 3)
    assert texts(clip, 0, 3)["texts"] == []


def test_the_same_clip_gives_the_same_rows(tmp_path: Path) -> None:
    clip = captioned(tmp_path / "a.mp4", 40, lambda i: [("Once more", 213, 120, 1.0)])
    assert texts(clip, 0, 40) == texts(clip, 0, 40)


def test_chinese_is_read() -> None:
    # Drawn with WenQuanYi Micro Hei: "remember to keep this video".
    picture = np.asarray(Image.open(HERE / "chinese_line.png").convert("RGB"))
    assert reader(640).read(picture).string == "记得收藏这个视频"


class _Broken:
    """A reader that finds a line and fails on reading it."""

    def find(self, rgb: np.ndarray) -> list[PixelBox]:
        return [PixelBox(0, 0, 40, 20)]

    def read(self, rgb: np.ndarray) -> Reading:
        return RapidReader(640).read(rgb[:0])


def test_text_that_can_not_be_read_is_unknown_and_not_absent(tmp_path: Path) -> None:
    cue = TextCue(_Broken(), config().text)
    for look in read_looks(captioned(tmp_path / "a.mp4", 5, lambda i: [])):
        cue.take(look)
    rows = cue.rows(5 * FRAME_NS)
    assert rows["texts"] == []
    assert rows["text_reads"][0]["failure"].startswith("a line can not be read")


def test_a_failing_reader_is_a_typed_error() -> None:
    with pytest.raises(TextUnreadError, match="a line can not be read"):
        reader(640).read(np.zeros((0, 10, 3), dtype=np.uint8))


def test_the_models_are_named_by_their_hashes() -> None:
    models = {name: digest for name, digest in reader_build().items() if name.endswith(".onnx")}
    assert len(models) == 2
    assert all(len(digest) == 64 and digest[:12] in reading_method() for digest in models.values())


def test_pieces_of_a_line_are_joined_and_columns_are_not() -> None:
    words = [PixelBox(60, 10, 100, 30), PixelBox(10, 11, 50, 31), PixelBox(160, 10, 200, 30)]
    assert join_lines(words) == [PixelBox(10, 10, 100, 31), PixelBox(160, 10, 200, 30)]


def test_reading_order_is_row_by_row() -> None:
    boxes = [PixelBox(100, 40, 150, 60), PixelBox(0, 42, 50, 62), PixelBox(20, 0, 90, 20)]
    assert reading_order(boxes) == [2, 1, 0]


def test_settings_are_checked() -> None:
    with pytest.raises(ValueError, match="find_px"):
        TextConfig(find_px=10, read_px=1280, look_step_ms=200, find_step_ms=400, least_confidence=0.8)


def test_a_price_that_takes_another_ones_place_is_another_text(tmp_path: Path) -> None:
    clip = captioned(tmp_path / "a.mp4", 60, lambda i: [("$59.90" if i < 30 else "$9.90", 213, 120, 1.0)])
    found = texts(clip, 0, 60)["texts"]
    assert [text["string"] for text in found] == ["$59.90", "$9.90"]
    assert abs(found[1]["start_ns"] - 30 * FRAME_NS) <= 2 * FRAME_NS


def test_a_text_of_the_last_frames_alone_passes(tmp_path: Path) -> None:
    clip = captioned(tmp_path / "a.mp4", 43, lambda i: [("The very end", 213, 120, 1.0)] if i >= 38 else [])
    (text,) = texts(clip, 0, 43)["texts"]
    assert (text["string"], text["start_ns"], text["end_ns"]) == ("The very end", 38 * FRAME_NS, 43 * FRAME_NS)


def test_a_page_that_differs_in_a_word_is_another_text(tmp_path: Path) -> None:
    def page(index: int) -> list[tuple[str, float, float, float]]:
        return [("The first of two pages" if index < 40 else "The other of two pages", 213, 120, 1.0)]

    found = texts(captioned(tmp_path / "a.mp4", 80, page, step_px=0), 0, 80)["texts"]
    assert [text["string"] for text in found] == ["The first of two pages", "The other of two pages"]
    assert abs(found[1]["start_ns"] - 40 * FRAME_NS) <= 2 * FRAME_NS


def test_a_line_that_looks_as_if_it_were_there_to_the_last_ends_before_what_replaced_it() -> None:
    """A frame that is cited lies before the end of its span."""
    luma = np.full((60, 120), 40, np.uint8)
    luma[20:40:4, 20:100] = 220
    frames = [Picture(FrameTime(i, 1, RATE), i * FRAME_NS, luma) for i in range(6)]
    for later in (frames, frames[:2]):
        track = Track.begun(frames[0], PixelBox(16.0, 16.0, 104.0, 44.0), Reading("lines", 0.99))
        track.find_end(later, is_replaced=True)
        assert track.end_ns == later[-1].time_ns
        assert track.last.time_ns == later[-2].time_ns
