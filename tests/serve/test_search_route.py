"""`POST /api/search` finds what `Gallery.search` finds, for all that can be asked, and says what it was asked."""

import io
import json
from typing import Any

import numpy as np
import pytest
from corner_shop import Shop
from fastapi.testclient import TestClient
from PIL import Image

from stbir.types import Hit

BOX = {"canvas": [400, 400], "strokes": [[[60, 340, 340, 60, 60], [80, 80, 320, 320, 80]]]}
LEGS = {"strokes": [[[60, 60], [320, 390]], [[340, 340], [320, 390], [0, 90]]]}


def ask(client: TestClient, **question: Any) -> dict[str, Any]:
    answer = client.post("/api/search", json=question)
    assert answer.status_code == 200, answer.text
    return answer.json()


def told(hits: list[Hit]) -> list[tuple[int, str, float, dict[str, int]]]:
    return [(hit.rank, hit.photo.id, round(hit.score, 6), dict(hit.ranks)) for hit in hits]


def found(answer: dict[str, Any]) -> list[tuple[int, str, Any, dict[str, int]]]:
    """What `told` gives; the last digit of a score may differ, as threads add up in another order."""
    return [(hit["rank"], hit["id"], pytest.approx(hit["score"], abs=3e-6), hit["ranks"]) for hit in answer["hits"]]


def told_by(answer: dict[str, Any]) -> list[tuple[int, str, float, dict[str, int]]]:
    return [(hit["rank"], hit["id"], hit["score"], hit["ranks"]) for hit in answer["hits"]]


def drawn(drawing: dict[str, Any]) -> bytes:
    return json.dumps(drawing).encode()


@pytest.mark.parametrize(
    ("question", "same"),
    [
        ({"text": "red leather boot"}, {"text": "red leather boot"}),
        ({"text": "  red\n boot "}, {"text": "red boot"}),
        ({"sketches": [BOX]}, {"sketch": drawn(BOX)}),
        ({"sketches": [BOX, LEGS], "text": "blue"}, {"sketch": [drawn(BOX), drawn(LEGS)], "text": "blue"}),
        ({"text": "chair", "avoid": ["arms", " "]}, {"text": "chair", "avoid": "arms"}),
        ({"photo": "odd/camera.jpg"}, {"photo": "odd/camera.jpg"}),
        (
            {"sketches": [BOX], "text": "mug", "weights": {"sketch": 0.8, "text": 0.2}},
            {"sketch": drawn(BOX), "text": "mug", "weights": {"sketch": 0.8, "text": 0.2}},
        ),
        ({"text": "mug", "k": 3, "offset": 4}, {"text": "mug", "k": 3, "offset": 4}),
        ({"text": "mug", "where": {"category": "mug"}}, {"text": "mug", "where": {"category": "mug"}}),
        (
            {"text": "mug", "where": {"colour": ["red", "blue"], "price": {"min": 12, "max": 30}, "in_stock": True}},
            {"text": "mug", "where": ["colour=red|blue", "price=12..30", "in_stock=true"]},
        ),
        ({"sketches": [BOX], "text": "mug", "explain": True}, {"sketch": drawn(BOX), "text": "mug", "explain": True}),
    ],
)
def test_the_service_finds_what_the_gallery_finds(
    client: TestClient, shop: Shop, question: dict[str, Any], same: dict[str, Any]
) -> None:
    everything: dict[str, Any] = {"k": 24, **same}
    hits = shop.gallery.search(**everything)
    assert hits
    assert found(ask(client, **question)) == told(hits)


def test_drawings_sent_as_files_find_the_same_as_their_strokes(client: TestClient, shop: Shop) -> None:
    strokes = ask(client, sketches=[BOX], k=10)
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400"><path d="M60 80H340V320H60Z"/></svg>'
    for content in (drawn(BOX), svg):
        sent = client.post("/api/search", data={"query": '{"k": 10}'}, files={"sketch": ("s", content)})
        assert sent.status_code == 200, sent.text
        assert found(sent.json()) == told_by(strokes)
    pixels = np.full((120, 160), 255, np.uint8)
    pixels[30:90, 40:44] = pixels[86:90, 40:120] = 0
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    sent = client.post("/api/search", files={"sketch": ("s.png", file.getvalue())})
    assert found(sent.json()) == told(shop.gallery.search(sketch=file.getvalue(), k=24))
    assert sent.json()["query"]["sketches"] == [{"picture": [160, 120]}]


def test_words_and_several_files_go_along_in_one_form(client: TestClient, shop: Shop) -> None:
    files = [("sketch", ("a", drawn(BOX))), ("sketch", ("b", drawn(LEGS)))]
    sent = client.post("/api/search", data={"query": json.dumps({"text": "red", "k": 5})}, files=files)
    hits = shop.gallery.search(sketch=[drawn(BOX), drawn(LEGS)], text="red", k=5)
    assert found(sent.json()) == told(hits)


def test_the_answer_says_what_was_searched_for_and_not_how_it_was_drawn(client: TestClient) -> None:
    answer = ask(
        client,
        sketches=[BOX, LEGS],
        text=" red  boot",
        avoid=["laces"],
        weights={"text": 2},
        where={"price": {"min": 9}},
    )
    assert answer["query"] == {
        "sketches": [{"strokes": 1, "points": 5}, {"strokes": 2, "points": 4}],
        "text": "red boot",
        "avoid": ["laces"],
        "photo": None,
        "weights": {"text": 2},
        "where": {"price": {"min": 9}},
        "explain": False,
    }
    assert (answer["k"], answer["offset"]) == (24, 0)
    stages = answer["took_ms"]
    assert set(stages) == {"decode", "read", "encode", "search", "total"}
    assert all(spent >= 0 for spent in stages.values())
    assert stages["total"] >= stages["encode"] + stages["search"]


def test_pages_follow_each_other_and_know_how_many_there_are(client: TestClient, shop: Shop) -> None:
    whole = told_by(ask(client, text="chair", k=100))
    assert [rank for rank, *_ in whole] == list(range(1, len(shop.gallery) + 1))
    pages = [ask(client, text="chair", k=10, offset=offset) for offset in range(0, 50, 10)]
    assert [hit for page in pages for hit in found(page)] == whole
    assert {page["total"] for page in pages} == {len(shop.gallery)}
    assert ask(client, text="chair", where={"category": "mug"})["total"] == len(list(shop.photos.glob("mug/*.jpg")))


def test_a_hit_says_what_a_page_needs_to_show_it(client: TestClient) -> None:
    (hit,) = ask(client, text="red", where={"price": 12}, k=1)["hits"]
    assert hit["title"] == "No. 2"
    assert hit["metadata"].items() >= {"price": 12, "colour": "green", "in_stock": True}.items()
    assert (hit["category"], hit["instance"]) == (hit["id"].partition("/")[0], None)
    assert client.get(hit["photo"]).headers["content-type"] == "image/jpeg"
    assert client.get(hit["thumb"]).headers["content-type"] == "image/jpeg"


def test_the_addresses_of_odd_names_lead_to_their_photos(client: TestClient) -> None:
    hits = ask(client, text="red", where={"category": "odd"}, k=20)["hits"]
    assert len(hits) == 6
    for hit in hits:
        expected = 410 if hit["id"] in ("odd/gone.png", "odd/broken.png") else 200
        assert client.get(hit["photo"]).status_code == expected
        assert client.get(hit["thumb"]).status_code == expected
        assert client.get(f"{hit['photo']}/info").json()["id"] == hit["id"]


def test_a_reference_is_an_id_and_never_a_path(client: TestClient, shop: Shop) -> None:
    path = next(shop.photos.glob("mug/*.jpg"))
    assert client.post("/api/search", json={"photo": f"mug/{path.name}"}).status_code == 200
    sent = client.post("/api/search", json={"photo": str(path)})
    assert sent.status_code == 422
    assert "there is no photo" in sent.json()["detail"]


def test_what_is_missing_or_unknown_is_told(client: TestClient) -> None:
    for question, words in (
        ({}, "nothing to look for"),
        ({"text": "  "}, "nothing to look for"),
        ({"text": "red", "where": {"colur": "red"}}, "colour"),
        ({"text": "red", "weights": {"words": 2}}, "/weights/words"),
        ({"text": "red", "limit": 3}, "/limit"),
        ({"sketches": [{"strokes": [[[1], [1]]]}]}, "single point"),
    ):
        sent = client.post("/api/search", json=question)
        assert sent.status_code == 422, question
        assert sent.headers["content-type"] == "application/problem+json"
        assert words in sent.json()["detail"]


def test_photos_added_meanwhile_are_found(client: TestClient, shop: Shop) -> None:
    from stbir.types import Photo

    before = ask(client, text="a purple thing", k=1)
    shop.gallery.add([Photo("new", image=Image.new("RGB", (40, 40), "purple"))])
    try:
        after = ask(client, text="a purple thing", k=100)
        assert "new" in [hit["id"] for hit in after["hits"]]
        assert after["total"] == before["total"] + 1
        assert after["generation"] > before["generation"]
    finally:
        shop.gallery.remove(["new"])
