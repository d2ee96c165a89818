"""The page's own files: small, complete, and without a word for any other host."""

import json
import re
from importlib import resources
from pathlib import Path

import pytest

from stbir.data.sketch_files import read_strokes_json

STATIC = Path(str(resources.files("stbir"))) / "serve" / "static"
FILES = sorted(path for path in STATIC.rglob("*") if path.is_file())
MODULES = [path for path in FILES if path.suffix == ".js"]
PAGE = (STATIC / "index.html").read_text()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_file_names_another_host(path: Path) -> None:
    addresses = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+", path.read_text()))
    assert addresses <= {"http://www.w3.org"}  # the name of SVG, which nobody opens


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_modules_fit_in_the_head_and_never_write_markup(path: Path) -> None:
    code = path.read_text()
    assert len(code.splitlines()) <= 300
    assert max(map(len, code.splitlines())) <= 130
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        'setAttribute("style"',
    ):
        assert word not in code


def test_the_page_has_no_script_or_style_of_its_own() -> None:
    assert re.findall(r"<script[^>]*>", PAGE) == ['<script type="module" src="static/main.js">']
    assert not re.search(r"<style| style=| on\w+=", PAGE)


def test_every_file_and_icon_that_is_named_is_there() -> None:
    icons = set(re.findall(r'<symbol id="(\w+)"', (STATIC / "icons.svg").read_text()))
    assert set(re.findall(r"icons\.svg#(\w+)", PAGE)) <= icons
    named = {name for path in MODULES for name in re.findall(r'icon\("(\w+)"\)', path.read_text())}
    assert named <= icons
    for name in re.findall(r'(?:href|src)="static/([\w.]+)', PAGE):
        assert (STATIC / name).is_file()
    for path in MODULES:
        for name in re.findall(r'from "\./([\w.]+)"', path.read_text()):
            assert (STATIC / name).is_file()


def test_every_part_that_modules_look_for_is_in_the_page() -> None:
    ids = set(re.findall(r'\bid="([\w-]+)"', PAGE))
    for path in MODULES:
        assert set(re.findall(r'byId\("([\w-]+)"\)', path.read_text())) <= ids


def test_the_examples_are_drawings() -> None:
    examples = json.loads((STATIC / "examples.json").read_text())
    assert set(examples) == {"chair", "boot", "mug"}
    for drawing in examples.values():
        assert len(read_strokes_json(drawing).strokes) > 3
