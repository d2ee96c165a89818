"""Photos that say noai in one way or another are left out, and no others."""

import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin
from vision_server import paint

from stbir.data.describe.ai_txt import forbidden, read_rules
from stbir.data.describe.permission import in_file
from stbir.data.describe.survey import survey
from stbir.types import Photo

XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" plus:DataMining="%s"/></rdf:RDF></x:xmpmeta>'
)
PLUS = "http://ns.useplus.org/ldf/vocab/DMI-"


def iptc(keyword: bytes) -> bytes:
    """A Photoshop block with one IPTC keyword."""
    data = b"\x1c\x02\x19" + struct.pack(">H", len(keyword)) + keyword
    data += b"\0" * (len(data) % 2)
    block = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(data)) + data
    return b"\xff\xed" + struct.pack(">H", len(block) + 2) + block


def exif(tag: int, value: object) -> Image.Exif:
    tags = Image.Exif()
    tags[tag] = value
    return tags


def one(path: Path, **metadata: object) -> str | None:
    found = survey([Photo(path.name, path=path, metadata=metadata)], root=path.parent)
    assert len(found.refused) + found.photos == 1
    return found.refused[0][1] if found.refused else None


@pytest.mark.parametrize(
    ("name", "options", "refused"),
    [
        ("a.jpg", {}, False),
        ("a.jpg", {"xmp": (XMP % f"{PLUS}PROHIBITED").encode()}, True),
        ("a.jpg", {"xmp": (XMP % f"{PLUS}PROHIBITED-AIMLTRAINING").encode()}, True),
        ("a.jpg", {"xmp": (XMP % f"{PLUS}ALLOWED").encode()}, False),
        ("a.webp", {"xmp": b"<dc:subject>noimageai</dc:subject>"}, True),
        ("a.jpg", {"comment": b"robots: noai, noimageai"}, True),
        ("a.jpg", {"comment": b"by Benoait"}, False),
        ("a.jpg", {"exif": exif(0x010E, "shoe, NoAI")}, True),
        ("a.jpg", {"exif": exif(0x9C9E, "noai\0".encode("utf-16-le"))}, True),
        ("a.jpg", {"exif": exif(0x9286, b"UNICODE\0" + "noai".encode("utf-16-be"))}, True),
        ("a.jpg", {"exif": exif(0x9286, b"ASCII\0\0\0shoe\0noai")}, True),
        ("a.tif", {"tiffinfo": {270: "noai"}}, True),
        ("a.gif", {"comment": b"noai"}, True),
    ],
)
def test_metadata_of_a_file(tmp_path: Path, name: str, options: dict, refused: bool) -> None:
    path = paint(tmp_path / name, "red", **options)
    assert (one(path) is not None) == refused


def test_png_texts_before_and_behind_the_pixels(tmp_path: Path) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("robots", "noai", zip=True)
    assert one(paint(tmp_path / "before.png", "red", pnginfo=texts)) == "its metadata says noai"
    plain = paint(tmp_path / "plain.png", "red").read_bytes()
    assert one(tmp_path / "plain.png") is None
    chunk = b"tEXtComment\0noai"
    end = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    (tmp_path / "behind.png").write_bytes(plain[:-12] + end + plain[-12:])
    assert one(tmp_path / "behind.png") == "its metadata says noai"


def test_iptc_keywords(tmp_path: Path) -> None:
    data = paint(tmp_path / "a.jpg", "red").read_bytes()
    for keyword, refused in ((b"noai", True), (b"shoe", False)):
        (tmp_path / "a.jpg").write_bytes(data[:2] + iptc(keyword) + data[2:])
        assert (one(tmp_path / "a.jpg") is not None) == refused


def test_sidecars(tmp_path: Path) -> None:
    for number, sidecar in enumerate(("0.jpg.xmp", "1.xmp")):
        path = paint(tmp_path / f"{number}.jpg", "red")
        assert one(path) is None
        (tmp_path / sidecar).write_text(XMP % f"{PLUS}PROHIBITED-GENAIMLTRAINING")
        assert one(path) == f"{sidecar} says DMI-PROHIBITED-GENAIMLTRAINING"


def test_ai_txt_holds_for_its_folder_and_below(tmp_path: Path) -> None:
    photos = [paint(tmp_path / name, "red") for name in ("a.jpg", "open/b.jpg", "closed/c.jpg", "d.png")]
    (tmp_path / "ai.txt").write_text("User-Agent: *\nDisallow: *.jpg\nAllow: /open/b.jpg\n")
    (tmp_path / "closed" / "ai.txt").write_text("User-Agent: other\nDisallow: /\n")
    reasons = [one_of(photo, tmp_path) for photo in photos]
    assert [reason is not None for reason in reasons] == [True, False, True, False]
    assert reasons[0] == f"ai.txt in {tmp_path} disallows it"


def one_of(path: Path, root: Path) -> str | None:
    from stbir.data.describe.permission import Permissions

    return Permissions(root).refusal(path, path.read_bytes(), metadata={})


def test_rules_of_robots() -> None:
    text = "User-Agent: a\nUser-Agent: *\nDisallow: /x\nUser-Agent: Stbir\nDisallow: /y$\nnonsense\nAllow:\n"
    rules = read_rules(text)
    assert [rule.pattern for rule in rules] == ["/y$"]
    assert forbidden("/y", rules)
    assert not forbidden("/yy", rules)
    assert not forbidden("/x", rules)
    assert forbidden("/" + "a" * 5000, read_rules("User-Agent: *\nDisallow: " + "*" * 5000 + "a"))
    assert not forbidden("/" + "a" * 5000, read_rules("User-Agent: *\nDisallow: " + "*a" * 5001 + "b"))
    assert read_rules("Disallow: /") == []


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("/a", "/ab", True),
        ("/a$", "/ab", False),
        ("*.jpg$", "/x/a.jpg", True),
        ("*.jpg$", "/x/a.jpg.png", False),
        ("/x/*/b*g$", "/x/y/z/big", True),
        ("/x*x$", "/x", False),
        ("/", "/a", True),
    ],
)
def test_patterns(pattern: str, path: str, fits: bool) -> None:
    assert forbidden(path, read_rules(f"User-agent: *\nDisallow: {pattern}")) == fits


@pytest.mark.parametrize(
    ("metadata", "refused"),
    [
        ({"noai": True}, True),
        ({"X-Robots-Tag": "noindex,noai"}, True),
        ({"noai": False}, False),
        ({"note": "noai"}, False),
    ],
)
def test_columns_of_a_catalogue(tmp_path: Path, metadata: dict, refused: bool) -> None:
    assert (one(paint(tmp_path / "a.jpg", "red"), **metadata) is not None) == refused


def test_a_copy_of_a_refused_photo_is_refused(tmp_path: Path) -> None:
    photos = [Photo(name, path=paint(tmp_path / name, "red")) for name in ("a.png", "b.png")]
    (tmp_path / "b.xmp").write_text("noai")
    found = survey(photos, root=tmp_path)
    assert found.refused == [("b.png", "b.xmp says noai"), ("a.png", "a copy of it is refused")]
    assert not found.contents


def test_files_that_are_no_pictures_say_nothing() -> None:
    for data in (b"", b"noai", b"\xff\xd8\xff\xe1\x00\x04noai", b"\x89PNG\r\n\x1a\n" + b"\0" * 40):
        assert in_file(data) is None
