"""Imports go down, never up, never sideways between neighbours of one floor."""

import ast
from pathlib import Path

import pytest

import stbir

FLOORS = [
    {"types", "config", "errors"},
    {"functional"},
    {"nn", "data", "index"},
    {"methods"},
    {"gallery", "evaluation"},
    {"training", "serve"},
    {"cli", "testing"},
]
# Floor 0 is one vocabulary: its three files may know each other.
FLOOR = {name: level for level, names in enumerate(FLOORS) for name in names}
ROOT = Path(stbir.__file__).parent


def test_every_module_stands_on_a_floor() -> None:
    found = {path.stem for path in ROOT.iterdir() if (path.suffix == ".py" or (path / "__init__.py").exists())}
    assert found - {"__init__", "__main__"} <= set(FLOOR)


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down(path: Path) -> None:
    home = path.relative_to(ROOT).with_suffix("").parts[0]
    if home in ("__init__", "__main__"):
        return
    for name in stbir_imports(path):
        parts = name.split(".")
        assert parts[0] == "stbir"
        if len(parts) == 1 or parts[1] == "__version__":
            continue
        target = parts[1]
        if target == home:
            continue
        assert target in FLOOR, f"{path} imports {name}, which stands on no floor"
        below = FLOOR[target] < FLOOR[home] or FLOOR[target] == FLOOR[home] == 0
        assert below, f"{path} (floor {FLOOR[home]}) imports {name} (floor {FLOOR[target]})"


def stbir_imports(path: Path) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively; write the whole name"
            if node.module == "stbir":
                names += [f"stbir.{alias.name}" for alias in node.names]
            elif node.module:
                names.append(node.module)
    return [name for name in names if name.split(".")[0] == "stbir"]
