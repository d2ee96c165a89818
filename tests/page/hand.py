"""What a person sees of the page and does on it: the page under watch, and a hand with mouse, finger or pen."""

import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stbir.gallery import Gallery

Points = Sequence[tuple[float, float]]
BOX = [(100, 100), (300, 100), (300, 300), (100, 300), (100, 100)]
ROOF = [(100, 100), (200, 20), (300, 100)]
LINE = [(50, 350), (200, 350), (350, 350)]

WATCH = "addEventListener('securitypolicyviolation', (event) => console.error('CSP: ' + event.violatedDirective));"


@dataclass(frozen=True)
class Service:
    """A running service: its address, what it searches in, and the folder of drawn pictures and sketches."""

    url: str
    gallery: Gallery
    drawn: Path

    def sketch(self, name: str) -> Path:
        return self.drawn / "sketches" / f"{name}.json"


class Page:
    """A page that remembers its requests and what it complained about."""

    def __init__(self, tab: Any, url: str) -> None:
        self.tab, self.url = tab, url
        self.searches: list[Any] = []
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        self.quiet = True
        tab.set_default_timeout(8000)
        tab.add_init_script(WATCH)
        tab.on("console", self._heard)
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        tab.on("request", self._asked)

    def open(self, hash: str = "") -> None:
        self.tab.goto(self.url + hash)
        self.settle()

    def settle(self) -> None:
        """Wait until the page has found what it searches for."""
        self.tab.wait_for_selector('#results[aria-busy="false"]')

    def until(self, holds: Callable[[], object]) -> None:
        """Wait for something that no element tells; the page's policy lets no test evaluate text in it."""
        for _ in range(80):
            if holds():
                return
            self.tab.wait_for_timeout(50)
        raise AssertionError("it did not happen within 4 s")

    def ids(self) -> list[str]:
        return self.tab.eval_on_selector_all("#hits > li", "items => items.map((item) => item.dataset.id)")

    def ranks(self) -> list[dict[str, int]]:
        """What each photo says about its ranks: {"sketch": 3, "words": 12}."""
        said = self.tab.eval_on_selector_all(".hit .ranks", "all => all.map((one) => one.textContent)")
        return [{name: int(rank) for name, rank in re.findall(r"([a-z]+) (\d+)", text)} for text in said]

    def body(self) -> dict[str, Any]:
        """The last search that was sent as JSON."""
        return self.searches[-1].post_data_json

    def strokes(self) -> list[Any]:
        """The drawing as the page keeps it for a reload."""
        return json.loads(self.tab.evaluate("sessionStorage.getItem('stbir.drawing') || '{}'")).get("strokes", [])

    def say(self, words: str) -> None:
        self.tab.fill("#words", words)
        self.settle()

    def press(self, selector: str) -> None:
        self.tab.click(selector)
        self.settle()

    def open_panel(self) -> Any:
        return self.tab.locator(":popover-open")

    def slide(self, percent: int) -> None:
        self.tab.fill("#balance", str(percent))
        self.settle()

    def drop(self, path: Path, kind: str, *, how: str = "drop") -> None:
        """Drop a file on the page, or paste it."""
        made = """([bytes, name, type]) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(bytes)], name, {type}));
            return transfer;
        }"""
        transfer = self.tab.evaluate_handle(made, [list(path.read_bytes()), path.name, kind])
        if how == "drop":
            self.tab.dispatch_event("#hits", "dragover", {"dataTransfer": transfer})
            self.tab.dispatch_event("#hits", "drop", {"dataTransfer": transfer})
        else:
            paste = """(clipboardData) => document.body.dispatchEvent(
                new ClipboardEvent('paste', {clipboardData, bubbles: true, cancelable: true}))"""
            self.tab.evaluate(paste, transfer)

    def check_clean(self) -> None:
        """No error, no warning, and nothing that was asked of anybody but the service."""
        assert self.foreign == []
        assert [text for text in self.complaints if self.quiet or text.startswith("CSP")] == []

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.url, f"blob:{self.url}", "data:")):
            self.foreign.append(request.url)
        if request.url.endswith("/api/search"):
            self.searches.append(request)


class Hand:
    """Draws on the canvas, in units of the drawing: 0 to 400 each way."""

    def __init__(self, page: Page, tool: str = "mouse") -> None:
        self.page, self.tool = page, tool
        self.cdp = page.tab.context.new_cdp_session(page.tab)

    def draw(self, *strokes: Points, settle: bool = True) -> None:
        for points in strokes:
            self.stroke(points)
        if settle:
            self.page.settle()

    def draw_file(self, path: Path, *, points: int = 6) -> None:
        """Draw the strokes of a file, with so many points each: a headless browser takes its time for every one."""
        drawing = json.loads(path.read_text())
        scale = 400 / max(drawing["canvas"])
        for x, y, *_ in drawing["strokes"]:
            places = sorted({round(step * (len(x) - 1) / (points - 1)) for step in range(points)})
            self.stroke([(x[place] * scale, y[place] * scale) for place in places])
        self.page.settle()

    def stroke(self, points: Points) -> None:
        places = [self.on_screen(point) for point in points]
        if self.tool == "touch":
            self.touch("touchStart", places[0])
            for place in places[1:]:
                self.touch("touchMove", place)
            self.touch("touchEnd")
            return
        self._mouse("mousePressed", places[0])
        for place in places[1:]:
            self._mouse("mouseMoved", place)
        self._mouse("mouseReleased", places[-1])

    def touch(self, kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
        self.cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def on_screen(self, point: tuple[float, float]) -> tuple[float, float]:
        left, top, width = self.canvas()
        return left + point[0] * width / 400, top + point[1] * width / 400

    def on_paper(self, place: tuple[float, float]) -> tuple[float, float]:
        """Where the page must say that a place on the screen is on the drawing."""
        left, top, width = self.canvas()
        x, y = ((value - edge) * 400 / width for value, edge in zip(place, (left, top), strict=True))
        return math.floor(x * 100 + 0.5) / 100, math.floor(y * 100 + 0.5) / 100

    def canvas(self) -> tuple[float, float, float]:
        box = "canvas => { const {left, top, width} = canvas.getBoundingClientRect(); return [left, top, width]; }"
        left, top, width = self.page.tab.eval_on_selector("#canvas", box)
        return left, top, width

    def _mouse(self, kind: str, place: tuple[float, float]) -> None:
        event: dict[str, Any] = {"type": kind, "x": place[0], "y": place[1], "pointerType": self.tool}
        pressed = {"button": "left", "buttons": 0 if kind == "mouseReleased" else 1, "clickCount": 1}
        self.cdp.send("Input.dispatchMouseEvent", event | pressed)
