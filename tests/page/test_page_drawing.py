"""Drawing on the page: with mouse, finger and pen, on large and small screens."""

from collections.abc import Callable

import numpy as np
import pytest
from hand import BOX, LINE, ROOF, Hand, Page, Service

import stbir
from stbir.data.sketch_files import read_strokes_json
from stbir.types import Sketch


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
@pytest.mark.parametrize("tool", ["mouse", "touch", "pen"])
def test_a_drawing_finds_what_the_gallery_finds_for_the_same_strokes(
    visit: Callable[..., Page], service: Service, tool: str, phone: bool
) -> None:
    page = visit(phone=phone)
    Hand(page, tool).draw_file(service.sketch("mug-00017"))
    sketch = read_strokes_json(page.body()["sketches"][0])
    assert page.ids() == [hit.photo.id for hit in service.gallery.search(sketch=sketch, k=24)]
    assert page.ids()[0].startswith("mug/")
    assert len(sketch.strokes) == len(read_strokes_json_of(service, "mug-00017").strokes)


def test_strokes_arrive_as_they_were_drawn_and_give_the_same_pixels(page: Page, hand: Hand) -> None:
    drawn = [[(40, 60), (200, 44), (371, 83)], [(200, 90), (210, 260), (120, 380)]]
    hand.draw(*drawn)
    expected = [np.array([hand.on_paper(hand.on_screen(p)) for p in stroke], np.float32) for stroke in drawn]
    sent = read_strokes_json(page.body()["sketches"][0])
    assert [stroke[:, :2].tolist() for stroke in sent.strokes] == [stroke.tolist() for stroke in expected]
    ours = stbir.rasterise(Sketch(strokes=tuple(expected)), 128)
    np.testing.assert_array_equal(stbir.rasterise(sent, 128), ours)


def test_times_go_on_from_stroke_to_stroke(page: Page, hand: Hand) -> None:
    hand.draw(BOX, ROOF)
    times = [t for _, _, stroke in page.body()["sketches"][0]["strokes"] for t in stroke]
    assert times[0] == 0
    assert times == sorted(times)


def test_results_follow_every_stroke(page: Page, hand: Hand) -> None:
    hand.draw(BOX)
    hand.draw(ROOF)
    assert [len(search.post_data_json["sketches"][0]["strokes"]) for search in page.searches] == [1, 2]


def test_undo_and_redo_go_back_and_forth(page: Page, hand: Hand) -> None:
    hand.draw(BOX)
    first = page.ids()
    hand.draw(ROOF)
    second = page.ids()
    page.press("#tool-undo")
    assert page.ids() == first
    page.tab.keyboard.press("Control+z")
    page.settle()
    assert page.ids() == []
    assert page.tab.is_visible("#welcome")
    page.tab.keyboard.press("Control+Shift+z")
    page.tab.keyboard.press("Control+y")
    page.settle()
    assert page.ids() == second
    assert page.tab.is_disabled("#tool-redo")


def test_the_eraser_takes_whole_strokes_it_touches_in_one_step(page: Page, hand: Hand) -> None:
    hand.draw(BOX, ROOF, LINE)
    page.tab.keyboard.press("e")
    assert page.tab.get_attribute("#tool-erase", "aria-pressed") == "true"
    hand.draw([(200, 90), (200, 15)])  # through the box's lid and the roof
    assert [stroke[0][0] for stroke in page.strokes()] == pytest.approx([50], abs=1)
    page.press("#tool-undo")
    assert len(page.strokes()) == 3


def test_mirroring_is_exact_and_its_own_reverse(page: Page, hand: Hand) -> None:
    hand.draw(ROOF, [(20, 200), (90, 260)])
    before = page.body()["sketches"][0]["strokes"]
    page.press("#tool-mirror")
    mirrored = page.body()["sketches"][0]["strokes"]
    assert [[round(400 - x, 2) for x in stroke[0]] for stroke in before] == [stroke[0] for stroke in mirrored]
    page.tab.focus("#canvas")
    page.tab.keyboard.press("m")
    page.settle()
    assert page.body()["sketches"][0]["strokes"] == before


def test_clearing_can_be_undone(page: Page, hand: Hand) -> None:
    hand.draw(BOX, ROOF)
    found = page.ids()
    page.press("#tool-clear")
    assert page.ids() == []
    page.press("#tool-undo")
    assert page.ids() == found


def test_a_dot_alone_is_not_searched_for(page: Page, hand: Hand) -> None:
    hand.draw([(200, 200)])
    assert page.searches == []
    assert page.tab.is_visible("#welcome")
    assert page.tab.get_attribute("#canvas", "aria-label") == "Drawing of 1 stroke"


def test_the_drawing_outlives_a_turned_phone_and_a_reload(visit: Callable[..., Page]) -> None:
    page = visit(phone=True)
    hand = Hand(page, "touch")
    hand.draw(BOX)
    drawn, found = page.strokes(), page.ids()
    page.tab.set_viewport_size({"width": 844, "height": 390})
    page.tab.wait_for_timeout(100)
    canvas = "canvas => [canvas.width, Math.round(canvas.clientWidth * devicePixelRatio)]"
    real, wanted = page.tab.eval_on_selector("#canvas", canvas)
    assert real == wanted
    assert ink(page) > 200
    page.tab.reload()
    page.settle()
    assert (page.strokes(), page.ids()) == (drawn, found)


def test_lines_are_as_sharp_as_the_screen(visit: Callable[..., Page]) -> None:
    page = visit(device_scale_factor=2.5)
    real, shown = page.tab.eval_on_selector("#canvas", "canvas => [canvas.width, canvas.clientWidth]")
    assert real == round(shown * 2.5)


def ink(page: Page) -> int:
    """How many pixels of the canvas are inked."""
    return page.tab.eval_on_selector(
        "#canvas",
        "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)"
        ".data.reduce((sum, value, place) => sum + (place % 4 === 3 && value > 128), 0)",
    )


def read_strokes_json_of(service: Service, name: str) -> Sketch:
    from stbir.data.sketch_files import read_sketch

    return read_sketch(service.sketch(name))
