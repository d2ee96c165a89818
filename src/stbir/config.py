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
    holder, where = _walk(kind, first["loc"])
    if first["type"] == "extra_forbidden":
        known = sorted(holder.model_fields)
        near = difflib.get_close_matches(str(first["loc"][-1]), known, n=1)
        guess = f", did you mean {near[0]!r}?" if near else ""
        return f"unknown key {where!r}{guess} (known: {', '.join(known)})"
    if first["type"] == "missing":
        return f"{where!r} is missing"
    said = first["msg"].removeprefix("Value error, ")
    return f"{where!r}: {said} (given: {first['input']!r:.80})" if where else said


def _walk(kind: type[BaseModel], location: tuple[int | str, ...]) -> tuple[type[BaseModel], str]:
    """The model that holds the last part of `location`, and the location as a person would write it.

    Where a field may be one of several models, the library puts the name of the one it took between the parts.
    """
    path: list[str] = []
    choices: list[type[BaseModel]] = []
    for place, part in enumerate(location):
        if len(choices) > 1 and isinstance(part, str):
            kind = next((one for one in choices if _is_called(one, part)), choices[0])
            choices = []
            continue
        path.append(str(part))
        if place < len(location) - 1 and part in kind.model_fields:
            choices = _models_in(kind.model_fields[str(part)].annotation)
            kind = choices[0] if choices else kind
    return kind, ".".join(path)


def _is_called(kind: type[BaseModel], tag: str) -> bool:
    return any(tag in getattr(field.annotation, "__args__", ()) for field in kind.model_fields.values())


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in getattr(annotation, "__args__", ()) for model in _models_in(inner)]
