"""DP-CLIP: its losses and its score against slow loops, what a category changes, and what is saved of it."""

import copy
import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from staged import Pairs
from torch import Tensor

import stbir
from stbir.data import drawn
from stbir.errors import InputError
from stbir.methods import build
from stbir.methods.batch import Batch, Negatives
from stbir.methods.dp_clip import DPCLIP, LOCAL_BLOCK, PUBLISHED, DPCLIPObjective, rivals
from stbir.nn.clip import load_backbone
from stbir.nn.freezing import free_only, matching
from stbir.testing import check_method
from stbir.types import Photo, Query

EACH = 2


def made(folder: Path, **settings: object) -> DPCLIP:
    """DP-CLIP that is not at its start: its text scaling and its prompts do something."""
    method = build("dp_clip", load_backbone(str(folder)), {"naming": "one", **settings}).eval()
    assert isinstance(method, DPCLIP)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, value in method.seen.named_parameters():
            if "_up" in name or name.startswith("prompts."):
                value.add_(0.1 * torch.randn(value.shape, generator=generator))
    return method.eval()


@pytest.fixture(scope="module")
def method(clip_folder: Path) -> DPCLIP:
    return made(clip_folder)


def with_wrong(method: DPCLIP, pairs: Pairs) -> Batch:
    wrong = method.batch([drawn.draw("boot", seed, size=64).pair() for seed in range(10, 10 + EACH * len(pairs))])
    return dataclasses.replace(method.batch(pairs), negatives=Negatives(EACH, photos=wrong.photos))


def of(method: DPCLIP, pictures: np.ndarray, category: str | None) -> Tensor:
    """The five vectors of each picture, one picture at a time."""
    rows = [method.features(method.backbone.normalise(picture[None]), [category])[0] for picture in pictures]
    return torch.stack(rows)


@torch.no_grad()
@pytest.mark.parametrize("brings", [False, True])
def test_both_losses_equal_slow_loops(method: DPCLIP, pairs: Pairs, brings: bool) -> None:
    batch = with_wrong(method, pairs) if brings else method.batch(pairs)
    batch = dataclasses.replace(batch, instances=("a", "a", "b", "c"))
    sketches, photos = of(method, batch.sketches, "boot"), of(method, batch.photos, "boot")
    wrong = (
        of(method, batch.negatives.photos, "boot") if batch.negatives and batch.negatives.photos is not None else None
    )
    ordinary = hardest = 0.0
    for part in range(5):
        weight = 1.0 if part == 0 else 0.1
        hinges, hard = [], []
        for i in range(4):
            right = 1 - float(sketches[i, part] @ photos[i, part])
            others = [j for j in range(4) if j != i and batch.instances[j] != batch.instances[i]]
            far = [1 - float(sketches[i, part] @ photos[j, part]) for j in others]
            given = far
            if wrong is not None:
                mine = wrong[EACH * i : EACH * (i + 1)]
                given = [1 - float(sketches[i, part] @ one[part]) for one in mine]
            hinges += [max(0.0, 0.15 + right - one) for one in given]
            hard.append(max(0.0, 0.15 + right / 2 - min(far) / 2))
        ordinary += weight * sum(hinges) / len(hinges)
        hardest += weight * sum(hard) / 4
    for epoch, share in ((0, 0.0), (9, 0.0), (10, 0.25), (25, 0.5), (39, 0.75), (40, 1.0), (None, 0.5)):
        terms = method.loss(dataclasses.replace(batch, epoch=epoch), DPCLIPObjective(text=0))
        assert list(terms) == ["ori"] * (share < 1) + ["hard"] * (share > 0)
        assert float(terms.get("ori", torch.zeros(()))) == pytest.approx((1 - share) * ordinary, abs=1e-5)
        assert float(terms.get("hard", torch.zeros(()))) == pytest.approx(share * hardest, abs=1e-5)
    fixed = method.loss(dataclasses.replace(batch, epoch=0), DPCLIPObjective(text=0, hard=1.0))
    assert float(fixed["hard"]) == pytest.approx(hardest, abs=1e-5)
    assert "text" in method.loss(batch)


def test_rivals_are_of_the_category_where_there_are_any(method: DPCLIP, pairs: Pairs) -> None:
    batch = dataclasses.replace(method.batch(pairs), categories=("Boot", "boot", "bag", None))
    found = rivals(batch, torch.eye(4, dtype=torch.bool))
    assert found.tolist() == [
        [False, True, False, False],
        [True, False, False, False],
        [True, True, False, True],
        [True, True, True, False],
    ]


def scores_by_hand(method: DPCLIP, pairs: Pairs, *, words: float) -> np.ndarray:
    """S of every query and photo: (g.g' + 0.2 sum l.l') of the sketch, and words . g'."""
    batch = method.batch(pairs)
    with torch.no_grad():
        sketches, photos = of(method, batch.sketches, "boot"), of(method, batch.photos, "boot")
        texts = torch.nn.functional.normalize(method.backbone.embed_texts(batch.ids, batch.mask), dim=-1)
    found = np.zeros((len(pairs), len(pairs)))
    for i in range(len(pairs)):
        for j in range(len(pairs)):
            found[i, j] = float(sketches[i, 0] @ photos[j, 0]) + words * float(texts[i] @ photos[j, 0])
            found[i, j] += sum(0.2 * float(sketches[i, part] @ photos[j, part]) for part in range(1, 5))
    return found


@pytest.mark.parametrize("words", [0.0, 1.0, 2.5])
def test_both_ways_of_matching_order_by_the_distance(clip_folder: Path, pairs: Pairs, words: float) -> None:
    whole, again = made(clip_folder), made(clip_folder, matching="rerank")
    expected = scores_by_hand(whole, pairs, words=words)
    queries = [dataclasses.replace(query, weights={"text": words}) for query, _ in pairs]
    photos = [photo for _, photo in pairs]
    rows = whole.encode_queries(queries).vectors @ whole.encode_photos(photos).vectors.T
    if not words:
        np.testing.assert_allclose(rows, expected / 1.8, atol=1e-5)
    asked, shown = again.encode_queries(queries), again.encode_photos(photos)
    assert asked.tokens is not None
    assert asked.mask is not None
    assert whole.dimension == 5 * again.dimension == 5 * 32
    for place in range(len(pairs)):
        one = type(asked)(*(part[place : place + 1] for part in (asked.vectors, asked.tokens, asked.mask)))
        scores = again.rerank(one, shown)
        for found in (rows[place], scores):
            factor = expected[place] @ found / (found @ found)
            np.testing.assert_allclose(factor * found, expected[place], atol=1e-5)


def test_words_alone_are_compared_with_the_whole_picture(clip_folder: Path, pairs: Pairs) -> None:
    again = made(clip_folder, matching="rerank")
    said, shown = again.encode_queries([Query(text="red boot")]), again.encode_photos([photo for _, photo in pairs])
    assert said.mask is not None
    assert not said.mask.any()
    np.testing.assert_allclose(again.rerank(said, shown) * 1.8, shown.vectors @ said.vectors[0], atol=1e-6)


def test_parts_that_cancel_out_are_refused(method: DPCLIP) -> None:
    with pytest.raises(InputError, match="cancel out"):
        method.encode_queries([Query(text="boot", avoid=("boot",))])


def shown(method: DPCLIP, category: str | None, seed: int = 3) -> np.ndarray:
    photo = drawn.draw("bag", seed, size=64).pair()[1]
    return method.encode_photos([dataclasses.replace(photo, category=category)]).vectors[0]


def photos_of(family: str, count: int = 4) -> list[Photo]:
    return [drawn.draw(family, seed, size=64).pair()[1] for seed in range(20, 20 + count)]


def test_an_unseen_category_is_learned_from_its_name_and_a_few_photos(clip_folder: Path, tmp_path: Path) -> None:
    method = made(clip_folder)
    before, named, other = method.fingerprint(), shown(method, "bag"), shown(method, "mug")
    assert not np.allclose(named, other, atol=1e-4)  # its name alone says something
    method.adapt("Bag", photos=photos_of("bag"))
    with_support = shown(method, "bag")
    assert not np.allclose(with_support, named, atol=1e-4)
    np.testing.assert_allclose(shown(method, "mug"), other, atol=1e-6)
    assert method.config.categories == ("bag",)
    assert method.fingerprint() != before
    sketch = drawn.draw("bag", 21, size=64).pair()[0].sketches
    method.adapt("bag", photos=photos_of("bag"), sketches=sketch)
    assert not np.allclose(shown(method, "bag"), with_support, atol=1e-4)
    method.save(tmp_path)
    again = stbir.load(tmp_path)
    assert isinstance(again, DPCLIP)
    assert again.fingerprint() == method.fingerprint()
    np.testing.assert_array_equal(shown(again, "bag"), shown(method, "bag"))


def test_the_same_pictures_give_the_same_support(clip_folder: Path) -> None:
    vectors = []
    for photos in (photos_of("bag", 6), photos_of("bag", 6)[::-1]):
        method = made(clip_folder)
        method.adapt("bag", photos=photos)
        vectors.append(shown(method, "bag"))
    np.testing.assert_array_equal(*vectors)
    other = made(clip_folder, support_seed=5)
    other.adapt("bag", photos=photos_of("bag", 6))
    assert not np.allclose(shown(other, "bag"), vectors[0], atol=1e-5)


@pytest.mark.parametrize(("name", "photos"), [(" ", 2), ("bag", 0)])
def test_a_category_needs_a_name_and_a_picture(method: DPCLIP, name: str, photos: int) -> None:
    with pytest.raises(InputError, match="needs a name and at least one picture"):
        method.adapt(name, photos=photos_of("bag", photos))


def test_an_unknown_category_is_predicted_or_left_open(clip_folder: Path) -> None:
    for unknown in ("predict", "plain"):
        method = made(clip_folder, unknown=unknown)
        plain = shown(method, None)
        np.testing.assert_array_equal(plain, shown(method, "object"))  # nobody is known yet
        for family in ("bag", "mug"):
            method.adapt(family, photos=photos_of(family))
        photo = drawn.draw("bag", 3, size=64).pair()[1]
        with torch.no_grad():
            pixels = method.backbone.normalise(method.backbone.preprocessing.photo(photo.image)[None])
            picture = torch.nn.functional.normalize(method.backbone.embed_pictures(pixels)[0], dim=0)
            texts = [
                torch.nn.functional.normalize(method.seen.text_of(method.backbone, n), dim=0) for n in ("bag", "mug")
            ]
        likely = ("bag", "mug")[int(torch.stack(texts).mv(picture).argmax())]
        expected = plain if unknown == "plain" else shown(method, likely)
        np.testing.assert_allclose(shown(method, None), expected, atol=1e-5)


def test_a_query_is_seen_with_the_category_it_names(clip_folder: Path, pairs: Pairs) -> None:
    method = made(clip_folder, unknown="plain")
    method.adapt("boot", photos=[photo for _, photo in pairs])
    query = pairs[0][0]
    named, nameless, other = method.encode_queries(
        [query, dataclasses.replace(query, category=None), dataclasses.replace(query, category="bag")]
    ).vectors
    assert not np.allclose(named, nameless, atol=1e-4)
    assert not np.allclose(named, other, atol=1e-4)
    np.testing.assert_allclose(method.encode_queries([query]).vectors[0], named, atol=1e-5)


@torch.no_grad()
def test_a_support_from_the_batch_stands_at_fixed_places(clip_folder: Path, pairs: Pairs) -> None:
    method = made(clip_folder)
    batch = method.batch(pairs)
    rows = [int(place * 4) for place in torch.rand(3, generator=torch.Generator().manual_seed(0)).tolist()]
    from_batch = method.loss(batch, DPCLIPObjective(text=0, support="batch"))
    plain = method.loss(batch, DPCLIPObjective(text=0))
    method.seen.supports.put("boot", sketches=batch.sketches[rows[:1]], photos=batch.photos[rows[1:]], seed=0)
    saved = method.loss(batch, DPCLIPObjective(text=0))
    assert float(from_batch["ori"]) != pytest.approx(float(plain["ori"]), abs=1e-6)
    assert float(from_batch["ori"]) == pytest.approx(float(saved["ori"]), abs=1e-6)


@pytest.mark.parametrize("extra", [(), (LOCAL_BLOCK,)])
def test_the_published_patterns_move_what_they_name(clip_folder: Path, pairs: Pairs, extra: tuple[str, ...]) -> None:
    method = made(clip_folder)
    method.adapt("boot", photos=[photo for _, photo in pairs])
    patterns = [*PUBLISHED, *extra]
    named = set(matching(method, patterns))
    assert any("block.mlp" in name and name.startswith("seen.windows") for name in named) == bool(extra)
    assert not any(
        name.startswith("backbone.clip.text_model") or "self_attn" in name for name in named if "seen" not in name
    )
    free_only(method, patterns)
    before = copy.deepcopy(method.state_dict())
    optimiser = torch.optim.Adam([p for p in method.parameters() if p.requires_grad], lr=1e-3, eps=1e-30)
    for _ in range(2):
        optimiser.zero_grad()
        torch.stack(list(method.loss(method.batch(pairs), DPCLIPObjective(text=0)).values())).sum().backward()
        optimiser.step()
    assert {name for name, value in method.state_dict().items() if not torch.equal(value, before[name])} == named


def test_what_another_one_knows_is_inherited(clip_folder: Path) -> None:
    first, second = made(clip_folder), build("dp_clip", load_backbone(str(clip_folder)), {"naming": "one"}).eval()
    assert isinstance(second, DPCLIP)
    first.adapt("bag", photos=photos_of("bag"))
    assert not np.allclose(shown(first, "bag"), shown(second, "bag"), atol=1e-4)
    second.inherit(first)
    np.testing.assert_array_equal(shown(first, "bag"), shown(second, "bag"))


def test_settings_that_decide_no_vector_stay_out_of_the_fingerprint(clip_folder: Path) -> None:
    plain = made(clip_folder)
    assert plain.fingerprint() == made(clip_folder, dropout=0.5, shortlist=7).fingerprint()
    assert plain.fingerprint() != made(clip_folder, matching="rerank").fingerprint()


def test_the_contract_holds_when_it_re_ranks() -> None:
    patterns = (("seen.*",),)
    check_method(
        lambda backbone: build("dp_clip", backbone, {"matching": "rerank", "naming": "one"}), patterns=patterns
    )


def test_a_loaded_model_gives_the_same_bits_to_a_single_query(clip_folder: Path, tmp_path: Path, pairs: Pairs) -> None:
    """A file's tensors lie anywhere in memory, and where they lie must not decide how a small product is rounded."""
    method = made(clip_folder)
    assert all(value.data_ptr() % 64 == 0 for value in method.parameters())
    method.save(tmp_path)
    one, other = (some.encode_queries([pairs[0][0]]).vectors for some in (method, stbir.load(tmp_path)))
    np.testing.assert_array_equal(one, other)
