"""Tables of all formats: what is read, and one clear line, with the place, for what cannot be."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stbir.data.catalogue.sheets import MAX_COLUMNS, read_sheet
from stbir.errors import InputError


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def parquet(folder: Path, **columns: Any) -> Path:
    path = folder / "t.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def contents(path: Path) -> dict[str, list[Any]]:
    sheet = read_sheet(path)
    return {name: sheet.cells(name) for name in sheet.names}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("t.csv", "a,b\n1,x\n2,y\n"),
        ("t.CSV", "\ufeffa,b\r\n1,x\r\n\r\n2,y"),
        ("t.csv", "a;b\n1;x\n2;y\n"),
        ("t.csv", " a , b\n1,x,,\n2,y\n , \n"),
        ("t.tsv", "a\tb\n1\tx\n2\ty\n"),
        ("t.tsv", '"a"\t"b"\n"1"\t"x"\n2\ty\n'),
    ],
)
def test_text_tables_in_all_their_spellings(tmp_path: Path, name: str, text: str) -> None:
    path = write(tmp_path, name, text)
    assert contents(path) == {"a": ["1", "2"], "b": ["x", "y"]}
    assert read_sheet(path).texts


def test_quoted_line_breaks_and_short_rows(tmp_path: Path) -> None:
    path = write(tmp_path, "t.csv", 'a,b\n"one\ntwo, ""three""",x\n4\n')
    assert contents(path) == {"a": ['one\ntwo, "three"', "4"], "b": ["x", ""]}
    assert read_sheet(path).numbers == [3, 4]


def test_columns_without_a_name_are_numbered(tmp_path: Path) -> None:
    assert list(contents(write(tmp_path, "t.csv", ",a,\n0,x,y\n"))) == ["column 1", "a", "column 3"]


def test_json_lines_may_lack_fields_and_have_empty_lines(tmp_path: Path) -> None:
    path = write(tmp_path, "t.jsonl", '\ufeff{"a": 1}\r\n\n{"b": ["x"], "a": null}\n{"c": {"d": NaN}}')
    found = contents(path)
    assert (found["a"], found["b"]) == ([1, None, None], [None, ["x"], None])
    assert read_sheet(path).numbers == [1, 3, 4]
    assert not read_sheet(path).texts


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    when = datetime(2024, 2, 29, 12, 30, tzinfo=UTC)
    path = parquet(
        tmp_path,
        whole=pa.array([1, None], pa.uint8()),
        half=pa.array([0.5, 2.0], pa.float16()),
        truth=[True, None],
        words=pa.array(["a", "b"], pa.large_string()),
        coded=pa.array(["x", "x"]).dictionary_encode(),
        money=[Decimal("1.50"), None],
        day=pa.array([when.date(), None]),
        nano=pa.array([1_700_000_000_123_456_789, None], pa.timestamp("ns")),
        zoned=pa.array([when, None], pa.timestamp("ms", "Europe/Berlin")),
        late=pa.array([1_000_000_001, None], pa.time64("ns")),
        many=[["p", "q"], None],
        nothing=pa.nulls(2),
        **{"with.dot": ["u", "v"]},
    )
    found = contents(path)
    assert found["whole"] == [1, None]
    assert found["half"] == [0.5, 2.0]
    assert found["truth"] == [True, None]
    assert (found["words"], found["coded"], found["with.dot"]) == (["a", "b"], ["x", "x"], ["u", "v"])
    assert found["money"] == [Decimal("1.50"), None]
    assert found["day"] == [when.date(), None]
    assert found["nano"] == [datetime(2023, 11, 14, 22, 13, 20, 123456), None]
    assert found["zoned"] == [when, None]
    assert str(found["late"][0]) == "00:00:01"
    assert (found["many"], found["nothing"]) == ([["p", "q"], None], [None, None])
    assert (list(read_sheet(path).numbers), read_sheet(path).unit) == ([1, 2], "row")


def test_parquet_columns_that_hold_no_values_are_not_read(tmp_path: Path) -> None:
    path = parquet(
        tmp_path,
        image=[{"bytes": b"x", "path": "a.png"}, None],
        box=[[1, 2], [3, 4]],
        raw=[b"x", b"y"],
        place=[{"x": 1}, {"x": 2}],
        span=pa.array([timedelta(1), None]),
    )
    sheet = read_sheet(path)
    assert set(sheet.unreadable) == {"box", "raw", "place", "span"}
    assert "image" in sheet.embedded
    assert sheet.cells("image") == ["a.png", None]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("t.csv", "", "has no rows"),
        ("t.csv", "a,b\n\n , \n", "has no rows"),
        ("t.jsonl", "\n\n", "has no rows"),
        ("t.csv", "a,b\n1,2\n1,2,3\n", "line 3: 3 fields under 2 columns"),
        ("t.csv", "a,a\n1,2\n", "has the column 'a' twice"),
        ("t.csv", 'a,b\n1,2\n"never closed,3\n', "line 3: unexpected end of data; is a double quote not closed?"),
        ("t.csv", 'a,b\n"x"y,3\n', "line 2: "),
        ("t.csv", "a\n" + "x" * 200_000 + "\n", "line 2: field larger than field limit"),
        ("t.csv", b"a,b\n1,2\n\n3,\xe9\n", "line 4: no text in UTF-8"),
        ("t.csv", "a,b\n1,2\n".encode("utf-16"), "line 1: no text in UTF-8"),
        ("t.csv", ",".join(f"c{i}" for i in range(MAX_COLUMNS + 1)) + "\n1\n", "has 1,001 columns"),
        ("t.jsonl", '{"a": 1}\n{"a": \n', "line 2: no valid JSON"),
        ("t.jsonl", "[1, 2]\n", "line 1: not a JSON object"),
        ("t.jsonl", "[" * 100_000 + "\n", "line 1: no valid JSON"),
        ("t.jsonl", '{"a": ' + "9" * 5000 + "}\n", "line 1: no valid JSON"),
        ("t.jsonl", b'{"a": "\xff"}\n', "line 1: no text in UTF-8"),
        ("t.parquet", "a,b\n1,2\n", "is no Parquet file"),
        ("t.parquet", b"", "is no Parquet file"),
        ("t.xlsx", b"PK", "must end in one of .csv, .tsv, .jsonl"),
    ],
)
def test_what_is_wrong_with_a_table(tmp_path: Path, name: str, content: str | bytes, says: str) -> None:
    path = write(tmp_path, name, content)
    with pytest.raises(InputError) as caught:
        read_sheet(path)
    assert str(path) in str(caught.value)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400 + len(str(path))


def test_damage_within_a_parquet_file_names_the_column(tmp_path: Path) -> None:
    path = parquet(tmp_path, a=[f"text {number}" for number in range(20_000)])
    data = bytearray(path.read_bytes())
    data[4:20_000] = b"\xff" * 19_996
    path.write_bytes(data)
    with pytest.raises(InputError, match="cannot read the column 'a' of"):
        read_sheet(path).cells("a")


def test_missing_tables_and_folders(tmp_path: Path) -> None:
    for suffix in ("csv", "jsonl", "parquet"):
        with pytest.raises(InputError, match=r"cannot read the table .*No such file"):
            read_sheet(tmp_path / f"none.{suffix}")
        (tmp_path / f"folder.{suffix}").mkdir()
        with pytest.raises(InputError, match=r"cannot read the table .*Is a directory"):
            read_sheet(tmp_path / f"folder.{suffix}")
