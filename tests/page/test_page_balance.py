"""The balance between sketch and words, and what each photo says about its ranks."""

from typing import Any

import pytest
from hand import BOX, ROOF, Hand, Page, Service

from stbir.data.sketch_files import read_strokes_json

WORDS = "red boot"


@pytest.fixture
def both(page: Page, hand: Hand, service: Service) -> Page:
    hand.draw_file(service.sketch("chair-00016"))
    page.say(WORDS)
    return page


def ids(service: Service, **question: Any) -> list[str]:
    return [hit.photo.id for hit in service.gallery.search(**question, k=24)]


def test_at_its_ends_only_one_side_counts(both: Page, service: Service) -> None:
    sketch = read_strokes_json(both.body()["sketches"][0])
    both.slide(0)
    assert both.body()["weights"] == {"sketch": 1, "text": 0}
    assert both.ids() == ids(service, sketch=sketch)
    assert [ranks["sketch"] for ranks in both.ranks()] == list(range(1, 25))
    both.slide(100)
    assert both.body()["weights"] == {"sketch": 0, "text": 1}
    assert both.ids() == ids(service, text=WORDS)
    assert [ranks["words"] for ranks in both.ranks()] == list(range(1, 25))


def test_between_them_both_count(both: Page, service: Service) -> None:
    sketch = read_strokes_json(both.body()["sketches"][0])
    assert both.body()["weights"] == {"sketch": 1, "text": 1}
    assert both.ids() == ids(service, sketch=sketch, text=WORDS)
    both.slide(25)
    assert both.body()["weights"] == {"sketch": 1, "text": 0.5}
    both.slide(75)
    assert both.body()["weights"] == {"sketch": 0.5, "text": 1}
    assert both.ids() == ids(service, sketch=sketch, text=WORDS, weights={"sketch": 0.5})


def test_each_photo_tells_its_rank_by_each_side_and_together(both: Page, service: Service) -> None:
    sketch = read_strokes_json(both.body()["sketches"][0])
    by_sketch = [hit.photo.id for hit in service.gallery.search(sketch=sketch, k=60)]
    by_words = [hit.photo.id for hit in service.gallery.search(text=WORDS, k=60)]
    for place, (id, ranks) in enumerate(zip(both.ids(), both.ranks(), strict=True), start=1):
        assert ranks == {"sketch": by_sketch.index(id) + 1, "words": by_words.index(id) + 1}
        assert both.tab.text_content(f"#hits > li:nth-child({place}) .rank") == str(place)


def test_there_is_nothing_to_balance_without_both(page: Page, hand: Hand) -> None:
    assert page.tab.is_disabled("#balance")
    hand.draw(BOX, ROOF)
    assert page.tab.is_disabled("#balance")
    assert "words" in page.tab.text_content("#balance-help")
    assert all(ranks == {} for ranks in page.ranks())
    page.say(WORDS)
    assert page.tab.is_enabled("#balance")
    assert page.tab.is_hidden("#balance-help")
    assert page.tab.get_attribute("#balance", "aria-valuetext") == "both alike"
