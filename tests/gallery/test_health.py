"""What status tells of a gallery, the faults that verify finds, and what export writes."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.parquet as parquet
import pytest
from grid_method import GridMethod
from painted import broken, paint
from PIL import Image

from stbir.errors import GalleryError, InputError
from stbir.gallery import Gallery
from stbir.gallery.export import export
from stbir.gallery.manifest import read_manifest, write_manifest
from stbir.gallery.status import status_of
from stbir.gallery.verify import verify
from stbir.index.lance import Lance
from stbir.types import Encoded, Photo


def kinds(photos: Path, method: GridMethod | None = None) -> list[str]:
    return [finding.kind for finding in verify(photos, method or GridMethod())]


def test_status_counts_what_can_be_searched(photos: Path) -> None:
    broken(photos / "text.jpg")
    gallery = Gallery.open(photos, GridMethod())
    status = status_of(gallery)
    assert (status.listed, status.embedded, status.waiting, status.renamed, status.gone) == (14, 13, 0, 0, 0)
    assert [name for name, _ in status.broken] == ["text.jpg"]
    assert (status.model, status.dimension, status.engine) == ("grid", 12, "exact")
    assert status.fingerprint == GridMethod().fingerprint()
    assert (status.recall.plain, status.recall.filtered) == (1.0, 1.0)
    paint(photos / "new.png", "black")
    (photos / "white.png").unlink()
    (photos / "red/deep/0.png").rename(photos / "moved.png")
    status = status_of(Gallery.open(photos, GridMethod(), update=False))
    assert (status.listed, status.embedded, status.waiting, status.renamed, status.gone) == (14, 13, 1, 1, 2)
    assert status.generation == gallery.generation
    assert status.bytes > 0


def test_recall_is_measured_against_the_table_on_disk(photos: Path) -> None:
    gallery = Gallery.open(photos, GridMethod())
    # a copy in memory that has lost half of the photos, as a defect of ours would leave it
    gallery.index._copy.delete([photo.id for photo in gallery.photos if photo.category in ("red", "blue")])
    recall = status_of(gallery, k=3).recall
    assert recall.plain is not None
    assert recall.plain < 0.8


def test_a_sound_gallery_has_no_findings(photos: Path) -> None:
    Gallery.open(photos, GridMethod())
    assert verify(photos, GridMethod()) == []
    assert verify(photos / ".stbir", GridMethod(), sample=0) == []
    broken(photos / "text.jpg")
    Gallery.open(photos, GridMethod())
    assert verify(photos, GridMethod()) == []


def other_weights(photos: Path) -> GridMethod:
    return GridMethod(weights="2")


def other_resize(photos: Path) -> GridMethod:
    """The pre-processing has changed, and nothing tells."""

    class Resized(GridMethod):
        def encode_photos(self, photos, *, batch_size=64):  # type: ignore[no-untyped-def]
            turned = [Photo(p.id, path=p.path, image=p.image.rotate(90) if p.image else None) for p in photos]
            wide = [p.image.resize((2, 40)).crop((0, 0, 1, 40)) for p in turned if p.image]
            return super().encode_photos([Photo("x", image=image) for image in wide])

    return Resized()


def unlike(vectors: np.ndarray) -> np.ndarray:
    return np.roll(vectors, 5, axis=1)


def silent_weights(photos: Path) -> GridMethod:
    """Other weights, and a manifest that was edited to hide it."""

    class Other(GridMethod):
        def encode_photos(self, photos, *, batch_size=64):  # type: ignore[no-untyped-def]
            return Encoded(unlike(super().encode_photos(photos).vectors))

    home = photos / ".stbir"
    method = Other(weights="2")
    manifest = read_manifest(home).model_copy(update={"fingerprint": method.fingerprint()})
    write_manifest(home, manifest)
    return method


def missing_vectors(photos: Path) -> GridMethod:
    Lance.open(photos / ".stbir").delete(["white.png", "red/deep/1.png"])
    return GridMethod()


def shuffled_ids(photos: Path) -> GridMethod:
    table = Lance.open(photos / ".stbir")
    records = table.fetch(table.ids())
    ids = [record.id for record in records]
    table.add([*ids[1:], ids[0]], np.stack([r.vector for r in records]), [r.metadata for r in records])
    return GridMethod()


def two_swapped(photos: Path) -> GridMethod:
    table = Lance.open(photos / ".stbir")
    one, other = table.fetch(["white.png", "red/deep/1.png"])
    table.add([one.id, other.id], np.stack([other.vector, one.vector]), [one.metadata, other.metadata])
    return GridMethod()


def truncated_file(photos: Path) -> GridMethod:
    path = next((photos / ".stbir").glob("photos.lance/data/*.lance"))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return GridMethod()


def lost_file(photos: Path) -> GridMethod:
    next((photos / ".stbir").glob("photos.lance/data/*.lance")).unlink()
    return GridMethod()


def spoiled_manifest(photos: Path) -> GridMethod:
    (photos / ".stbir" / "manifest.json").write_text("{")
    return GridMethod()


def new_and_gone(photos: Path) -> GridMethod:
    paint(photos / "new.png", "black")
    (photos / "white.png").unlink()
    return GridMethod()


def changed_photo(photos: Path) -> GridMethod:
    paint(photos / "white.png", "black", seed=3)
    return GridMethod()


def no_photos_left(photos: Path) -> GridMethod:
    for path in photos.glob("*.png"):
        path.unlink()
    for colour in ("red", "green", "blue"):
        (photos / colour).rename(photos.parent / colour)
    return GridMethod()


@pytest.mark.parametrize(
    ("inject", "expected"),
    [
        (other_weights, ["model"]),
        (other_resize, ["vectors"]),
        (silent_weights, ["vectors"]),
        (missing_vectors, ["missing"]),
        (shuffled_ids, ["shuffled", "changed"]),
        (two_swapped, ["vectors", "shuffled"]),
        (truncated_file, ["damaged"]),
        (lost_file, ["damaged"]),
        (spoiled_manifest, ["damaged"]),
        (new_and_gone, ["missing", "gone"]),
        (changed_photo, ["changed"]),
        (no_photos_left, ["unreadable"]),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_every_fault_is_found(photos: Path, inject: Callable[[Path], GridMethod], expected: list[str]) -> None:
    # halves of different colours, so that another resize gives other vectors
    for number in range(3):
        picture = Image.new("RGB", (20, 20), (250, 0, 0))
        picture.paste((0, 0, 250), (0, 0, 10 + number, 20))
        picture.save(photos / f"half-{number}.png")
    Gallery.open(photos, GridMethod())
    findings = verify(photos, inject(photos))
    assert [finding.kind for finding in findings] == expected
    assert all("\n" not in finding.message for finding in findings)


def test_shuffled_ids_are_found_without_encoding_anything(photos: Path) -> None:
    Gallery.open(photos, GridMethod())
    method = two_swapped(photos)
    (finding,) = verify(photos, method, sample=0)
    assert finding.kind == "shuffled"
    assert "vectors that are not those of their photos: 2 of 13 ('red/deep/1.png', 'white.png')" in finding.message
    assert method.encoded == []


def test_verify_says_where_there_is_no_gallery(photos: Path) -> None:
    with pytest.raises(GalleryError, match="no gallery"):
        verify(photos, GridMethod())
    with pytest.raises(InputError, match="there is no folder"):
        verify(photos / "nowhere", GridMethod())


def test_export_writes_vectors_and_metadata(photos: Path, tmp_path: Path) -> None:
    gallery = Gallery.open(photos, GridMethod())
    gallery.add([Photo("a", path=photos / "white.png", captions=("one", "two"), metadata={"id": 7, "price": 2.5})])
    path = tmp_path / "out.parquet"
    assert export(gallery, path) == 14
    table = parquet.read_table(path)
    assert {"id", "vector", "path", "name", "category", "captions", "metadata_id", "price"} == set(table.column_names)
    rows = {row["id"]: row for row in table.to_pylist()}
    for record in gallery.index.fetch(gallery.index.ids()):
        assert np.float32(rows[record.id]["vector"]).tolist() == record.vector.tolist()
    assert (rows["a"]["metadata_id"], rows["a"]["price"], rows["a"]["captions"]) == (7, 2.5, ["one", "two"])
    assert rows["white.png"]["captions"] == []
    assert json.loads(table.schema.metadata[b"stbir"])["fingerprint"] == GridMethod().fingerprint()
    assert [p.name for p in tmp_path.iterdir() if "tmp" in p.name] == []
    for wrong in (tmp_path, tmp_path / "no" / "x.parquet"):
        with pytest.raises(InputError, match="cannot write"):
            export(gallery, wrong)


def test_an_empty_gallery_is_exported_too(photos: Path, tmp_path: Path) -> None:
    gallery = Gallery.open(photos, GridMethod(), update=False, create=True)
    assert export(gallery, tmp_path / "out.parquet") == 0
    assert parquet.read_table(tmp_path / "out.parquet").column_names == ["id", "vector"]
    assert status_of(gallery).recall.plain is None
