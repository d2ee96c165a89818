"""Does fine-tuning learn or memorise? A recipe at several lengths, measured on what it was trained on and on the rest.

    python benchmarks/memorised.py recipes/stbir/joint.toml --data DIR --epochs 12 40

The objects of the recipe's data are dealt out as for a study (fold 0 of 3, fold seed 100); the test part is not looked
at. Compared are the validation objects and as many training objects, each found among these. One run each.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from stbir.config import parse
from stbir.evaluation.protocol import evaluate
from stbir.methods import load
from stbir.training.extends import read_recipe
from stbir.training.loop import start, train
from stbir.training.pairs.folds import parts_of
from stbir.training.pairs.items import Item, split_of
from stbir.training.recipe import Recipe

DEALT = {"folds": 3, "fold": 0, "fold_seed": 100, "validation": 0.25}


def main() -> None:
    """Train, measure and print a line per length and part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--epochs", type=int, nargs="+", default=[12, 40])
    options = parser.parse_args()
    plan = plan_of(options.recipe)
    values = plan.model_dump()
    splits = {name: split_of(some, name=name) for name, some in items_of(plan, root=options.data).items()}
    print(f"Acc@1 in percent among {len(splits['held out'].photos)} photos{'':9}sketch  words   both")
    for epochs in (0, *options.epochs):
        if epochs:
            longer = [stage | {"epochs": epochs} for stage in values["stages"]]
            longer_plan = parse(Recipe, values | {"stages": longer}, source=str(options.recipe))
            with tempfile.TemporaryDirectory() as folder:
                method = load(train(longer_plan, to=Path(folder) / "run", workers=0, data=options.data))
        else:
            method, _ = start(plan, root=options.data)
        for name, split in splits.items():
            asked = evaluate(method, split, seed=0, resamples=2).per_query
            hits = [100 * float(np.mean(np.array(asked[kind]["rank"]) == 1)) for kind in ("sketch", "text", "both")]
            print(f"{epochs:3} epochs, {name:28}", *(f"{value:6.1f}" for value in hits), flush=True)


def plan_of(path: Path) -> Recipe:
    """A recipe on fold 0, all of it trained to its end."""
    values = read_recipe(path).model_dump()
    values |= {"data": values["data"] | DEALT, "validation": None}
    for stage in values["stages"]:
        stage["keep"] = "last"
    return parse(Recipe, values, source=str(path))


def items_of(plan: Recipe, *, root: Path) -> dict[str, Sequence[Item]]:
    """The validation objects of a recipe on pairs, and as many of those that it is trained on."""
    assert plan.data.source == "pairs"
    parts = parts_of(plan.data, root=root)
    seen = random.Random(0).sample(sorted(parts.train, key=lambda item: item.name), len(parts.validation))
    return {"trained on": seen, "held out": sorted(parts.validation, key=lambda item: item.name)}


if __name__ == "__main__":
    main()
