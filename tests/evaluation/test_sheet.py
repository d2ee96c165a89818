"""The contact sheet: what stands where, and what must not break it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stbir.errors import InputError
from stbir.evaluation import sheet
from stbir.evaluation.sheet import SheetRow, contact_sheet
from stbir.types import Hit, Photo, Query, Sketch

CROSS = Sketch(
    strokes=(np.array([[0, 0], [90, 90]], np.float32), np.array([[0, 90], [90, 0]], np.float32)), canvas=(100, 100)
)
GREEN = (0x2F, 0x9E, 0x63)


def hits(count: int) -> list[Hit]:
    colours = [(25 * number, 0, 200) for number in range(count)]
    photos = [Photo(id=f"p{number}", image=Image.new("RGB", (40, 40), c)) for number, c in enumerate(colours)]
    return [Hit(photo, score=1 - number / 10, rank=number + 1) for number, photo in enumerate(photos)]


def drawn(rows: Sequence[SheetRow], folder: Path, **words: str) -> np.ndarray:
    contact_sheet(rows, path=folder / "sheet.png", **words)
    with Image.open(folder / "sheet.png") as picture:
        assert picture.format == "PNG"
        return np.asarray(picture.convert("RGB"))


def where(pixels: np.ndarray, colour: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """The box (left, top, right, bottom) of one exact colour."""
    ys, xs = np.nonzero((pixels == colour).all(axis=2))
    assert len(ys), f"{colour} is not on the sheet"
    return int(xs.min()), int(ys.min()), int(xs.max()), int(ys.max())


def test_photos_stand_side_by_side_in_order(tmp_path: Path) -> None:
    pixels = drawn([SheetRow(Query(sketches=(CROSS,), text="a cross"), hits(5))], tmp_path)
    assert pixels.shape[1] == 2000
    boxes = [where(pixels, (25 * number, 0, 200)) for number in range(5)]
    assert [box[0] for box in boxes] == sorted({box[0] for box in boxes})
    assert len({box[1] for box in boxes}) == 1
    assert all(box[2] < 2000 - 90 for box in boxes)
    # ink of the sketch stands left of the first photo, on the same height
    left, top, _, bottom = boxes[0]
    sketch = pixels[top:bottom, 110 : left - 40]
    assert (sketch < 60).all(axis=2).sum() > 500


def test_the_target_is_framed_in_green_and_nothing_else(tmp_path: Path) -> None:
    query = Query(text="a square")
    assert not (drawn([SheetRow(query, hits(5))], tmp_path) == GREEN).all(axis=2).any()
    assert not (drawn([SheetRow(query, hits(5), target="elsewhere")], tmp_path) == GREEN).all(axis=2).any()
    pixels = drawn([SheetRow(query, hits(5), target="p3")], tmp_path)
    frame, photo = where(pixels, GREEN), where(pixels, (75, 0, 200))
    assert frame[0] < photo[0] < photo[2] < frame[2]
    assert frame[2] - frame[0] < 300


def test_more_than_five_photos_take_a_second_line_and_more_than_ten_are_left_out(tmp_path: Path) -> None:
    pixels = drawn([SheetRow(Query(text="x"), hits(12)[:11])], tmp_path)
    assert where(pixels, (125, 0, 200))[0] == where(pixels, (0, 0, 200))[0]
    assert where(pixels, (125, 0, 200))[1] > where(pixels, (0, 0, 200))[3]
    where(pixels, (225, 0, 200))
    assert not (pixels == (250, 0, 200)).all(axis=2).any()


@pytest.mark.parametrize(
    "text",
    [
        "绿色的瓶子 " * 40,
        "👢" * 900,
        "x" * 5000,
        "two\nlines\tand\x07a bell\x00",
        "\u202eright to left עברית",
        "word " * 2000,
    ],
    ids=["chinese", "emoji", "one-long-word", "control", "bidi", "long"],
)
def test_any_text_is_drawn_inside_the_margins(text: str, tmp_path: Path) -> None:
    pixels = drawn([SheetRow(Query(text=text, avoid=(text,)), hits(1))], tmp_path, title=text, subtitle=text)
    assert (pixels[:, -40:] == 255).all()
    assert (pixels[:, :40] == 255).all()
    assert pixels.shape[0] < 1500


def test_long_text_wraps(tmp_path: Path) -> None:
    short = drawn([SheetRow(Query(text="red boot"), hits(1))], tmp_path)
    long = drawn([SheetRow(Query(text="red boot with " * 12), hits(1))], tmp_path)
    assert long.shape[0] > short.shape[0]
    assert [*sheet._wrap("aa bb", size=30, width=40)] == ["aa", "bb"]
    assert sheet._wrap("one two three " * 9, size=30, width=120, most=2)[-1].endswith("…")


def test_a_broken_photo_and_no_hits_do_not_stop_the_sheet(tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_text("no picture")
    lost = [Hit(Photo(id="a", path=tmp_path / "broken.jpg"), 0.5, 1), Hit(Photo(id="b"), 0.4, 2)]
    lost += [Hit(Photo(id="c", path=tmp_path / "gone.jpg"), 0.3, 3)]
    rows = [SheetRow(Query(text="x"), lost), SheetRow(Query(photo=hits(1)[0].photo), [])]
    both, one = (drawn(some, tmp_path) for some in (rows, rows[:1]))
    assert both.shape[0] > one.shape[0] > 200


def test_one_to_twenty_rows(tmp_path: Path) -> None:
    row = SheetRow(Query(sketches=(CROSS, CROSS)), hits(1))
    heights = [drawn([row] * count, tmp_path, title="t").shape[0] for count in (1, 2, 20)]
    assert heights[2] - heights[0] == 19 * (heights[1] - heights[0])
    for rows in ([], [row] * 21):
        with pytest.raises(InputError, match=f"1 to 20 searches, got {len(rows)}"):
            contact_sheet(rows, path=tmp_path / "no.png")


def test_where_it_cannot_be_written(tmp_path: Path) -> None:
    row = SheetRow(Query(text="x"), hits(1))
    with pytest.raises(InputError, match=r"must end in \.png"):
        contact_sheet([row], path=tmp_path / "sheet.jpg")
    with pytest.raises(InputError, match="there is no folder"):
        contact_sheet([row], path=tmp_path / "none" / "sheet.png")
