"""Does STBIR foresee how high the right photo of a query will stand? Rank correlation on objects it never saw.

    python benchmarks/quality.py recipes/stbir/judged.toml --data DIR --seeds 0

Three folds of objects per seed, as in a study. Printed is Spearman's rho between what the model says of a query and the
rank that its photo then has, the mean over folds and seeds (least to most): 1 where better queries are always
foreseen, 0 where nothing is. "both kinds" are the queries as they are and degraded ones together.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np

from stbir.config import parse
from stbir.evaluation.protocol import evaluate
from stbir.evaluation.vectors import only
from stbir.evaluation.worse import worse
from stbir.methods import load
from stbir.methods.stbir import STBIR
from stbir.training.extends import read_recipe
from stbir.training.loop import train
from stbir.training.pairs import PairsData
from stbir.training.pairs.folds import held_out_fold
from stbir.training.recipe import Recipe
from stbir.types import Floats, Split

FOLDS = 3
ASKED = ("sketch", "text", "both")


def main() -> None:
    """Train a model per fold and seed, and print a line per data set and condition."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    options = parser.parse_args()
    found: dict[tuple[str, str, str], list[float]] = {}
    for seed in options.seeds:
        for fold in range(FOLDS):
            values = read_recipe(options.recipe).model_dump()
            dealt = {"folds": FOLDS, "fold": fold, "fold_seed": seed}
            plan = parse(Recipe, values | {"seed": seed, "data": values["data"] | dealt}, source=str(options.recipe))
            assert isinstance(plan.data, PairsData)
            with tempfile.TemporaryDirectory() as folder:
                method = load(train(plan, to=Path(folder) / "run", workers=0, data=options.data))
            assert isinstance(method, STBIR)
            names = [label for label in plan.data.labels if label not in plan.data.extras]
            for name, split in zip(names, held_out_fold(plan.data, root=options.data), strict=True):
                for what, rho in foreseen(method, split).items():
                    found.setdefault((name, *what), []).append(rho)
    print(f"{'':24}{'':12}" + "".join(f"{kind:>24}" for kind in ASKED))
    for name, condition in dict.fromkeys((name, condition) for name, condition, _ in found):
        cells = [found[name, condition, kind] for kind in ASKED]
        shown = [f"{np.mean(cell):.2f} ({min(cell):.2f} to {max(cell):.2f})" for cell in cells]
        print(f"{name:24}{condition:12}" + "".join(f"{cell:>24}" for cell in shown))


def foreseen(method: STBIR, split: Split) -> dict[tuple[str, str], float]:
    """Spearman's rho by condition and modality."""
    told: dict[tuple[str, str], tuple[Floats, Floats]] = {}
    for condition, asked in (("clean", split), ("degraded", worse(split, seed=0))):
        found = evaluate(method, asked, seed=0, resamples=2).per_query
        for kind in ASKED:
            queries = [one for query in asked.queries if (one := only(query, kind)) is not None]
            told[condition, kind] = method.quality(queries), -np.array(found[kind]["rank"], np.float32)
    for kind in ASKED:
        parts = [told[condition, kind] for condition in ("clean", "degraded")]
        said, stood = (np.concatenate(one) for one in zip(*parts, strict=True))
        told["both kinds", kind] = said, stood
    return {what: spearman(*values) for what, values in told.items()}


def spearman(first: Floats, second: Floats) -> float:
    """The correlation of the places of two rows of numbers, equal ones sharing the mean of theirs."""
    return float(np.corrcoef(*(places(row) for row in (first, second)))[0, 1])


def places(row: Floats) -> Floats:
    """The place of each number, from the smallest on."""
    _, which, counts = np.unique(row, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[which].astype(np.float32)


if __name__ == "__main__":
    main()
