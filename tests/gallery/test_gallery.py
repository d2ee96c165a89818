"""A gallery keeps up with its folder, whatever happens to it."""

import errno
import io
import json
import os
import shutil
import threading
from pathlib import Path

import pytest
from grid_method import GridMethod
from painted import broken, ids, paint
from PIL import Image

import stbir
from stbir.errors import GalleryError, InputError
from stbir.gallery import Gallery, store
from stbir.types import Photo


def test_the_photos_of_a_folder_are_found(photos: Path) -> None:
    gallery = Gallery.open(photos, GridMethod())
    assert len(gallery) == 13
    assert (photos / ".stbir" / "manifest.json").exists()
    hits = gallery.search(text="red", k=4)
    assert [hit.photo.category for hit in hits] == ["red"] * 4
    assert [hit.rank for hit in hits] == [1, 2, 3, 4]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits[0].photo.path is not None
    assert hits[0].photo.path.is_file()
    assert gallery.problems == []


def test_a_photo_has_the_documented_metadata(photos: Path) -> None:
    gallery = Gallery.open(photos, GridMethod())
    first, last = gallery.photos[0], gallery.photos[-1]
    assert (first.id, first.category, first.metadata) == ("blue/deep/0.png", "blue", {"name": "0"})
    assert (last.id, last.category, last.path) == ("white.png", None, photos / "white.png")
    assert gallery.fields() == {"category": str, "name": str, "path": str}


def test_unchanged_is_skipped_changed_encoded_again_deleted_removed(photos: Path) -> None:
    method = GridMethod()
    before = Gallery.open(photos, method)
    assert sorted(method.encoded) == ids(before)
    method.encoded.clear()
    Gallery.open(photos, method)
    assert method.encoded == []
    paint(photos / "new.png", "black")
    paint(photos / "white.png", "red", seed=7)
    os.utime(photos / "white.png", ns=(1, 1))
    shutil.rmtree(photos / "blue")
    after = Gallery.open(photos, method)
    assert sorted(method.encoded) == ["new.png", "white.png"]
    assert len(after) == 10
    assert {hit.photo.id for hit in after.search(text="red", k=5)} >= {"white.png"}
    assert ids(Gallery.open(photos, method, update=False)) == ids(after)


def test_opening_without_update_leaves_everything(photos: Path) -> None:
    with pytest.raises(GalleryError, match=r"no gallery in .*: index the photos first"):
        Gallery.open(photos, GridMethod(), update=False)
    Gallery.open(photos, GridMethod())
    paint(photos / "new.png", "black")
    assert len(Gallery.open(photos, GridMethod(), update=False)) == 13


def test_broken_photos_are_named_and_the_rest_goes_on(photos: Path) -> None:
    for number in range(60):
        paint(photos / "many" / f"{number:02}.png", "green")
    names = [f"many/{number:02}.png" for number in (0, 20, 59)] + ["text.jpg"]
    for name in names:
        broken(photos / name)
    (photos / "many" / "30.png").write_bytes((photos / "many" / "31.png").read_bytes()[:60])
    told: list[tuple[str, str]] = []
    method = GridMethod()
    gallery = Gallery.open(photos, method, on_problem=lambda *problem: told.append(problem))
    assert sorted(path for path, _ in gallery.problems) == sorted([*names, "many/30.png"])
    assert told == gallery.problems
    assert "not a picture of a known format" in dict(gallery.problems)["text.jpg"]
    assert str(photos) not in dict(gallery.problems)["text.jpg"]
    assert len(gallery) == len(method.encoded) == 13 + 60 - 4
    broken(photos / "white.png")
    gallery.update()
    assert "white.png" not in gallery
    assert len(gallery.problems) == 6


def test_a_photo_that_the_method_refuses_does_not_stop_the_others(photos: Path) -> None:
    class Fussy(GridMethod):
        def encode_photos(self, photos, *, batch_size=64):  # type: ignore[no-untyped-def]
            if any(photo.id == "red/deep/2.png" for photo in photos):
                raise InputError("too red")
            return super().encode_photos(photos)

    gallery = Gallery.open(photos, Fussy())
    assert gallery.problems == [("red/deep/2.png", "too red")]
    assert len(gallery) == 12
    assert gallery.search(text="blue", k=1)[0].photo.category == "blue"


def test_a_folder_without_usable_photos_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    with pytest.raises(InputError, match="there is no folder"):
        Gallery.open(folder, GridMethod())
    folder.mkdir()
    with pytest.raises(InputError, match=r"there are no pictures in .* \(looked for"):
        Gallery.open(folder, GridMethod())
    broken(folder / "a.jpg")
    broken(folder / "b.jpg")
    with pytest.raises(InputError, match=r"none of the 2 pictures in .* can be read \(first: a.jpg: it is not"):
        Gallery.open(folder, GridMethod())
    with pytest.raises(InputError, match="is a file: give a folder"):
        Gallery.open(folder / "a.jpg", GridMethod())
    with pytest.raises(GalleryError, match="no gallery"):
        Gallery.open(folder, GridMethod(), update=False)
    assert sorted(path.name for path in folder.iterdir()) == ["a.jpg", "b.jpg"]


def test_an_emptied_folder_does_not_empty_the_gallery(photos: Path) -> None:
    Gallery.open(photos, GridMethod())
    for path in photos.glob("*[!.]*"):
        if path.name != ".stbir":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises(InputError, match="there are no pictures"):
        Gallery.open(photos, GridMethod())
    assert len(Gallery.open(photos / ".stbir", GridMethod(), update=False)) == 13


def test_a_subfolder_that_cannot_be_read_keeps_its_photos(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gallery = Gallery.open(photos, GridMethod())
    real = os.listdir

    def refuse(path: str | Path) -> list[str]:
        if Path(path).name == "red":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "listdir", refuse)
    paint(photos / "new.png", "black")
    gallery.update()
    assert gallery.problems == [("red", "Permission denied")]
    assert len(gallery) == 14


def test_the_gallery_can_live_elsewhere(photos: Path, tmp_path: Path) -> None:
    home = tmp_path / "far" / "gallery"
    assert len(Gallery.open(photos, GridMethod(), to=home)) == 13
    assert not (photos / ".stbir").exists()
    paint(photos / "new.png", "black")
    opened = Gallery.open(home, GridMethod())
    assert len(opened) == 14
    assert opened.search(text="black", k=1)[0].photo.path == photos / "new.png"
    with pytest.raises(InputError, match="is a gallery already"):
        Gallery.open(home, GridMethod(), to=tmp_path / "other")
    other = tmp_path / "other photos"
    paint(other / "a.png", "red")
    with pytest.raises(GalleryError, match=r"is of the photos in .*: choose another folder with --to"):
        Gallery.open(other, GridMethod(), to=home)


def test_photos_and_gallery_move_together(photos: Path, tmp_path: Path) -> None:
    Gallery.open(photos, GridMethod())
    photos.rename(tmp_path / "moved")
    method = GridMethod()
    gallery = Gallery.open(tmp_path / "moved" / ".stbir", method)
    assert method.encoded == []
    assert gallery.search(text="white", k=1)[0].photo.path == tmp_path / "moved" / "white.png"


def test_nothing_foreign_is_overwritten(photos: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "vectors-of-mine.npy").write_text("mine")
    with pytest.raises(GalleryError, match="is no gallery and not empty"):
        Gallery.open(photos, GridMethod(), to=home)
    (photos / "manifest.json").write_text("{}")
    gallery = Gallery.open(photos, GridMethod())
    assert len(gallery) == 13
    assert (photos / "manifest.json").read_text() == "{}"


def test_a_read_only_folder_proposes_another_place(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.mkdir

    def refuse(path: str | Path, mode: int = 0o777, **options: int) -> None:
        if ".stbir" in str(path):
            raise OSError(30, "Read-only file system", str(path))
        real(path, mode, **options)

    monkeypatch.setattr(os, "mkdir", refuse)
    with pytest.raises(GalleryError, match=r"Read-only file system\): choose another folder with --to"):
        Gallery.open(photos, GridMethod())
    monkeypatch.undo()
    home = photos.parent / "home"
    Gallery.open(photos, GridMethod(), to=home)
    monkeypatch.setattr(os, "mkdir", refuse)
    assert len(Gallery.open(photos, GridMethod(), to=home)) == 13


def test_a_model_that_has_moved_is_asked_for(photos: Path) -> None:
    home = Gallery.open(photos, GridMethod()).home
    with pytest.raises(GalleryError, match=r"made with the model 'grid', which is no longer there: say with --model"):
        Gallery.open(photos)
    assert len(Gallery.open(home, GridMethod(source="grid, elsewhere"))) == 13


def test_a_folder_that_nobody_may_look_into(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_file", refuse)
    with pytest.raises(GalleryError, match=r"cannot look into .*photos: Permission denied"):
        Gallery.open(photos, GridMethod())


def test_another_model_is_refused(photos: Path) -> None:
    gallery = Gallery.open(photos, GridMethod())
    with pytest.raises(GalleryError, match=r"by model 'grid', 'other' differs in: weights; search with --model grid"):
        Gallery.open(photos, GridMethod(source="other", weights="2"))
    with pytest.raises(GalleryError, match=r"by another state of model 'grid', .*: weights; index again"):
        Gallery.open(photos, GridMethod(weights="2"), update=False)
    assert gallery.manifest.fingerprint["weights"] == "1"


def test_damage_is_told(photos: Path) -> None:
    home = Gallery.open(photos, GridMethod()).home
    content = (home / "manifest.json").read_text()
    for spoiled in ("", content[:30], "[]", json.dumps({**json.loads(content), "extra": 1})):
        (home / "manifest.json").write_text(spoiled)
        with pytest.raises(GalleryError, match=r"manifest.json is damaged .*: delete .* and index again"):
            Gallery.open(photos, GridMethod())
    (home / "manifest.json").write_text(json.dumps({"format": 1, "photos": ".."}))
    with pytest.raises(GalleryError, match=r"has format 1, this version reads 2: delete .* and index again"):
        Gallery.open(photos, GridMethod())
    (home / "manifest.json").write_text(content)
    next(home.glob("photos.lance/data/*.lance")).write_bytes(b"")
    with pytest.raises(GalleryError, match="is damaged"):
        Gallery.open(photos, GridMethod())


def test_an_interrupted_indexing_goes_on_where_it_was(photos: Path) -> None:
    for number in range(200):
        paint(photos / "many" / f"{number:03}.png", "green")
    method = GridMethod(fails_after=100)
    with pytest.raises(KeyboardInterrupt):
        Gallery.open(photos, method)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("decode")]
    assert len(Gallery.open(photos, GridMethod(), update=False)) == len(method.encoded) == 128
    second = GridMethod()
    assert len(Gallery.open(photos, second)) == 213
    assert len(second.encoded) == 213 - 128
    assert not set(second.encoded) & set(method.encoded)


def test_what_is_done_is_saved_now_and_then(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(200):
        paint(photos / "many" / f"{number:03}.png", "green")
    monkeypatch.setattr(store, "COMMIT_PHOTOS", 50)
    seen: list[int] = []

    class Watching(GridMethod):
        def encode_photos(self, photos, *, batch_size=64):  # type: ignore[no-untyped-def]
            home = root / ".stbir"
            seen.append(len(Gallery.open(home, GridMethod(), update=False)))
            return super().encode_photos(photos)

    root = photos
    Gallery.open(photos, Watching())
    assert seen == [0, 0, 64, 64, 128, 128, 192]


def test_two_writers_do_not_meet(photos: Path) -> None:
    class Intruder(GridMethod):
        def encode_photos(self, photos, *, batch_size=64):  # type: ignore[no-untyped-def]
            with pytest.raises(GalleryError, match="another process is writing"):
                Gallery.open(root, GridMethod())
            return super().encode_photos(photos)

    root = photos
    assert len(Gallery.open(photos, Intruder())) == 13


def test_a_writer_starts_from_what_another_one_left(photos: Path) -> None:
    one = Gallery.open(photos, GridMethod())
    other = Gallery.open(photos, GridMethod())
    assert one.remove(["white.png", "not there"]) == 1
    other.add([Photo("extra", image=Image.new("RGB", (9, 9)))])
    assert "white.png" not in other
    assert len(other) == len(Gallery.open(photos, GridMethod(), update=False)) == 13


def test_photos_are_added_from_anywhere(photos: Path, tmp_path: Path) -> None:
    gallery = Gallery.open(photos, GridMethod())
    paint(tmp_path / "far.png", "black")
    far = Photo(
        "sku-1",
        path=tmp_path / "far.png",
        instance="i1",
        category="boots",
        captions=("a boot", "靴子"),
        metadata={"price": 10, "name": "Boot"},
    )
    gallery.add([far, Photo("no file", image=Image.new("RGB", (9, 9), (255, 0, 0))), Photo("nothing")])
    assert gallery.problems == [("nothing", "it has neither a picture nor a file")]
    gallery.update()
    opened = Gallery.open(photos, GridMethod())
    assert len(opened) == 15
    (hit,) = opened.search(text="black", where={"category": "boots"})
    assert hit.photo == far
    assert opened.search(text="red", where=["name=Boot", "price<=10"])[0].photo.id == "sku-1"
    assert opened.remove(["sku-1"]) == 1
    assert "sku-1" not in Gallery.open(photos, GridMethod())
    for field in ("path", "_size"):
        with pytest.raises(InputError, match="is the gallery's own"):
            gallery.add([Photo("x", metadata={field: "y"})])
    with pytest.raises(InputError, match="twice"):
        gallery.add([far, far])


def test_progress_is_shown_only_when_asked(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Gallery.open(photos, GridMethod())
    assert capsys.readouterr() == ("", "")
    Gallery.open(photos, GridMethod(), to=photos.parent / "other", progress=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert "13/13" in err


def test_strange_names_survive(photos: Path) -> None:
    paint(photos / "靴子 👢" / 'say "hi"=<1>|.png', "black")
    gallery = Gallery.open(photos, GridMethod())
    hit = gallery.search(text="black", k=1, where='category="靴子 👢"')[0]
    assert hit.photo.id == '靴子 👢/say "hi"=<1>|.png'
    name = os.fsencode(photos) + b"/\xff.png"
    buffer = io.BytesIO()
    Image.new("RGB", (9, 9)).save(buffer, "PNG")
    try:
        Path(os.fsdecode(name)).write_bytes(buffer.getvalue())
    except OSError:
        pytest.skip("this file system has no names that are not text")
    gallery.update()
    assert gallery.problems == [("'\\udcff.png'", "the name is no valid text: rename the file")]


def test_the_public_name_is_this_one() -> None:
    assert stbir.Gallery is Gallery
