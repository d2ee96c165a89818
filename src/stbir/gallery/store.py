"""The writing half of a gallery: finds out what to encode, encodes it, and saves it so that no stop can do harm."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from stbir.errors import InputError
from stbir.gallery.folder import ADDED, MODIFIED, SIZE, decoded, metadata_of, stamp_of
from stbir.gallery.manifest import Manifest, check_same_model, is_gallery, locked, read_manifest, write_manifest
from stbir.index.exact import Exact
from stbir.index.generations import generation_in
from stbir.types import Floats, Photo, Value

if TYPE_CHECKING:
    from stbir.methods.base import Method

BATCH = 32
COMMIT_PHOTOS, COMMIT_SECONDS = 1000, 30.0
"""After so many new photos or so long, what is done is saved."""
COMMIT_SHARE = 10
"""As a commit writes everything, it waits until a tenth of the gallery is new and ten times its own length is over."""

OnProblem: TypeAlias = Callable[[str, str], None]
"""Called with the path and the reason for each photo that cannot be read."""


class Store:
    """An index in a folder, and the method whose vectors are in it; the photos' folder is `folder`."""

    def __init__(self, *, home: Path, folder: Path, method: Method, manifest: Manifest, index: Exact) -> None:
        self.home = home
        self.folder = folder
        self.method = method
        self.manifest = manifest
        self.index = index
        self._changed = 0

    def records(self) -> dict[str, Mapping[str, Value]]:
        """What is kept of each photo, by id, sorted."""
        ids = self.index.ids()
        # piece by piece, because a record brings its vector along
        return {r.id: r.metadata for i in range(0, len(ids), 1000) for r in self.index.fetch(ids[i : i + 1000])}

    def changes(self, photos: Sequence[Photo], *, closed: Sequence[str]) -> tuple[list[Photo], list[str]]:
        """Which of the `photos` in the folder are new or changed, and the ids of those that are gone.

        A subfolder that is `closed`, as it cannot be read just now, says nothing about its photos.
        """
        known = self.records()
        ids, inside = {photo.id for photo in photos}, tuple(f"{path}/" for path in closed)
        gone = [id for id, record in known.items() if not (id in ids or id.startswith(inside) or ADDED in record)]
        return [photo for photo in photos if _is_news(photo, known.get(photo.id))], gone

    @contextmanager
    def writing(self) -> Generator[None, None, None]:
        """Be the only writer, start from what the last one left, and save whatever is done, even if interrupted.

        Raises:
            GalleryError: the gallery cannot be written, or somebody else is writing.
        """
        with locked(self.home):
            if generation_in(self.home) != self.index.generation:
                if is_gallery(self.home):
                    check_same_model(read_manifest(self.home), self.method, home=self.home)
                self.index = Exact.open(self.home)
            try:
                yield
            finally:
                if self._changed:
                    self._commit()

    def forget(self, ids: Sequence[str]) -> int:
        """Remove photos and say how many there were; only while `writing`."""
        count = self.index.delete(ids)
        self._changed += count
        return count

    def encode(self, photos: Sequence[Photo], *, added: bool, progress: bool, report: OnProblem) -> int:
        """Encode photos, keep them and say how many; only while `writing`.

        One that cannot be read is forgotten and reported.
        """
        from tqdm import tqdm

        metadata = {photo.id: metadata_of(photo, folder=self.folder, added=added) for photo in photos}
        batch: list[Photo] = []
        encoded = 0
        saved, pause = time.monotonic(), COMMIT_SECONDS

        def refuse(id: str, reason: str) -> None:
            self.forget([id])  # what the file showed before is no longer there
            report(id, reason)

        bar = tqdm(total=len(photos), unit="photo", disable=not progress)
        with bar, closing(decoded(photos, side=self.method.decode_side)) as opened:
            for place, (photo, reason) in enumerate(opened, start=1):
                if reason is None:
                    batch.append(photo)
                else:
                    refuse(photo.id, reason)
                if len(batch) == BATCH or (place == len(photos) and batch):
                    good, vectors = self._vectors(batch, refuse)
                    self.index.add([p.id for p in good], vectors, [metadata[p.id] for p in good])
                    self._changed += len(good)
                    encoded += len(good)
                    batch = []
                bar.update()
                enough = max(COMMIT_PHOTOS, len(self.index) // COMMIT_SHARE)
                if self._changed and (self._changed >= enough or time.monotonic() - saved > pause):
                    start = time.monotonic()
                    self._commit()
                    saved = time.monotonic()
                    pause = max(COMMIT_SECONDS, COMMIT_SHARE * (saved - start))
        return encoded

    def _vectors(self, photos: list[Photo], refuse: OnProblem) -> tuple[list[Photo], Floats]:
        """The vectors of a batch; if it contains pictures that the method refuses, of the others."""
        try:
            return photos, self.method.encode_photos(photos, batch_size=BATCH).vectors
        except InputError as error:
            if len(photos) == 1:
                refuse(photos[0].id, str(error))
                return [], self.method.encode_photos([]).vectors
        parts = [self._vectors([photo], refuse) for photo in photos]
        return [photo for good, _ in parts for photo in good], np.concatenate([vectors for _, vectors in parts])

    def _commit(self) -> None:
        self._changed = 0
        self.index.save(self.home)
        if not is_gallery(self.home):
            write_manifest(self.home, self.manifest)


def _is_news(photo: Photo, record: Mapping[str, Value] | None) -> bool:
    if record is None:
        return True
    if ADDED in record or photo.path is None:
        return False
    stamp = stamp_of(photo.path)
    return (stamp.get(SIZE), stamp.get(MODIFIED)) != (record.get(SIZE), record.get(MODIFIED))
