"""Does fine-tuning learn or memorise? A recipe at several lengths, measured on what it was trained on and on the rest.

    python benchmarks/memorised.py recipes/stbir/joint.toml --data DIR --epochs 12 40

The objects of the recipe's data are dealt out as for a study (fold 0 of 3, fold seed 100); the test part is not looked
at. Compared are the validation objects and as many training objects, each found among these. One run each.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from pathlib import Path

import numpy as np

from stbir.config import parse
from stbir.evaluation.protocol import evaluate
from stbir.methods import load
from stbir.training.extends import read_recipe
from stbir.training.loop import start, train
from stbir.training.pairs.folds import parts_of
from stbir.training.pairs.items import split_of
from stbir.training.recipe import Recipe

DEALT = {"folds": 3, "fold": 0, "fold_seed": 100, "validation": 0.25}


def main() -> None:
    """Train, measure and print a line per length and part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--epochs", type=int, nargs="+", default=[12, 40])
    options = parser.parse_args()
    values = read_recipe(options.recipe).model_dump()
    values |= {"data": values["data"] | DEALT, "validation": None}
    for stage in values["stages"]:
        stage["keep"] = "last"
    plan = parse(Recipe, values, source=str(options.recipe))
    assert plan.data.source == "pairs"
    parts = parts_of(plan.data, root=options.data)
    seen = random.Random(0).sample(sorted(parts.train, key=lambda item: item.name), len(parts.validation))
    splits = {"trained on": split_of(seen, name="trained on"), "held out": split_of(parts.validation, name="held out")}
    print(f"Acc@1 in percent among {len(seen)} photos{'':9}sketch  words   both")
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


if __name__ == "__main__":
    main()
