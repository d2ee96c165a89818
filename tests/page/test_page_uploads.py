"""Drawings from files: opened, pasted and dropped."""

import io
import json
from pathlib import Path

import pytest
from hand import BOX, Hand, Page, Service
from PIL import Image

import stbir
from stbir.data.sketch_files import read_sketch


@pytest.fixture
def picture(service: Service, tmp_path: Path) -> Path:
    """A drawn boot as a picture."""
    path = tmp_path / "my boot.png"
    Image.fromarray(stbir.rasterise(read_sketch(service.sketch("boot-00004")), 300)).save(path)
    return path


def found(service: Service, path: Path) -> list[str]:
    return [hit.photo.id for hit in service.gallery.search(sketch=path, k=24)]


def test_an_opened_picture_is_the_query_and_can_be_removed(
    page: Page, hand: Hand, service: Service, picture: Path
) -> None:
    hand.draw(BOX)
    before = page.ids()
    page.tab.set_input_files("#file", picture)
    page.tab.wait_for_selector("#upload:not([hidden])")
    page.settle()
    assert page.ids() == found(service, picture)
    assert page.tab.text_content("#upload-name") == "my boot.png"
    assert page.tab.is_disabled("#tool-undo")
    page.press("#upload-remove")
    assert page.ids() == before


@pytest.mark.parametrize("how", ["drop", "paste"])
def test_a_picture_can_be_dropped_and_pasted(page: Page, service: Service, picture: Path, how: str) -> None:
    page.drop(picture, "image/png", how=how)
    page.tab.wait_for_selector("#upload:not([hidden])")
    page.settle()
    assert page.ids() == found(service, picture)


def test_an_svg_is_shown_and_searched(page: Page, service: Service, tmp_path: Path) -> None:
    path = tmp_path / "cup.svg"
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
        '<path d="M2 2h5v5H2z M7 3h2v3H7" fill="none" stroke="#000"/></svg>'
    )
    page.drop(path, "image/svg+xml")
    page.tab.wait_for_selector("#upload:not([hidden])")
    page.settle()
    assert page.ids() == found(service, path)
    assert page.tab.eval_on_selector("#upload-picture", "img => img.decode().then(() => img.naturalWidth > 0)")


def test_words_go_along_with_a_picture(page: Page, service: Service, picture: Path) -> None:
    page.drop(picture, "image/png")
    page.say("red")
    hits = service.gallery.search(sketch=picture, text="red", k=24)
    assert page.ids() == [hit.photo.id for hit in hits]


def test_stroke_json_becomes_strokes_that_can_be_drawn_on(page: Page, hand: Hand, service: Service) -> None:
    page.drop(service.sketch("chair-00002"), "application/json")
    page.tab.wait_for_selector("#tool-undo:enabled")
    page.settle()
    count = len(read_sketch(service.sketch("chair-00002")).strokes)
    assert len(page.strokes()) == count
    assert page.ids()[0] == found(service, service.sketch("chair-00002"))[0]
    hand.draw(BOX)
    assert len(page.strokes()) == count + 1


def test_a_drawing_is_saved_as_it_was_sent(page: Page, hand: Hand, tmp_path: Path) -> None:
    hand.draw(BOX)
    page.tab.click("#tool-save")
    with page.tab.expect_download() as download:
        page.tab.click("#save-strokes")
    assert json.loads(Path(download.value.path()).read_text()) == page.body()["sketches"][0]
    page.tab.click("#tool-save")
    with page.tab.expect_download() as download:
        page.tab.click("#save-picture")
    image = Image.open(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert image.size == (800, 800)
    assert image.convert("L").getextrema() == (0, 255)


def test_other_files_are_refused_in_words(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("hello")
    page.drop(path, "text/plain")
    assert "letter.txt is no drawing" in page.tab.text_content("#message")
    assert page.searches == []


def test_a_broken_picture_is_told_in_the_words_of_the_service(visit: object, service: Service, tmp_path: Path) -> None:
    page = visit(quiet=False)  # type: ignore[operator]
    path = tmp_path / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n and nothing more")
    page.drop(path, "image/png")
    page.tab.wait_for_selector("#message:not([hidden])")
    assert page.tab.text_content("#message")
    assert page.ids() == []
