"""The writing half of a gallery: encodes what a plan says and saves it so that no stop can do harm."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from stbir.errors import InputError
from stbir.gallery.changes import Kept, Plan
from stbir.gallery.decoding import opened
from stbir.gallery.manifest import Manifest, check_same_model, locked, read_manifest
from stbir.gallery.record import CONTENT, SEAL, metadata_of, seal_of
from stbir.index.base import Metadata, Tokens
from stbir.index.mirror import EXACT_UP_TO, Mirror
from stbir.index.upkeep import tend
from stbir.types import Encoded, Floats, Photo, Value

if TYPE_CHECKING:
    from stbir.methods.base import Method

BATCH = 32
COMMIT_PHOTOS, COMMIT_SECONDS = 512, 2.0
"""After so many new photos or so long, what is done is saved, and can be searched."""
TEND_EVERY = 16
"""After so many commits the index is tidied up while the encoding goes on."""

OnProblem: TypeAlias = Callable[[str, str], None]
"""Called with the path and the reason for each photo that cannot be read."""


class Store:
    """An index in a folder, and the method whose vectors are in it; `folder` is what paths are relative to."""

    def __init__(self, *, home: Path, folder: Path, method: Method, manifest: Manifest, index: Mirror) -> None:
        self.home = home
        self.folder = folder
        self.method = method
        self.manifest = manifest
        self.index = index
        self._waiting: dict[str, tuple[Floats, dict[str, Value], Tokens | None]] = {}
        self._saved = 0.0
        self._commits = 0

    @contextmanager
    def writing(self) -> Generator[None, None, None]:
        """Be the only writer, start from what the last one left, and save whatever is done, even if interrupted.

        Raises:
            GalleryError: the gallery cannot be written, or somebody else is writing.
        """
        with locked(self.home):
            check_same_model(read_manifest(self.home), self.method, home=self.home)
            self.index.refresh()
            self._saved = time.monotonic()
            try:
                yield
            finally:
                self._commit()
            tend(self.index.table, vectors_from=EXACT_UP_TO + 1)

    def carry_out(self, plan: Plan, *, progress: bool, report: OnProblem) -> tuple[int, int]:
        """Do what a plan says; how many photos were encoded, and how many removed. Only while `writing`.

        Old records go last, so that an interruption never loses a vector that a renamed photo still needs.
        """
        self._keep(plan.keep)
        encoded = self.encode(plan.encode, added=False, progress=progress, report=report)
        self._commit()
        return encoded, self.forget(plan.gone)

    def forget(self, ids: Sequence[str]) -> int:
        """Remove photos and say how many there were; only while `writing`."""
        for id in ids:
            self._waiting.pop(id, None)
        there = [id for id in ids if id in self.index]
        return self.index.delete(there) if there else 0

    def encode(self, photos: Sequence[Photo], *, added: bool, progress: bool, report: OnProblem) -> int:
        """Encode photos, keep them and say how many; only while `writing`.

        One that cannot be read is forgotten and reported.
        """
        from tqdm import tqdm

        metadata = {photo.id: metadata_of(photo, folder=self.folder, added=added) for photo in photos}
        batch: list[Photo] = []
        encoded = 0

        def refuse(id: str, reason: str) -> None:
            self.forget([id])  # what the file showed before is no longer there
            report(id, reason)

        bar = tqdm(total=len(photos), unit="photo", disable=not progress)
        with bar, closing(opened(photos, side=self.method.decode_side)) as stream:
            for place, found in enumerate(stream, start=1):
                if found.problem is None:
                    batch.append(found.photo)
                    metadata[found.photo.id] |= {} if found.content is None else {CONTENT: found.content}
                else:
                    refuse(found.photo.id, found.problem)
                if len(batch) == BATCH or (place == len(photos) and batch):
                    good, vectors = self._vectors(batch, refuse)
                    self._put(good, vectors, metadata)
                    encoded += len(good)
                    batch = []
                bar.update()
                if len(self._waiting) >= COMMIT_PHOTOS or time.monotonic() - self._saved > COMMIT_SECONDS:
                    self._commit()
        return encoded

    def _keep(self, kept: Sequence[Kept]) -> None:
        """Write records anew, with the vectors that are known already."""
        for start in range(0, len(kept), COMMIT_PHOTOS):
            some = kept[start : start + COMMIT_PHOTOS]
            known = {record.id: record for record in self.index.fetch([one.known for one in some])}
            for one in some:
                record, metadata = known[one.known], metadata_of(one.photo, folder=self.folder)
                metadata |= {} if one.content is None else {CONTENT: one.content}
                self._wait(one.photo.id, record.vector, metadata, record.tokens)
            self._commit()

    def _vectors(self, photos: list[Photo], refuse: OnProblem) -> tuple[list[Photo], list[Encoded]]:
        """The vectors of a batch; if it contains pictures that the method refuses, of the others."""
        try:
            return photos, [self.method.encode_photos(photos, batch_size=BATCH)]
        except InputError as error:
            if len(photos) == 1:
                refuse(photos[0].id, str(error))
                return [], []
        parts = [self._vectors([photo], refuse) for photo in photos]
        return [photo for good, _ in parts for photo in good], [one for _, several in parts for one in several]

    def _put(
        self, photos: Sequence[Photo], several: Sequence[Encoded], metadata: Mapping[str, dict[str, Value]]
    ) -> None:
        rows = [(vector, tokens) for encoded in several for vector, tokens in rows_of(encoded)]
        for photo, (vector, tokens) in zip(photos, rows, strict=True):
            self._wait(photo.id, vector, metadata[photo.id], tokens)

    def _wait(self, id: str, vector: Floats, metadata: dict[str, Value], tokens: Tokens | None) -> None:
        sealed = {**metadata, SEAL: seal_of(id, vector, metadata.get(CONTENT))}
        self._waiting[id] = (vector, sealed, tokens)

    def _commit(self) -> None:
        """Save what waits, and what is saved can be searched."""
        self._saved = time.monotonic()
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, {}
        records = [metadata for _, metadata, _ in waiting.values()]
        self._make_way(records)
        vectors = np.stack([vector for vector, _, _ in waiting.values()])
        patches = [tokens for _, _, tokens in waiting.values()]
        self.index.add(list(waiting), vectors, records, tokens=patches)
        self._commits += 1
        if self._commits % TEND_EVERY == 0:
            tend(self.index.table, vectors_from=EXACT_UP_TO + 1)

    def _make_way(self, records: Sequence[dict[str, Value]]) -> None:
        """Let a field change its type, as a column of a catalogue may from one day to the next."""
        known = self.index.fields()
        new = {field: type(value) for record in records for field, value in record.items()}
        changed = {field: kind for field, kind in new.items() if known.get(field, kind) is not kind}
        for field in [field for field, kind in changed.items() if (known[field], kind) == (float, int)]:
            for record in (record for record in records if field in record):
                record[field] = float(record[field])
            del changed[field]
        if changed:
            self._retype(changed)

    def _retype(self, kinds: Mapping[str, type]) -> None:
        """Give fields another type in every record: first nobody has them, then all have them again.

        Where a value has no equal of the new type it is left out, and an interruption in between leaves all of them
        out; what the source of the photos says about them comes back with the next update.
        """
        having = {id: record for id, record in self.index.records().items() if kinds.keys() & record.keys()}
        for converted in (False, True):
            for start in range(0, len(having), COMMIT_PHOTOS):
                some = self.index.fetch([*having][start : start + COMMIT_PHOTOS])
                vectors = np.stack([record.vector for record in some])
                records = [_retyped(having[r.id], kinds if converted else dict.fromkeys(kinds)) for r in some]
                self.index.add([r.id for r in some], vectors, records, tokens=[r.tokens for r in some])


def _retyped(record: Metadata, kinds: Mapping[str, type | None]) -> dict[str, Value]:
    """The record with some fields of other types, or without them where there is no type."""
    kept = {name: value for name, value in record.items() if name not in kinds}
    for field, kind in kinds.items():
        value = record.get(field)
        if value is not None and kind is not None and (kind is str or (kind, type(value)) == (float, int)):
            kept[field] = kind(value)
    return kept


def rows_of(encoded: Encoded) -> list[tuple[Floats, Tokens | None]]:
    """Each vector with its tokens as they are kept: in half precision, those that do not count left out."""
    if encoded.tokens is None:
        return [(vector, None) for vector in encoded.vectors]
    counting = encoded.mask if encoded.mask is not None else np.ones(encoded.tokens.shape[:2], dtype=bool)
    tokens = [row[mask].astype(np.float16) for row, mask in zip(encoded.tokens, counting, strict=True)]
    return list(zip(encoded.vectors, tokens, strict=True))
