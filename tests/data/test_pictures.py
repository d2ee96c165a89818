"""Photos come in every shape; each is either decoded rightly or refused in one line."""

import io
import os
import struct
import threading
import time
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stbir.data.pictures import Listing, list_pictures, open_layers, open_picture
from stbir.errors import InputError

CORNERS = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 0]]], np.uint8).repeat(40, 0).repeat(60, 1)


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)  # type: ignore[arg-type]
    return file.getvalue()


def near(image: Image.Image, expected: np.ndarray, within: float = 6) -> bool:
    return np.asarray(image).shape == expected.shape and bool(
        np.abs(np.asarray(image).astype(int) - expected).mean() < within
    )


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF"])
def test_every_format_gives_the_same_picture(form: str, tmp_path: Path) -> None:
    data = encoded(Image.fromarray(CORNERS), form)
    path = tmp_path / "x.bin"  # the name does not matter, the content does
    path.write_bytes(data)
    for source in (data, io.BytesIO(data), path, str(path)):
        picture = open_picture(source)
        assert picture.mode == "RGB"
        assert near(picture, CORNERS)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_camera_may_be_held_in_any_way(form: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # transpositions that turn the scene as the camera did
    image = Image.fromarray(CORNERS)
    if orientation > 1:
        image = image.transpose(Image.Transpose(undo[orientation]))
    assert near(open_picture(encoded(image, form, exif=exif.tobytes())), CORNERS)


def test_other_kinds_of_pixels() -> None:
    grey = np.linspace(0, 255, 100).astype(np.uint8)[None].repeat(50, 0)
    in_three = grey[..., None].repeat(3, 2)
    sixteen = Image.fromarray(grey.astype(np.uint16) * 257)
    assert near(open_picture(encoded(Image.fromarray(grey), "PNG")), in_three, 1)
    assert near(open_picture(encoded(sixteen, "PNG")), in_three, 1)
    assert near(open_picture(encoded(sixteen, "TIFF")), in_three, 1)
    assert near(open_picture(encoded(Image.fromarray(grey.astype(np.float32) / 255), "TIFF")), in_three, 1)
    assert near(open_picture(encoded(Image.fromarray(grey).convert("1"), "PNG")), in_three, 130)
    assert near(open_picture(encoded(Image.fromarray(CORNERS).convert("P"), "PNG")), CORNERS)
    assert near(open_picture(encoded(Image.fromarray(CORNERS).convert("CMYK"), "JPEG")), CORNERS)
    assert near(open_picture(encoded(Image.fromarray(CORNERS).convert("CMYK"), "TIFF")), CORNERS)


def test_transparency_becomes_white_or_is_kept() -> None:
    layers = np.zeros((20, 30, 4), np.uint8)
    layers[:10, :, 3] = 255
    for form in ("PNG", "WEBP"):
        data = encoded(Image.fromarray(layers), form, **({"lossless": True} if form == "WEBP" else {}))
        flat = np.asarray(open_picture(data))
        assert (flat[:10] == 0).all()
        assert (flat[10:] == 255).all()
        assert open_layers(data).mode == "RGBA"
    palette = Image.fromarray(np.eye(8, dtype=np.uint8), "P")
    palette.putpalette([9, 9, 9, 200, 0, 0])
    data = encoded(palette, "GIF", transparency=0)
    assert np.array_equal(np.asarray(open_picture(data))[0, :2], [[200, 0, 0], [255, 255, 255]])
    assert open_layers(encoded(Image.fromarray(CORNERS), "PNG")).mode == "RGB"


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_taken(form: str) -> None:
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("red", "blue")]
    data = encoded(frames[0], form, save_all=True, append_images=frames[1:])
    assert near(open_picture(data), np.full((32, 32, 3), (255, 0, 0), np.uint8))


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_big_pictures_are_reduced_but_never_below_twice_what_is_wanted(form: str) -> None:
    big = Image.fromarray(CORNERS.repeat(20, 0).repeat(20, 1))  # 1600 x 2400
    data = encoded(big, form)
    assert open_picture(data).size == (2400, 1600)
    for wanted in (50, 224, 700, 5000):
        width, height = open_picture(data, at_least=wanted).size
        assert min(2 * wanted, 1600) <= height <= max(3 * wanted, 1600)
        assert width / height == pytest.approx(1.5, rel=0.02)
    small = open_picture(data, at_least=40)
    assert near(small.resize((120, 80)), CORNERS, 8)


@pytest.mark.parametrize("size", [(60_000, 60_000), (2_000_000_000, 1), (10_001, 10_000)])
def test_a_huge_picture_is_refused_before_it_is_decoded(size: tuple[int, int], tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    path.write_bytes(png_header(*size))
    start = time.perf_counter()
    with pytest.raises(InputError, match=r"huge\.png.*more than .*100,000,000"):
        open_picture(path)
    assert time.perf_counter() - start < 2


def test_a_panorama_is_bounded_in_its_length_and_a_hairline_refused() -> None:
    assert open_picture(encoded(Image.new("RGB", (9000, 100)), "PNG"), at_least=100).size == (1500, 17)
    assert open_picture(encoded(Image.new("RGB", (90, 9000)), "PNG")).size == (90, 9000)
    for size in ((20_000, 3), (1, 101)):
        with pytest.raises(InputError, match="too long and thin"):
            open_picture(encoded(Image.new("RGB", size), "PNG"))


def test_pillows_own_limit_is_left_alone() -> None:
    before = Image.MAX_IMAGE_PIXELS
    with pytest.raises(InputError, match=r"truncated|damaged"):
        open_picture(png_header(9_500, 9_500))  # Pillow would warn here, and warnings are errors
    assert before == Image.MAX_IMAGE_PIXELS


def test_files_that_are_no_pictures(tmp_path: Path) -> None:
    data = encoded(Image.fromarray(np.random.default_rng(0).integers(0, 255, (90, 90, 3)).astype(np.uint8)), "JPEG")
    text, cut, empty = tmp_path / "text.jpg", tmp_path / "cut.jpg", tmp_path / "empty.png"
    text.write_text("I am no picture")
    cut.write_bytes(data[: len(data) // 2])
    empty.write_bytes(b"")
    for path, words in [
        (text, "not a picture of a known format"),
        (cut, "truncated"),
        (empty, "not a picture"),
        (tmp_path / "missing.jpg", "No such file"),
        (tmp_path, "not a file"),
    ]:
        with pytest.raises(InputError, match=words) as caught:
            open_picture(path)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="the picture"):
        open_picture(b"nonsense")
    with pytest.raises(InputError, match="not a picture"):  # Pillow could read it, but it is not on our list
        open_picture(encoded(Image.new("RGB", (4, 4)), "PPM"))


def test_damage_anywhere_is_one_clear_line() -> None:
    rng = np.random.default_rng(1)
    answers: list[str] = []
    for form in ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP"):
        good = encoded(Image.fromarray(CORNERS), form)
        for _ in range(40):
            bad = bytearray(good)
            for place in rng.integers(0, len(bad), 8):
                bad[place] = rng.integers(0, 256)
            try:
                answers.append(open_picture(bytes(bad)).mode)
            except InputError as error:
                answers.append(str(error))
    assert {"RGB"} < set(answers)
    assert not [answer for answer in answers if "\n" in answer]


def test_threads_leave_the_filters_of_warnings_as_they_were() -> None:
    before = list(warnings.filters)
    data = encoded(Image.fromarray(CORNERS.repeat(4, 0)), "PNG")
    threads = [threading.Thread(target=lambda: [open_picture(data) for _ in range(5)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(warnings.filters) == before


def test_pictures_of_a_folder(tmp_path: Path) -> None:
    for name in (
        "b.JPG",
        "a.png",
        "sub/c.webp",
        "sub/deep/d.TIFF",
        "z/é 中.gif",
        ".hidden.png",
        ".stbir/x.png",
        "n.txt",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "sub" / "loop").symlink_to(tmp_path)
    (tmp_path / "gone.png").symlink_to(tmp_path / "nowhere.png")
    found = list_pictures(tmp_path)
    names = [path.relative_to(tmp_path).as_posix() for path in found.pictures]
    assert names == ["a.png", "b.JPG", "sub/c.webp", "sub/deep/d.TIFF", "z/é 中.gif"]
    assert found.unreadable == ((tmp_path / "gone.png", "broken link"),)
    (tmp_path / "e").mkdir()
    assert list_pictures(str(tmp_path / "e")) == Listing(())


def test_folders_that_cannot_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    with pytest.raises(InputError, match="there is no folder"):
        list_pictures(tmp_path / "missing")
    with pytest.raises(InputError, match="is not a folder"):
        list_pictures(tmp_path / "a.png")
    (tmp_path / "secret").mkdir()
    listdir = os.listdir

    def guarded(path: Path) -> list[str]:
        if Path(path).name == "secret":  # permissions do not stop the root user, so the refusal is staged
            raise PermissionError(13, "Permission denied")
        return listdir(path)

    monkeypatch.setattr(os, "listdir", guarded)
    found = list_pictures(tmp_path)
    assert [path.name for path in found.pictures] == ["a.png"]
    assert found.unreadable == ((tmp_path / "secret", "Permission denied"),)
    with pytest.raises(InputError, match="cannot read the folder"):
        list_pictures(tmp_path / "secret")
