"""`stbir adapt`: a model meets the categories of some photos, and what it learned survives saving and indexing."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from stbir import Gallery, load
from stbir.methods import build
from stbir.methods.dp_clip import DPCLIP
from stbir.nn.clip import load_backbone


@pytest.fixture(scope="module")
def model(clip_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DP-CLIP that knows no category and is not at its start: its prompts and its text scaling do something."""
    method = build("dp_clip", load_backbone(str(clip_folder)), {"naming": "one"}).eval()
    assert isinstance(method, DPCLIP)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, value in method.seen.named_parameters():
            if "_up" in name or name.startswith("prompts."):
                value.add_(0.1 * torch.randn(value.shape, generator=generator))
    folder = tmp_path_factory.mktemp("models") / "dp"
    method.save(folder)
    return folder


def known(folder: Path) -> dict[str, np.ndarray]:
    """The support pictures that a saved model has, by category."""
    method = load(folder)
    assert isinstance(method, DPCLIP)
    found = {name: method.seen.supports.of(name) for name in method.categories}
    return {name: pictures for name, pictures in found.items() if pictures is not None}


def vectors(gallery: Gallery) -> np.ndarray:
    return np.stack([record.vector for record in gallery.index.fetch(gallery.index.ids())])


def test_photos_chosen_by_a_seed_decide_how_a_gallery_is_seen(
    stbir, model: Path, photos: Path, sketch: Path, tmp_path: Path
) -> None:
    said = stbir("adapt", model, photos, "--to", tmp_path / "adapted", "--seed", 3)
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0].startswith("boots: boots/p")
    assert lines[1].startswith("chairs: chairs/p")
    assert all(line.endswith(" (of 4 photos)") for line in lines[:2])
    assert lines[2:] == [
        f"model: {tmp_path / 'adapted'} (knows 2 categories)",
        f"index with it: stbir index {photos} --model {tmp_path / 'adapted'}",
    ]
    # exactly the photos that were named are saved
    pictures = load(model).backbone.preprocessing
    for line, (name, support) in zip(lines[:2], known(tmp_path / "adapted").items(), strict=True):
        named = line.partition(": ")[2].partition(" (of")[0].split(", ")
        expected = [pictures.photo(Image.open(photos / id)) for id in named]
        assert len(support) == len(named) == 2, name
        assert {one.tobytes() for one in support} == {one.tobytes() for one in expected}

    assert stbir("index", photos, "--model", model).code == 0
    refused = stbir("index", photos, "--model", tmp_path / "adapted")
    assert refused.code == 2
    assert "differs in: method, weights" in refused.err
    assert stbir("index", photos, "--model", tmp_path / "adapted", "--to", tmp_path / "gallery").code == 0
    plain, adapted = (Gallery.open(place, update=False) for place in (photos, tmp_path / "gallery"))
    assert not np.allclose(vectors(plain), vectors(adapted), atol=1e-3)
    assert stbir("verify", tmp_path / "gallery").out == "all is well\n"

    # with a category, predicted or said: the score is that of the query as the method sees it
    for where, category in (((), None), (("--where", "category=boots"), "boots")):
        hits = json.loads(stbir("search", tmp_path / "gallery", "--sketch", sketch, *where, "--json").out)["hits"]
        (asked,) = adapted.method.encode_queries([query_of(sketch, category)]).vectors
        for hit in hits:
            (record,) = adapted.index.fetch([hit["id"]])
            assert hit["score"] == pytest.approx(float(asked @ record.vector), abs=1e-5)
        assert len(hits) == (4 if where else 8)
    seen = [adapted.method.encode_queries([query_of(sketch, name)]).vectors[0] for name in (None, "boots", "chairs")]
    assert not np.allclose(seen[1], seen[2], atol=1e-4)
    assert any(np.allclose(seen[0], one, atol=1e-6) for one in seen[1:])


def query_of(sketch: Path, category: str | None):  # type: ignore[no-untyped-def]
    from stbir.data.sketch_files import read_sketch
    from stbir.types import Query

    return Query((read_sketch(sketch),), category=category)


def test_the_choice_is_the_same_for_the_same_seed_and_another_for_another(
    stbir, model: Path, photos: Path, tmp_path: Path
) -> None:
    chosen = []
    for number, seed in enumerate((0, 0, 1, 2)):
        said = stbir("adapt", model, photos, "--to", tmp_path / str(number), "--seed", seed)
        chosen.append(said.out.splitlines()[:2])
    assert chosen[0] == chosen[1]
    assert len({str(one) for one in chosen}) > 1
    assert load(tmp_path / "0").fingerprint() == load(tmp_path / "1").fingerprint()
    # other categories and other photos, as long as they are not chosen, change nothing
    alone = stbir("adapt", model, photos, "--to", tmp_path / "alone", "--category", "Chairs", "--supports", 1)
    (line,) = [line for line in alone.out.splitlines() if line.startswith("chairs")]
    assert line.removesuffix(" (of 4 photos)") == chosen[0][1].partition(",")[0]


def test_what_is_known_is_kept_unless_it_is_named(stbir, model: Path, photos: Path, tmp_path: Path) -> None:
    stbir("adapt", model, photos, "--to", tmp_path / "one", "--category", "boots")
    before = known(tmp_path / "one")
    said = stbir("adapt", tmp_path / "one", photos, "--to", tmp_path / "two", "--seed", 8)
    assert said.out.splitlines()[1] == "known already and left as they are: boots (--category NAME learns one anew)"
    after = known(tmp_path / "two")
    assert list(after) == ["boots", "chairs"]
    np.testing.assert_array_equal(after["boots"], before["boots"])
    said = stbir("adapt", tmp_path / "two", photos, "--to", tmp_path / "three")
    assert said.out.splitlines()[-1] == "nothing to learn, so that nothing was written"
    assert not (tmp_path / "three").exists()
    stbir("adapt", tmp_path / "two", photos, "--to", tmp_path / "three", "--category", "boots", "--supports", 1)
    assert [len(pictures) for pictures in known(tmp_path / "three").values()] == [1, 2]


def test_a_broken_photo_gives_way_to_the_next(stbir, model: Path, photos: Path, tmp_path: Path) -> None:
    whole = stbir("adapt", model, photos, "--to", tmp_path / "whole", "--category", "boots")
    first = whole.out.partition(": ")[2].partition(",")[0]
    (photos / first).write_text("no picture")
    said = stbir("adapt", model, photos, "--to", tmp_path / "rest", "--category", "boots")
    assert said.code == 0
    assert said.err.startswith(f"broken: {first}: ")
    assert first not in said.out
    assert len(known(tmp_path / "rest")["boots"]) == 2
    for path in (photos / "boots").iterdir():
        path.write_text("no picture")
    said = stbir("adapt", model, photos, "--to", tmp_path / "none")
    assert said.code == 2
    assert "no photo of 'boots' can be read" in said.err
    assert not (tmp_path / "none").exists()


def test_a_table_and_its_gallery_say_the_same(stbir, model: Path, photos: Path, tmp_path: Path) -> None:
    table = tmp_path / "shop.csv"
    rows = [f"{path.relative_to(tmp_path)},{path.parent.name}" for path in sorted(photos.glob("*/*.png"))]
    table.write_text("\n".join(["seen,category", *rows]) + "\n")
    said = stbir("adapt", model, table, "--to", tmp_path / "a")
    assert said.code == 2
    assert "no column that names the pictures" in said.err
    said = stbir("adapt", model, table, "--to", tmp_path / "a", "--image-column", "seen")
    assert said.out.splitlines()[0].startswith("boots: photos/boots/")
    assert stbir("index", table, "--model", tmp_path / "a", "--image-column", "seen").code == 0
    for number, place in enumerate((table, tmp_path / "shop.csv.stbir")):
        again = stbir("adapt", model, place, "--to", tmp_path / f"b{number}")
        assert again.out.splitlines()[:2] == said.out.splitlines()[:2]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("{clip}", "{photos}", "--to", "{out}"), "late_fusion cannot be adapted to categories; take a model of a me"),
        (("tiny", "{photos}", "--to", "{out}"), "a method that can: dp_clip"),
        (("{model}", "{photos}"), "--to"),
        (("{model}", "{photos}", "--to", "{model}"), "is there already: give a new folder"),
        (("{model}", "{photos}", "--to", "{out}", "--category", "boot"), "unknown category 'boot', did you mean 'boo"),
        (("{model}", "{photos}", "--to", "{out}", "--supports", "3"), "takes 1 to 2 photos of a category (given: 3)"),
        (("{model}", "{photos}", "--to", "{out}", "--supports", "0"), "takes 1 to 2 photos of a category (given: 0)"),
        (("{model}", "{photos}", "--to", "{out}", "--seed", "-1"), "--seed must be at least 0"),
        (("{model}", "{photos}/boots", "--to", "{out}"), "none of the 4 photos has a category"),
        (("{model}", "{out}", "--to", "{out}"), "there is no folder or table"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    stbir, model: Path, clip_folder: Path, photos: Path, tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    places = {"model": model, "clip": clip_folder, "photos": photos, "out": tmp_path / "out"}
    said = stbir("adapt", *(word.format(**places) for word in words))
    assert (said.code, said.out, len(said.err.splitlines())) == (2, "", 1)
    assert says in said.err
    assert not (tmp_path / "out").exists()


def test_a_method_that_looks_at_no_categories_refuses_in_python_too(clip_folder: Path) -> None:
    from stbir.errors import InputError

    with pytest.raises(InputError, match=r"late_fusion cannot be adapted .*: dp_clip$"):
        load(clip_folder).adapt("boots", photos=[])
