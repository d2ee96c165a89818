"""Strict, typed settings read from TOML: unknown keys are refused, values are checked, nothing is executed."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from stbir.errors import ConfigError


class Settings(BaseModel):
    """Base of every configuration: immutable, and a misspelt key is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


S = TypeVar("S", bound=Settings)


def parse(kind: type[S], values: dict[str, Any], *, source: str) -> S:
    """Turn plain values into `kind`.

    Raises:
        ConfigError: in one line, where in `source` something is wrong and what is allowed there.
    """
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise ConfigError(f"{source}: {_explain(kind, error)}") from None


def read_toml(path: str | Path, kind: type[S]) -> S:
    """Read the TOML file at `path` as `kind`.

    Raises:
        ConfigError: the file is missing, is no TOML, or does not fit `kind`.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            values = tomllib.load(file)
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from None
    return parse(kind, values, source=str(path))


def _explain(kind: type[BaseModel], error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = _keys_beside(kind, first["loc"])
        near = difflib.get_close_matches(str(first["loc"][-1]), known, n=1)
        guess = f", did you mean {near[0]!r}?" if near else ""
        return f"unknown key {where!r}{guess} (known: {', '.join(known)})"
    if first["type"] == "missing":
        return f"{where!r} is missing"
    said = first["msg"].removeprefix("Value error, ")
    return f"{where!r}: {said} (given: {first['input']!r:.80})" if where else said


def _keys_beside(kind: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """The field names of the model that holds the last part of `location`."""
    for part in location[:-1]:
        if isinstance(part, int) or part not in kind.model_fields:
            continue
        for inner in _models_in(kind.model_fields[part].annotation):
            kind = inner
            break
    return sorted(kind.model_fields)


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in getattr(annotation, "__args__", ()) for model in _models_in(inner)]
