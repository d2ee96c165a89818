"""`stbir status`, `verify` and `export`, and a table as the source of `index`, as a user types them."""

import csv
import json
import re
import shutil
from pathlib import Path

import pyarrow.parquet as parquet
import pytest
from PIL import Image


def test_status_says_what_can_be_searched(stbir, own_copy: Path) -> None:
    said = stbir("status", own_copy)
    assert (said.code, said.err) == (0, "")
    assert "8 of 8 photos (100.0%)" in said.out
    assert "1.000, 1.000 with a filter" in said.out
    assert "category (str)" in said.out
    Image.new("RGB", (50, 40), (9, 90, 200)).save(own_copy / "new.png")
    (own_copy / "broken.png").write_text("no picture")
    assert "2 new or changed: run stbir index" in stbir("status", own_copy).out
    stbir("index", own_copy)
    said = stbir("status", own_copy, "--json")
    told = json.loads(said.out)
    assert (told["listed"], told["embedded"], told["waiting"], told["engine"]) == (10, 9, 0, "exact")
    assert [problem["path"] for problem in told["broken"]] == ["broken.png"]
    assert set(told["fingerprint"]) == {"method", "weights", "preprocessing", "rasteriser"}
    assert told["recall"] == {"k": 10, "queries": 100, "plain": 1.0, "filtered": 1.0}
    assert "broken: broken.png: " in stbir("status", own_copy).out


def test_status_says_the_rest_when_the_photos_are_not_there(stbir, own_copy: Path, tmp_path: Path) -> None:
    stbir("index", own_copy, "--to", tmp_path / "elsewhere")
    shutil.rmtree(own_copy)
    said = stbir("status", tmp_path / "elsewhere")
    assert (said.code, said.err) == (0, "")
    assert "8 photos\n" in said.out
    assert re.search(rf"^to do +there is no .*{re.escape(str(own_copy))}", said.out, re.MULTILINE)
    assert "1.000" in said.out
    told = json.loads(stbir("status", tmp_path / "elsewhere", "--json").out)
    assert (told["listed"], told["embedded"], told["gone"]) == (None, 8, 0)


def test_verify_is_silent_about_what_is_well_and_exits_with_3_otherwise(stbir, own_copy: Path) -> None:
    said = stbir("verify", own_copy)
    assert (said.code, said.out, said.err) == (0, "all is well\n", "")
    (own_copy / "boots" / "p1.png").unlink()
    said = stbir("verify", own_copy)
    assert said.code == 3
    assert said.out.startswith("gone: photos that are no longer in the source: 1 ('boots/p1.png'); run stbir index")
    told = json.loads(stbir("verify", own_copy, "--json").out)
    assert [finding["kind"] for finding in told["findings"]] == ["gone"]
    for path in (own_copy / ".stbir").glob("photos.lance/data/*.lance"):
        path.write_bytes(path.read_bytes()[:100])
    said = stbir("verify", own_copy)
    assert (said.code, said.out.partition(":")[0], len(said.out.splitlines())) == (3, "damaged", 1)


def test_export_writes_a_table(stbir, indexed: Path, tmp_path: Path) -> None:
    said = stbir("export", indexed, tmp_path / "vectors.parquet")
    assert (said.code, said.out) == (0, f"8 photos written to {tmp_path / 'vectors.parquet'}\n")
    assert parquet.read_table(tmp_path / "vectors.parquet").num_rows == 8


@pytest.mark.parametrize(
    "words",
    [
        ("status", "{nowhere}"),
        ("verify", "{nowhere}"),
        ("export", "{nowhere}", "{out}"),
        ("status", "{photos}"),
        ("verify", "{photos}"),
        ("status", "{indexed}", "--queries", "0"),
        ("verify", "{indexed}", "--sample", "-1"),
        ("export", "{indexed}", "{photos}"),
        ("export", "{indexed}", "{nowhere}/x/y.parquet"),
        ("index", "{photos}", "--image-column", "file"),
        ("index", "{photos}/boots/p1.png"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    stbir, indexed: Path, photos: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    places = {"nowhere": tmp_path / "nowhere", "out": tmp_path / "o.parquet", "photos": photos, "indexed": indexed}
    said = stbir(*(word.format(**places) for word in words))
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("stbir: ")
    assert len(said.err.splitlines()) == 1


@pytest.fixture
def shop(photos: Path, tmp_path: Path) -> Path:
    photos.rename(tmp_path / "pictures")
    path = tmp_path / "shop.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["sku", "picture", "label", "price"])
        for number in range(8):
            kind = "boots" if number % 2 else "chairs"
            writer.writerow([f"00{number}", f"pictures/{kind}/p{number}.png", f"No. {number}", 10 + number])
        writer.writerow(["009", "pictures/missing.png", "", ""])
    return path


def test_a_table_is_indexed_and_searched(stbir, shop: Path, clip_folder: Path) -> None:
    columns = ["--id-column", "sku", "--image-column", "picture", "--title-column", "label"]
    said = stbir("index", shop, "--model", clip_folder, *columns)
    assert said.code == 0, said.err
    assert "8 photos indexed, 0 unchanged, 0 removed, 1 broken" in said.out
    assert (shop.parent / "shop.csv.stbir" / "manifest.json").is_file()
    assert "broken: pictures/missing.png" in said.err
    hits = json.loads(stbir("search", shop, "--text", "boot", "--where", "price>=15", "--json").out)["hits"]
    assert {hit["id"]: hit["title"] for hit in hits} == {"005": "No. 5", "006": "No. 6", "007": "No. 7"}
    lines = shop.read_text().splitlines()
    shop.write_text("\n".join([lines[0], *lines[3:8], "008,pictures/boots/p1.png,No. 8,99.5"]) + "\n")
    said = stbir("index", shop)
    assert "0 photos indexed, 1 renamed or described anew, 5 unchanged, 3 removed" in said.out
    assert stbir("search", shop, "--text", "boot", "--where", "price<99", "--paths-only").out.count("\n") == 5
    hits = json.loads(stbir("search", shop, "--text", "boot", "--where", "price>99", "--json").out)["hits"]
    assert [(hit["id"], hit["price"]) for hit in hits] == [("008", 99.5)]
    assert "made with other columns" in stbir("index", shop, "--title-column", "sku").err
    shutil.rmtree(shop.parent / "pictures")
    assert "broken" in stbir("verify", shop).out or stbir("verify", shop).code == 3


def test_content_is_compared_when_asked(stbir, own_copy: Path) -> None:
    assert "0 photos indexed, 8 unchanged" in stbir("index", own_copy, "--check-content").out
