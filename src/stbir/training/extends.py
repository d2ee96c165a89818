"""Recipes that differ from another one in a few lines: `extends = "stbir.toml"`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from stbir.config import parse
from stbir.errors import ConfigError
from stbir.training.recipe import Recipe

DEEPEST = 8


def read_recipe(path: str | Path) -> Recipe:
    """Read a recipe; what it does not say is taken from the one that it `extends`, a file beside it.

    Tables are merged key by key, `false` takes a table away, stages are merged by their names, and `order` names the
    stages that are left, in their order. Everything else replaces what was there.

    Raises:
        ConfigError: a file is missing, is no TOML, extends itself, or the whole is no recipe.
    """
    return parse(Recipe, _values(Path(path), ()), source=str(path))


def extended(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Merge the values of a recipe with changes to them.

    Raises:
        ConfigError: `order` names a stage that is not there.

    >>> base = {"seed": 0, "stages": [{"name": "a", "steps": 1}, {"name": "b", "steps": 2, "curriculum": {"start": 1}}]}
    >>> extended(base, {"stages": [{"name": "b", "curriculum": False}], "order": ["b"]})
    {'seed': 0, 'stages': [{'name': 'b', 'steps': 2}]}
    """
    changes = dict(changes)
    order = changes.pop("order", None)
    stages = _merged_stages(base.get("stages", ()), changes.pop("stages", ()))
    merged = _merged(base, changes)
    if order is not None:
        if not isinstance(order, list):
            raise ConfigError(f"order takes a list of stages, got {order!r}")
        by_name = {stage.get("name"): stage for stage in stages}
        if unknown := [name for name in order if name not in by_name]:
            raise ConfigError(f"order names the stage {unknown[0]!r} (known: {', '.join(map(str, by_name))})")
        stages = [by_name[name] for name in order]
    return merged | {"stages": stages}


def _values(path: Path, from_: tuple[Path, ...]) -> dict[str, Any]:
    if len(from_) >= DEEPEST or path.resolve() in from_:
        raise ConfigError(f"{path} extends itself, or {DEEPEST} recipes extend each other")
    try:
        with path.open("rb") as file:
            values = tomllib.load(file)
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from None
    other = values.pop("extends", None)
    if other is None:
        return values
    if not isinstance(other, str):
        raise ConfigError(f"{path}: extends takes the name of a recipe beside it, got {other!r}")
    base = _values(path.parent / other, (*from_, path.resolve()))
    try:
        return extended(base, values)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None


def _merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in changes.items():
        before = merged.get(key)
        if value is False and isinstance(before, Mapping):
            del merged[key]
        elif isinstance(value, Mapping) and isinstance(before, Mapping):
            merged[key] = _merged(before, value)
        else:
            merged[key] = value
    return merged


def _merged_stages(base: Sequence[Mapping[str, Any]], changes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    stages = {stage.get("name", f"stage {place}"): dict(stage) for place, stage in enumerate(base)}
    for place, change in enumerate(changes):
        name = change.get("name", f"stage {place}")
        stages[name] = _merged(stages.get(name, {}), change)
    return [*stages.values()]
