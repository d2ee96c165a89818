"""Vectors and records in a folder, generation by generation, so that no crash ever costs the last good one.

A generation is two files that are complete before `index.json` names them; replacing `index.json` is the one moment
at which the new generation takes over. Whatever stops a save before it, the old generation is untouched.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from stbir.errors import GalleryError
from stbir.types import Floats, Value

INDEX_FILE = "index.json"
FORMAT = 1
_GENERATION = re.compile(r"vectors-[0-9]+\.npy|records-[0-9]+\.jsonl|\.(vectors|records|index)[^/]*\.tmp")


@dataclass(frozen=True, eq=False)
class Generation:
    """What one generation holds: row i of `vectors` belongs to `ids[i]` and `metadata[i]`."""

    number: int
    ids: list[str]
    vectors: Floats
    metadata: list[dict[str, Value]]


def generation_in(folder: Path) -> int:
    """The number of the generation in `folder`, 0 where there is none.

    Raises:
        GalleryError: there is one, but it cannot be read.
    """
    return int(_description(folder)["generation"]) if (folder / INDEX_FILE).exists() else 0


def is_index_file(name: str) -> bool:
    """Whether a file of this name is written, and removed, by an index."""
    return name == INDEX_FILE or _GENERATION.fullmatch(name) is not None


def write_generation(folder: Path, *, ids: list[str], vectors: Floats, metadata: list[dict[str, Value]]) -> int:
    """Store the next generation in `folder`, remove the older ones, and say its number.

    Raises:
        GalleryError: the folder cannot be written, or the disk is full; the generation before still opens.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        number = generation_in(folder) + 1
        names = {"vectors": f"vectors-{number}.npy", "records": f"records-{number}.jsonl"}
        description: dict[str, Any] = {
            "format": FORMAT,
            "generation": number,
            "count": len(ids),
            "dimension": int(vectors.shape[1]),
            "vectors": {
                "file": names["vectors"],
                "sha256": write_file(folder / names["vectors"], lambda file: _write_vectors(file, vectors)),
            },
            "records": {
                "file": names["records"],
                "sha256": write_file(folder / names["records"], lambda file: _write_records(file, ids, metadata)),
            },
        }
        text = json.dumps(description, indent=2) + "\n"
        write_file(folder / INDEX_FILE, lambda file: file.write(text.encode()))
    except OSError as error:
        raise GalleryError(f"cannot write the index in {folder}: {error.strerror or error}") from None
    _remove_others(folder, keep=set(names.values()))
    return number


def read_generation(folder: Path) -> Generation:
    """Read the current generation of `folder`; a writer that replaces it meanwhile does no harm.

    Raises:
        GalleryError: there is none, or it is damaged.
    """
    description = _description(folder)
    while True:
        try:
            return _read(folder, description)
        except FileNotFoundError as error:
            newer = _description(folder)
            if newer["generation"] == description["generation"]:
                raise _damaged(folder, f"{Path(error.filename).name} is missing") from None
            description = newer
        except OSError as error:
            raise GalleryError(f"cannot read the index in {folder}: {error.strerror or error}") from None


def write_file(path: Path, write: Callable[[BinaryIO], object]) -> str:
    """Write a file under a temporary name, force it to the disk, rename it, and return its SHA-256.

    Readers see the old file or the new one, never a part.
    """
    with _temporary(path) as temporary:
        with temporary.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        digest = _digest(temporary)
        os.replace(temporary, path)
        _sync_folder(path.parent)
    return digest


@contextmanager
def _temporary(path: Path) -> Generator[Path, None, None]:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    # a rename is only durable once the folder is; systems without that notion refuse to open folders
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _write_vectors(file: BinaryIO, vectors: Floats) -> None:
    # np.save writes the same bytes, but keeps the reason to itself where the disk is full
    rows = np.ascontiguousarray(vectors)
    np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(rows))
    file.write(rows.data)


def _write_records(file: BinaryIO, ids: list[str], metadata: list[dict[str, Value]]) -> None:
    for id, record in zip(ids, metadata, strict=True):
        file.write(json.dumps({"id": id, "metadata": record}).encode() + b"\n")


def _remove_others(folder: Path, *, keep: set[str]) -> None:
    with suppress(OSError):  # an old file too many costs space, never an answer
        for name in os.listdir(folder):
            if _GENERATION.fullmatch(name) and name not in keep:
                (folder / name).unlink()


def _description(folder: Path) -> dict[str, Any]:
    try:
        description = json.loads((folder / INDEX_FILE).read_bytes())
    except FileNotFoundError:
        raise GalleryError(f"there is no index in {folder}: index the photos first") from None
    except OSError as error:
        raise GalleryError(f"cannot read the index in {folder}: {error.strerror or error}") from None
    except ValueError:
        raise _damaged(folder, f"{INDEX_FILE} is no JSON") from None
    if not isinstance(description, dict):
        raise _damaged(folder, f"{INDEX_FILE} is incomplete")
    if description.get("format") != FORMAT:
        raise GalleryError(
            f"the index in {folder} has format {description.get('format')!r}, this version reads {FORMAT}: "
            "index again with --to another folder, or use the version that made it"
        )
    numbers = [description.get(key) for key in ("generation", "count", "dimension")]
    files = [description.get(key) for key in ("vectors", "records")]
    named = all(isinstance(f, dict) and {"file", "sha256"} <= set(f) and _is_name(f["file"]) for f in files)
    if not named or not all(isinstance(number, int) for number in numbers):
        raise _damaged(folder, f"{INDEX_FILE} is incomplete")
    return description


def _is_name(name: object) -> bool:
    """Whether a file named by the index lies in its own folder."""
    return isinstance(name, str) and Path(name).name == name


def _read(folder: Path, description: Mapping[str, Any]) -> Generation:
    for part in ("vectors", "records"):
        if _digest(folder / description[part]["file"]) != description[part]["sha256"]:
            raise _damaged(folder, f"{description[part]['file']} is not what was written")
    try:
        with (folder / description["vectors"]["file"]).open("rb") as file:
            vectors = np.load(file, allow_pickle=False)
        lines = (folder / description["records"]["file"]).read_text(encoding="utf-8").splitlines()
        records = [json.loads(line) for line in lines]
        ids = [str(record["id"]) for record in records]
        metadata = [dict(record["metadata"]) for record in records]
    except (ValueError, KeyError, TypeError, EOFError) as error:
        raise _damaged(folder, str(error)) from None
    count, dimension = description["count"], description["dimension"]
    if vectors.shape != (count, dimension) or vectors.dtype != np.float32 or not len(set(ids)) == len(ids) == count:
        raise _damaged(folder, f"{count} records of dimension {dimension} were expected")
    return Generation(description["generation"], ids, vectors, metadata)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _damaged(folder: Path, what: str) -> GalleryError:
    return GalleryError(f"the index in {folder} is damaged ({what}): delete that folder and index again")
