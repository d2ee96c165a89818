"""Photos come by id, upright, without what cameras write beside the pixels, and again only when they have changed."""

import io
from urllib.parse import quote

import numpy as np
import pytest
from corner_shop import Shop
from fastapi.testclient import TestClient
from PIL import Image

CAMERA = "/api/photos/odd%2Fcamera.jpg"


def picture(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_a_photo_is_upright_and_says_nothing_about_who_took_it(client: TestClient, shop: Shop) -> None:
    raw = (shop.photos / "odd" / "camera.jpg").read_bytes()
    assert b"at home" in raw
    assert b"somebody" in raw
    for address in (CAMERA, f"{CAMERA}/thumb", f"{CAMERA}/thumb?size=640"):
        answer = client.get(address)
        assert answer.headers["content-type"] == "image/jpeg"
        shown = picture(answer.content)
        assert shown.size == (200, 300)
        assert not shown.getexif()
        assert b"at home" not in answer.content
        assert b"somebody" not in answer.content
        right = np.asarray(shown.convert("RGB"))[:, -30:].mean((0, 1))  # the red that was on top before the turn
        assert right[0] > 150 > 80 > right[1]


@pytest.mark.parametrize("side", [160, 320, 640])
def test_thumbs_fit_into_their_size(client: TestClient, shop: Shop, side: int) -> None:
    path = shop.photos / "odd" / "thumb"
    answer = client.get(f"/api/photos/odd%2Fcamera.jpg/thumb?size={side}")
    assert max(picture(answer.content).size) == min(side, 300)  # never larger than the photo
    assert path.exists()


def test_an_unknown_size_is_refused(client: TestClient) -> None:
    answer = client.get(f"{CAMERA}/thumb?size=4000")
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


def test_what_has_not_changed_is_not_sent_again(client: TestClient, shop: Shop) -> None:
    for address in (CAMERA, f"{CAMERA}/thumb"):
        tag = client.get(address).headers["etag"]
        again = client.get(address, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200
    path = shop.photos / "odd" / "thumb"
    before = client.get("/api/photos/odd%2Fthumb/thumb")
    Image.new("RGB", (33, 44), "blue").save(path, "PNG")
    after = client.get("/api/photos/odd%2Fthumb/thumb", headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert picture(after.content).size == (33, 44)


def test_a_name_that_looks_like_another_route_is_still_a_name(client: TestClient) -> None:
    assert picture(client.get("/api/photos/odd%2Finfo").content).size == (48, 30)
    assert client.get("/api/photos/odd%2Finfo/info").json()["id"] == "odd/info"
    assert client.get("/api/photos/odd%2Fthumb/thumb").headers["content-type"] == "image/jpeg"
    assert client.get("/api/photos/odd/camera.jpg/thumb").status_code == 200  # as people type it


def test_a_download_has_the_name_of_the_photo(client: TestClient) -> None:
    named = client.get("/api/photos/" + quote("odd/a b?ü%'#.png", safe="") + "?download=1")
    assert named.headers["content-disposition"] == "attachment; filename*=UTF-8''a%20b%3F%C3%BC%25%27%23.jpg"
    assert "content-disposition" not in client.get(CAMERA).headers


def test_info_tells_what_the_gallery_knows(client: TestClient, shop: Shop) -> None:
    first = next(photo for photo in shop.gallery.photos if photo.metadata.get("price") == 10)
    told = client.get(f"/api/photos/{quote(first.id, safe='')}/info").json()
    assert told == {
        "id": first.id,
        "category": first.category,
        "instance": None,
        "title": "No. 0",
        "metadata": dict(first.metadata),
        "path": str(first.path),
    }


@pytest.mark.parametrize(
    ("id", "status", "words"),
    [
        ("nothing.jpg", 404, "there is no photo 'nothing.jpg'"),
        ("odd%2Fgone.png", 410, "is gone"),
        ("odd%2Fbroken.png", 410, "can no longer be read"),
        ("no%20file", 410, "without a file"),
    ],
)
def test_what_cannot_be_shown_is_told(client: TestClient, id: str, status: int, words: str) -> None:
    for address in (f"/api/photos/{id}", f"/api/photos/{id}/thumb"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert words in answer.json()["detail"]
