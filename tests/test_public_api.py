"""What `import stbir` gives, how fast, and that version, changelog and README tell the truth."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import stbir

ROOT = Path(__file__).parents[1]


def test_every_public_name_is_there() -> None:
    for name in stbir.__all__:
        assert getattr(stbir, name) is not None
    assert set(stbir.__all__) <= set(dir(stbir))
    with pytest.raises(AttributeError, match=r"no attribute 'Galery' \(it has: .*Gallery"):
        _ = stbir.Galery  # type: ignore[attr-defined]


def test_importing_costs_nothing() -> None:
    code = "import stbir, sys; print([m for m in ('torch', 'transformers', 'numpy', 'cv2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_training_needs_neither_server_nor_database() -> None:
    code = (
        "import sys\n"
        "for name in ('lancedb', 'fastapi', 'uvicorn', 'pyarrow'):\n    sys.modules[name] = None\n"
        "import stbir.training.loop\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_changelog_starts_with_this_version() -> None:
    versions = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    assert versions[0] == stbir.__version__


def test_the_readme_names_every_file_of_the_house() -> None:
    text = (ROOT / "README.md").read_text()
    tree = text[text.index("src/stbir/") :]
    for path in sorted((ROOT / "src" / "stbir").iterdir()):
        if path.name in ("__pycache__", "py.typed"):
            continue
        assert re.search(rf"^\s+{re.escape(path.name)}", tree, flags=re.MULTILINE), f"README's tree lacks {path.name}"


def test_torchvision_is_never_required() -> None:
    text = (ROOT / "pyproject.toml").read_text() + (ROOT / "constraints.txt").read_text()
    assert "torchvision" not in text
    assert re.search(r"^torch==2\.13\.0$", text, flags=re.MULTILINE)
