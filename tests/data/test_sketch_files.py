"""A sketch may come as strokes, as SVG or as a picture; the content says which."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from stbir.data.sketch_files import read_sketch, read_strokes_json, write_strokes
from stbir.errors import InputError
from stbir.functional.strokes import checked, rasterise
from stbir.types import Pixels, Sketch

STROKES = [[[0, 90, 90, 0, 0], [0, 10, 80, 70, 0]], [[20, 60], [30, 50], [5, 6]]]
POINTS = [[[0, 0], [90, 10], [90, 80], [0, 70], [0, 0]], [[20, 30, 5], [60, 50, 6]]]


def drawn() -> Sketch:
    return read_strokes_json(STROKES)


def encoded(pixels: Pixels, form: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, form, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    "value",
    [
        {"canvas": [100, 90], "strokes": STROKES},
        {"canvas": None, "strokes": [*STROKES, [], [[], []]]},
        {"word": "box", "key_id": "1", "drawing": STROKES},
        STROKES,
    ],
)
@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\n  "])
def test_stroke_json_in_all_its_shapes(value: Any, before: bytes, tmp_path: Path) -> None:
    data = before + json.dumps(value).encode()
    path = tmp_path / "sketch.txt"
    path.write_bytes(data)
    for source in (data, path, str(path)):
        sketch = read_sketch(source)
        assert [stroke.tolist() for stroke in sketch.strokes] == POINTS
        assert all(stroke.dtype == np.float32 for stroke in sketch.strokes)
    canvas = value.get("canvas") if isinstance(value, dict) else None
    assert sketch.canvas == (tuple(canvas) if canvas else None)


def test_writing_is_the_inverse_of_reading() -> None:
    sketch = checked([[(0.1, 0.2), (3.3, 4.7)], [(1, 2, 3), (4, 5, 6.5)]], canvas=(10, 20))
    again = read_strokes_json(json.loads(json.dumps(write_strokes(sketch))))
    assert again.canvas == sketch.canvas
    assert all(np.array_equal(a, b) for a, b in zip(again.strokes, sketch.strokes, strict=True))
    assert "canvas" not in write_strokes(drawn())
    with pytest.raises(InputError, match="raster"):
        write_strokes(Sketch(raster=np.zeros((3, 3), np.uint8)))


def test_a_drawing_of_an_ndjson_file_is_chosen_by_index(tmp_path: Path) -> None:
    path = tmp_path / "cats.ndjson"
    lines = [json.dumps({"word": "cat", "drawing": [[[0, k + 1], [0, k + 2]]]}) for k in range(3)]
    path.write_text("\n".join(lines) + "\n\n")
    for index in range(3):
        assert read_sketch(path, index=index).strokes[0][1].tolist() == [index + 1, index + 2]
    for index, words in [(3, "no drawing 3, it has 3 drawings"), (-1, "counted from 0")]:
        with pytest.raises(InputError, match=words) as caught:
            read_sketch(path, index=index)
        assert "cats.ndjson" in str(caught.value)
    path.write_text(lines[0])
    assert len(read_sketch(path).strokes) == 1
    with pytest.raises(InputError, match="it has 1 drawing"):
        read_sketch(path, index=1)
    path.write_text(lines[0] + "\n{broken\n")
    with pytest.raises(InputError, match="line 2 is not valid JSON"):
        read_sketch(path, index=1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{}", "needs the key 'strokes' \\(given: nothing"),
        ('{"points": [], "colour": 1}', "given: 'points', 'colour'"),
        ('{"strokes": null}', "must be a list, not None"),
        ('{"strokes": "abc"}', "must be a list, not 'abc'"),
        ('{"strokes": {"a": 1}}', "must be a list"),
        ("[]", "no strokes"),
        ('{"strokes": []}', "no strokes"),
        ("[[], [[], []]]", "no strokes"),
        ("[[[5], [5]]]", "single point"),
        ("[[[1, 2], [1, NaN]]]", "coordinate 2 of stroke 1 is not a finite number: nan"),
        ("[[[0, 1], [0, 1]], [[1, 2, Infinity], [1, 2, 3]]]", "coordinate 3 of stroke 2 is not a finite number: inf"),
        ('[[[1, "2"], [1, 2]]]', "coordinate 2 of stroke 1 is not a finite number: '2'"),
        ("[[[1, null], [1, 2]]]", "coordinate 2 of stroke 1 is not a finite number: None"),
        ("[[[1, true], [1, 2.5]]]", "coordinate 2 of stroke 1 is not a finite number: True"),
        ("[[[1, 2], [1, true]]]", "coordinate 2 of stroke 1 is not a finite number: True"),
        ("[[[1, 2], [1, 1e999]]]", "coordinate 2 of stroke 1 is not a finite number: inf"),
        ("[[[1, 2], [1, 1e200]]]", "coordinate 2 of stroke 1 is too large"),
        (f"[[[1, 2], [1, {'9' * 400}]]]", "too large"),
        (f"[[[1, 2], [1, {'9' * 9000}]]]", "not valid JSON"),
        ("[[[1, 2], [1]]]", "stroke 1 has 2 x but 1 y"),
        ("[[[1, 2], [1, 2], [1]]]", "stroke 1 has 2 x but 1 time"),
        ("[[[1, 2]]]", "two or three rows"),
        ("[[1, 2]]", "the x of stroke 1 must be a list of numbers, not 1"),
        ("[7]", "stroke 1 must be"),
        ("[[[[1], [2]], [[1], [2]]]]", "not a list of lists"),
        ('{"canvas": [0, 5], "strokes": [[[1, 2], [1, 2]]]}', "canvas"),
        ('{"canvas": 7, "strokes": [[[1, 2], [1, 2]]]}', "canvas"),
        ('{"canvas": ["a", 1], "strokes": [[[1, 2], [1, 2]]]}', "canvas"),
        ("{not json", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("", "empty"),
        ("<html><body/></html>", "not an SVG"),
        ("<svg", "not well formed"),
        ("hello", "not a picture"),
    ],
)
def test_bad_files_are_refused_in_one_line_with_their_name(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(InputError, match=words) as caught:
        read_sketch(path)
    assert "bad.json" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400
    with pytest.raises(InputError, match=words):
        read_sketch(text.encode())


def test_missing_and_too_large_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_sketch(tmp_path / "none.json")
    with pytest.raises(InputError, match="not a file"):
        read_sketch(tmp_path)
    path = tmp_path / "large.svg"
    with path.open("wb") as file:
        file.truncate(20_000_001)
    with pytest.raises(InputError, match=r"large\.svg.* more than 20 MB"):
        read_sketch(path)


def test_svg_files(tmp_path: Path) -> None:
    path = tmp_path / "drawing.png"  # wrong on purpose
    path.write_text('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><path d="M1 2L3 4"/></svg>')
    assert read_sketch(path).strokes[0].tolist() == [[1, 2], [3, 4]]
    assert read_sketch(path.read_text().encode("utf-16")).strokes[0].tolist() == [[1, 2], [3, 4]]


def test_pictures_of_a_drawing_agree_whatever_they_are_drawn_on() -> None:
    page = rasterise(drawn(), 400, margin=0.2)
    layers = np.zeros((400, 400, 4), np.uint8)
    layers[..., 3] = 255 - page
    chalk = layers.copy()
    chalk[..., :3] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright: the file lies on its side
    exact, first = rasterise(drawn(), 128) < 128, rasterise(read_sketch(encoded(page)), 128) < 128
    for name, data in {
        "dark on light": encoded(page),
        "light on dark": encoded(255 - page),
        "black on transparent": encoded(layers),
        "white on transparent": encoded(chalk),
        "grey with alpha": encoded(np.dstack([page, page, page, np.full_like(page, 255)])),
        "jpeg": encoded(page[..., None].repeat(3, 2), "JPEG", quality=60),
        "turned": encoded(np.rot90(page).copy(), "JPEG", exif=exif.tobytes()),
        "huge": encoded(page.repeat(10, 0).repeat(10, 1)),
    }.items():
        ink = rasterise(read_sketch(data), 128) < 128
        assert (ink & first).sum() / (ink | first).sum() > 0.8, name
        assert (ink & exact).sum() / (ink | exact).sum() > 0.6, name


def test_an_empty_page_has_no_ink(tmp_path: Path) -> None:
    path = tmp_path / "blank.png"
    for page in (np.full((50, 50), 255, np.uint8), np.zeros((50, 50, 4), np.uint8), np.zeros((50, 50, 3), np.uint8)):
        path.write_bytes(encoded(page))
        with pytest.raises(InputError, match=r"blank\.png: no ink found"):
            read_sketch(path)


def test_what_is_neither_a_path_nor_bytes_is_refused() -> None:
    source: Any
    for source in (42, None, {"strokes": []}):
        with pytest.raises(InputError, match="from the path of a file or its bytes, not"):
            read_sketch(source)
