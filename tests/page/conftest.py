"""The service on a free port of this machine, and the page in a headless browser that tells everything it does."""

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hand import Hand, Page, Service

import stbir
from stbir.data.drawn.folder import write_gallery
from stbir.types import Photo

FAMILIES = ("boot", "chair", "mug")
COLOURS = ("red", "blue", "green", "black")
DESKTOP = {"viewport": {"width": 1440, "height": 900}, "has_touch": True}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> str:
    pytest.importorskip("playwright.sync_api", reason="the page is tested with playwright: pip install playwright")
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("the page is tested in Debian's chromium, which is not installed")
    return path


@pytest.fixture(scope="session")
def serve(chromium: str) -> Iterator[Callable[..., str]]:
    """Starts services on free ports and ends them all."""
    uvicorn = pytest.importorskip("uvicorn", reason="the page is tested with its service: pip install stbir[serve]")
    from stbir.serve import Settings, create_app

    running: list[tuple[Any, threading.Thread, socket.socket]] = []

    def start(gallery: stbir.Gallery, **settings: Any) -> str:
        door = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(
            create_app(gallery, Settings(**settings)), log_level="warning", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        for _ in range(1500):
            if server.started:
                break
            time.sleep(0.02)
        assert server.started, "the service did not start within 30 s"
        running.append((server, thread, door))
        return f"http://127.0.0.1:{door.getsockname()[1]}/"

    yield start
    for server, thread, door in running:
        server.should_exit = True
        thread.join(timeout=10)
        door.close()


@pytest.fixture(scope="session")
def service(serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Service:
    """Sixty drawn photos of three families, with a price, a colour, and whether they are in stock."""
    drawn = tmp_path_factory.mktemp("page") / "drawn"
    write_gallery(drawn, count=60, seed=5, size=96, families=FAMILIES, workers=1)
    gallery = stbir.Gallery.open(drawn / "photos", "tiny", to=drawn / "gallery")
    photos = sorted((drawn / "photos").glob("*/*.jpg"))
    gallery.add([with_metadata(path, number) for number, path in enumerate(photos)])
    return Service(serve(gallery), gallery, drawn)


def with_metadata(path: Path, number: int) -> Photo:
    metadata = {"price": 10 + number, "colour": COLOURS[number % 4], "in_stock": number % 3 > 0}
    return Photo(f"{path.parent.name}/{path.name}", path, category=path.parent.name, metadata=metadata)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def screens(browser: Any) -> Callable[..., Any]:
    """Windows of a certain kind, kept open: a new tab has its own storage and costs much less than a new window."""
    contexts: dict[str, Any] = {}

    def screen(**options: Any) -> Any:
        key = repr(sorted(options.items()))
        if key not in contexts:
            contexts[key] = browser.new_context(**options)
        return contexts[key]

    return screen


@pytest.fixture
def visit(screens: Callable[..., Any], service: Service) -> Iterator[Callable[..., Page]]:
    """Opens the page as somebody with a certain screen does; in the end nothing may have gone wrong on it."""
    pages: list[Page] = []

    def open_page(
        url: str = "", *, phone: bool = False, quiet: bool = True, before: Any = None, **options: Any
    ) -> Page:
        address, _, hash = url.partition("#")
        screen = screens(**(PHONE if phone else DESKTOP) | {"reduced_motion": "reduce"} | options)
        page = Page(screen.new_page(), address or service.url)
        pages.append(page)
        page.quiet = quiet
        if before is not None:
            before(page)
        page.open(hash and f"#{hash}")
        return page

    yield open_page
    for page in pages:
        page.tab.close()
        page.check_clean()


@pytest.fixture
def page(visit: Callable[..., Page]) -> Page:
    return visit()


@pytest.fixture
def hand(page: Page) -> Hand:
    """A hand with a mouse on the page."""
    return Hand(page)
