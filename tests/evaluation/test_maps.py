"""A map shows every photo and sketch of the sample, in the spaces that the method knows."""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from stbir import cli
from stbir.data import drawn
from stbir.errors import InputError
from stbir.evaluation.maps import maps_of, maps_svg, placer, sample
from stbir.methods import build
from stbir.nn.clip import load_backbone
from stbir.types import Query, Split

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def split() -> Split:
    pairs = [drawn.draw(family, seed, size=64).pair() for family in ("boot", "bag") for seed in range(4)]
    return Split("eight", [query for query, _ in pairs], [photo for _, photo in pairs])


def test_groups_stay_together_and_a_map_is_drawn_twice_alike() -> None:
    pytest.importorskip("sklearn")
    rng = np.random.default_rng(1)
    centres = rng.normal(size=(4, 32))
    rows = np.concatenate([centre + 0.2 * rng.normal(size=(15, 32)) for centre in centres]).astype(np.float32)
    places = placer(seed=0)(rows)
    assert places.shape == (60, 2)
    np.testing.assert_allclose(places.mean(axis=0), 0, atol=1e-4)
    apart = ((places[:, None] - places) ** 2).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    assert (apart.argmin(axis=1) // 15 == np.arange(60) // 15).all()
    np.testing.assert_array_equal(places, placer(seed=0)(rows))


@pytest.mark.parametrize("count", [2, 3, 4])
def test_few_and_equal_rows_are_placed(count: int) -> None:
    pytest.importorskip("sklearn")
    place = placer(seed=0)
    assert np.isfinite(place(np.eye(count, 8, dtype=np.float32))).all()
    assert place(np.full((count, 8), 0.3, np.float32)).tolist() == [[0, 0]] * count


def test_without_scikit_learn_it_says_how_to_get_it(
    split: Split, clip_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.manifold", None)
    method = build("late_fusion", load_backbone(str(clip_folder)))
    monkeypatch.setattr(method, "spaces", lambda *_: pytest.fail("everything was encoded before"))
    with pytest.raises(InputError, match=r"pip install 'stbir\[maps\]'"):
        maps_of(method, sample(split, most=2, seed=0), seed=0)


def test_ma_sbir_is_drawn_before_and_after_subtraction(split: Split, clip_folder: Path) -> None:
    pytest.importorskip("sklearn")
    method = build("ma_sbir", load_backbone(str(clip_folder)), {"encoding_std": 0.3}).eval()
    late = build("late_fusion", load_backbone(str(clip_folder))).eval()
    chosen = sample(split, most=6, seed=0)
    spaces, plain = (some.spaces(chosen.photos, chosen.sketches) for some in (method, late))
    m = method.get_parameter("encodings.weight").detach().numpy()
    assert [*spaces] == ["before subtraction", "after subtraction"]
    for place, ours in enumerate(spaces["before subtraction"]):
        np.testing.assert_allclose(ours, plain["embeddings"][place], atol=1e-5)
        expected = ours - m[place]
        expected /= np.linalg.norm(expected, axis=1, keepdims=True)
        np.testing.assert_allclose(spaces["after subtraction"][place], expected, atol=1e-5)
    page = ElementTree.fromstring(maps_svg(maps_of(method, chosen, seed=0), chosen))
    keys = 1 + 2  # a photo, a sketch, and each of two categories
    assert len(page.findall(f"{SVG}circle")) == 2 * 6 + keys
    assert len(page.findall(f"{SVG}path")) == 2 * 6 + 1
    assert {"before subtraction", "after subtraction", "bag", "boot"} <= {t.text for t in page.findall(f"{SVG}text")}


def test_what_cannot_be_drawn_is_said(split: Split) -> None:
    silent = Split("words", [Query(text="red boot")], list(split.photos))
    with pytest.raises(InputError, match="has no sketches"):
        sample(silent, most=5, seed=0)


def test_the_command_writes_a_picture(tmp_path: Path, split: Split, clip_folder: Path) -> None:
    pytest.importorskip("sklearn")
    rows = ["sketch,text,photo,category"]
    for number, photo in enumerate(split.photos):
        assert photo.image is not None
        photo.image.save(tmp_path / f"{number}.png")
        drawing = Image.new("L", (64, 64), 255)
        ImageDraw.Draw(drawing).line([(8, 8), (50, 10 + number)], fill=0, width=2)
        drawing.save(tmp_path / f"s{number}.png")
        rows.append(f"s{number}.png,,{number}.png,{photo.category}")
    (tmp_path / "all.csv").write_text("\n".join(rows))
    said = [str(clip_folder), str(tmp_path / "all.csv"), "--svg", str(tmp_path / "map.svg")]
    assert cli.main(["map", *said, "--most", "5"]) == 0
    assert len(ElementTree.parse(tmp_path / "map.svg").getroot().findall(f"{SVG}path")) == 5 + 1
    assert cli.main(["map", *said, "--most", "0"]) == cli.REFUSED
