"""Only what has really changed is encoded again, and what is done can be searched at once."""

import os
import shutil
import threading
from pathlib import Path

import pytest
from grid_method import GridMethod
from painted import ids, paint
from PIL import Image

from stbir.gallery import Gallery, store
from stbir.types import Photo


def touch(path: Path, *, nanoseconds: int = 1) -> None:
    os.utime(path, ns=(nanoseconds, nanoseconds))


def test_a_renamed_photo_keeps_its_vector(photos: Path) -> None:
    before = Gallery.open(photos, GridMethod())
    (vector,) = (record.vector for record in before.index.fetch(["white.png"]))
    (photos / "white.png").rename(photos / "snow.png")
    (photos / "red").rename(photos / "crimson")
    method = GridMethod()
    gallery = Gallery.open(photos, method)
    assert method.encoded == []
    assert (gallery.changes.renamed, gallery.changes.removed, gallery.changes.indexed) == (5, 5, 0)
    assert "white.png" not in gallery
    (record,) = gallery.index.fetch(["snow.png"])
    assert record.vector.tolist() == vector.tolist()
    assert (record.metadata["name"], record.metadata["path"]) == ("snow", "snow.png")
    assert {hit.photo.category for hit in gallery.search(text="red", k=4)} == {"crimson"}


def test_a_copy_is_not_encoded_again(photos: Path) -> None:
    Gallery.open(photos, GridMethod())
    shutil.copy(photos / "white.png", photos / "copy.png")
    method = GridMethod()
    gallery = Gallery.open(photos, method)
    assert (method.encoded, len(gallery)) == ([], 14)
    assert {hit.photo.id for hit in gallery.search(text="white", k=2)} == {"white.png", "copy.png"}


def test_a_photo_of_the_same_size_is_told_apart_by_content(photos: Path) -> None:
    Image.new("RGB", (20, 20), (250, 0, 0)).save(photos / "one.bmp")
    Gallery.open(photos, GridMethod())
    Image.new("RGB", (20, 20), (0, 0, 250)).save(photos / "two.bmp")
    assert (photos / "one.bmp").stat().st_size == (photos / "two.bmp").stat().st_size
    method = GridMethod()
    gallery = Gallery.open(photos, method)
    assert method.encoded == ["two.bmp"]
    assert "two.bmp" in [hit.photo.id for hit in gallery.search(text="blue", k=5)]


def test_a_touched_photo_is_compared_by_content(photos: Path) -> None:
    Gallery.open(photos, GridMethod())
    touch(photos / "white.png")
    method = GridMethod()
    gallery = Gallery.open(photos, method)
    assert (method.encoded, gallery.changes.renamed) == ([], 1)
    assert Gallery.open(photos, method).changes.renamed == 0


def test_a_change_that_hides_from_size_and_time_is_found_by_content(photos: Path) -> None:
    path = photos / "flat.bmp"
    Image.new("RGB", (20, 20), (250, 0, 0)).save(path)
    touch(path, nanoseconds=5)
    Gallery.open(photos, GridMethod())
    Image.new("RGB", (20, 20), (0, 250, 0)).save(path)
    touch(path, nanoseconds=5)
    method = GridMethod()
    assert "flat.bmp" not in [hit.photo.id for hit in Gallery.open(photos, method).search(text="green", k=5)]
    assert method.encoded == []
    gallery = Gallery.open(photos, method, check_content=True)
    assert method.encoded == ["flat.bmp"]
    assert "flat.bmp" in [hit.photo.id for hit in gallery.search(text="green", k=5)]


def test_two_photos_that_change_names_are_both_right_afterwards(photos: Path) -> None:
    Gallery.open(photos, GridMethod())
    red, blue = photos / "red/deep/0.png", photos / "blue/deep/0.png"
    red.rename(photos / "aside.png")
    blue.rename(red)
    (photos / "aside.png").rename(blue)
    gallery = Gallery.open(photos, GridMethod())
    assert gallery.search(text="blue", k=1, where={"category": "red"})[0].photo.id == "red/deep/0.png"
    assert gallery.search(text="red", k=1, where={"category": "blue"})[0].photo.id == "blue/deep/0.png"


def test_new_photos_are_found_while_the_rest_is_being_indexed(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(60):
        paint(photos / "many" / f"{number:02}.png", "green")
    monkeypatch.setattr(store, "COMMIT_PHOTOS", 10)
    monkeypatch.setattr(store, "BATCH", 10)
    go_on, halfway = threading.Event(), threading.Event()

    class Slow(GridMethod):
        def encode_photos(self, photos, *, batch_size=64):  # type: ignore[no-untyped-def]
            if len(self.encoded) >= 30:
                halfway.set()
                assert go_on.wait(20)
            return super().encode_photos(photos)

    gallery = Gallery.open(photos, Slow(), update=False, create=True)
    assert (len(gallery), gallery.search(text="red"), gallery.coverage.embedded) == (0, [], 0)
    worker = threading.Thread(target=gallery.update)
    worker.start()
    assert halfway.wait(20)
    coverage = gallery.coverage
    assert (coverage.source, coverage.embedded, coverage.indexing) == (73, 30, True)
    assert len(gallery.search(text="green", k=100)) == 30
    other = Gallery.open(photos / ".stbir", GridMethod(), update=False)
    assert ids(other) == ids(gallery)
    go_on.set()
    worker.join()
    assert (gallery.coverage.embedded, gallery.coverage.indexing) == (73, False)
    other.refresh(now=True)
    assert len(other.search(text="green", k=100)) == 73


def test_a_gallery_made_anew_meanwhile_is_noticed(photos: Path) -> None:
    gallery = Gallery.open(photos, GridMethod())
    shutil.rmtree(photos / ".stbir")
    Gallery.open(photos, GridMethod(weights="2"))
    Gallery.open(photos, GridMethod(weights="2")).remove(["white.png"])
    with pytest.raises(Exception, match=r"made anew meanwhile: open it again|is damaged"):
        gallery.refresh(now=True)


def test_a_field_may_change_its_type_without_encoding_anything(photos: Path) -> None:
    gallery = Gallery.open(photos, GridMethod())
    gallery.add([Photo("a", path=photos / "white.png", metadata={"price": 3, "stock": 2.5})])
    gallery.add([Photo("b", path=photos / "white.png", metadata={"price": "on request", "stock": 3})])
    assert gallery.fields()["price"] is str
    assert gallery.fields()["stock"] is float
    assert [hit.photo.id for hit in gallery.search(text="white", where=["stock>=3"])] == ["b"]
    assert gallery.photo("a").metadata == {"name": "white", "price": "3", "stock": 2.5}
    gallery.add([Photo("c", path=photos / "white.png", metadata={"price": True, "stock": 1})])
    assert gallery.photo("a").metadata == {"name": "white", "stock": 2.5}


def test_patch_tokens_are_kept_where_a_method_has_them(photos: Path) -> None:
    import numpy as np

    from stbir.types import Encoded

    class Patchy(GridMethod):
        def encode_photos(self, photos, *, batch_size=64):  # type: ignore[no-untyped-def]
            vectors = super().encode_photos(photos).vectors
            tokens = np.arange(len(vectors) * 6, dtype=np.float32).reshape(-1, 3, 2)
            return Encoded(vectors, tokens, np.array([[True, True, False]] * len(vectors)))

    gallery = Gallery.open(photos, Patchy())
    (record,) = gallery.index.fetch(["blue/deep/0.png"])
    assert record.tokens is not None
    assert record.tokens.tolist() == [[0, 1], [2, 3]]
    (photos / "blue/deep/0.png").rename(photos / "moved.png")
    (record,) = Gallery.open(photos, Patchy()).index.fetch(["moved.png"])
    assert record.tokens is not None
    assert record.tokens.shape == (2, 2)
