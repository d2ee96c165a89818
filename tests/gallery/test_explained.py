"""What a search tells beside the hits: ranks by each part, how many there are, the next page, one hit per object."""

from pathlib import Path

import numpy as np
import pytest
from grid_method import GridMethod
from painted import paint
from PIL import Image

from stbir.errors import InputError, UnknownPhoto
from stbir.gallery import Gallery
from stbir.types import Photo, Sketch

PAPER = Sketch(raster=np.pad(np.zeros((1, 4), np.uint8), 20, constant_values=255))


def test_each_hit_tells_its_rank_by_each_part(photos: Path) -> None:
    gallery = Gallery.open(photos, GridMethod())
    by_sketch = [hit.photo.id for hit in gallery.search(sketch=PAPER, k=50)]
    by_words = [hit.photo.id for hit in gallery.search(text="red", k=50)]
    hits = gallery.search(sketch=PAPER, text="red", k=50, explain=True)
    assert [hit.rank for hit in hits] == list(range(1, 14))
    for hit in hits:
        assert hit.ranks == {
            "sketch": by_sketch.index(hit.photo.id) + 1,
            "text": by_words.index(hit.photo.id) + 1,
        }
    assert all(hit.ranks == {} for hit in gallery.search(sketch=PAPER, text="red"))


def test_ranks_count_what_passes_the_filter_and_not_the_reference(photos: Path) -> None:
    gallery = Gallery.open(photos, GridMethod())
    where = {"category": ["red", "blue"]}
    by_words = [hit.photo.id for hit in gallery.search(text="green", k=50, where=where)]
    by_photo = [hit.photo.id for hit in gallery.search(photo="red/deep/1.png", k=50, where=where)]
    hits = gallery.search(photo="red/deep/1.png", text="green", k=50, where=where, explain=True)
    without = [id for id in by_words if id != "red/deep/1.png"]
    for hit in hits:
        assert hit.ranks == {"photo": by_photo.index(hit.photo.id) + 1, "text": without.index(hit.photo.id) + 1}


def test_pages_follow_each_other(photos: Path) -> None:
    gallery = Gallery.open(photos, GridMethod())
    whole = gallery.search(text="red", k=13)
    pages = [hit for offset in (0, 5, 10, 15) for hit in gallery.search(text="red", k=5, offset=offset)]
    assert pages == whole
    assert gallery.search(text="red", k=3, offset=4, explain=True)[0].ranks == {"text": 5}
    for offset in (-1, 1.5, True):
        with pytest.raises(InputError, match="offset must be a whole number of at least 0"):
            gallery.search(text="red", offset=offset)  # type: ignore[arg-type]


def test_the_total_counts_what_could_be_found(photos: Path) -> None:
    gallery = Gallery.open(photos, GridMethod())
    assert gallery.timed_search(text="red").total == 13
    assert gallery.timed_search(text="red", where={"category": "blue"}).total == 4
    assert gallery.timed_search(photo="red/deep/1.png").total == 12
    assert gallery.timed_search(photo="red/deep/1.png", where={"category": "red"}).total == 3
    assert gallery.timed_search(photo="red/deep/1.png", where={"category": "blue"}).total == 4


@pytest.fixture
def objects(photos: Path) -> Gallery:
    """Six objects: three with several views each, the white photo, and two more without a name."""
    gallery = Gallery.open(photos, GridMethod())
    views = []
    for name, colours in (("ball", ["red", "red", "black"]), ("cube", ["blue", "green"]), ("rod", ["black"])):
        for number, colour in enumerate(colours):
            path = photos.parent / "views" / f"{name}-{number}.png"
            paint(path, colour)
            views.append(Photo(f"{name}/{number}", path=path, instance=name, metadata={"colour": colour}))
    gallery.remove([photo.id for photo in gallery.photos if photo.id != "white.png"])
    gallery.add([*views, Photo("loose 1", image=Image.new("RGB", (9, 9), (0, 0, 200)))])
    return gallery


def test_an_object_of_several_photos_is_one_hit_with_its_best_view(objects: Gallery) -> None:
    hits = objects.search(text="red", k=50)
    assert [hit.photo.instance for hit in hits].count("ball") == 1
    assert hits[0].photo.id in ("ball/0", "ball/1")
    assert len(hits) == objects.timed_search(text="red").total == 5
    assert objects.search(text="black", k=50)[0].photo.id in ("ball/2", "rod/0")
    assert [hit.photo.id for hit in objects.search(text="green", k=1)] == ["cube/1"]
    black = objects.search(text="red", k=9, where={"colour": "black"})
    assert sorted(hit.photo.id for hit in black) == ["ball/2", "rod/0"]
    assert objects.timed_search(text="red", where={"colour": ["black", "red"]}).total == 2
    pages = [hit for offset in range(5) for hit in objects.search(text="red", k=1, offset=offset)]
    assert pages == hits


def test_more_like_a_view_of_an_object_finds_other_objects(objects: Gallery) -> None:
    hits = objects.search(photo="ball/0", k=50)
    assert "ball" not in [hit.photo.instance for hit in hits]
    assert len(hits) == objects.timed_search(photo="ball/0").total == 4


def test_ranks_of_objects_are_ranks_among_objects(objects: Gallery) -> None:
    by_words = [hit.photo.instance or hit.photo.id for hit in objects.search(text="green", k=50)]
    for hit in objects.search(sketch=PAPER, text="green", k=50, explain=True):
        assert hit.ranks["text"] == by_words.index(hit.photo.instance or hit.photo.id) + 1


def test_a_photo_is_found_by_its_id(photos: Path) -> None:
    gallery = Gallery.open(photos, GridMethod())
    assert gallery.photo("white.png").path == photos / "white.png"
    for missing in ("nothing", "", "../white.png", "x" * 5000):
        with pytest.raises(UnknownPhoto, match="there is no photo"):
            gallery.photo(missing)


def test_facets_are_the_fields_worth_filtering_by(photos: Path) -> None:
    gallery = Gallery.open(photos, GridMethod())
    paint(photos.parent / "far.png", "black")
    far = photos.parent / "far.png"
    gallery.add(
        [
            Photo("a", path=far, metadata={"price": 3, "new": True, "sku": "x1"}),
            Photo("b", path=far, metadata={"price": 9, "new": True, "sku": "x2"}),
            Photo("c", path=far, metadata={"price": 9, "sku": "x3"}),
        ]
    )
    facets = gallery.facets()
    assert list(facets) == ["category", "new", "price"]
    assert facets["category"].values == (("blue", 4), ("green", 4), ("red", 4))
    assert (facets["category"].kind, facets["category"].missing) == ("text", 4)
    assert (facets["price"].kind, facets["price"].low, facets["price"].high, facets["price"].missing) == (
        "number",
        3.0,
        9.0,
        13,
    )
    assert (facets["new"].kind, facets["new"].values, facets["new"].missing) == ("truth", ((True, 2),), 14)
