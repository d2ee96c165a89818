"""Words, things to avoid, filters, more like this, and the address that remembers them."""

from collections.abc import Callable

from hand import BOX, ROOF, Hand, Page, Service

from stbir.data.sketch_files import read_strokes_json
from stbir.index.filters import Filter, Range


def test_words_alone_find_what_the_gallery_finds(page: Page, service: Service) -> None:
    page.say("  green mug ")
    assert page.body() == {"k": 24, "offset": 0, "text": "green mug"}
    assert page.ids() == [hit.photo.id for hit in service.gallery.search(text="green mug", k=24)]
    assert page.tab.text_content("#count").startswith("24 of 60 · ")


def test_further_photos_come_on_request(page: Page, service: Service) -> None:
    page.say("mug")
    page.press("#more")
    page.press("#more")
    assert page.ids() == [hit.photo.id for hit in service.gallery.search(text="mug", k=60)]
    assert page.tab.is_hidden("#more")
    assert page.tab.evaluate("document.activeElement.closest('li').dataset.id") == page.ids()[48]


def test_what_to_avoid_is_split_at_commas(page: Page, service: Service) -> None:
    page.say("boot")
    page.tab.fill("#avoid", "laces, red ,")
    page.settle()
    assert page.body()["avoid"] == ["laces", "red"]
    assert page.ids() == [hit.photo.id for hit in service.gallery.search(text="boot", avoid=["laces", "red"], k=24)]


def test_nothing_but_things_to_avoid_is_no_query(page: Page) -> None:
    page.tab.fill("#avoid", "laces")
    page.settle()
    assert page.searches == []


def test_values_are_ticked_and_taken_away_again(page: Page, service: Service) -> None:
    page.say("something red")
    page.tab.click("button[data-field=category]")
    page.open_panel().get_by_label("chair").check()
    page.open_panel().get_by_label("mug").check()
    page.tab.keyboard.press("Escape")
    page.settle()
    assert page.body()["where"] == {"category": ["chair", "mug"]}
    where = {"category": ["chair", "mug"]}
    assert page.ids() == [hit.photo.id for hit in service.gallery.search(text="something red", where=where, k=24)]
    assert page.tab.text_content("#count").startswith("24 of 40")
    page.press("#chips >> text=chair")
    assert {id.split("/")[0] for id in page.ids()} == {"mug"}
    page.press("#chips >> text=mug")
    assert "where" not in page.body()


def test_numbers_have_a_range_and_truth_values_a_choice(page: Page, service: Service) -> None:
    page.say("boot")
    page.tab.click("button[data-field=price]")
    page.open_panel().get_by_label("From").fill("20")
    page.open_panel().get_by_label("To").fill("39.5")
    page.settle()
    assert page.body()["where"] == {"price": {"min": 20, "max": 39.5}}
    where = Filter((Range("price", 20, 39.5),))
    assert page.ids() == [hit.photo.id for hit in service.gallery.search(text="boot", where=where, k=24)]
    page.tab.keyboard.press("Escape")
    page.tab.click("button[data-field=in_stock]")
    page.open_panel().get_by_text("No", exact=True).click()
    page.settle()
    assert page.body()["where"] == {"price": {"min": 20, "max": 39.5}, "in_stock": False}


def test_a_range_the_wrong_way_round_is_told_and_not_sent(page: Page) -> None:
    page.say("boot")
    page.tab.click("button[data-field=price]")
    page.open_panel().get_by_label("From").fill("30")
    page.settle()
    page.open_panel().get_by_label("To").fill("2")
    page.settle()
    assert page.body()["where"] == {"price": {"min": 30}}
    assert page.open_panel().get_by_text("must not be larger").is_visible()


def test_filters_that_nothing_passes_can_be_lifted_at_once(page: Page) -> None:
    page.tab.goto(page.url + "#words=boot&is.category=boot&max.price=1")
    page.tab.reload()
    page.settle()
    assert page.ids() == []
    page.press("#nothing >> text=Clear filters")
    assert len(page.ids()) == 24


def test_more_like_this_joins_sketch_and_words(page: Page, hand: Hand, service: Service) -> None:
    hand.draw(BOX, ROOF)
    page.say("wood")
    page.tab.hover("#hits > li:nth-child(2)")
    chosen = page.ids()[1]
    page.press("#hits > li:nth-child(2) .like")
    sketch = read_strokes_json(page.body()["sketches"][0])
    found = service.gallery.search(sketch=sketch, text="wood", photo=chosen, k=24)
    assert page.ids() == [hit.photo.id for hit in found]
    assert chosen.split("/")[-1].removesuffix(".jpg") in page.tab.text_content("#reference")
    assert all(set(ranks) == {"sketch", "words", "likeness"} for ranks in page.ranks())
    page.press("#reference button")
    assert "photo" not in page.body()
    assert page.tab.is_hidden("#reference")


def test_the_address_brings_everything_but_the_drawing_back(visit: Callable[..., Page], service: Service) -> None:
    page = visit()
    page.say("green & blue")
    page.tab.fill("#avoid", "laces")
    page.tab.click("button[data-field=colour]")
    page.open_panel().get_by_label("green").check()
    page.settle()
    other = visit(page.tab.url)
    assert other.body() == page.body()
    assert other.ids() == page.ids()


def test_back_undoes_a_choice(page: Page) -> None:
    page.say("mug")
    before = page.ids()
    page.press("#hits > li:nth-child(3) .like")
    assert page.ids() != before
    page.tab.go_back()
    page.settle()
    assert page.ids() == before
    assert page.tab.is_hidden("#reference")


def test_an_example_fills_canvas_and_words(page: Page) -> None:
    page.press(".example >> nth=0")
    assert len(page.strokes()) > 3
    assert page.tab.input_value("#words")
    assert len(page.ids()) == 24


def test_a_photo_is_shown_with_all_that_is_known(page: Page, service: Service) -> None:
    page.say("mug")
    page.tab.click("#hits > li:nth-child(2) .open")
    photo = service.gallery.search(text="mug", k=2)[1].photo
    page.tab.wait_for_selector("[data-act=copy]")
    facts = page.tab.text_content(".facts")
    assert str(photo.path) in facts
    assert str(photo.metadata["price"]) in facts
    page.tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.tab.click("[data-act=copy]")
    page.tab.wait_for_selector("text=Copied.")
    assert page.tab.evaluate("navigator.clipboard.readText()") == str(photo.path)
    with page.tab.expect_download() as download:
        page.tab.click("[data-act=save]")
    assert download.value.suggested_filename == photo.id.split("/")[-1]
    page.tab.keyboard.press("ArrowRight")
    assert page.ids()[2].split("/")[-1].split(".")[0] in page.tab.text_content("#detail-title")
    page.press("#detail [data-act=like]")
    assert page.body()["photo"] == page.tab.evaluate("new URLSearchParams(location.hash.slice(1)).get('like')")
