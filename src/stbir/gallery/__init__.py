"""Photos that can be searched: a method and an index that belong together, kept up to date."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from stbir.config import parse
from stbir.data.pictures import open_picture
from stbir.errors import GalleryError, InputError, UnknownPhoto
from stbir.gallery.changes import Changes, Plan, compare
from stbir.gallery.coverage import Coverage, read_coverage, write_coverage
from stbir.gallery.facets import Facet, facets_of
from stbir.gallery.manifest import Manifest, is_gallery, read_manifest
from stbir.gallery.places import find, make_gallery, open_gallery, source_of, unmake
from stbir.gallery.question import Drawing, avoided, reference_of, sketches_of, weights_of, words_of
from stbir.gallery.record import PRIVATE, photo_of
from stbir.gallery.search import Answer, answer
from stbir.gallery.source import Columns, Listing, Source
from stbir.gallery.store import OnProblem, Store
from stbir.index.filters import Filter, Where, as_filter
from stbir.index.mirror import Mirror
from stbir.types import Hit, Photo, Query

if TYPE_CHECKING:
    from stbir.methods.base import Method

STALE_SECONDS = 0.5
"""How old the view of what other processes write may be when a search begins."""


class Gallery:
    """Photos that can be searched; made by `Gallery.open`. Many threads may search while one updates.

    `changes` says what the last update did, `problems` holds (path, reason) of each photo that it could not
    read, and `notes` (column, remark) about the columns of a catalogue.
    """

    def __init__(self, store: Store, source: Source) -> None:
        self._store = store
        self._source = source
        self._looked = time.monotonic()
        self._refreshing = threading.Lock()
        self._indexing = False
        self._listed: int | None = None
        self.changes = Changes()
        self.problems: list[tuple[str, str]] = []
        self.notes: list[tuple[str, str]] = []

    @classmethod
    def open(
        cls,
        path: str | Path,
        method: Method | str | Path | None = None,
        *,
        to: str | Path | None = None,
        update: bool = True,
        create: bool = False,
        columns: Mapping[str, str] | None = None,
        check_content: bool = False,
        progress: bool | None = None,
        on_problem: OnProblem | None = None,
    ) -> Gallery:
        """Open the gallery of a folder or a catalogue of photos, and encode what is new there.

        Args:
            path: a folder of photos, a table that lists photos, or a gallery made before.
            method: what encodes, or its name; by default what the gallery was made with, "tiny" for a new one.
            to: where the gallery lives, `path`/.stbir by default, or `path`.stbir beside a table.
            update: whether to look for new, changed and deleted photos.
            create: whether to begin an empty gallery where there is none, if `update` is false.
            columns: which columns of a table are "image", "id", "instance" and "title", where names do not say so.
            check_content: whether to compare every file by content, and not only by size and time.
            progress: whether to show a progress bar.
            on_problem: called with path and reason for each photo that cannot be read.

        Raises:
            InputError: there are no photos, or none of them can be read.
            GalleryError: the gallery is missing or damaged, was made by another model, or cannot be written.
        """
        home, photos = find(path, to)
        wanted = parse(Columns, dict(columns or {}), source="the columns")
        new = not is_gallery(home)
        if not new:
            store, source = open_gallery(home, photos, method)
            if columns and wanted != source.columns:
                raise GalleryError(f"the gallery in {home} was made with other columns: delete it and index again")
        elif photos is None or not (update or create):
            raise GalleryError(f"there is no gallery in {home}: index the photos first (stbir index {path})")
        else:
            source = source_of(photos, wanted)
            store = make_gallery(home, source, method)
        gallery = cls(store, source)
        if update:
            try:
                gallery.update(check_content=check_content, progress=progress, on_problem=on_problem)
            except InputError:
                if new and not len(gallery):
                    unmake(home)
                raise
        return gallery

    def update(
        self, *, check_content: bool = False, progress: bool | None = None, on_problem: OnProblem | None = None
    ) -> None:
        """Encode the photos of the source that are new or changed, and forget those that are gone.

        It may be interrupted at any time; the next update goes on from there. What is done can be searched at once.

        Raises:
            InputError: the source has no photos, or none of them can be read.
            GalleryError: the gallery cannot be written.
        """
        start = time.perf_counter()
        indexed = removed = renamed = 0
        listing = self._source.read()
        report = self._reporter(on_problem)
        for problem in listing.problems:
            report(*problem)
        self._listed, self.notes = len(listing.photos), listing.notes
        if self._compare(listing, check_content=check_content):
            with self._busy(), self._store.writing():
                # another process may have done it meanwhile
                plan = self._compare(listing, check_content=check_content)
                renamed = len(plan.keep)
                indexed, removed = self._store.carry_out(plan, progress=bool(progress), report=report)
        self.changes = Changes(indexed, renamed, len(self) - indexed - renamed, removed, time.perf_counter() - start)
        write_coverage(self.home, listed=len(listing.photos), problems=self.problems)
        if not len(self):
            name, reason = self.problems[0]
            raise InputError(
                f"none of the {len(listing.photos)} pictures in {self._source.path} can be read "
                f"(first: {name}: {reason})"
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
        with self._busy(), self._store.writing():
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
        offset: int = 0,
        where: Where | None = None,
        explain: bool = False,
    ) -> list[Hit]:
        """The photos that fit best, best first; of several photos with the same `instance` the best one.

        Args:
            sketch: one or more drawings, files of drawings, or the bytes of such files.
            text: what the photo shows, in words.
            photo: a photo to start from: the id of one of this gallery, which then is no answer, or a picture file.
            avoid: words for what the photo must not show.
            weights: how much "sketch", "text", "photo" and "avoid" count; 1 where nothing is said.
            k: how many photos to find.
            offset: how many of the best to pass over.
            where: conditions on the metadata, such as ["category=boots", "price<100"] or {"category": "boots"}.
            explain: whether each hit is to say its rank by each part of the query alone.

        Raises:
            InputError: there is nothing to search for, or a part of it cannot be read.
            UnknownName: a field or a weight that there is not.
        """
        return self.timed_search(
            sketch=sketch,
            text=text,
            photo=photo,
            avoid=avoid,
            weights=weights,
            k=k,
            offset=offset,
            where=where,
            explain=explain,
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
        offset: int = 0,
        where: Where | None = None,
        explain: bool = False,
    ) -> Answer:
        """Search as `search` does; say how many there are, and how long reading, encoding and searching took."""
        start = time.perf_counter()
        self.refresh()
        condition = as_filter(where, self.fields())
        query = Query(
            sketches=sketches_of(sketch),
            text=words_of(text),
            photo=None if photo is None else self._reference(photo),
            avoid=avoided(avoid),
            weights=weights_of(weights),
        )
        read = (time.perf_counter() - start) * 1000
        found = self._answer(query, k=k, offset=offset, where=condition, explain=explain)
        took = {"read": read, **found.took_ms}
        return Answer(found.hits, found.total, {**took, "total": sum(took.values())})

    def search_query(self, query: Query, *, k: int = 10, where: Filter | None = None) -> list[Hit]:
        """The best `k` photos for a query; a photo of this gallery does not find itself.

        Raises:
            InputError: the query is empty, or `k` below 1.
            UnknownName: a field that no photo has.
        """
        self.refresh()
        return self._answer(query, k=k, offset=0, where=as_filter(where, self.fields()), explain=False).hits

    def refresh(self, *, now: bool = False) -> None:
        """Take over what other processes have written, if the last look is half a second ago or `now`.

        Raises:
            GalleryError: the gallery is damaged, gone, or was made anew meanwhile.
        """
        if not now and time.monotonic() - self._looked < STALE_SECONDS:
            return
        if not self._refreshing.acquire(blocking=now):
            return  # somebody is looking already
        try:
            self._looked = time.monotonic()
            if self._index.refresh() and read_manifest(self.home).made != self.manifest.made:
                raise GalleryError(f"the gallery in {self.home} was made anew meanwhile: open it again")
        finally:
            self._refreshing.release()

    def photo(self, id: str) -> Photo:
        """The photo with this id.

        Raises:
            UnknownPhoto: there is none.
        """
        records = self._index.described([id]) if id else []
        if not records:
            raise UnknownPhoto(f"there is no photo {id!r:.200} in this gallery")
        return photo_of(id, records[0].metadata, folder=self.folder)

    @property
    def home(self) -> Path:
        """The folder that the gallery lives in."""
        return self._store.home

    @property
    def folder(self) -> Path:
        """The folder of its photos."""
        return self._store.folder

    @property
    def source(self) -> Source:
        """What lists its photos: a folder, or a catalogue."""
        return self._source

    @property
    def method(self) -> Method:
        return self._store.method

    @property
    def manifest(self) -> Manifest:
        return self._store.manifest

    @property
    def index(self) -> Mirror:
        """Where the vectors are."""
        return self._index

    @property
    def generation(self) -> int:
        """The version of the index that answers; every change makes a higher one."""
        return self._index.generation

    @property
    def coverage(self) -> Coverage:
        """How many photos of the source can be searched, and whether that number is growing."""
        known = read_coverage(self.home)
        listed = self._listed if self._listed is not None else (known.listed if known else None)
        broken = len(self.problems) if self._listed is not None else (len(known.problems) if known else 0)
        return Coverage(source=listed, embedded=len(self), broken=broken, indexing=self._indexing)

    @property
    def photos(self) -> list[Photo]:
        """Every photo, sorted by id."""
        return [photo_of(id, metadata, folder=self.folder) for id, metadata in self._index.records().items()]

    def fields(self) -> dict[str, type]:
        """The metadata fields that can be filtered by, and their types."""
        return {field: kind for field, kind in self._index.fields().items() if not field.startswith(PRIVATE)}

    def facets(self) -> dict[str, Facet]:
        """The metadata fields that are worth filtering by, with their values."""
        return facets_of(self._index)

    def __len__(self) -> int:
        return len(self._index)

    def __contains__(self, id: object) -> bool:
        return id in self._index

    @property
    def _index(self) -> Mirror:
        return self._store.index

    @contextmanager
    def _busy(self) -> Generator[None, None, None]:
        self._indexing = True
        try:
            yield
        finally:
            self._indexing = False

    def _compare(self, listing: Listing, *, check_content: bool) -> Plan:
        return compare(
            listing.photos,
            self._index.records(),
            folder=self.folder,
            closed=[name for name, _ in listing.problems],
            check_content=check_content,
            by_category=self.method.meets_categories,
        )

    def _reporter(self, on_problem: OnProblem | None) -> OnProblem:
        """Start a new list of problems, and return what adds to it."""
        problems = self.problems = []

        def report(path: str, reason: str) -> None:
            problems.append((path, reason))
            if on_problem:
                on_problem(path, reason)

        return report

    def _answer(self, query: Query, *, k: int, offset: int, where: Filter, explain: bool) -> Answer:
        return answer(
            query,
            method=self.method,
            index=self._index,
            folder=self.folder,
            k=k,
            offset=offset,
            where=where if where.conditions else None,
            explain=explain,
        )

    def _reference(self, photo: str | Path) -> Photo:
        meant = reference_of(photo, folder=self.folder, ids=self)
        reference = Photo(str(photo), path=meant) if isinstance(meant, Path) else self.photo(meant)
        if reference.path is None:
            raise InputError(f"photo {reference.id!r} was added without a file and cannot be a reference")
        return replace(reference, image=open_picture(reference.path, at_least=self.method.decode_side))
