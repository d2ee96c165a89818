"""Whether a gallery still is what it says: the same model, every photo, each vector under its own id, nothing cut."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from stbir.data.pictures import open_picture
from stbir.errors import GalleryError, InputError, StbirError
from stbir.gallery.changes import compare
from stbir.gallery.coverage import read_coverage
from stbir.gallery.manifest import Manifest, differing, is_gallery, read_manifest
from stbir.gallery.places import find, loaded
from stbir.gallery.record import CONTENT, MODIFIED, SEAL, SIZE, photo_of, seal_of, stamp_of
from stbir.gallery.source import Source
from stbir.index.arrow import records_of
from stbir.index.base import UNIT_TOLERANCE, Metadata
from stbir.index.lance import Lance
from stbir.types import Floats, Photo

if TYPE_CHECKING:
    from stbir.methods.base import Method

SAME = 0.999
"""The least cosine of a stored vector and one encoded anew; batches of other sizes and threads differ far less."""
NAMED = 5

Kind = Literal["damaged", "model", "shuffled", "vectors", "missing", "changed", "gone", "unreadable"]


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be, in a line, with what to do about it."""

    kind: Kind
    message: str


def verify(
    path: str | Path,
    method: Method | str | Path | None = None,
    *,
    to: str | Path | None = None,
    sample: int = 64,
    seed: int = 0,
) -> list[Finding]:
    """Check a gallery from end to end; what is wrong comes back as findings, in the order of their weight.

    Every record is read and its seal checked; `sample` photos are encoded again and compared.

    Raises:
        InputError: there is no such place.
        GalleryError: there is no gallery in it.
    """
    home, photos = find(path, to)
    if not is_gallery(home):
        raise GalleryError(f"there is no gallery in {home}: index the photos first (stbir index {path})")
    try:
        manifest = read_manifest(home)
        records, findings = _read(home, manifest)
    except StbirError as error:
        return [Finding("damaged", str(error))]
    source = Source(photos or Path(home, manifest.photos).resolve(), manifest.columns)
    findings += _against_source(source, records, home=home)
    return _against_model(method, manifest, records, folder=source.folder, sample=sample, seed=seed) + findings


@dataclass(frozen=True, eq=False)
class _Kept:
    metadata: Metadata
    vector: Floats


def _read(home: Path, manifest: Manifest) -> tuple[dict[str, _Kept], list[Finding]]:
    table = Lance.open(home)
    records: dict[str, _Kept] = {}
    unsealed: list[str] = []
    twice: list[str] = []
    for batch in table.batches():
        for record in records_of(batch):
            if record.id in records:
                twice.append(record.id)
            records[record.id] = _Kept(record.metadata, record.vector)
            unit = abs(float(np.linalg.norm(record.vector)) - 1) <= UNIT_TOLERANCE
            sealed = record.metadata.get(SEAL) == seal_of(record.id, record.vector, record.metadata.get(CONTENT))
            if not (unit and sealed):
                unsealed.append(record.id)
    unsealed.sort()
    findings: list[Finding] = []
    if table.dimension != manifest.dimension:
        findings.append(
            Finding("damaged", f"vectors have {table.dimension} numbers where {manifest.dimension} are promised")
        )
    if twice:
        findings.append(Finding("damaged", f"ids that are there twice: {len(twice)}{_named(twice)}; {_again(home)}"))
    if unsealed:
        what = f"vectors that are not those of their photos: {len(unsealed)} of {len(records)}"
        findings.append(Finding("shuffled", f"{what}{_named(unsealed)}; {_again(home)}"))
    return records, findings


def _against_source(source: Source, records: Mapping[str, _Kept], *, home: Path) -> list[Finding]:
    try:
        listing = source.read()
    except InputError as error:
        return [Finding("unreadable", str(error))]
    seen = read_coverage(home)
    broken = {name for name, _ in seen.problems} if seen else set[str]()
    kept = {id: record.metadata for id, record in records.items()}
    plan = compare(listing.photos, kept, folder=source.folder, closed=[name for name, _ in listing.problems])
    new = [photo.id for photo in plan.encode if photo.id not in kept and photo.id not in broken]
    new += [one.photo.id for one in plan.keep if one.photo.id not in kept]
    changed = [photo.id for photo in plan.encode if photo.id in kept]
    changed += [one.photo.id for one in plan.keep if one.photo.id in kept]
    found: list[Finding] = []
    complaints: tuple[tuple[Kind, list[str], str], ...] = (
        ("missing", new, "photos without a vector"),
        ("changed", changed, "photos that have changed since they were indexed"),
        ("gone", plan.gone, "photos that are no longer in the source"),
    )
    for kind, ids, what in complaints:
        if ids:
            found.append(Finding(kind, f"{what}: {len(ids)}{_named(ids)}; run stbir index again"))
    return found


def _against_model(
    given: Method | str | Path | None,
    manifest: Manifest,
    records: Mapping[str, _Kept],
    *,
    folder: Path,
    sample: int,
    seed: int,
) -> list[Finding]:
    try:
        method = loaded(given or manifest.model)
    except StbirError as error:
        return [
            Finding("model", f"the model {manifest.model!r} cannot be loaded ({error}): say with --model where it is")
        ]
    findings: list[Finding] = []
    parts = differing(manifest, method)
    if parts:
        what = f"the vectors were made by {manifest.model!r}, and {method.source!r} differs in: {', '.join(parts)}"
        findings.append(Finding("model", f"{what}: search with the model that made them, or index again with this one"))
    if method.dimension != manifest.dimension:
        return findings
    photos, stored = _sample(records, folder=folder, side=method.decode_side, sample=sample, seed=seed)
    if photos:
        again = method.encode_photos(photos).vectors
        alike = (again * stored).sum(axis=1)
        other = [photo.id for photo, cosine in zip(photos, alike, strict=True) if not cosine >= SAME]
        if other:
            what = f"photos that get another vector when encoded again: {len(other)} of the {len(photos)} tried"
            findings.append(Finding("vectors", f"{what}{_named(other)}; the weights or the pre-processing are others"))
    return findings


def _sample(
    records: Mapping[str, _Kept], *, folder: Path, side: int, sample: int, seed: int
) -> tuple[list[Photo], Floats]:
    """Some photos whose files are as they were, opened, and their stored vectors."""
    ids = sorted(records)
    photos: list[Photo] = []
    stored: list[Floats] = []
    for place in np.random.default_rng(seed).permutation(len(ids)):
        if len(photos) == sample:
            break
        kept = records[ids[place]]
        photo = photo_of(ids[place], kept.metadata, folder=folder)
        if photo.path is None or not os.path.isfile(photo.path):
            continue
        stamp = stamp_of(photo.path)
        if any(stamp.get(part) != kept.metadata.get(part) for part in (SIZE, MODIFIED)):
            continue
        try:
            photos.append(replace(photo, image=open_picture(photo.path, at_least=side)))
        except InputError:
            continue
        stored.append(kept.vector)
    return photos, np.stack(stored) if stored else np.empty((0, 0), np.float32)


def _named(ids: Sequence[str]) -> str:
    return f" ({', '.join(repr(id) for id in ids[:NAMED])}{', ...' if len(ids) > NAMED else ''})"


def _again(home: Path) -> str:
    return f"delete {home} and index again"
