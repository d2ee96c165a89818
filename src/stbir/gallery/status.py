"""How a gallery is: what of its source can be searched, whose vectors it has, and how well the index finds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from stbir.errors import InputError
from stbir.gallery.changes import Plan, compare
from stbir.gallery.coverage import read_coverage
from stbir.gallery.record import PRIVATE
from stbir.gallery.source import Listing
from stbir.index.arrow import vectors_of
from stbir.index.base import Metadata
from stbir.index.filters import Equals, Filter
from stbir.types import Floats

if TYPE_CHECKING:
    from stbir.gallery import Gallery

TOLERANCE = 1e-5
"""Records whose scores differ by less are equally good, so either counts as found."""
SAMPLE = 64
"""Photos whose tokens are looked at; all of one model have as many."""


@dataclass(frozen=True)
class Recall:
    """The share of the true best `k` that the index finds, over so many queries; `filtered` where there are fields."""

    k: int
    queries: int
    plain: float | None
    filtered: float | None


@dataclass(frozen=True)
class Status:
    """The state of a gallery; counts are of photos.

    `waiting` are new or changed and not encoded yet, `renamed` are known under another name or with other metadata,
    `gone` are in the gallery but no longer in the source, `broken` could not be read. `listed` is None where the source
    cannot be read, for the reason in `trouble`. `vector_bytes` and `token_bytes` are what a photo takes in the index,
    tokens on average over some photos, and `shortlist` is how many photos of a search are re-ranked by them.
    """

    home: Path
    source: Path
    listed: int | None
    embedded: int
    waiting: int
    renamed: int
    gone: int
    broken: Sequence[tuple[str, str]]
    model: str
    fingerprint: Mapping[str, str]
    dimension: int
    fields: Mapping[str, type]
    engine: str
    generation: int
    written: float
    bytes: int
    vector_bytes: int
    token_bytes: int
    shortlist: int
    recall: Recall
    trouble: str | None


def status_of(gallery: Gallery, *, k: int = 10, queries: int = 100, seed: int = 0) -> Status:
    """Look at the source and the index, and measure how well the index answers.

    Raises:
        GalleryError: the gallery is damaged.
    """
    gallery.refresh(now=True)
    listing, trouble = _listing(gallery)
    # what is on disk, not what answers: a copy in memory that has fallen behind must show
    records = gallery.index.table.records()
    seen = read_coverage(gallery.home)
    broken = tuple(seen.problems) if seen else ()
    names = {name for name, _ in broken}
    plan = Plan()
    if listing is not None:
        closed = [name for name, _ in listing.problems]
        by_category = gallery.method.meets_categories
        plan = compare(listing.photos, records, folder=gallery.folder, closed=closed, by_category=by_category)
    return Status(
        home=gallery.home,
        source=gallery.source.path,
        listed=len(listing.photos) if listing is not None else None,
        embedded=len(records),
        waiting=sum(photo.id not in names for photo in plan.encode),
        renamed=len(plan.keep),
        gone=len(plan.gone),
        broken=broken,
        model=gallery.manifest.model,
        fingerprint=gallery.manifest.fingerprint,
        dimension=gallery.manifest.dimension,
        fields=gallery.fields(),
        engine=gallery.index.engine,
        generation=gallery.generation,
        written=max((path.stat().st_mtime for path in gallery.home.rglob("*.manifest")), default=0.0),
        bytes=sum(path.stat().st_size for path in gallery.home.rglob("*") if path.is_file()),
        vector_bytes=4 * gallery.manifest.dimension,
        token_bytes=_token_bytes(gallery, sorted(records)),
        shortlist=gallery.method.shortlist,
        recall=recall_of(gallery, records, k=k, queries=queries, seed=seed),
        trouble=trouble,
    )


def _token_bytes(gallery: Gallery, ids: Sequence[str]) -> int:
    """How many bytes of tokens a photo has on average, looked at in some that lie evenly among all."""
    some = gallery.index.table.fetch(ids[:: max(1, len(ids) // SAMPLE)][:SAMPLE])
    return round(sum(0 if r.tokens is None else r.tokens.nbytes for r in some) / max(1, len(some)))


def _listing(gallery: Gallery) -> tuple[Listing | None, str | None]:
    """What the source lists, or why it cannot be told: a disk that is not there now takes nothing from the gallery."""
    try:
        return gallery.source.read(), None
    except InputError as error:
        return None, str(error)


def recall_of(gallery: Gallery, records: Mapping[str, Metadata], *, k: int, queries: int, seed: int) -> Recall:
    """Compare what the index finds with a plain scan of the table on disk.

    The queries are halfway between two photos of the gallery; a filtered one asks for the value that the first of the
    two has in some field.
    """
    ids = sorted(records)
    if len(ids) < 2:
        return Recall(k, 0, None, None)
    rng = np.random.default_rng(seed)
    pairs = rng.integers(len(ids), size=(queries, 2))
    known = {record.id: record.vector for record in gallery.index.table.fetch([ids[i] for i in np.unique(pairs)])}
    asked = np.stack([_between(known[ids[one]], known[ids[other]]) for one, other in pairs])
    filters = [_filter_of(records[ids[one]], rng) for one, _ in pairs]
    plain = _share(gallery, records, asked, [None] * len(asked), k=k)
    return Recall(k, queries, plain, _share(gallery, records, asked, filters, k=k) if any(filters) else None)


def _between(one: Floats, other: Floats) -> Floats:
    middle = one + other
    length = float(np.linalg.norm(middle))
    return one if length < 1e-3 else (middle / length).astype(np.float32)


def _filter_of(record: Metadata, rng: np.random.Generator) -> Filter | None:
    fields = sorted(name for name in record if not name.startswith(PRIVATE) and name not in ("path", "name"))
    if not fields:
        return None
    field = fields[int(rng.integers(len(fields)))]
    return Filter((Equals(field, record[field]),))


def _share(
    gallery: Gallery,
    records: Mapping[str, Metadata],
    asked: Floats,
    filters: Sequence[Filter | None],
    *,
    k: int,
) -> float:
    best: list[Floats] = [np.empty(0, np.float32) for _ in asked]
    for batch in gallery.index.table.batches():
        vectors, metadata = vectors_of(batch), [records.get(id, {}) for id in batch.column("id").to_pylist()]
        scores = asked @ vectors.T
        for place, where in enumerate(filters):
            passing = scores[place] if where is None else scores[place][[where.accepts(m) for m in metadata]]
            best[place] = np.sort(np.concatenate([best[place], passing]))[::-1][:k]
    found = total = 0
    for query, where, scores in zip(asked, filters, best, strict=True):
        (matches,) = gallery.index.search(query[None], k, where=where)
        worst = scores[-1] - TOLERANCE if len(scores) else np.inf
        found += sum(match.score >= worst for match in matches)
        total += len(scores)
    return float(found / total) if total else 1.0
