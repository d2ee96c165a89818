"""Where a gallery lives, which photos it is of, and which model it was made with."""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from stbir.data.catalogue import is_catalogue
from stbir.errors import GalleryError, InputError, UnknownName
from stbir.gallery.manifest import (
    COVERAGE_FILE,
    LOCK_FILE,
    MANIFEST_FILE,
    Manifest,
    check_free,
    check_same_model,
    is_gallery,
    locked,
    read_manifest,
    write_manifest,
)
from stbir.gallery.source import Columns, Source
from stbir.gallery.store import Store
from stbir.index.lance import FOLDER, Lance
from stbir.index.mirror import Mirror

if TYPE_CHECKING:
    from stbir.methods.base import Method


def find(path: str | Path, to: str | Path | None) -> tuple[Path, Path | None]:
    """Where the gallery of a folder or a table is, and that folder or table unless only the gallery knows it.

    Raises:
        InputError: there is nothing, or something that has no gallery.
    """
    path = Path(os.path.abspath(path))
    if is_gallery(path):
        if to is not None:
            raise InputError(f"{path} is a gallery already: give --to only with a folder of photos")
        return path, None
    if not path.exists():
        raise InputError(f"there is no folder or table {path}")
    if not path.is_dir() and not is_catalogue(path):
        raise InputError(f"{path} is a file: give a folder of photos, or a table (.csv, .tsv, .jsonl, .parquet)")
    beside = path / ".stbir" if path.is_dir() else path.with_name(f"{path.name}.stbir")
    return (beside if to is None else Path(os.path.abspath(to))), path


def open_gallery(home: Path, photos: Path | None, method: Method | str | Path | None) -> tuple[Store, Source]:
    """Open a gallery that exists, with the model it was made with unless another `method` is given.

    Raises:
        GalleryError: it is damaged, of other photos, or was made by another model.
    """
    manifest = read_manifest(home)
    known = Path(home, manifest.photos).resolve()
    if photos is not None and photos.resolve() != known:
        raise GalleryError(f"the gallery in {home} is of the photos in {known}: choose another folder with --to")
    method = loaded(method) if method else _model_of(manifest, home=home)
    check_same_model(manifest, method, home=home)
    source = Source(photos or known, manifest.columns)
    index = Mirror(Lance.open(home))
    return Store(home=home, folder=source.folder, method=method, manifest=manifest, index=index), source


def make_gallery(home: Path, source: Source, method: Method | str | Path | None) -> Store:
    """Make an empty gallery; if another process does so at this moment, the first one makes it.

    Raises:
        GalleryError: the folder cannot be written, or there is something else in it.
    """
    check_free(home)
    method = loaded(method or "tiny")
    with locked(home):
        if is_gallery(home):
            return open_gallery(home, source.path, method)[0]
        beside = home.is_relative_to(source.folder)
        manifest = Manifest(
            photos=os.path.relpath(source.path, home) if beside else str(source.path),
            columns=source.columns,
            model=method.source,
            dimension=method.dimension,
            fingerprint=method.fingerprint(),
            made=secrets.token_hex(8),
        )
        table = Lance.create(home, method.dimension)
        write_manifest(home, manifest)
    return Store(home=home, folder=source.folder, method=method, manifest=manifest, index=Mirror(table))


def unmake(home: Path) -> None:
    """Remove a gallery that was begun and got no photo, so that a folder that has none looks as it did."""
    with locked(home):
        shutil.rmtree(home / FOLDER, ignore_errors=True)
        for name in (MANIFEST_FILE, COVERAGE_FILE, LOCK_FILE):
            (home / name).unlink(missing_ok=True)
    with suppress(OSError):
        home.rmdir()


def source_of(photos: Path, columns: Columns) -> Source:
    """The photos of a new gallery, looked at before a large model is loaded.

    Raises:
        InputError: there are none.
    """
    source = Source(photos, columns)
    source.read()
    return source


def source_at(path: str | Path, columns: Columns) -> Source:
    """The photos of a folder, a table or a gallery; a gallery knows its columns where none are given.

    Raises:
        InputError: there is no such place.
        GalleryError: the gallery is damaged.
    """
    home, photos = find(path, None)
    if not is_gallery(home):
        assert photos is not None, "what is no gallery is a folder or a table"
        return Source(photos, columns)
    manifest = read_manifest(home)
    known = Path(home, manifest.photos).resolve()
    return Source(photos or known, manifest.columns if columns == Columns() else columns)


def _model_of(manifest: Manifest, *, home: Path) -> Method:
    try:
        return loaded(manifest.model)
    except UnknownName:
        raise GalleryError(
            f"the gallery in {home} was made with the model {manifest.model!r}, which is no longer there: "
            "say with --model where it is now, or delete the gallery and index again"
        ) from None


def loaded(method: Method | str | Path) -> Method:
    """The method itself, loaded if only its name is given."""
    if not isinstance(method, str | Path):
        return method
    from stbir.methods import load

    return load(method)
