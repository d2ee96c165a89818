from pathlib import Path

import pytest
from PIL import Image

from stbir.errors import InputError
from stbir.gallery import decoding
from stbir.types import Photo


def test_decoding_runs_ahead_but_not_far(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Path] = []

    def open_picture(path: Path, *, at_least: int) -> Image.Image:
        begun.append(path)
        if path.name == "7":
            raise InputError(f"cannot read {path}: seven")
        return Image.new("RGB", (at_least, at_least))

    monkeypatch.setattr(decoding, "open_picture", open_picture)
    monkeypatch.setattr(decoding, "LOOK_AHEAD", 10)
    photos = [Photo(str(number), path=Path(str(number))) for number in range(50)]
    results = []
    for done, found in enumerate(decoding.opened(photos, side=4), start=1):
        assert len(begun) < done + 10
        results.append((found.photo.id, found.photo.image.size if found.photo.image else found.problem))
    assert results == [(str(number), "seven" if number == 7 else (4, 4)) for number in range(50)]


def test_a_photo_at_hand_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "open_picture", None)
    photo = Photo("a", path=Path("nowhere"), image=Image.new("RGB", (3, 3)))
    assert list(decoding.opened([photo], side=4)) == [decoding.Opened(photo)]
