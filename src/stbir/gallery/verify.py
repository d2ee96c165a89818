"""Whether a gallery still is what it says: the same model, every photo, its own vectors and tokens, nothing cut."""

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
from stbir.gallery.store import rows_of
from stbir.gallery.tokens import Shape, Tried, faults_of, is_finite
from stbir.index.arrow import records_of
from stbir.index.base import UNIT_TOLERANCE, Metadata
from stbir.index.lance import Lance
from stbir.types import Floats, Photo

if TYPE_CHECKING:
    from stbir.methods.base import Method

SAME = 0.999
"""The least cosine of a stored vector and one encoded anew; batches of other sizes and threads differ far less."""
NAMED = 5

Kind = Literal["damaged", "model", "shuffled", "vectors", "tokens", "missing", "changed", "gone", "unreadable"]


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

    Every record is read and its seal checked, and its tokens where the model re-ranks by them; `sample` photos are
    encoded again and compared.

    Raises:
        InputError: there is no such place.
        GalleryError: there is no gallery in it.
    """
    home, photos = find(path, to)
    if not is_gallery(home):
        raise GalleryError(f"there is no gallery in {home}: index the photos first (stbir index {path})")
    try:
        manifest = read_manifest(home)
        table = Lance.open(home)
        records, findings = _read(table, manifest, home=home)
    except StbirError as error:
        return [Finding("damaged", str(error))]
    source = Source(photos or Path(home, manifest.photos).resolve(), manifest.columns)
    findings += _against_source(source, records, home=home)
    try:
        model = loaded(method or manifest.model)
    except StbirError as error:
        what = f"the model {manifest.model!r} cannot be loaded ({error}): say with --model where it is"
        return [Finding("model", what), *_tokens(records, [], reranks=False, home=home), *findings]
    of_model, tried = _against_model(
        model, manifest, records, folder=source.folder, sample=sample, seed=seed, table=table
    )
    tokens = _tokens(records, tried, reranks=model.shortlist > 0 and not differing(manifest, model), home=home)
    return of_model + tokens + findings


@dataclass(frozen=True, eq=False)
class _Kept:
    """A record without its tokens, which are many: only their shape and whether all of them are finite."""

    metadata: Metadata
    vector: Floats
    shape: Shape | None
    finite: bool


def _read(table: Lance, manifest: Manifest, *, home: Path) -> tuple[dict[str, _Kept], list[Finding]]:
    records: dict[str, _Kept] = {}
    unsealed: list[str] = []
    twice: list[str] = []
    for batch in table.batches():
        for record in records_of(batch):
            if record.id in records:
                twice.append(record.id)
            tokens = record.tokens
            shape = None if tokens is None else (len(tokens), tokens.shape[1])
            records[record.id] = _Kept(record.metadata, record.vector, shape, is_finite(tokens))
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
    method: Method,
    manifest: Manifest,
    records: Mapping[str, _Kept],
    *,
    folder: Path,
    sample: int,
    seed: int,
    table: Lance,
) -> tuple[list[Finding], list[Tried]]:
    """What is wrong with model and vectors, and the tokens of the photos tried whose vectors are as they should be."""
    findings: list[Finding] = []
    parts = differing(manifest, method)
    if parts:
        what = f"the vectors were made by {manifest.model!r}, and {method.source!r} differs in: {', '.join(parts)}"
        findings.append(Finding("model", f"{what}: search with the model that made them, or index again with this one"))
    if method.dimension != manifest.dimension:
        return findings, []
    photos, stored = _sample(records, folder=folder, side=method.decode_side, sample=sample, seed=seed)
    if not photos:
        return findings, []
    again = method.encode_photos(photos)
    alike = (again.vectors * stored).sum(axis=1) >= SAME
    other = [photo.id for photo, same in zip(photos, alike, strict=True) if not same]
    if other:
        what = f"photos that get another vector when encoded again: {len(other)} of the {len(photos)} tried"
        findings.append(Finding("vectors", f"{what}{_named(other)}; the weights or the pre-processing are others"))
    if parts or not method.shortlist:
        return findings, []
    kept = {record.id: record.tokens for record in table.fetch([photo.id for photo in photos])}
    rows = zip(photos, alike, rows_of(again), strict=True)
    return findings, [Tried(photo.id, kept[photo.id], tokens) for photo, same, (_, tokens) in rows if same]


def _tokens(records: Mapping[str, _Kept], tried: Sequence[Tried], *, reranks: bool, home: Path) -> list[Finding]:
    """What is wrong with the patch tokens; nothing where there are none and nobody wants them."""
    faults = faults_of(
        {id: kept.shape for id, kept in records.items()},
        not_finite=[id for id, kept in records.items() if not kept.finite],
        reranks=reranks,
        tried=tried,
        alike=SAME,
    )
    expected = "" if faults.expected is None else f" than {faults.expected[0]} x {faults.expected[1]}"
    complaints = (
        (faults.missing, "photos without the tokens that they are re-ranked by", len(records)),
        (faults.not_finite, "photos with tokens that are not finite", len(records)),
        (faults.shaped, f"photos with tokens of another shape{expected}", len(records)),
        (faults.other, "photos that get other tokens when encoded again, among those tried", len(tried)),
    )
    return [
        Finding("tokens", f"{what}: {len(ids)} of {among}{_named(ids)}; {_again(home)}")
        for ids, what, among in complaints
        if ids
    ]


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
