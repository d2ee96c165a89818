"""Does fine-tuning learn or memorise? A recipe at several lengths, measured on what it was trained on and on the rest.

    python benchmarks/memorised.py recipes/stbir/joint.toml --data DIR --epochs 12 40
    python benchmarks/memorised.py recipes/ma-sbir/ma-sbir.toml --study recipes/methods/categories.toml --data DIR

The objects of the recipe's data are dealt out as for a study (fold 0 of 3, fold seed 100); the test part is not looked
at. Compared are the validation objects and as many training objects, each found among these. One run each. With a
study it is the data of its first task, dealt out by object or by category as that says, and measured by sketch in each
way that it looks.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

from stbir.config import parse
from stbir.evaluation.protocol import evaluate
from stbir.methods import load
from stbir.methods.base import Method
from stbir.training.extends import read_recipe
from stbir.training.loop import start, train
from stbir.training.pairs.folds import parts_of
from stbir.training.pairs.items import Item, split_of
from stbir.training.recipe import Recipe
from stbir.training.study import Look, Task
from stbir.training.study.run import read_study
from stbir.types import Split

DEALT = {"folds": 3, "fold": 0, "fold_seed": 100, "validation": 0.25}
ACC = "acc@1"
KINDS = {"sketch": "sketch", "text": "words", "both": "both"}


def main() -> None:
    """Train, measure and print a line per length and part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--study", type=Path, metavar="FILE")
    parser.add_argument("--epochs", type=int, nargs="+", default=[12, 40])
    options = parser.parse_args()
    task = None if options.study is None else read_study(options.study)[0].tasks[0]
    plan = plan_of(options.recipe, task)
    values = plan.model_dump()
    splits = {name: split_of(some, name=name) for name, some in items_of(plan, root=options.data).items()}
    print(f"in percent among {len(splits['held out'].photos)} photos{'':15}{'   '.join(heads(task))}")
    for epochs in (0, *options.epochs):
        if epochs:
            longer = [stage | {"epochs": epochs} for stage in values["stages"]]
            longer_plan = parse(Recipe, values | {"stages": longer}, source=str(options.recipe))
            with tempfile.TemporaryDirectory() as folder:
                method = load(train(longer_plan, to=Path(folder) / "run", workers=0, data=options.data))
        else:
            method, _ = start(plan, root=options.data)
        for name, split in splits.items():
            found = zip(heads(task), measured(method.eval(), split, task), strict=True)
            print(f"{epochs:3} epochs, {name:28}", *(f"{value:{len(head)}.1f}  " for head, value in found), flush=True)


def heads(task: Task | None) -> list[str]:
    """What stands over the numbers."""
    return (
        [f"{name} {ACC}" for name in KINDS.values()]
        if task is None
        else [f"{look.name} {of(look)}" for look in task.looks]
    )


def measured(method: Method, split: Split, task: Task | None) -> list[float]:
    """The numbers under these heads."""
    if task is None:
        asked = evaluate(method, split, seed=0, resamples=2).results
        return [100 * asked[kind][ACC] for kind in KINDS]
    reports = [evaluate(method, split, protocol=look.protocol, seed=0, resamples=2).results for look in task.looks]
    return [100 * found["sketch"][of(look)] for look, found in zip(task.looks, reports, strict=True)]


def of(look: Look) -> str:
    """The first thing that a look measures."""
    return look.protocol.measures[0]


def plan_of(path: Path, task: Task | None = None) -> Recipe:
    """A recipe on fold 0, of the data of a task or its own, all of it trained to its end."""
    values = read_recipe(path).model_dump()
    dealt = DEALT
    if task is not None:
        values["data"] = task.data.model_dump() | {name: values["data"][name] for name in task.recipes_decide}
        dealt = DEALT | {"folds": task.folds}
    values |= {"data": values["data"] | dealt, "validation": None}
    for stage in values["stages"]:
        stage["keep"] = "last"
    return parse(Recipe, values, source=str(path))


def items_of(plan: Recipe, *, root: Path) -> dict[str, Sequence[Item]]:
    """The validation objects of a recipe on pairs, and as many of those that it is trained on; or categories."""
    assert plan.data.source == "pairs"
    parts = parts_of(plan.data, root=root)
    if plan.data.folds_of == "categories":
        held, known = ({str(item.photo.category) for item in some} for some in (parts.validation, parts.train))
        chosen = random.Random(0).sample(sorted(known), len(held))
        seen = sorted((item for item in parts.train if item.photo.category in chosen), key=lambda item: item.name)
    else:
        seen = random.Random(0).sample(sorted(parts.train, key=lambda item: item.name), len(parts.validation))
    return {"trained on": seen, "held out": sorted(parts.validation, key=lambda item: item.name)}


if __name__ == "__main__":
    main()
