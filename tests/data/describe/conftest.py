"""A server that looks at pictures, photos of six colours, and the command line as a function."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import pytest
from vision_server import COLOURS, VisionServer, paint, vision_server

from stbir.cli import main
from stbir.data.describe.endpoint import Endpoint


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


Stbir = Callable[..., Said]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key of the machine's own, and no long waits."""
    monkeypatch.delenv("STBIR_DESCRIBE_KEY", raising=False)
    monkeypatch.setitem(Endpoint.__init__.__kwdefaults__, "first_wait", 0.01)


@pytest.fixture
def server() -> Generator[VisionServer]:
    with vision_server() as server:
        yield server


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for colour in COLOURS:
        paint(tmp_path / "photos" / ("dark" if colour == "black" else "light") / f"{colour}.png", colour)
    return tmp_path / "photos"


@pytest.fixture
def stbir(capsys: pytest.CaptureFixture[str]) -> Stbir:
    def run(*arguments: object) -> Said:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return run


@pytest.fixture
def describe(stbir, photos: Path, server: VisionServer, tmp_path: Path):
    def run(*more: object, model: str = "qwen"):
        to = tmp_path / "texts.txt"
        return stbir("data", "describe", photos, "--to", to, "--endpoint", server.url, "--model", model, *more)

    return run
