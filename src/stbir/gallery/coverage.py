"""How much of a source can be searched, remembered from the last update."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from stbir.config import Settings, parse
from stbir.errors import ConfigError
from stbir.gallery.manifest import COVERAGE_FILE, write_file


@dataclass(frozen=True)
class Coverage:
    """Photos that the source lists (None while unknown), photos in the index, photos that cannot be read."""

    source: int | None
    embedded: int
    broken: int
    indexing: bool


class Seen(Settings):
    """What the last update saw: the number of photos listed, and (path, reason) of those that cannot be used."""

    listed: int
    problems: tuple[tuple[str, str], ...] = ()


def read_coverage(home: Path) -> Seen | None:
    """What the last update saw; None where it is not known."""
    path = home / COVERAGE_FILE
    try:
        return parse(Seen, json.loads(path.read_bytes()), source=str(path))
    except (OSError, ValueError, ConfigError):
        return None


def write_coverage(home: Path, *, listed: int, problems: Sequence[tuple[str, str]]) -> None:
    """Remember what an update saw; a gallery that cannot be written is no reason to fail, as it is only a report."""
    text = Seen(listed=listed, problems=tuple(problems)).model_dump_json()
    with suppress(OSError):
        write_file(home / COVERAGE_FILE, text.encode())
