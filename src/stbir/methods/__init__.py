"""Retrieval methods, one file each: the file name is the method's name.

`load` turns what a user calls MODEL (a bundled name, a folder, a hub id) into a method.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stbir.errors import ConfigError, InputError, ModelError, UnknownName

if TYPE_CHECKING:
    from stbir.methods.base import Method
    from stbir.nn.clip import Backbone


_NO_METHOD = ("__init__", "base", "batch", "composed", "encoders", "inversion", "numbers", "query")


def names() -> list[str]:
    """The names of all methods."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in _NO_METHOD)


@dataclass(frozen=True)
class About:
    """What the file of a method says of it: its docstring, and the class attributes of these names."""

    name: str
    text: str
    paper: str
    trains: str
    needs: str


def about(name: str) -> About:
    """What a method is, read from its file without importing it: that would load torch.

    Raises:
        UnknownName: there is no such method.
    """
    tree = ast.parse((Path(__file__).parent / f"{_known(name)}.py").read_text(encoding="utf-8"))
    said = dict.fromkeys(("paper", "trains", "needs"), "")
    for kind in tree.body:
        for line in kind.body if isinstance(kind, ast.ClassDef) else ():
            if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name) and line.targets[0].id in said:
                said[line.targets[0].id] = ast.literal_eval(line.value)
    return About(name, ast.get_docstring(tree) or "", **said)


def summary(name: str) -> str:
    """The first line of a method's file, read without importing it.

    Raises:
        UnknownName: there is no such method.
    """
    return about(name).text.partition("\n")[0]


def kind_of(name: str) -> type[Method]:
    """The class of the method `name`.

    Raises:
        UnknownName: there is no such method.
    """
    from stbir.methods.base import Method

    module = import_module(f"stbir.methods.{_known(name)}")
    (kind,) = (
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Method) and value.__module__ == module.__name__
    )
    return kind


def not_adaptable(name: str) -> InputError:
    """The complaint that a method cannot be adapted to categories, with the names of those that can."""
    can = ", ".join(other for other in names() if kind_of(other).support_photos)
    return InputError(f"{name} cannot be adapted to categories; take a model of a method that can: {can}")


def build(name: str, backbone: Backbone, settings: Mapping[str, Any] | None = None) -> Method:
    """Make the method `name` on `backbone`, with its default settings where `settings` says nothing.

    Raises:
        UnknownName: there is no such method.
        ConfigError: a setting is unknown or has a wrong value.
    """
    from stbir.config import parse

    kind = kind_of(name)
    return kind(backbone, parse(kind.Config, dict(settings or {}), source=f"settings of {name}"))


def load(source: str | Path) -> Method:
    """Load a model for searching: a bundled name such as "tiny", a folder, or a hub id.

    A folder that a method was saved to becomes that method; a bare CLIP becomes `late_fusion`.

    Raises:
        UnknownName: `source` is none of these.
        ModelError: it is found but cannot be used.
        ConfigError: the settings beside its weights are wrong.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    from stbir.config import parse
    from stbir.methods.base import MANIFEST, Manifest
    from stbir.nn.clip import folder_of, load_backbone, resolve

    place = resolve(source)
    folder = folder_of(place)
    manifest = Manifest(method="late_fusion", config={}, framing="none")
    if folder is not None and (folder / MANIFEST).exists():
        try:
            values = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            manifest = parse(Manifest, values, source=str(folder / MANIFEST))
        except (OSError, ValueError, ConfigError) as error:
            raise ModelError(f"{folder / MANIFEST} is damaged ({error}); save the model again") from None
    method = build(manifest.method, load_backbone(place, framing=manifest.framing), manifest.config)
    own = method.own_state()
    if own:
        assert folder is not None
        try:
            state = load_file(folder / "method.safetensors")
        except (OSError, SafetensorError) as error:
            raise ModelError(f"cannot read {folder / 'method.safetensors'}: {error}") from None
        if {name: value.shape for name, value in state.items()} != {name: value.shape for name, value in own.items()}:
            raise ModelError(
                f"{folder / 'method.safetensors'} does not hold the weights of {manifest.method}; save the model again"
            )
        method.load_state_dict({key: value.float() for key, value in state.items()}, strict=False)
    method.source = place
    return method.eval()


def _known(name: str) -> str:
    if name not in names():
        raise UnknownName("method", name, names())
    return name
