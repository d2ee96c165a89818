"""Every recipe that we give can be read; the published settings run to the end on small weights of the same layout."""

import json
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from safetensors.torch import load_file

import stbir
from stbir.data import sets
from stbir.methods.dp_clip import DPCLIP, PUBLISHED
from stbir.training.extends import read_recipe
from stbir.training.loop import train
from stbir.training.recipe import Recipe
from stbir.training.study.run import read_study

RECIPES = Path(__file__).parents[2] / "recipes"
STUDIES = [path for path in RECIPES.rglob("*.toml") if "[[tasks]]" in path.read_text()]
SINGLE = [path for path in RECIPES.rglob("*.toml") if path not in STUDIES]


@pytest.mark.parametrize("path", SINGLE, ids=lambda path: path.stem)
def test_a_recipe_can_be_read_and_is_named_after_its_file(path: Path) -> None:
    assert read_recipe(path).name == path.stem


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_a_study_can_be_read(path: Path) -> None:
    study, cells = read_study(path)
    assert len(cells) == len(study.seeds) * len(study.entrants) * sum(len(task.tested_folds) for task in study.tasks)


def qmul(folder: Path, seed: int, *, count: int = 12) -> None:
    """Photos that differ, a sketch and a text of each, in two virtual classes, in the layout of STBIR-S and -C."""
    rng = np.random.default_rng(seed)
    lines: list[str] = []
    for split, many in (("train", count), ("test", 2)):
        for number in range(many):
            name = f"{split}{number:03}_v1"
            blocks = rng.integers(0, 256, (4, 4, 3)).astype(np.uint8)
            picture = Image.fromarray(blocks.repeat(16, axis=0).repeat(16, axis=1))
            drawing = Image.new("L", (64, 64), 255)
            ImageDraw.Draw(drawing).line([tuple(rng.integers(4, 60, 2).tolist()) for _ in range(4)], fill=0, width=2)
            places = [folder / f"{split}B/{name}.png", folder / f"{split}A/{name}_1.png"]
            if split == "train":
                places.append(folder / f"x_cls/{number % 2}/{name}.png")
            for place, image in zip(places, (picture, drawing, picture), strict=False):
                place.parent.mkdir(parents=True, exist_ok=True)
                image.save(place)
            lines.append(f"{name}.png\tobject {seed}{number} in {['red', 'blue', 'green'][number % 3]}")
    (folder / "texts").mkdir()
    (folder / "texts/all.txt").write_text("\n".join(lines) + "\n")


def test_stbir_as_published_runs_on_small_weights(tmp_path: Path, clip_folder: Path) -> None:
    for seed, name in enumerate(("ShoeV2", "ChairV2")):
        qmul(tmp_path / name, seed)
    values = read_recipe(RECIPES / "stbir-clip-b32.toml").model_dump(mode="json")
    values["start"]["weights"] = str(clip_folder)
    values["start"]["settings"]["sketch_weights"] = None  # a ResNet-50 of its own, from nothing
    for stage in values["stages"]:
        stage |= {"epochs": 1, "batch_size": 10, "negatives": 2}
    model = train(Recipe.model_validate(values), to=tmp_path / "run", workers=0, data=tmp_path)
    rows = [json.loads(line) for line in (tmp_path / "run/log.jsonl").read_text().splitlines()]
    losses = {row["stage"]: row for row in rows if "nce" in row}
    assert [*losses] == ["sketch mapping", "image refinement", "text integration"]
    assert all(row["classes"] > 0 and row["triplet"] >= 0 for row in losses.values())
    assert all(row["validation"]["loss"] > 0 for row in rows if row.get("validation") and row["stage"])
    method = stbir.load(model)
    assert (method.name, method.config.classes) == ("stbir", 4)  # type: ignore[attr-defined]
    split = sets.load("stbir-s", tmp_path / "ShoeV2", "test")
    assert method.encode_queries([*split.queries]).vectors.shape == (2, method.dimension)


@pytest.mark.parametrize(
    ("recipe", "changes", "terms"),
    [
        ("pic2word-clip-l14", {"steps": 4, "warm_up": 2}, {"photo"}),
        ("searle-clip-b32", {"epochs": 1}, {"distil"}),
    ],
)
def test_textual_inversion_as_published_runs_on_small_weights(
    tmp_path: Path, clip_folder: Path, recipe: str, changes: dict[str, int], terms: set[str]
) -> None:
    for seed, name in enumerate(("ShoeV2", "ChairV2")):
        qmul(tmp_path / name, seed)
    values = read_recipe(RECIPES / f"{recipe}.toml").model_dump(mode="json")
    values["start"]["weights"] = str(clip_folder)
    (stage,) = values["stages"]
    stage |= {**changes, "batch_size": 10}
    if "inversion" in stage["objective"]:
        stage["objective"]["inversion"]["steps"] = 5
    model = train(Recipe.model_validate(values), to=tmp_path / "run", workers=0, data=tmp_path)
    rows = [json.loads(line) for line in (tmp_path / "run/log.jsonl").read_text().splitlines()]
    losses = [row for row in rows if "rate" in row]
    assert losses
    assert all(np.isfinite(row["loss"]) and terms <= row.keys() for row in losses)
    assert all(row["validation"]["loss"] > 0 for row in rows if row.get("validation") and row["stage"])
    method, start = stbir.load(model), stbir.load(clip_folder)
    assert method.name == recipe.partition("-")[0]
    clip = start.backbone.state_dict()
    assert all((value == clip[name]).all() for name, value in method.backbone.state_dict().items())
    split = sets.load("stbir-s", tmp_path / "ShoeV2", "test")
    assert method.encode_queries([*split.queries]).vectors.shape == (2, method.dimension)


def sketchy(folder: Path, *, count: int = 6) -> None:
    """Three classes of photos, each but the last with a sketch, in the layout of Sketchy; nothing is said of them."""
    rng = np.random.default_rng(5)
    for kind in ("boot", "chair", "mug"):
        for number in range(count):
            blocks = rng.integers(0, 256, (4, 4, 3)).astype(np.uint8)
            drawing = Image.new("L", (64, 64), 255)
            ImageDraw.Draw(drawing).line([tuple(rng.integers(4, 60, 2).tolist()) for _ in range(4)], fill=0, width=2)
            photo = folder / f"256x256/photo/tx_000000000000/{kind}/n{number:02}_1.jpg"
            photo.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(blocks.repeat(16, axis=0).repeat(16, axis=1)).save(photo)
            if number < count - 1:
                sketch = folder / f"256x256/sketch/tx_000000000000/{kind}/n{number:02}_1-1.png"
                sketch.parent.mkdir(parents=True, exist_ok=True)
                drawing.save(sketch)


@pytest.mark.parametrize(
    ("name", "terms", "still"),
    [
        ("ma-sbir-clip-b32", {"clip", "semantic", "discriminator", "reconstruction"}, ()),
        ("clip-at-clip-b32", {"triplet", "hard", "classes", "divergence", "shuffle"}, ("text_model", "projection")),
        ("clip-at-category-clip-b32", {"triplet"}, ("text_model", "projection", "self_attn", "mlp")),
    ],
)
def test_what_learns_from_categories_runs_as_published_on_small_weights(
    name: str, terms: set[str], still: tuple[str, ...], tmp_path: Path, clip_folder: Path
) -> None:
    sketchy(tmp_path / "Sketchy")
    values = read_recipe(RECIPES / f"{name}.toml").model_dump(mode="json")
    values["start"]["weights"] = str(clip_folder)
    values["data"]["validation"] = 0.3
    values["stages"][0] |= {"epochs": 1, "batch_size": 6, "learning_rate": 1e-4}
    model = train(Recipe.model_validate(values), to=tmp_path / "run", workers=0, data=tmp_path)
    rows = [json.loads(line) for line in (tmp_path / "run/log.jsonl").read_text().splitlines()]
    learned = next(row for row in rows if "triplet" in row or "clip" in row)
    assert terms <= learned.keys()
    assert not {"triplet", "hard", "classes", "divergence", "shuffle", "clip", "semantic"} & learned.keys() - terms
    assert any(row["validation"]["loss"] > 0 for row in rows if row.get("validation") and row["stage"])
    before, after = stbir.load(clip_folder).state_dict(), stbir.load(model).state_dict()
    for key, value in before.items():
        if any(part in key for part in still):
            assert np.array_equal(value, after[key]), key
    changed = {key for key, value in before.items() if not np.array_equal(value, after[key])}
    assert changed, "the run moved nothing of CLIP"
    if still:
        assert all("norm" in key for key in changed)


def test_dp_clip_as_published_runs_on_small_weights(tmp_path: Path, clip_folder: Path) -> None:
    qmul(tmp_path / "ShoeV2", 0)
    qmul(tmp_path / "ChairV2", 1)
    values = read_recipe(RECIPES / "dp-clip-clip-b32.toml").model_dump(mode="json")
    assert values["stages"][0]["free"] == [*PUBLISHED]
    values["start"]["weights"] = str(clip_folder)
    # that data has a category, and here it has two: the layout of Sketchy is read elsewhere
    values["data"]["sets"] = [{"name": "stbir-s", "folder": "ShoeV2"}, {"name": "stbir-c", "folder": "ChairV2"}]
    for stage in values["stages"]:
        stage |= {"epochs": 3, "batch_size": 6}
        stage["objective"] |= {"ramp": 1}
    model = train(Recipe.model_validate(values), to=tmp_path / "run", workers=0, data=tmp_path)
    rows = [json.loads(line) for line in (tmp_path / "run/log.jsonl").read_text().splitlines()]
    assert any(row.get("hard", 0) > 0 for row in rows)  # the second epoch is on the way to the hardest
    method = stbir.load(model)
    assert isinstance(method, DPCLIP)
    assert method.config.categories == ("chair", "shoe")
    assert method.seen.supports.there.all()
    split = sets.load("stbir-s", tmp_path / "ShoeV2", "test")
    assert method.encode_queries([*split.queries]).vectors.shape == (2, 5 * method.backbone.dimension)


def test_duet_as_published_runs_on_small_weights_without_captions(tmp_path: Path, clip_folder: Path) -> None:
    for seed, name in enumerate(("ShoeV2", "ChairV2")):
        qmul(tmp_path / name, seed)
    values = read_recipe(RECIPES / "duet-clip-b32.toml").model_dump(mode="json")
    values["start"]["weights"] = str(clip_folder)
    values["start"]["settings"]["decoder_channels"] = 64
    values["stages"][0] |= {"epochs": 1, "batch_size": 10}
    model = train(Recipe.model_validate(values), to=tmp_path / "run", workers=0, data=tmp_path)
    rows = [json.loads(line) for line in (tmp_path / "run/log.jsonl").read_text().splitlines()]
    (last,) = [row for row in rows if "triplet" in row]
    assert {"triplet", "region", "composed", "neutral", "prompts", "picture"} <= last.keys()
    assert not any("trained on" in str(row) for row in rows), "nothing is skipped for want of words"
    assert [row["validation"].keys() for row in rows if row.get("validation")]
    method, before = stbir.load(model), load_file(clip_folder / "model.safetensors")
    after = load_file(model / "model.safetensors")
    moved = {name for name, value in before.items() if not (value == after[name]).all()}
    assert moved
    assert all(fnmatchcase(f"backbone.clip.{name}", values["stages"][0]["free"][0]) for name in moved)
    split = sets.load("shoe-v2", tmp_path / "ShoeV2", "test")
    assert method.encode_queries([*split.queries]).vectors.shape == (2, method.dimension)
