"""`verify` looks at the patch tokens that a gallery re-ranks by: each way to spoil them is found, and named once."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from grid_method import GridMethod
from painted import ids

from stbir.gallery import Gallery
from stbir.gallery.manifest import read_manifest, write_manifest
from stbir.gallery.tokens import Tried, faults_of
from stbir.gallery.verify import Finding, verify
from stbir.index.arrow import table_of
from stbir.index.base import Rows
from stbir.index.lance import Lance
from stbir.types import Encoded, Photo

SOME = ["red/deep/1.png", "white.png"]


class TokenMethod(GridMethod):
    """Its tokens are the cells of the grid."""

    shortlist = 5

    def encode_photos(self, photos: Sequence[Photo], *, batch_size: int = 64) -> Encoded:
        vectors = super().encode_photos(photos, batch_size=batch_size).vectors
        return Encoded(vectors, vectors.reshape(len(vectors), 4, 3))


def stored(photos: Path, change: Callable[[np.ndarray], np.ndarray | None], *, some: Sequence[str] = SOME) -> None:
    """Write the tokens of some photos anew, past the checks that refuse what cannot be searched."""
    table = Lance.open(photos / ".stbir")
    records = table.fetch(list(some))
    tokens = [None if r.tokens is None else change(r.tokens.copy()) for r in records]
    rows = Rows(
        [r.id for r in records], np.stack([r.vector for r in records]), [dict(r.metadata) for r in records], tokens
    )
    written = table_of(rows, schema=table.table.schema, commit=table.generation + 1)
    table.table.merge_insert("id").when_matched_update_all().execute(written)


def spoiled(value: float) -> Callable[[np.ndarray], np.ndarray]:
    def change(tokens: np.ndarray) -> np.ndarray:
        tokens[1, 2] = value
        return tokens

    return change


def other_width(photos: Path) -> None:
    """The whole table anew, with tokens of half the width, as another model would have left it."""
    home = photos / ".stbir"
    records = Lance.open(home).fetch(Lance.open(home).ids())
    table = Lance.create(home, records[0].vector.size)
    tokens = [None if r.tokens is None else r.tokens[:, :2] for r in records]
    table.add(
        [r.id for r in records], np.stack([r.vector for r in records]), [r.metadata for r in records], tokens=tokens
    )


def found(photos: Path, **options: int) -> list[Finding]:
    return verify(photos, TokenMethod(), **options)


@pytest.mark.parametrize("sample", [64, 0])
@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda tokens: None, "without the tokens that they are re-ranked by: 2 of 13 ('red/deep/1.png', 'white.png')"),
        (spoiled(np.nan), "tokens that are not finite: 2 of 13 ('red/deep/1.png', 'white.png')"),
        (spoiled(-np.inf), "tokens that are not finite: 2 of 13 ('red/deep/1.png', 'white.png')"),
        (lambda tokens: tokens[:3], "another shape than 4 x 3: 2 of 13 ('red/deep/1.png', 'white.png')"),
        (lambda tokens: tokens[:0], "another shape than 4 x 3: 2 of 13 ('red/deep/1.png', 'white.png')"),
        (lambda tokens: np.concatenate([tokens, tokens]), "another shape than 4 x 3: 2 of 13"),
    ],
    ids=["missing", "nan", "infinite", "fewer", "none", "more"],
)
def test_spoiled_tokens_are_found(
    photos: Path, spoil: Callable[[np.ndarray], np.ndarray | None], says: str, sample: int
) -> None:
    Gallery.open(photos, TokenMethod())
    assert found(photos, sample=sample) == []
    stored(photos, spoil)
    (finding,) = found(photos, sample=sample)
    assert finding.kind == "tokens"
    assert says in finding.message
    assert finding.message.endswith("index again")


def test_tokens_of_another_width_are_found(photos: Path) -> None:
    Gallery.open(photos, TokenMethod())
    other_width(photos)
    (finding,) = found(photos)
    assert "another shape than 4 x 3: 13 of 13" in finding.message
    assert found(photos, sample=0) == []  # nothing but the model knows


def test_tokens_of_other_photos_are_found_among_those_tried(photos: Path) -> None:
    Gallery.open(photos, TokenMethod())
    stored(photos, lambda tokens: -tokens)
    (finding,) = found(photos)
    assert "other tokens when encoded again, among those tried: 2 of 13 ('red/deep/1.png'" in finding.message
    stored(photos, lambda tokens: 0 * tokens)
    assert [one.kind for one in found(photos)] == ["tokens"]


def test_a_gallery_that_has_no_tokens_at_all_is_found_by_its_model(photos: Path) -> None:
    Gallery.open(photos, GridMethod())
    assert verify(photos, GridMethod()) == []
    (finding,) = found(photos)
    assert (finding.kind, "re-ranked by: 13 of 13" in finding.message) == ("tokens", True)


def test_without_its_model_the_tokens_are_looked_at_all_the_same(photos: Path) -> None:
    Gallery.open(photos, TokenMethod())
    stored(photos, spoiled(np.nan), some=SOME[:1])
    stored(photos, lambda tokens: None, some=SOME[1:])
    home = photos / ".stbir"
    write_manifest(home, read_manifest(home).model_copy(update={"model": str(photos / "nowhere")}))
    findings = verify(photos)
    assert [one.kind for one in findings] == ["model", "tokens", "tokens"]
    assert "1 of 13 ('white.png')" in findings[1].message


def test_another_model_is_told_of_and_not_its_tokens(photos: Path) -> None:
    class Other(TokenMethod):
        def encode_photos(self, photos: Sequence[Photo], *, batch_size: int = 64) -> Encoded:
            return Encoded(super().encode_photos(photos).vectors)

    Gallery.open(photos, TokenMethod())
    assert [one.kind for one in verify(photos, Other(weights="2"))] == ["model"]
    assert [one.kind for one in verify(photos, Other())] == ["tokens"]


def test_a_method_may_give_photos_different_numbers_of_tokens() -> None:
    one, two = np.ones((1, 2), np.float16), np.ones((2, 2), np.float16)
    shapes = {"a": (1, 2), "b": (2, 2), "c": (3, 2)}
    tried = [Tried("a", one, one), Tried("b", two, two)]
    faults = faults_of(shapes, not_finite=[], reranks=True, tried=tried, alike=0.999)
    assert (faults.missing, faults.shaped, faults.other) == ([], [], [])
    faults = faults_of(shapes, not_finite=[], reranks=True, tried=[*tried, Tried("c", two, one)], alike=0.999)
    assert faults.other == ["c"]


def test_incremental_indexing_heals_what_is_encoded_again(photos: Path) -> None:
    Gallery.open(photos, TokenMethod())
    stored(photos, lambda tokens: None, some=["white.png"])
    Gallery.open(photos, TokenMethod()).remove(["white.png"])
    assert "white.png" in ids(Gallery.open(photos, TokenMethod()))
    assert found(photos) == []
