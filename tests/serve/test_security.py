"""Who may ask what, what every answer carries, and what is never said: not in answers, not in the log."""

import logging
import re
from collections.abc import Callable, Iterator

import pytest
from corner_shop import HERE, Shop
from fastapi.testclient import TestClient

from stbir.errors import GalleryError
from stbir.serve import Settings, create_app

TOKEN = "correct-horse-battery"
PHOTO = "/api/photos/odd%2Fcamera.jpg"
PRIVATE = ("/api/about", "/api/facets", PHOTO, f"{PHOTO}/thumb", "/metrics")
OPEN = ("/", "/static/main.js", "/livez", "/openapi.json")


@pytest.fixture(scope="module")
def guarded(shop: Shop) -> Iterator[TestClient]:
    with TestClient(create_app(shop.gallery, Settings(token=TOKEN, hosts=None)), base_url=HERE) as client:
        yield client


@pytest.fixture
def open_client(shop: Shop) -> Iterator[Callable[..., TestClient]]:
    opened: list[TestClient] = []

    def start(**settings: object) -> TestClient:
        client = TestClient(create_app(shop.gallery, Settings(**settings)), base_url=HERE)  # type: ignore[arg-type]
        client.__enter__()
        opened.append(client)
        return client

    yield start
    for client in opened:
        client.__exit__(None, None, None)


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong-horse-battery",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Basic {TOKEN}",
        TOKEN,
        f"Bearer {TOKEN.upper()}",
        f"Bearer {TOKEN} {TOKEN}",
        f"Bearer {TOKEN}\xff",
    ],
)
def test_without_the_token_nothing_is_told(guarded: TestClient, given: str | None) -> None:
    headers = [] if given is None else [(b"authorization", given.encode("latin-1"))]
    for address in PRIVATE:
        answer = guarded.get(address, headers=headers)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer"), address
        assert answer.headers["content-type"] == "application/problem+json"
        assert TOKEN not in answer.text
    assert guarded.post("/api/search", json={"text": "red"}, headers=headers).status_code == 401


def test_with_the_token_everything_is(guarded: TestClient) -> None:
    for scheme in ("Bearer", "bearer"):
        headers = {"Authorization": f"{scheme} {TOKEN}"}
        assert all(guarded.get(address, headers=headers).status_code == 200 for address in PRIVATE)
        assert guarded.post("/api/search", json={"text": "red"}, headers=headers).status_code == 200


def test_the_page_is_for_everybody_as_it_asks_for_the_token(guarded: TestClient) -> None:
    assert all(guarded.get(address).status_code == 200 for address in OPEN)
    assert guarded.get("/openapi.json").json()["security"] == [{"token": []}]


def test_an_address_that_looks_open_is_not(guarded: TestClient) -> None:
    for address in (
        "/static/../api/about",
        "/static/%2e%2e/api/about",
        "//api/about",
        "/livez/../api/about",
        "/api/about/",
    ):
        answer = guarded.get(address)
        assert answer.status_code in (401, 404), address
        assert "generation" not in answer.text


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:1", "[::1]:8000", "LOCALHOST"])
def test_it_answers_to_the_names_of_this_machine(client: TestClient, host: str) -> None:
    assert client.get("/api/about", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:8000", "", "127.0.0.1.evil", "@"]
)
def test_it_does_not_answer_to_names_that_others_point_here(client: TestClient, host: str) -> None:
    for address in ("/", "/api/about", "/static/main.js"):
        answer = client.get(address, headers={"Host": host})
        assert (answer.status_code, answer.headers["content-type"]) == (421, "application/problem+json")


def test_pages_of_other_sites_may_not_search_here(client: TestClient) -> None:
    def ask(origin: str) -> int:
        return client.post("/api/search", json={"text": "red"}, headers={"Origin": origin}).status_code

    assert ask("https://evil.example") == 403
    assert ask("null") == 403
    assert ask("http://localhost.evil.example") == 403
    assert ask(HERE) == 200


@pytest.mark.parametrize(
    "address",
    ["/", "/static/main.js", "/api/about", PHOTO, "/nothing", "/metrics", "/api/search"],
)
def test_every_answer_is_safe_to_show(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "access-control-allow-origin" not in headers
    assert re.fullmatch(r"[0-9a-f]{16}", headers["x-request-id"])


def test_a_request_keeps_the_name_it_came_with_if_that_is_one(client: TestClient) -> None:
    assert client.get("/livez", headers={"X-Request-ID": "shop-17_a"}).headers["x-request-id"] == "shop-17_a"
    for odd in ("a b", "x" * 65, "<script>", ""):
        assert re.fullmatch(
            r"[0-9a-f]{16}", client.get("/livez", headers={"X-Request-ID": odd}).headers["x-request-id"]
        )


def test_the_log_does_not_say_what_people_search_for(
    open_client: Callable[..., TestClient], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = open_client()
    client.post("/api/search", json={"text": "secret wish", "where": {"secret field": 1}})
    client.post("/api/search", json={"text": "secret wish"})
    client.get("/api/photos/secret%20name/thumb")
    client.get("/secret/address?secret=1")
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("stbir")]
    assert [line.split()[1:4] for line in ours[:2]] == [["POST", "/api/search", "422"], ["POST", "/api/search", "200"]]
    assert "secret" not in "\n".join(ours)
    caplog.clear()
    open_client(log_queries=True).post("/api/search", json={"text": "open wish"})
    assert "open wish" in caplog.text


def test_a_head_is_told_what_a_get_would_be(client: TestClient) -> None:
    for address in ("/", "/livez", "/api/about", PHOTO, f"{PHOTO}/thumb", "/nothing"):
        whole, head = client.get(address), client.head(address)
        assert (head.status_code, head.content) == (whole.status_code, b"")
        assert head.headers["content-type"] == whole.headers["content-type"]
        assert head.headers["content-length"] == str(len(whole.content))
    assert client.head("/api/search").status_code == 405


def test_errors_do_not_tell_where_things_are_unless_they_may(
    shop: Shop, open_client: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(**asked: object) -> None:
        raise GalleryError(f"the gallery in {shop.gallery.home} was made anew: it had {shop.photos / 'a.jpg'}")

    monkeypatch.setattr(shop.gallery, "timed_search", gone)
    monkeypatch.setattr(shop.gallery, "refresh", gone)
    for show in (True, False):
        client = open_client(show_paths=show)
        for answer in (client.post("/api/search", json={"text": "red"}), client.get("/api/about")):
            assert answer.status_code == 503
            assert (str(shop.photos.parent) in answer.text) is show
            assert "the gallery in" in answer.json()["detail"]


def test_settings_do_not_print_the_token() -> None:
    assert TOKEN not in repr(Settings(token=TOKEN))


def test_the_files_of_the_page_are_a_closed_list(client: TestClient) -> None:
    page = client.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert client.get("/", headers={"If-None-Match": page.headers["etag"]}).status_code == 304
    names = re.findall(r'(?:src|href)="(static/[^"#]+)', page.text)
    assert len(names) > 3
    for name in names:
        assert client.get(f"/{name}").status_code == 200, name
    for name in ("../app.py", "%2e%2e%2fapp.py", "..%5capp.py", "main.js%00", "/etc/passwd", ""):
        assert client.get(f"/static/{name}").status_code == 404, name
