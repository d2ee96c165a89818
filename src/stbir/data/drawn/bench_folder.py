"""`drawn-bench` as a folder: photos, sketches and a table of queries per split, drawn once and kept.

photos/shoes-shoe-000-0.jpg      the first object of a group; -1, -2 and -3 differ from it in one attribute
sketches/shoes-shoe-000-0-1.json five of each photo, from good (1) to poor (5)
shoes-test.csv                   one row per sketch: sketch, text, photo, category, level, group, change
groups/shoes-shoe-000.json       what was drawn of a group, with its digests; what is there is not drawn again
bench.json                       version and digests; written last, so a folder that has it is complete
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import multiprocessing
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import Any, TypeAlias

import cv2
from tqdm import tqdm

from stbir.data.drawn.bench import NAME, PARTS, VERSION, Group, Part, SplitName, draw_group, plan, splits_of
from stbir.data.workers import end_with_parent
from stbir.errors import InputError

SUMMARY = "bench.json"
HEADER = ("sketch", "text", "photo", "category", "level", "group", "change")
FEWEST_PER_PROCESS = 10

Record: TypeAlias = dict[str, Any]

DIGESTS: dict[str, str] = {
    "words": "a079ba9c043244075bc9946b4b1255597056ff600c5b565ea4938102d4a4fefc",
    "sketches": "59c1f8d8254a07be21fd0c5ddee9ed05b241ff7e0974471902a61d61c1fe1972",
    "photos": "a13177a80b3302b795038347cbdf1fb98b3b5ff0af772623ac81950dc81eced8",
}
"""Of version `VERSION`, whole.

The same for numpy 2.0 to 2.4, Pillow 11 and 13, OpenCV 4.13 to 5.0, any hash seed and number of processes. An older
OpenCV rounds lines in another way and draws other things. Processors without AVX2 give photos that differ by one level
in a few pixels, and so another digest of the photos, but the same words and sketches.
"""
OLDEST_OPENCV = (4, 13)


def bench_cache() -> Path:
    """Where the benchmark lies unless somebody says otherwise: `$XDG_CACHE_HOME/stbir`, or `~/.cache/stbir`."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "stbir" / f"{NAME}-v{VERSION}"


def table_name(part: Part, split: SplitName) -> str:
    """The file name of the queries of one split.

    >>> table_name("shoes", "test")
    'shoes-test.csv'
    """
    return f"{part}-{split}.csv"


def write_bench(
    folder: str | Path, *, groups: Sequence[Group] | None = None, workers: int | None = None
) -> dict[str, str]:
    """Draw the benchmark into `folder`, or what is missing of it there, and return its digests.

    Every file is written whole or not at all; drawing that was interrupted goes on where it stopped.

    Args:
        folder: new, empty, or one that this function has drawn into.
        groups: draw only these; all of `bench.plan` by default.
        workers: how many processes draw; one per core by default.

    Raises:
        InputError: the folder holds something else or another version, or cannot be written to.
    """
    folder, groups = Path(folder), plan() if groups is None else groups
    _claim(folder)
    records = list(_records(folder, groups, workers=workers))
    tables: dict[str, bytes] = {}
    for part in PARTS:
        for split in splits_of(part):
            chosen = [
                record
                for group, record in zip(groups, records, strict=True)
                if (group.part, group.split) == (part, split)
            ]
            if chosen:
                tables[table_name(part, split)] = table(chosen)
    for name, content in tables.items():
        _replace(folder / name, content)
    digests = digests_of(records, tables)
    photos = sum(len(record["items"]) for record in records)
    summary = {
        "name": NAME,
        "version": VERSION,
        "groups": len(groups),
        "photos": photos,
        "digests": digests,
        "opencv": cv2.__version__,
    }
    _replace(folder / SUMMARY, (json.dumps(summary, indent=2) + "\n").encode())
    return digests


def digests_of(records: Iterable[Record], tables: Mapping[str, bytes]) -> dict[str, str]:
    """One SHA-256 each over the tables, the sketches and the photos, in the order of their names."""
    files: dict[str, str] = {}
    for record in records:
        files |= record["files"]
    found = {"words": _joint({name: _sha256(content) for name, content in tables.items()})}
    for kind in ("sketches", "photos"):
        found[kind] = _joint({name: value for name, value in files.items() if name.startswith(f"{kind}/")})
    return found


def differences(digests: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """What digests say about numbers measured on them: why they are not comparable, and why only in the last digits."""
    other = [kind for kind, digest in DIGESTS.items() if digests.get(kind) != digest]
    asked = [kind for kind in other if kind != "photos"]
    if asked:
        old = tuple(map(int, cv2.__version__.split(".")[:2])) < OLDEST_OPENCV
        hint = f"; OpenCV {cv2.__version__} is too old, install 4.13 or newer and draw again" if old else ""
        return [f"the {' and '.join(asked)} are not those of version {VERSION}: do not compare numbers{hint}"], []
    if other:
        return [], [f"the photos are not those of version {VERSION} to the last bit: compare numbers to a digit less"]
    return [], []


def table(records: Iterable[Record]) -> bytes:
    """The rows of some groups as CSV, one per sketch."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for record in records:
        for item in record["items"]:
            for level, sketch in enumerate(item["sketches"], 1):
                writer.writerow(
                    (sketch, item["words"], item["photo"], record["family"], level, record["group"], item["change"])
                )
    return text.getvalue().encode()


def read_summary(folder: Path) -> Record | None:
    """What `bench.json` says, or None where there is none that can be read."""
    try:
        summary = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
        return summary if isinstance(summary, dict) and summary.get("name") == NAME else None
    except (OSError, ValueError):
        return None


def damaged(folder: Path) -> list[str]:
    """The files that are missing or not as they were drawn, and what `bench.json` disagrees with."""
    records: list[Record] = []
    for group in plan():
        record = _read_record(folder, group)
        if record is None:
            return [f"groups/{group.id}.json"]
        records.append(record)
    return [name for record in records for name, value in record["files"].items() if _digest(folder / name) != value]


def _claim(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        summary = read_summary(folder)
        if summary is not None and summary.get("version") != VERSION:
            raise InputError(
                f"{folder} holds version {summary.get('version')} of {NAME}, this is version {VERSION}; "
                "give another folder"
            )
        if any(folder.iterdir()) and not (folder / "groups").is_dir():
            raise InputError(f"{folder} is not empty and holds no {NAME}; give a new or an empty folder")
        (folder / SUMMARY).unlink(missing_ok=True)
        for name in ("groups", "photos", "sketches"):
            (folder / name).mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot write to {folder}: {error.strerror or error}; give another folder") from None


def _records(folder: Path, groups: Sequence[Group], *, workers: int | None) -> Iterator[Record]:
    wanted = workers or min(os.cpu_count() or 1, len(groups) // FEWEST_PER_PROCESS)
    quiet = not sys.stderr.isatty()
    if wanted <= 1:
        yield from (_draw(folder, group) for group in tqdm(groups, unit="group", disable=quiet))
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(wanted, mp_context=context, initializer=end_with_parent) as pool:
        jobs = pool.map(_draw, repeat(folder), groups, chunksize=4)
        yield from tqdm(jobs, total=len(groups), unit="group", disable=quiet)


def _draw(folder: Path, group: Group) -> Record:
    """Draw one group unless it is there already, unharmed."""
    record = _read_record(folder, group)
    if record and all(_digest(folder / name) == value for name, value in record["files"].items()):
        return record
    files: dict[str, bytes] = {}
    items: list[Record] = []
    for item in draw_group(group):
        photo = f"photos/{item.id}.jpg"
        sketches = {f"sketches/{item.id}-{level}.json": drawn for level, drawn in enumerate(item.sketches, 1)}
        files |= {photo: item.photo} | sketches
        items.append({"photo": photo, "words": item.words, "change": item.change, "sketches": list(sketches)})
    for name, content in files.items():
        _replace(folder / name, content)
    record = {
        "group": group.id,
        "family": group.family,
        "version": VERSION,
        "items": items,
        "files": {name: _sha256(content) for name, content in files.items()},
    }
    _replace(folder / "groups" / f"{group.id}.json", json.dumps(record, indent=1).encode())
    return record


def _read_record(folder: Path, group: Group) -> Record | None:
    try:
        record = json.loads((folder / "groups" / f"{group.id}.json").read_text(encoding="utf-8"))
        same = (record["group"], record["family"], record["version"]) == (group.id, group.family, VERSION)
        return record if same and isinstance(record["files"], dict) and record["items"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _replace(path: Path, content: bytes) -> None:
    """Write `path` whole or not at all, also where another process does the same."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _digest(path: Path) -> str | None:
    try:
        return _sha256(path.read_bytes())
    except OSError:
        return None


def _joint(digests: Mapping[str, str]) -> str:
    return _sha256("".join(f"{digests[name]}  {name}\n" for name in sorted(digests)).encode())
