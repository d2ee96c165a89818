"""Two small sets of pairs with everything that real ones have: near duplicates, gaps, equal texts, more sketches."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

import stbir
from stbir.methods.base import Method
from stbir.training.curriculum import Curriculum
from stbir.training.pairs import PairsData
from stbir.training.pairs.source import Pairs, open_pairs

SHOES, CHAIRS = 14, 10


@dataclass(frozen=True)
class Stage:
    """What of a stage decides its batches."""

    name: str = "sketch"
    batch_size: int = 4
    steps: int | None = None
    epochs: int | None = 2
    curriculum: Curriculum | None = None
    negatives: int = 0
    negatives_of: tuple[str, ...] = ()
    same_class: bool = True
    extras: bool = True


def blocks(seed: str) -> Image.Image:
    rng = random.Random(seed)
    image = Image.new("RGB", (96, 96), "white")
    draw = ImageDraw.Draw(image)
    for index in range(16):
        x, y = index % 4 * 24, index // 4 * 24
        draw.rectangle((x, y, x + 23, y + 23), fill=tuple(rng.randrange(256) for _ in range(3)))
    return image


def scribble(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = random.Random(path.name + path.parent.name)
    image = Image.new("L", (64, 64), 255)
    ImageDraw.Draw(image).line([(rng.randrange(64), rng.randrange(64)) for _ in range(5)], fill=0, width=2)
    image.save(path)


def pair_set(folder: Path, count: int) -> None:
    (folder / "photo").mkdir(parents=True)
    rows = ["id,appearance"]
    for number in range(count):
        blocks(f"{folder.name} {number}").save(folder / f"photo/{number:03d}.png")
        scribble(folder / f"sketch/{number:03d}.png")
        rows.append(f"{number:03d},number {number} in {['red', 'green', 'blue'][number % 3]}")
    (folder / "captions.csv").write_text("\n".join(rows) + "\n")


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shoe 011 is shoe 003 made smaller, 005 and 006 are described alike, 009 has no sketch, 010 no words."""
    root = tmp_path_factory.mktemp("pairs")
    pair_set(root / "shoes", SHOES)
    pair_set(root / "chairs", CHAIRS)
    shoes = root / "shoes"
    with Image.open(shoes / "photo/003.png") as image:
        image.resize((80, 80)).save(shoes / "photo/011.png")
    (shoes / "sketch/009.png").unlink()
    table = (shoes / "captions.csv").read_text().splitlines()
    table[1 + 6] = table[1 + 5].replace("005", "006")
    del table[1 + 10]
    (shoes / "captions.csv").write_text("\n".join(table) + "\n")
    for name in ("000-1", "000-2", "003-1", "099-1"):
        scribble(root / f"more/{name}.png")
    return root


@pytest.fixture(scope="session")
def loaded(clip_folder: Path) -> Method:
    return stbir.load(clip_folder)


@pytest.fixture
def method(loaded: Method) -> Method:
    return copy.deepcopy(loaded)


def pairs_data(**settings: object) -> PairsData:
    sets = [
        {"name": "shoe-v1", "folder": "shoes", "more_sketches": ["more"]},
        {"name": "chair-v1", "folder": "chairs"},
    ]
    return PairsData.model_validate({"source": "pairs", "sets": sets} | settings)


@pytest.fixture
def data() -> Callable[..., PairsData]:
    return pairs_data


@pytest.fixture
def opened(root: Path, loaded: Method) -> Callable[..., Pairs]:
    def opened(**settings: object) -> Pairs:
        return open_pairs(pairs_data(**settings), root=root, seed=1, method=loaded)

    return opened


@pytest.fixture
def stage() -> type[Stage]:
    return Stage
