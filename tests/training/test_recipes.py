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
    assert len(cells) == len(study.seeds) * len(study.entrants) * sum(max(1, task.folds) for task in study.tasks)


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
