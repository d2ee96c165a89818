"""Tables of queries: what a well-formed one means, and one clear line for each malformed one."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from stbir.data.table import read_table
from stbir.errors import InputError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a", "b", "c"):
        Image.new("RGB", (8, 8), "red").save(tmp_path / f"{name}.png")
    sketch = Image.new("L", (64, 64), 255)
    ImageDraw.Draw(sketch).line((8, 8, 56, 56), fill=0, width=3)
    for name in ("s", "t"):
        sketch.save(tmp_path / f"{name}.png")
    return tmp_path


def table(folder: Path, text: str, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def test_rows_become_queries_and_distinct_photos(folder: Path) -> None:
    path = table(
        folder,
        "sketch,text,photo,category\n"
        "s.png,red boot,a.png,boots\n"
        ",green boot,./b.png,\n"
        "t.png,,b.png,boots\n"
        "\n"
        ",,c.png,chairs\n",
    )
    split = read_table(path)
    assert split.name == "table.csv"
    assert [photo.id for photo in split.photos] == ["a.png", "./b.png", "c.png"]
    assert [photo.category for photo in split.photos] == ["boots", "boots", "chairs"]
    assert all(photo.path == Path(photo.instance or "") for photo in split.photos)
    assert [len(query.sketches) for query in split.queries] == [1, 0, 1]
    assert [query.text for query in split.queries] == ["red boot", "green boot", None]
    assert [query.category for query in split.queries] == ["boots"] * 3
    assert [query.instance for query in split.queries] == [split.photos[i].instance for i in (0, 1, 1)]
    assert [query.text for query in split.queries[1:]] == ["green boot", None]


def test_paths_are_relative_to_the_table(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = table(folder, "sketch,text,photo\n,red,a.png\n")
    monkeypatch.chdir(folder.parent)
    assert read_table(path.relative_to(folder.parent)).photos[0].path == (folder / "a.png").resolve()


def test_byte_order_mark_tabs_case_and_extra_columns(folder: Path) -> None:
    path = table(folder, "\ufeffPhoto\tnote\tText \tsketch\r\na.png\tx\tred, blue\t\r\n", "table.tsv")
    split = read_table(path)
    assert split.queries[0].text == "red, blue"
    assert split.photos[0].category is None


def test_virtual_classes_are_kept_of_photos(folder: Path) -> None:
    head = "sketch,text,photo,virtual_class\n,red,a.png,sandals\n"
    split = read_table(table(folder, f"{head},blue,a.png,\n,red,b.png,\n"))
    assert [photo.metadata for photo in split.photos] == [{"virtual_class": "sandals"}, {}]
    with pytest.raises(InputError, match="'boots' here and 'sandals' above"):
        read_table(table(folder, f"{head},blue,a.png,boots\n"))


def test_a_reference_is_shown_and_not_in_the_gallery(folder: Path) -> None:
    split = read_table(table(folder, "sketch,text,photo,reference\n,in blue,a.png,b.png\n,red,c.png,\n"))
    assert [photo.id for photo in split.photos] == ["a.png", "c.png"]
    assert [query.photo and query.photo.path for query in split.queries] == [(folder / "b.png").resolve(), None]


def test_quoted_commas_and_line_breaks(folder: Path) -> None:
    split = read_table(table(folder, 'sketch,text,photo\n,"red, with ""laces""\nand more",a.png\n'))
    assert split.queries[0].text == 'red, with "laces"\nand more'


def test_sketches_are_read_late(folder: Path) -> None:
    (folder / "s.png").write_text("no picture")
    split = read_table(table(folder, "sketch,text,photo\n,red,a.png\ns.png,red,a.png\n"))
    assert split.queries[0].text == "red"
    with pytest.raises(InputError):
        split.queries[1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "",
            "lacks the columns sketch, text, photo (known: sketch, text, photo, category, reference, virtual_class; f",
        ),
        ("sketch,text,image\ns.png,red,a.png\n", "lacks the column photo (known: sketch, text, photo, category,"),
        ("sketch,text,image\ns.png,red,a.png\n", "found: sketch, text, image)"),
        ("sketch;text;photo\n;red;a.png\n", "found: sketch;text;photo"),
        ("sketch,text,photo\n", "has no rows"),
        ("sketch,text,photo\n\n\n", "has no rows"),
        ("sketch,text,photo\n,,a.png\n,,b.png\n", "has no queries"),
        ("sketch,text,photo\n,red,\n", "line 2: no photo"),
        ("sketch,text,photo\n,red\n", "line 2: no photo"),
        ("sketch,text,photo\n,red, blue,a.png\n", "line 2: 4 fields under 3 columns"),
        ("sketch,text,photo,text\n,red,a.png,b\n", "column text twice"),
        ("sketch,text,photo\n,red,a.png\n,red,no.png\nno.svg,,b.png\n", "2 of the 4 files named in"),
        ("sketch,text,photo\n" + "".join(f",red,no{i}.png\n" for i in range(5)), "no0.png, "),
        ("sketch,text,photo\n,red," + "x" * 5000 + "\n", "1 of the 1 files"),
        ("sketch,text,photo\n,red,.\n", "1 of the 1 files"),
        ("sketch,text,photo\n,red,a\0.png\n", "null byte"),
        ("sketch,text,photo,reference\n,,a.png,b.png\n", "line 2: a reference alone asks for nothing else; add a text"),
        ("sketch,text,photo,reference\n,red,a.png,no.png\n", "1 of the 2 files named in"),
        ("sketch,text,photo,reference\n,red,a.png,b\0.png\n", "null byte"),
        ("sketch,text,photo,category\n,red,a.png,boots\n,blue,./a.png,shoes\n", "./a.png is 'shoes' here and 'boots'"),
        ("sketch,text,photo\n," + "x" * 200_000 + ",a.png\n", "is not a CSV table"),
    ],
)
def test_a_malformed_table_says_what_is_wrong(folder: Path, text: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        read_table(table(folder, text))
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_files_are_counted_and_the_first_three_named(folder: Path) -> None:
    with pytest.raises(InputError, match=r"no2\.png, \.\.\.$") as caught:
        read_table(table(folder, "sketch,text,photo\n" + "".join(f",red,no{i}.png\n" for i in range(5))))
    assert "5 of the 5 files" in str(caught.value)
    assert "no3" not in str(caught.value)


def test_a_missing_table_and_one_that_is_no_text(folder: Path) -> None:
    with pytest.raises(InputError, match="cannot read the table"):
        read_table(folder / "none.csv")
    with pytest.raises(InputError, match="cannot read the table"):
        read_table(folder)
    with pytest.raises(InputError, match="not a CSV table in UTF-8"):
        read_table(folder / "a.png")
