"""What the service says about itself: what it serves, what can be filtered by, and whether it is well."""

import time
from pathlib import Path

import pytest
from corner_shop import HERE, Shop
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

import stbir
from stbir.data.drawn import train_families
from stbir.serve import Settings, create_app
from stbir.types import Query


def test_about_says_what_is_served(client: TestClient, shop: Shop) -> None:
    told = client.get("/api/about").json()
    assert told["version"] == stbir.__version__
    assert (told["name"], told["photos"], told["broken"]) == ("photos", len(shop.gallery), 0)
    assert told["indexing"] is False
    assert told["model"]["bundled"] is True
    assert {"boot", "chair", "shoe"} <= set(told["model"]["families"]) <= set(train_families())
    assert told["fields"]["price"] == "number"
    assert told["fields"]["in_stock"] == "truth"
    assert told["limits"]["k"] == 200


def test_a_model_of_ones_own_knows_no_list_of_families(tmp_path: Path, clip_folder: Path, shop: Shop) -> None:
    gallery = stbir.Gallery.open(shop.photos / "mug", str(clip_folder), to=tmp_path / "gallery")
    with TestClient(create_app(gallery, Settings(show_paths=False)), base_url=HERE) as client:
        told = client.get("/api/about").json()["model"]
        assert (told["bundled"], told["families"]) == (False, None)
        assert told["source"] == clip_folder.name  # where it lies on the machine is not for everybody
        (hit,) = client.post("/api/search", json={"text": "mug", "k": 1}).json()["hits"]
        assert client.get(f"{hit['photo']}/info").json()["path"] is None


def test_facets_count_what_there_is(client: TestClient, shop: Shop) -> None:
    fields = client.get("/api/facets").json()["fields"]
    photos = shop.gallery.photos
    colours = [photo.metadata.get("colour") for photo in photos]
    assert {one["value"]: one["count"] for one in fields["colour"]["values"]} == {
        colour: colours.count(colour) for colour in ("red", "blue", "green", "black")
    }
    assert fields["colour"]["missing"] == colours.count(None)
    assert (fields["price"]["kind"], fields["price"]["min"], fields["price"]["max"]) == ("number", 10, 39)


def test_facets_follow_the_gallery(client: TestClient, shop: Shop) -> None:
    from PIL import Image

    from stbir.types import Photo

    shop.gallery.add([Photo("extra", image=Image.new("RGB", (40, 40)), metadata={"colour": "violet"})])
    try:
        values = client.get("/api/facets").json()["fields"]["colour"]["values"]
        assert {"value": "violet", "count": 1} in values
    finally:
        shop.gallery.remove(["extra"])


def test_it_says_when_it_is_alive_and_when_it_can_search(client: TestClient) -> None:
    assert client.get("/livez").json() == {"status": "alive"}
    for _ in range(500):
        if client.get("/readyz").status_code == 200:
            break
        time.sleep(0.02)
    assert client.get("/readyz").json() == {"status": "ready"}


def test_a_service_that_cannot_search_is_alive_and_not_ready(
    tmp_path: Path, shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    gallery = stbir.Gallery.open(shop.photos / "mug", "tiny", to=tmp_path / "gallery")

    def fail(queries: list[Query]) -> None:
        raise RuntimeError("no memory for red boots")

    gallery.method.encode_queries = fail  # type: ignore[method-assign]
    with TestClient(create_app(gallery), base_url=HERE) as client:
        answer = client.get("/readyz")
        for _ in range(500):
            if "failed" in answer.json()["detail"]:
                break
            time.sleep(0.02)
            answer = client.get("/readyz")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert answer.json()["detail"] == "the first search failed (RuntimeError)"
        assert client.get("/livez").status_code == 200
        failed = client.post("/api/search", json={"text": "secret words"})
        assert (failed.status_code, failed.headers["content-type"]) == (500, "application/problem+json")
        assert failed.headers["x-request-id"] in failed.json()["detail"]
        assert "RuntimeError" in caplog.text
        assert failed.headers["x-request-id"] in caplog.text
        assert "secret" not in caplog.text


def test_metrics_can_be_read_and_count(client: TestClient, shop: Shop) -> None:
    def numbers() -> dict[tuple[str, ...], float]:
        text = client.get("/metrics").text
        samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
        return {(sample.name, *sorted(sample.labels.values())): sample.value for sample in samples}

    before = numbers()
    client.post("/api/search", json={"text": "red"})
    client.post("/api/search", json={"text": "red", "k": 0})
    client.get("/api/photos/private-name/thumb")
    after = numbers()

    def grown(*key: str) -> float:
        return after[key] - before.get(key, 0.0)

    assert grown("stbir_requests_total", "/api/search", "200") == 1
    assert grown("stbir_requests_total", "/api/search", "422") == 1
    assert grown("stbir_requests_total", "/api/photos/{id:path}/thumb", "404") == 1
    for stage in ("decode", "read", "encode", "search", "total"):
        assert grown("stbir_stage_seconds_count", stage) == 1
    assert after[("stbir_photos",)] == len(shop.gallery)
    assert after[("stbir_queue_depth", "search")] == 0
    assert not any("private-name" in part for key in after for part in key)


@pytest.mark.parametrize(
    "address", ["/docs", "/redoc", "/api", "/api/nothing", "/static/nothing.js", "/static/../app.py"]
)
def test_what_is_not_there_is_a_problem_too(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json()["status"] == 404
    assert client.delete("/api/search").status_code == 405
