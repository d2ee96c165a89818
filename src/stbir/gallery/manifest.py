"""Whose vectors these are: the manifest of a gallery, and the lock that lets one process write at a time."""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from stbir.config import Settings, parse
from stbir.errors import ConfigError, GalleryError
from stbir.gallery.source import Columns
from stbir.index.lance import FOLDER, is_lance

if TYPE_CHECKING:
    from stbir.methods.base import Method

MANIFEST_FILE = "manifest.json"
LOCK_FILE = "lock"
COVERAGE_FILE = "coverage.json"
FORMAT = 2
OLD_INDEX = "index.json"
"""What a gallery of format 1 had in place of a table."""


class Manifest(Settings):
    """What a gallery was made from: the folder or table of its photos, and everything that decides a vector.

    `photos` is relative to the gallery where the gallery lies beside them, so that both can move together. `made`
    tells this gallery from another one that takes its place later.
    """

    format: int = FORMAT
    photos: str
    columns: Columns = Columns()
    model: str
    dimension: int
    fingerprint: dict[str, str]
    made: str = ""


def is_gallery(folder: Path) -> bool:
    """Whether there is a gallery in `folder`.

    Raises:
        GalleryError: nobody may look into the folder.
    """
    try:
        # both files, because a folder of photos may well have a manifest.json of its own
        return (folder / MANIFEST_FILE).is_file() and (is_lance(folder) or (folder / OLD_INDEX).is_file())
    except PermissionError as error:
        raise GalleryError(f"cannot look into {folder}: {error.strerror}") from None


def check_free(home: Path) -> None:
    """Make sure that a new gallery in `home` would lie among nothing but the remains of an interrupted one.

    Raises:
        GalleryError: there is something else, or the folder cannot be read.
    """
    try:
        names = os.listdir(home) if home.exists() else []
    except OSError as error:
        raise GalleryError(f"cannot make a gallery in {home}: {error.strerror or error}") from None
    for name in sorted(names):
        if name not in (MANIFEST_FILE, LOCK_FILE, FOLDER, COVERAGE_FILE) and not name.startswith(f".{MANIFEST_FILE}"):
            raise GalleryError(f"{home} is no gallery and not empty (there is {name}): choose another folder with --to")


def read_manifest(home: Path) -> Manifest:
    """Read the manifest of the gallery in `home`.

    Raises:
        GalleryError: it cannot be read.
    """
    path = home / MANIFEST_FILE
    try:
        values = json.loads(path.read_bytes())
        if isinstance(values, dict) and values.get("format", FORMAT) != FORMAT:
            raise GalleryError(
                f"the gallery in {home} has format {values['format']!r}, this version reads {FORMAT}: "
                f"delete {home} and index again, or use the version that made it"
            )
        manifest = parse(Manifest, values, source=str(path))
    except OSError as error:
        raise GalleryError(f"cannot read {path}: {error.strerror or error}") from None
    except (ValueError, ConfigError) as error:
        raise GalleryError(f"{path} is damaged ({error}): delete {home} and index again") from None
    return manifest


def write_manifest(home: Path, manifest: Manifest) -> None:
    """Write the manifest into `home`, all of it or nothing.

    Raises:
        GalleryError: the folder cannot be written.
    """
    text = json.dumps(manifest.model_dump(), indent=2) + "\n"
    try:
        write_file(home / MANIFEST_FILE, text.encode())
    except OSError as error:
        raise GalleryError(f"cannot write {home / MANIFEST_FILE}: {error.strerror or error}") from None


def differing(manifest: Manifest, method: Method) -> list[str]:
    """In which parts of its fingerprint a method differs from the one that made a gallery."""
    mine = method.fingerprint()
    parts = [part for part in sorted(mine | manifest.fingerprint) if mine.get(part) != manifest.fingerprint.get(part)]
    return parts or (["dimension"] if method.dimension != manifest.dimension else [])


def check_same_model(manifest: Manifest, method: Method, *, home: Path) -> None:
    """Make sure that `method` gives the vectors that the gallery in `home` holds.

    Raises:
        GalleryError: it does not; says what differs and what to do.
    """
    parts = differing(manifest, method)
    if not parts:
        return
    what, same = ", ".join(parts), method.source == manifest.model
    search = "" if same else f"search with --model {manifest.model}, or "
    raise GalleryError(
        f"the gallery in {home} was made by {'another state of ' if same else ''}model {manifest.model!r}, "
        f"{method.source!r} differs in: {what}; {search}index again with --model {method.source} --to another folder, "
        f"or delete {home}"
    )


def write_file(path: Path, content: bytes) -> None:
    """Write a file under a temporary name, force it to the disk and rename it; readers see all of it or nothing."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextmanager
def locked(home: Path) -> Generator[None, None, None]:
    """Make `home` and be the only process that writes to it; the lock ends with the process, however that ends.

    Raises:
        GalleryError: the folder cannot be written, or another process is writing.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        handle = os.open(home / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise GalleryError(
            f"cannot write the gallery in {home} ({error.strerror or error}): choose another folder with --to"
        ) from None
    try:
        _lock(handle, home)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, home: Path) -> None:
    try:
        import fcntl
    except ImportError:  # a system without file locks: two writers at a time are then up to the user
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise GalleryError(f"another process is writing to the gallery in {home}: wait until it is done") from None
    except OSError:  # a network disk without locks
        return
