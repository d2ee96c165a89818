"""MODEL means a bundled name, a folder or a hub id; everything else is one clear line."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.torch import load as read_tensors
from safetensors.torch import save_file

import stbir
from stbir.errors import ConfigError, ModelError, UnknownName
from stbir.methods import build, load, names, summary
from stbir.nn.clip import load_backbone


def test_methods_are_files_with_a_first_line() -> None:
    assert "late_fusion" in names()
    assert all(summary(name).endswith(".") for name in names())
    with pytest.raises(UnknownName, match=r"unknown method 'lat_fusion', did you mean 'late_fusion'\?"):
        summary("lat_fusion")


def test_unknown_settings_are_refused(clip_folder: Path) -> None:
    with pytest.raises(ConfigError, match="unknown key 'sketch_los', did you mean 'sketch_loss'"):
        build("late_fusion", load_backbone(str(clip_folder)), {"sketch_los": 1})


@pytest.mark.parametrize("source", ["no such model", "tinny", "./missing/folder", "a/b/c", ""])
def test_an_unknown_model_lists_what_is_known(source: str) -> None:
    with pytest.raises(UnknownName, match="give a folder, or a hub id such as openai/clip-vit-base-patch32"):
        load(source)


def test_a_folder_that_holds_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot load the model"):
        load(tmp_path)


def test_another_kind_of_model(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    with pytest.raises(ModelError, match="is a 'bert' model, not CLIP"):
        load(tmp_path)


def test_pickled_weights_are_never_read(clip_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pickled"
    shutil.copytree(clip_folder, folder)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ModelError, match="cannot load the model"):
        load(folder)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("config.json", {"projection_dim": "x"}, "cannot load the model"),
        ("config.json", {"text_config": 3}, "cannot load the model"),
        ("preprocessor_config.json", {"size": {"shortest_edge": 64}, "do_center_crop": False}, "of 64 pixels"),
        ("preprocessor_config.json", {"size": {"height": 32, "width": 32}}, "of 64 pixels"),
        ("stbir.json", {}, "'method' is missing"),
        ("stbir.json", {"method": "late_fusion", "config": 3, "framing": "none"}, "'config'"),
        ("stbir.json", {"method": "late_fusion", "config": {}, "framing": "contnt"}, "'framing'"),
    ],
)
def test_damaged_folders(
    clip_folder: Path, tmp_path: Path, name: str, content: dict[str, object], message: str
) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(clip_folder, folder)
    old = json.loads((folder / name).read_text()) if (folder / name).exists() and name != "stbir.json" else {}
    (folder / name).write_text(json.dumps({**old, **content}))
    with pytest.raises(ModelError, match=message) as caught:
        load(folder)
    assert "\n" not in str(caught.value)


def test_damaged_weights(clip_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(clip_folder, folder)
    path = folder / "model.safetensors"
    whole = path.read_bytes()
    path.write_bytes(whole[:1000])
    with pytest.raises(ModelError, match="cannot load the model"):
        load(folder)
    some = {name: value for name, value in read_tensors(whole).items() if "vision_model.encoder" not in name}
    save_file(some, path, metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"lacks 48 of its weights, such as vision_model\.encoder"):
        load(folder)


def test_offline_a_hub_id_that_is_not_cached_is_an_error_and_a_folder_loads(clip_folder: Path, tmp_path: Path) -> None:
    code = (
        "import stbir, sys\n"
        "assert stbir.load(sys.argv[1]).dimension == 32\n"
        "try:\n    stbir.load('nobody/nothing')\n"
        "except stbir.StbirError as error:\n    print(error)\n"
    )
    environment = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", code, str(clip_folder)],
        capture_output=True, text=True, env=environment, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("cannot load the model nobody/nothing: ")
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""


def test_a_hub_id_loads_from_the_cache(clip_folder: Path, tmp_path: Path) -> None:
    """The hub's cache layout, filled by hand: what an offline machine has after a download elsewhere."""
    commit = "0" * 40
    snapshot = tmp_path / "hub" / "models--some--clip" / "snapshots" / commit
    shutil.copytree(clip_folder, snapshot)
    refs = snapshot.parents[1] / "refs"
    refs.mkdir()
    (refs / "main").write_text(commit)
    code = "import stbir; m = stbir.load('some/clip'); print(m.source, m.fingerprint()['weights'])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path), "PATH": ""},
    )  # fmt: skip
    assert done.stdout.split() == ["some/clip", stbir.load(clip_folder).fingerprint()["weights"]]


def test_a_broken_torchvision_is_named(clip_folder: Path, tmp_path: Path) -> None:
    package = tmp_path / "torchvision"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('operator torchvision::nms does not exist')")
    code = "import stbir, sys\ntry:\n    stbir.load(sys.argv[1])\nexcept stbir.StbirError as error:\n    print(error)\n"
    done = subprocess.run(
        [sys.executable, "-c", code, str(clip_folder)],
        capture_output=True, text=True, check=True, env={"PYTHONPATH": str(tmp_path), "PATH": ""},
    )  # fmt: skip
    assert "the installed torchvision does not work with torch" in done.stdout
    assert "pip uninstall torchvision" in done.stdout
