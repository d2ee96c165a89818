"""A folder of photos that can be searched: a method and an index that belong together, kept up to date."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from stbir.data.pictures import open_picture
from stbir.errors import GalleryError, InputError, UnknownName
from stbir.gallery.folder import PRIVATE, photo_of, photos_in
from stbir.gallery.manifest import Manifest, check_free, check_same_model, is_gallery, read_manifest
from stbir.gallery.question import Drawing, avoided, path_of, sketches_of, weights_of, words_of
from stbir.gallery.store import OnProblem, Store
from stbir.index.base import check_k
from stbir.index.exact import Exact
from stbir.index.filters import Filter, Where, as_filter
from stbir.types import Hit, Photo, Query

if TYPE_CHECKING:
    from stbir.methods.base import Method


@dataclass(frozen=True)
class Answer:
    """What a search found, and how many milliseconds each of its stages took."""

    hits: list[Hit]
    took_ms: Mapping[str, float]


@dataclass(frozen=True)
class Changes:
    """What an update did: how many photos it encoded, found unchanged and forgot, and in how many seconds."""

    indexed: int = 0
    unchanged: int = 0
    removed: int = 0
    seconds: float = 0.0


class Gallery:
    """Photos that can be searched; made by `Gallery.open`.

    `changes` says what the last update did, and `problems` holds (path, reason) of each photo that
    the last indexing could not read.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.changes = Changes()
        self.problems: list[tuple[str, str]] = []

    @classmethod
    def open(
        cls,
        path: str | Path,
        method: Method | str | Path | None = None,
        *,
        to: str | Path | None = None,
        update: bool = True,
        progress: bool | None = None,
        on_problem: OnProblem | None = None,
    ) -> Gallery:
        """Open the gallery of a folder of photos, and encode what is new there.

        Args:
            path: a folder of photos, or a gallery made before.
            method: what encodes, or its name; by default what the gallery was made with, "tiny" for a new one.
            to: where the gallery lives, `path`/.stbir by default.
            update: whether to look for new, changed and deleted photos.
            progress: whether to show a progress bar.
            on_problem: called with path and reason for each photo that cannot be read.

        Raises:
            InputError: there are no photos, or none of them can be read.
            GalleryError: the gallery is missing or damaged, was made by another model, or cannot be written.
        """
        home, folder = _places(Path(os.path.abspath(path)), to)
        if is_gallery(home):
            manifest = read_manifest(home)
            known = Path(home, manifest.photos).resolve()
            if folder is not None and folder.resolve() != known:
                raise GalleryError(
                    f"the gallery in {home} is of the photos in {known}: choose another folder with --to"
                )
            method = _loaded(method) if method else _model_of(manifest, home=home)
            check_same_model(manifest, method, home=home)
            index, folder = Exact.open(home), folder or known
        elif not update or folder is None:
            raise GalleryError(f"there is no gallery in {home}: index the photos first (stbir index {path})")
        else:
            photos_in(folder)  # an empty folder is told before a large model is loaded
            check_free(home)
            method = _loaded(method or "tiny")
            manifest = Manifest(
                photos=os.path.relpath(folder, home) if home.is_relative_to(folder) else str(folder),
                model=method.source,
                dimension=method.dimension,
                fingerprint=method.fingerprint(),
            )
            index = Exact(method.dimension)
        gallery = cls(Store(home=home, folder=folder, method=method, manifest=manifest, index=index))
        if update:
            gallery.update(progress=progress, on_problem=on_problem)
        return gallery

    def update(self, *, progress: bool | None = None, on_problem: OnProblem | None = None) -> None:
        """Encode the photos of the folder that are new or changed, and forget those that are gone.

        It may be interrupted at any time; the next update goes on from there.

        Raises:
            InputError: the folder has no photos, or none of them can be read.
            GalleryError: the gallery cannot be written.
        """
        start = time.perf_counter()
        indexed = removed = 0
        photos, closed = photos_in(self.folder)
        report = self._reporter(on_problem)
        for problem in closed:
            report(*problem)
        names = [path for path, _ in closed]
        if any(self._store.changes(photos, closed=names)):
            with self._store.writing():
                # another process may have done it meanwhile
                todo, gone = self._store.changes(photos, closed=names)
                removed = self._store.forget(gone)
                indexed = self._store.encode(todo, added=False, progress=bool(progress), report=report)
        self.changes = Changes(indexed, len(self) - indexed, removed, time.perf_counter() - start)
        if not len(self):
            name, reason = self.problems[0]
            raise InputError(
                f"none of the {len(photos)} pictures in {self.folder} can be read (first: {name}: {reason})"
            )

    def add(
        self, photos: Sequence[Photo], *, progress: bool | None = None, on_problem: OnProblem | None = None
    ) -> None:
        """Encode photos from anywhere, in place of those that have the same ids; `update` leaves them alone.

        Raises:
            InputError: an id twice, or metadata that cannot be stored.
            GalleryError: the gallery cannot be written.
        """
        if len({photo.id for photo in photos}) != len(photos):
            raise InputError("an id is there twice among the photos to be added")
        report = self._reporter(on_problem)
        with self._store.writing():
            self._store.encode(photos, added=True, progress=bool(progress), report=report)

    def remove(self, ids: Sequence[str]) -> int:
        """Forget photos and say how many it were; one whose file stays in the folder is back after `update`.

        Raises:
            GalleryError: the gallery cannot be written.
        """
        with self._store.writing():
            return self._store.forget(ids)

    def search(
        self,
        *,
        sketch: Drawing | Sequence[Drawing] | None = None,
        text: str | None = None,
        photo: str | Path | None = None,
        avoid: str | Sequence[str] | None = None,
        weights: Mapping[str, float] | None = None,
        k: int = 10,
        where: Where | None = None,
    ) -> list[Hit]:
        """The photos that fit best, best first.

        Args:
            sketch: one or more drawings, files of drawings, or the bytes of such files.
            text: what the photo shows, in words.
            photo: a photo to start from: the id of one of this gallery, which then is no answer, or a picture file.
            avoid: words for what the photo must not show.
            weights: how much "sketch", "text", "photo" and "avoid" count; 1 where nothing is said.
            k: how many photos to find.
            where: conditions on the metadata, such as ["category=boots", "price<100"] or {"category": "boots"}.

        Raises:
            InputError: there is nothing to search for, or a part of it cannot be read.
            UnknownName: a field or a weight that there is not.
        """
        return self.timed_search(
            sketch=sketch, text=text, photo=photo, avoid=avoid, weights=weights, k=k, where=where
        ).hits

    def timed_search(
        self,
        *,
        sketch: Drawing | Sequence[Drawing] | None = None,
        text: str | None = None,
        photo: str | Path | None = None,
        avoid: str | Sequence[str] | None = None,
        weights: Mapping[str, float] | None = None,
        k: int = 10,
        where: Where | None = None,
    ) -> Answer:
        """Search as `search` does, and say how long reading, encoding and searching took."""
        start = time.perf_counter()
        condition = as_filter(where, self.fields())
        query = Query(
            sketches=sketches_of(sketch),
            text=words_of(text),
            photo=None if photo is None else self._reference(photo),
            avoid=avoided(avoid),
            weights=weights_of(weights),
        )
        read = (time.perf_counter() - start) * 1000
        answer = self._answer(query, k=k, where=condition)
        took = {"read": read, **answer.took_ms}
        return Answer(answer.hits, {**took, "total": sum(took.values())})

    def search_query(self, query: Query, *, k: int = 10, where: Filter | None = None) -> list[Hit]:
        """The best `k` photos for a query; a photo of this gallery does not find itself.

        Raises:
            InputError: the query is empty, or `k` below 1.
            UnknownName: a field that no photo has.
        """
        return self._answer(query, k=k, where=as_filter(where, self.fields())).hits

    @property
    def home(self) -> Path:
        """The folder that the gallery lives in."""
        return self._store.home

    @property
    def folder(self) -> Path:
        """The folder of its photos."""
        return self._store.folder

    @property
    def method(self) -> Method:
        return self._store.method

    @property
    def manifest(self) -> Manifest:
        return self._store.manifest

    @property
    def photos(self) -> list[Photo]:
        """Every photo, sorted by id."""
        return [photo_of(id, metadata, folder=self.folder) for id, metadata in self._store.records().items()]

    def fields(self) -> dict[str, type]:
        """The metadata fields that can be filtered by, and their types."""
        return {field: kind for field, kind in self._store.index.fields().items() if not field.startswith(PRIVATE)}

    def __len__(self) -> int:
        return len(self._store.index)

    def __contains__(self, id: object) -> bool:
        return id in self._store.index

    def _reporter(self, on_problem: OnProblem | None) -> OnProblem:
        """Start a new list of problems, and return what adds to it."""
        problems = self.problems = []

        def report(path: str, reason: str) -> None:
            problems.append((path, reason))
            if on_problem:
                on_problem(path, reason)

        return report

    def _answer(self, query: Query, *, k: int, where: Filter | None) -> Answer:
        k, start = check_k(k), time.perf_counter()
        itself = query.photo.id if query.photo is not None and query.photo.id in self._store.index else None
        vectors = self.method.encode_queries([query]).vectors
        encoded = time.perf_counter()
        (matches,) = self._store.index.search(vectors, k if itself is None else k + 1, where=where)
        matches = [match for match in matches if match.id != itself][:k]
        records = self._store.index.fetch([match.id for match in matches])
        hits = [
            Hit(photo_of(record.id, record.metadata, folder=self.folder), match.score, rank)
            for rank, (match, record) in enumerate(zip(matches, records, strict=True), start=1)
        ]
        searched = time.perf_counter()
        return Answer(hits, {"encode": (encoded - start) * 1000, "search": (searched - encoded) * 1000})

    def _reference(self, photo: str | Path) -> Photo:
        path = path_of(photo)
        id = str(photo) if str(photo) in self._store.index else self._id_of(path)
        if id is not None:
            (record,) = self._store.index.fetch([id])
            reference = photo_of(record.id, record.metadata, folder=self.folder)
        elif os.path.isfile(path):
            reference = Photo(str(photo), path=path)
        else:
            raise InputError(f"the reference photo {str(photo)!r} is neither a photo of this gallery nor a file")
        if reference.path is None:
            raise InputError(f"photo {id!r} was added without a file and cannot be a reference")
        return replace(reference, image=open_picture(reference.path, at_least=self.method.decode_side))

    def _id_of(self, path: Path) -> str | None:
        """The id of the photo in the gallery's folder that `path` leads to."""
        try:
            id = Path(os.path.abspath(path)).relative_to(self.folder).as_posix()
        except ValueError:
            return None
        return id if id in self._store.index else None


def _places(path: Path, to: str | Path | None) -> tuple[Path, Path | None]:
    """Where the gallery lives, and the folder of photos unless only the gallery knows it."""
    if is_gallery(path):
        if to is not None:
            raise InputError(f"{path} is a gallery already: give --to only with a folder of photos")
        return path, None
    if not path.exists():
        raise InputError(f"there is no folder {path}")
    if not path.is_dir():
        raise InputError(f"{path} is a file: give a folder of photos")
    return (path / ".stbir" if to is None else Path(os.path.abspath(to))), path


def _model_of(manifest: Manifest, *, home: Path) -> Method:
    try:
        return _loaded(manifest.model)
    except UnknownName:
        raise GalleryError(
            f"the gallery in {home} was made with the model {manifest.model!r}, which is no longer there: "
            "say with --model where it is now, or delete the gallery and index again"
        ) from None


def _loaded(method: Method | str | Path) -> Method:
    if not isinstance(method, str | Path):
        return method
    from stbir.methods import load

    return load(method)
