"""Catalogues: which photos a table means, what they are called, and what it says about them."""

import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stbir.data.catalogue import Catalogue, is_catalogue, read_catalogue
from stbir.errors import InputError
from stbir.index.base import check_value
from stbir.types import Photo


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with files that are called like pictures; a catalogue opens none."""
    for name in ("a.jpg", "b.jpg", "c.jpg", "p/a.jpg", "p/b.jpg", "q/a.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def csv(folder: Path, text: str, name: str = "t.csv") -> Path:
    (folder / name).write_text(text)
    return folder / name


def jsonl(folder: Path, *rows: dict[str, Any], name: str = "t.jsonl") -> Path:
    (folder / name).write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return folder / name


def parquet(folder: Path, rows: list[dict[str, Any]], name: str = "t.parquet") -> Path:
    pq.write_table(pa.Table.from_pylist(rows), folder / name)
    return folder / name


def ids(catalogue: Catalogue) -> list[str]:
    return [photo.id for photo in catalogue.photos]


def test_all_formats_say_the_same(folder: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"id": "007", "image": "a.jpg", "category": "boot", "title": "1984", "price": 9.5, "sold": 3, "new": True},
        {"id": "008", "image": "p/b.jpg", "category": "shoe", "title": "Two", "price": 10.0, "sold": 4, "new": False},
        {"id": "009", "image": "c.jpg", "category": None, "title": None, "price": None, "sold": None, "new": None},
    ]
    lines = [",".join(rows[0]), *(",".join("" if v is None else str(v) for v in row.values()) for row in rows)]
    read = [
        read_catalogue(csv(folder, "\n".join(lines))),
        read_catalogue(csv(folder, "\n".join(lines).replace(",", "\t"), "t.tsv")),
        read_catalogue(jsonl(folder, *rows)),
        read_catalogue(jsonl(folder, *rows, name="t.ndjson")),
        read_catalogue(parquet(folder, rows)),
    ]
    for catalogue in read:
        assert catalogue.photos == read[0].photos
        assert catalogue.fields == {"title": str, "price": float, "sold": int, "new": bool}
        assert (catalogue.problems, catalogue.notes) == ((), ())
        assert catalogue.columns == {"image": "image", "id": "id", "category": "category"}
    metadata = {"title": "1984", "price": 9.5, "sold": 3, "new": True}
    assert read[0].photos[0] == Photo("007", path=folder / "a.jpg", category="boot", metadata=metadata)
    assert read[0].photos[2] == Photo("009", path=folder / "c.jpg")
    assert [catalogue.files for catalogue in read[:2]] == [(folder / "t.csv",), (folder / "t.tsv",)]


@pytest.mark.parametrize("column", ["image", "File_Name", "filename", "path", "photo", "img", "front_file_name"])
def test_the_picture_column_is_found_by_its_name(folder: Path, column: str) -> None:
    assert ids(read_catalogue(csv(folder, f"note,{column}\nx,a.jpg\n"))) == ["a.jpg"]


def test_columns_can_be_named(folder: Path) -> None:
    path = csv(folder, "Shot,image,sku,model\np/a.jpg,gone.jpg,00123,M1\np/b.jpg,,00124,M1\n")
    catalogue = read_catalogue(path, image="shot", id="sku", instance="model")
    assert [(photo.id, photo.instance) for photo in catalogue.photos] == [("00123", "M1"), ("00124", "M1")]
    assert catalogue.fields == {"image": str}


@pytest.mark.parametrize(
    ("header", "named", "says"),
    [
        ("a,b", {}, "no column that names the pictures, such as image, file_name or path; say which"),
        ("a,b", {}, "(columns: a, b)"),
        ("image,b", {"id": "sku"}, "has no column 'sku' (columns: image, b)"),
        ("image,b", {"image": "shot"}, "has no column 'shot'"),
        ("image,b", {"image": "b", "id": "b"}, "cannot be two things at once"),
        ("l_file_name,r_file_name", {}, "several columns of pictures: say which of l_file_name, r_file_name"),
    ],
)
def test_columns_that_are_not_there(folder: Path, header: str, named: dict[str, str], says: str) -> None:
    with pytest.raises(InputError) as caught:
        read_catalogue(csv(folder, f"{header}\n1,2\n"), **named)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_without_ids_a_photo_is_called_by_its_path_however_it_is_spelled(folder: Path) -> None:
    inner = folder / "tables"
    inner.mkdir()
    spellings = ["../a.jpg", "./../p/./a.jpg", str(folder / "b.jpg"), r"..\c.jpg", "in.jpg", str(inner / "on.jpg")]
    for name in ("in.jpg", "on.jpg"):
        (inner / name).touch()
    catalogue = read_catalogue(csv(inner, "\n".join(["image", *spellings])))
    assert ids(catalogue) == ["../a.jpg", "../p/a.jpg", "../b.jpg", "../c.jpg", "in.jpg", "on.jpg"]
    assert [photo.path for photo in catalogue.photos][:2] == [folder / "a.jpg", folder / "p/a.jpg"]


def test_paths_are_relative_to_the_table_and_not_to_where_one_stands(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = csv(folder, "image\na.jpg\n")
    monkeypatch.chdir(folder / "p")
    catalogue = read_catalogue(Path("../t.csv"))
    assert catalogue == read_catalogue(path)
    assert catalogue.photos[0].path == folder / "a.jpg"


@pytest.mark.parametrize("spelled", ["p/a.jpg|p/b.jpg | c.jpg", '"[""p/a.jpg"", ""p/b.jpg"", ""c.jpg""]"'])
def test_several_pictures_in_one_cell_show_one_object(folder: Path, spelled: str) -> None:
    catalogue = read_catalogue(csv(folder, f"id,images,price\n7,{spelled},5\n8,a.jpg,6\n"))
    assert [(photo.id, photo.instance) for photo in catalogue.photos] == [
        ("7/a.jpg", "7"),
        ("7/b.jpg", "7"),
        ("7/c.jpg", "7"),
        ("8", None),
    ]
    assert [photo.metadata for photo in catalogue.photos] == [{"price": 5}] * 3 + [{"price": 6}]


def test_lists_of_typed_files_and_repeated_ids_show_one_object_as_well(folder: Path) -> None:
    rows = [{"id": 7, "image": ["p/a.jpg", "q/a.jpg"]}, {"id": 8, "image": ["b.jpg"]}]
    # two files of one name: the path tells them apart
    expected = [("7/p/a.jpg", "7"), ("7/q/a.jpg", "7"), ("8", None)]
    for path in (
        jsonl(folder, *rows),
        parquet(folder, rows),
        csv(folder, "id,image\n7,p/a.jpg\n7,q/a.jpg\n8,b.jpg\n"),
    ):
        assert [(photo.id, photo.instance) for photo in read_catalogue(path).photos] == expected


def test_an_instance_column_names_the_object_whatever_the_ids(folder: Path) -> None:
    with_ids = read_catalogue(csv(folder, "id,instance,image\n1,boot,a.jpg\n2,boot,b.jpg\n3,,p/a.jpg|c.jpg\n"))
    assert [(photo.id, photo.instance) for photo in with_ids.photos] == [
        ("1", "boot"),
        ("2", "boot"),
        ("3/a.jpg", "3"),
        ("3/c.jpg", "3"),
    ]
    without = read_catalogue(csv(folder, "instance,image\nboot,a.jpg\nboot,b.jpg\n,p/a.jpg|c.jpg\n"))
    assert [(photo.id, photo.instance) for photo in without.photos] == [
        ("a.jpg", "boot"),
        ("b.jpg", "boot"),
        ("p/a.jpg", "p/a.jpg"),
        ("c.jpg", "p/a.jpg"),
    ]


def test_ids_do_not_depend_on_the_order_of_rows_or_on_what_is_missing(folder: Path) -> None:
    rows = ["1,a.jpg,3", "1,p/a.jpg,4", "2,b.jpg,5", ",c.jpg,6", "3,q/a.jpg|p/b.jpg,7", "4,later.jpg|c.jpg,8"]
    first = read_catalogue(csv(folder, "\n".join(["id,image,n", *rows])))
    random.Random(1).shuffle(rows)
    second = read_catalogue(csv(folder, "\n".join(["id,image,n", *rows])))
    assert sorted(first.photos, key=lambda p: p.id) == sorted(second.photos, key=lambda p: p.id)
    assert {"1/a.jpg", "1/p/a.jpg", "2", "c.jpg", "3/a.jpg", "3/b.jpg", "4/c.jpg"} == set(ids(first))
    (folder / "later.jpg").touch()
    third = read_catalogue(csv(folder, "\n".join(["id,image,n", *rows])))
    assert set(ids(third)) == {*ids(first), "4/later.jpg"}


def test_pictures_that_cannot_be_used_are_problems_and_the_rest_goes_on(folder: Path) -> None:
    rows = [
        {"image": "gone.jpg"},
        {"image": "https://example.org/a.jpg"},
        {"image": "s3://bucket/a.jpg"},
        {"image": "data:image/png;base64,AAAA"},
        {"image": "a\0.jpg"},
        {"image": "\ud800.jpg"},
        {"image": "x" * 5000},
        {"image": "p"},
        {"image": ""},
        {"image": None},
        {"image": 5},
        {"image": [], "id": "nine"},
        {"image": "a.jpg"},
        {"image": "./a.jpg"},
        {"image": "b.jpg", "id": "a.jpg"},
        {"image": "c.jpg", "id": "c"},
        {"image": "c.jpg", "id": "c"},
        {"image": "c.jpg", "id": "d"},
    ]
    catalogue = read_catalogue(jsonl(folder, *rows))
    assert ids(catalogue) == ["a.jpg", "c", "d"]
    said = dict(catalogue.problems)
    assert said["gone.jpg"] == "there is no such file (line 1)"
    assert said["https://example.org/a.jpg"] == "it is an address, and only files can be read (line 2)"
    assert said["s3://bucket/a.jpg"].startswith("it is an address")
    assert said["a\0.jpg"] == "a file name cannot contain a null byte (line 5)"
    assert said["?.jpg"] == "the name is no valid text (line 6)"
    assert said["x" * 5000] == "there is no such file (line 7)"
    assert said["p"] == "it is a folder (line 8)"
    assert [reason for name, reason in catalogue.problems if name.startswith("line")] == ["it names no picture"] * 4
    assert said["a.jpg"] == "it is there twice (line 13 and line 14)"
    assert said["b.jpg"] == "its id 'a.jpg' is that of another picture (line 13 and line 15)"
    assert said["c.jpg"] == "it is there twice (line 16 and line 17)"
    assert len(catalogue.problems) == 15


def test_captions_are_sentences_and_no_metadata(folder: Path) -> None:
    rows = [{"image": "a.jpg", "text": "one", "captions": ["two", " ", "three"], "tag": "x"}, {"image": "b.jpg"}]
    for path in (jsonl(folder, *rows), parquet(folder, rows)):
        catalogue = read_catalogue(path)
        assert [photo.captions for photo in catalogue.photos] == [("one", "two", "three"), ()]
        assert catalogue.fields == {"tag": str}
    catalogue = read_catalogue(csv(folder, 'image,Description\na.jpg,"red, soft | warm"\n'))
    assert catalogue.photos[0].captions == ("red, soft | warm",)


def test_field_names_are_such_that_a_gallery_takes_them(folder: Path) -> None:
    header = ["image", "price ($)", "price", "_size", "path", "Title", "%", "größe", "a-b_c", "instance.id", "🙂"]
    rows = [["a.jpg", *"1234567890"], ["b.jpg", *"1234567890"]]
    catalogue = read_catalogue(csv(folder, "\n".join(",".join(row) for row in [header, *rows])))
    assert dict(catalogue.photos[0].metadata) == {
        "price": 2,
        "price 2": 1,
        "size": 3,
        "path 2": 4,
        "title": "5",
        "column": 6,
        "größe": 7,
        "a-b_c": 8,
        "instance id": 9,
        "column 2": 0,
    }
    for photo in catalogue.photos:
        for field, value in photo.metadata.items():
            assert check_value(field, value, id=photo.id) is catalogue.fields[field]
            assert not field.startswith("_")
    assert ("price ($)", "it is the metadata field 'price 2'") in catalogue.notes
    assert {name for name, _ in catalogue.notes} == {"price ($)", "_size", "path", "%", "instance.id", "🙂"}


def test_what_is_no_value_is_left_out_with_one_note_for_its_column(folder: Path) -> None:
    rows = [{"image": f"{name}.jpg", "box": [1, 2], "raw": b"x", "n": {"x": 1}, "tags": ["t"]} for name in "abc"]
    catalogue = read_catalogue(parquet(folder, rows))
    assert catalogue.fields == {}
    assert [name for name, _ in catalogue.notes] == ["box", "raw", "n", "tags"]
    assert dict(catalogue.notes)["box"] == "it holds list<element: int64>, which is no metadata, and is left out"
    lines = [{"image": f"{name}.jpg", "box": [1, 2], "mixed": 1 if name == "a" else {}} for name in "abc"]
    catalogue = read_catalogue(jsonl(folder, *lines))
    assert catalogue.fields == {"mixed": int}
    assert dict(catalogue.notes)["mixed"] == "2 of 3 cells are lists, objects or bytes and left out"


def test_pictures_inside_a_table_are_refused_by_name_unless_their_files_are_there(folder: Path) -> None:
    inside = [{"image": {"bytes": b"x", "path": "lost.jpg"}}, {"image": {"bytes": b"y", "path": None}}]
    with pytest.raises(InputError, match=r"the column 'image' of .* holds the pictures themselves"):
        read_catalogue(parquet(folder, inside))
    beside = [{"image": {"bytes": b"x", "path": "a.jpg"}}, *inside]
    for path in (
        parquet(folder, beside),
        jsonl(folder, *({"image": {"path": row["image"]["path"]}} for row in beside)),
    ):
        catalogue = read_catalogue(path)
        assert ids(catalogue) == ["a.jpg"]
        assert len(catalogue.problems) == 2
    with pytest.raises(InputError, match=r"the column 'image' of .* holds binary, no paths"):
        read_catalogue(parquet(folder, [{"image": b"x"}]))


def test_a_folder_with_a_metadata_table_is_a_catalogue(folder: Path) -> None:
    assert not is_catalogue(folder)
    for make in (
        lambda: csv(folder, "file_name,n\np/a.jpg,1\n", "metadata.csv"),
        lambda: jsonl(folder, {"file_name": "p/a.jpg", "n": 1}, name="metadata.jsonl"),
        lambda: parquet(folder, [{"file_name": "p/a.jpg", "n": 1}], "metadata.parquet"),
    ):
        table = make()
        assert is_catalogue(folder)
        catalogue = read_catalogue(folder)
        assert catalogue.photos == (Photo("p/a.jpg", path=folder / "p/a.jpg", metadata={"n": 1}),)
        assert catalogue.files == (table,)
        table.unlink()


def test_a_folder_whose_subfolders_have_tables_is_one_catalogue(tmp_path: Path) -> None:
    for split, value in (("train", 1), ("test", 2.5)):
        (tmp_path / split).mkdir()
        (tmp_path / split / "0.jpg").touch()
        jsonl(tmp_path / split, {"file_name": "0.jpg", "n": value, split: True}, name="metadata.jsonl")
    (tmp_path / ".stbir").mkdir()
    assert is_catalogue(tmp_path)
    catalogue = read_catalogue(tmp_path)
    assert {photo.id: dict(photo.metadata) for photo in catalogue.photos} == {
        "train/0.jpg": {"n": 1.0, "train": True},
        "test/0.jpg": {"n": 2.5, "test": True},
    }
    assert len(catalogue.files) == 2
    jsonl(tmp_path / "test", {"file_name": "gone.jpg"}, name="metadata.jsonl")
    assert read_catalogue(tmp_path).problems == (
        ("test/gone.jpg", "there is no such file (line 1 of test/metadata.jsonl)"),
    )
    (tmp_path / "test" / "metadata.jsonl").unlink()
    assert not is_catalogue(tmp_path)
    csv(tmp_path / "test", "file_name\n0.jpg\n", "metadata.csv")
    with pytest.raises(InputError, match="are of different kinds; make all of them"):
        read_catalogue(tmp_path)


def test_two_tables_in_one_folder_are_one_too_many(folder: Path) -> None:
    csv(folder, "file_name\na.jpg\n", "metadata.csv")
    jsonl(folder, {"file_name": "a.jpg"}, name="metadata.jsonl")
    with pytest.raises(InputError, match=r"has both metadata\.csv and metadata\.jsonl; keep one"):
        read_catalogue(folder)


def test_a_path_is_a_catalogue_by_its_name(folder: Path) -> None:
    assert all(is_catalogue(folder / name) for name in ("t.csv", "T.TSV", "t.jsonl", "t.ndjson", "t.parquet"))
    assert not any(is_catalogue(folder / name) for name in ("a.jpg", "none", "t.json", "t.xlsx"))
    with pytest.raises(InputError, match=r"there is no table in .* \(looked for metadata with \.csv"):
        read_catalogue(folder)
    with pytest.raises(InputError, match="No such file"):
        read_catalogue(folder / "none.csv")


def test_many_views_of_one_object_and_many_columns_stay_quick(folder: Path) -> None:
    for number in range(1000):
        (folder / f"{number}.jpg").touch()
    rows = [{"id": "one", "image": f"{number}.jpg", f"c{number % 100}": number} for number in range(1000)]
    catalogue = read_catalogue(jsonl(folder, *rows))
    assert len(set(ids(catalogue))) == 1000
    assert len(catalogue.fields) == 100
