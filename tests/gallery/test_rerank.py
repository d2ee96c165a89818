"""Re-ranking permutes the short list by tokens that the gallery keeps, and an evaluation does the same."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from grid_method import GRID, GridMethod
from painted import ids, paint

from stbir.cli.evaluate import readable
from stbir.data import drawn
from stbir.evaluation.options import Protocol
from stbir.evaluation.protocol import evaluate_in_full
from stbir.gallery import Gallery
from stbir.gallery.rerank import encoded_of
from stbir.gallery.status import status_of
from stbir.index.base import Record
from stbir.methods import build
from stbir.methods.dp_clip import DPCLIP
from stbir.nn.clip import load_backbone
from stbir.types import Encoded, Photo, Query, Split


class TokenMethod(GridMethod):
    """Its tokens are the cells of the grid, of which the first counts: the darker the better."""

    def __init__(self, *, shortlist: int = 5, tokens: bool = True) -> None:
        super().__init__()
        self.shortlist = shortlist if tokens else 0
        self.tokens = tokens

    def encode_photos(self, photos: Sequence[Photo], *, batch_size: int = 64) -> Encoded:
        vectors = super().encode_photos(photos, batch_size=batch_size).vectors
        return self._with_tokens(vectors)

    def encode_queries(self, queries: Sequence[Query]) -> Encoded:
        return self._with_tokens(super().encode_queries(queries).vectors)

    def rerank(self, query: Encoded, photos: Encoded) -> np.ndarray:
        assert query.tokens is not None
        assert photos.tokens is not None
        assert photos.mask is not None
        assert photos.mask.sum(axis=1).tolist() == [GRID * GRID - 1] * len(photos.vectors)
        return -photos.tokens[:, 0].sum(axis=1)

    def _with_tokens(self, vectors: np.ndarray) -> Encoded:
        if not self.tokens:
            return Encoded(vectors)
        tokens = vectors.reshape(-1, GRID * GRID, 3)
        mask = np.ones(tokens.shape[:2], bool)
        mask[:, -1] = False
        return Encoded(vectors, tokens, mask)


def by_hand(gallery: Gallery, found: Sequence[str]) -> list[str]:
    """The photos ordered by their tokens, one by one."""
    darkness = {}
    for id in found:
        (record,) = gallery.index.fetch([id])
        assert record.tokens is not None
        darkness[id] = -sum(float(value) for value in record.tokens[0])
    return sorted(found, key=lambda id: (-darkness[id], id))


def searched(gallery: Gallery, **options: object) -> list[str]:
    return [hit.photo.id for hit in gallery.search(text="red", **{"k": 13, **options})]  # type: ignore[arg-type]


@pytest.mark.parametrize("shortlist", [1, 2, 5, 13, 100])
def test_the_short_list_is_permuted_and_the_rest_stays(photos: Path, shortlist: int) -> None:
    Gallery.open(photos, TokenMethod())
    plain = searched(Gallery.open(photos, TokenMethod(tokens=False)))
    gallery = Gallery.open(photos, TokenMethod(shortlist=shortlist))
    found = searched(gallery)
    assert found[shortlist:] == plain[shortlist:]
    assert found[:shortlist] == by_hand(gallery, plain[:shortlist])
    if shortlist >= 13:
        assert found != plain
    assert [hit.rank for hit in gallery.search(text="red", k=13)] == list(range(1, 14))


def test_a_hit_of_the_short_list_has_the_score_it_was_ordered_by(photos: Path) -> None:
    gallery = Gallery.open(photos, TokenMethod(shortlist=4))
    hits = gallery.search(text="red", k=6)
    for hit in hits[:4]:
        (record,) = gallery.index.fetch([hit.photo.id])
        assert hit.score == pytest.approx(-float(record.tokens[0].astype(np.float32).sum()), abs=1e-6)
    assert hits[4].score <= 1


def test_pages_fit_together(photos: Path) -> None:
    gallery = Gallery.open(photos, TokenMethod(shortlist=6))
    whole = searched(gallery)
    assert [id for offset in range(0, 13, 3) for id in searched(gallery, k=3, offset=offset)] == whole
    assert searched(gallery, k=2) == whole[:2]


def test_a_filter_and_objects_of_several_photos_decide_what_is_in_the_list(photos: Path) -> None:
    method = TokenMethod(shortlist=4)
    gallery = Gallery.open(photos, method)
    plain = searched(Gallery.open(photos, TokenMethod(tokens=False)), where="category=blue")
    assert searched(gallery, where="category=blue") == by_hand(gallery, plain)
    gallery.add([Photo(f"view {n}", path=photos / f"red/deep/{n}.png", instance="one") for n in range(3)])
    found = searched(gallery)
    assert sum(id.startswith("view") for id in found) == 1
    assert len(set(found)) == len(found) == 13
    assert found[:4] == by_hand(gallery, found[:4])


def test_time_and_bytes_are_told(photos: Path) -> None:
    gallery = Gallery.open(photos, TokenMethod())
    assert list(gallery.timed_search(text="red").took_ms) == ["read", "encode", "search", "rerank", "total"]
    status = status_of(gallery)
    assert (status.vector_bytes, status.token_bytes, status.shortlist) == (4 * 12, 2 * 3 * 3, 5)
    assert status_of(Gallery.open(photos, TokenMethod(tokens=False), update=False)).shortlist == 0


def test_incremental_indexing_keeps_tokens(photos: Path) -> None:
    gallery = Gallery.open(photos, TokenMethod())
    before = {record.id: record.tokens for record in gallery.index.fetch(ids(gallery))}
    (photos / "white.png").rename(photos / "snow.png")
    paint(photos / "red" / "new.png", "red", seed=5)
    method = TokenMethod()
    gallery = Gallery.open(photos, method)
    assert method.encoded == ["red/new.png"]
    after = {record.id: record.tokens for record in gallery.index.fetch(ids(gallery))}
    assert after.keys() - before.keys() == {"snow.png", "red/new.png"}
    np.testing.assert_array_equal(after["snow.png"], before["white.png"])
    for id in before.keys() & after.keys():
        np.testing.assert_array_equal(after[id], before[id])
    assert after["red/new.png"] is not None
    assert after["red/new.png"].dtype == np.float16
    assert searched(gallery)[:5] == by_hand(gallery, searched(gallery)[:5])


def test_a_gallery_without_tokens_opens_and_keeps_its_order(photos: Path) -> None:
    plain = searched(Gallery.open(photos, TokenMethod(tokens=False)))
    gallery = Gallery.open(photos, TokenMethod())
    assert searched(gallery) == plain
    assert status_of(gallery).token_bytes == 0
    gallery.add([Photo(plain[1], path=photos / plain[1])])  # one of the list has tokens now, the others do not
    assert searched(gallery) == plain


def test_tokens_of_different_number_are_filled_up() -> None:
    rows = [np.ones((count, 2), np.float16) for count in (1, 3)]
    found = encoded_of([Record(str(n), np.zeros(2, np.float32), {}, row) for n, row in enumerate(rows)])
    assert found.tokens is not None
    assert found.mask is not None
    assert found.mask.tolist() == [[True, False, False], [True, True, True]]
    np.testing.assert_array_equal(found.tokens[0], [[1, 1], [0, 0], [0, 0]])
    assert encoded_of([]).tokens is None


def test_an_evaluation_ranks_as_the_gallery_does(clip_folder: Path, tmp_path: Path) -> None:
    settings = {"matching": "rerank", "shortlist": 4, "naming": "one", "local": 2.0}
    method = build("dp_clip", load_backbone(str(clip_folder)), settings).eval()
    method.source = str(clip_folder)
    queries: list[Query] = []
    photos: list[Photo] = []
    for seed in range(10):
        query, photo = drawn.draw("boot", seed, size=64).pair()
        assert photo.image is not None
        (tmp_path / "photos").mkdir(exist_ok=True)
        photo.image.save(tmp_path / f"photos/{seed}.png")
        photos.append(Photo(f"{seed}.png", path=tmp_path / f"photos/{seed}.png", instance=f"{seed}.png"))
        queries.append(Query(query.sketches, query.text, instance=f"{seed}.png"))
    gallery = Gallery.open(tmp_path / "photos", method)
    protocol = Protocol(measures=("acc@1", "mrr"))
    found = evaluate_in_full(method, Split("ten", queries, photos), protocol=protocol, depth=10)
    changed = 0
    for number, query in enumerate(queries):
        for name, asked in (("sketch", Query(query.sketches)), ("both", Query(query.sketches, query.text))):
            answer = [hit.photo.id for hit in gallery.search_query(asked, k=10)]
            places = found.findings[name].places[number]
            assert [photos[place].id for place in places] == answer
            rank = found.report.per_query[name]["rank"][number]
            assert answer[rank - 1] == query.instance
            vector = method.encode_queries([asked]).vectors[0]
            plain = sorted(photos, key=lambda photo: -float(vector @ gallery.index.fetch([photo.id])[0].vector))
            changed += [photo.id for photo in plain] != answer
            assert {photo.id for photo in plain[:4]} == set(answer[:4])
    assert changed > 5
    told = found.report.protocol["reranked"]
    assert (told["photos"], told["vector_bytes"], told["token_bytes"]) == (4, 4 * 32, 2 * 4 * 32)
    assert told["ms_per_query"] > 0
    assert "the best 4 ranked again by tokens" in readable(found.report)


def test_a_photo_that_moves_to_another_category_is_encoded_anew_where_categories_are_seen(
    clip_folder: Path, tmp_path: Path
) -> None:
    for kind in ("boot", "chair"):
        (tmp_path / "photos" / kind).mkdir(parents=True)
        for seed in range(3):
            picture = drawn.draw(kind, seed, size=64).pair()[1].image
            assert picture is not None
            picture.save(tmp_path / f"photos/{kind}/{kind}{seed}.png")
    seeing = build("dp_clip", load_backbone(str(clip_folder)), {"naming": "one"}).eval()
    assert isinstance(seeing, DPCLIP)
    seeing.source = "seeing"
    for kind in ("boot", "chair"):
        seeing.adapt(kind, photos=[Photo(kind, path=tmp_path / f"photos/{kind}/{kind}1.png")])
    blind = build("late_fusion", load_backbone(str(clip_folder))).eval()
    galleries = [
        Gallery.open(tmp_path / "photos", method, to=tmp_path / name)
        for name, method in (("seeing", seeing), ("blind", blind))
    ]
    before = [gallery.index.fetch(["boot/boot0.png"])[0].vector for gallery in galleries]
    (tmp_path / "photos/boot/boot0.png").rename(tmp_path / "photos/chair/boot0.png")
    assert [(status_of(gallery).waiting, status_of(gallery).renamed) for gallery in galleries] == [(1, 0), (0, 1)]
    for gallery in galleries:
        gallery.update()
    after = [gallery.index.fetch(["chair/boot0.png"])[0].vector for gallery in galleries]
    assert [gallery.changes.indexed for gallery in galleries] == [1, 0]
    assert [gallery.changes.renamed for gallery in galleries] == [0, 1]
    assert not np.allclose(before[0], after[0], atol=1e-6)
    assert np.array_equal(before[1], after[1])
    anew = seeing.encode_photos([Photo("x", path=tmp_path / "photos/chair/boot0.png", category="chair")]).vectors[0]
    np.testing.assert_allclose(after[0], anew, atol=1e-5)
