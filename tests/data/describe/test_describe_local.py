"""A Qwen-VL model in this process: random ones of each family, and one that was taught two pictures."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import tiny_qwen
import torch
from vision_server import paint

from stbir.data.describe.local import KNOWN, Local, identity, load
from stbir.data.describe.picture import jpeg_of
from stbir.data.describe.writer import Turn, Unusable
from stbir.errors import ModelError

ANSWERS = {colour: f'{{"colour":"{colour}","material":"","parts":[]}}' for colour in ("red", "blue")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random Qwen2-VL; do not write to it."""
    return tiny_qwen.save(tmp_path_factory.mktemp("models") / "random-qwen", "qwen2_vl")


def turn(folder: Path, colour: str, *, text: str = "?", size: tuple[int, int] = (64, 64)) -> Turn:
    return Turn("user", text, jpeg_of(paint(folder / f"{colour}.png", colour, size=size), side=112))


@pytest.mark.parametrize("family", ["qwen2_vl", "qwen2_5_vl", "qwen3_vl"])
def test_every_family_answers(tmp_path: Path, family: str) -> None:
    assert family in KNOWN
    local = load(str(tiny_qwen.save(tmp_path / family, family)))
    assert (local.model, local.revision) == identity(str(tmp_path / family))
    cell = 32 if family == "qwen3_vl" else 28
    size = (3 * cell, 2 * cell)
    short = local.answer([turn(tmp_path, "red", size=size)])
    assert short.tokens_out > 0
    long = local.answer([turn(tmp_path, "red", size=size), Turn("assistant", "hm"), Turn("user", "Again.")])
    assert long.tokens_in > short.tokens_in
    inputs = local._inputs([turn(tmp_path, "red", size=size)])
    assert int(inputs["mm_token_type_ids"].sum()) == 6
    assert local.answer([turn(tmp_path, "red", size=size)]) == short


def teach(local: Local, folder: Path) -> None:
    """Train until the model says the colour of two pictures: about two seconds."""
    network, tokenizer = local._network, local._tokenizer
    optimizer = torch.optim.Adam(network.parameters(), 3e-3)
    for _ in range(120):
        optimizer.zero_grad()
        for colour, answer in ANSWERS.items():
            inputs = local._inputs([turn(folder, colour)])
            said = tokenizer(answer + "<|im_end|>", return_tensors="pt")["input_ids"]
            ids = torch.cat([inputs["input_ids"], said], 1)
            kinds = torch.cat([inputs["mm_token_type_ids"], torch.zeros_like(said, dtype=torch.int)], 1)
            labels = ids.clone()
            labels[:, : -said.shape[1]] = -100
            more = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "mm_token_type_ids": kinds}
            network(**(inputs | more), labels=labels).loss.backward()
        optimizer.step()


def test_a_model_that_was_taught_describes_photos(stbir, folder: Path, tmp_path: Path) -> None:
    local = load(str(folder))
    teach(local, tmp_path / "photos")
    taught = Path(shutil.copytree(folder, tmp_path / "taught"))
    local._network.save_pretrained(taught)
    (tmp_path / "prompt").write_text("?")
    arguments = ["data", "describe", tmp_path / "photos", "--to", tmp_path / "t.txt", "--prompt", tmp_path / "prompt"]
    said = stbir(*arguments, "--local", taught)
    assert (said.code, said.err) == (0, "")
    assert (tmp_path / "t.txt").read_text() == "blue.png\tblue\nred.png\tred\n"
    assert stbir(*arguments, "--local", taught).out.startswith("0 photos described, 2 as before")
    # a folder that is moved is the same model, one with other weights is not
    (tmp_path / "elsewhere").mkdir()
    taught = taught.rename(tmp_path / "elsewhere" / "taught")
    assert stbir(*arguments, "--local", taught, "--dry-run").out.startswith("2 photos, 0 to describe")
    shutil.copy(folder / "model.safetensors", taught / "model.safetensors")
    assert stbir(*arguments, "--local", taught, "--dry-run").out.startswith("2 photos, 2 to describe")


def test_a_model_that_talks_nonsense_is_a_list_of_failures(stbir, folder: Path, tmp_path: Path) -> None:
    paint(tmp_path / "photos/red.png", "red")
    arguments = ["data", "describe", tmp_path / "photos", "--to", tmp_path / "t.txt", "--local", folder, "--tries", 2]
    said = stbir(*arguments)
    assert said.code == 3
    assert said.err.startswith("failed: red.png: no usable answer in 2 tries; the last one was")


def changed(folder: Path, to: Path, **values: object) -> Path:
    config = json.loads((Path(shutil.copytree(folder, to)) / "config.json").read_text())
    (to / "config.json").write_text(json.dumps(config | values))
    return to


def test_models_that_cannot_be_used(folder: Path, clip_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"is a 'clip' model; known here: qwen2_vl, .* --endpoint"):
        load(str(clip_folder))
    with pytest.raises(ModelError, match="cannot load the model"):
        load(str(tmp_path))
    with pytest.raises(ModelError, match="cannot load the model no/such model"):
        load("no/such model")
    (changed(folder, tmp_path / "bare") / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="cannot load the model"):
        load(str(tmp_path / "bare"))


def test_a_template_without_a_place_for_pictures(folder: Path, tmp_path: Path) -> None:
    local = load(str(folder))
    local._tokenizer.chat_template = "{{ messages[0].content[1].text }}"
    with pytest.raises(Unusable, match="0 places for 1 pictures"):
        local.answer([turn(tmp_path, "red")])


def test_what_is_not_there_has_no_revision() -> None:
    assert identity("no-one/no-model-here") == ("no-one/no-model-here", "")
    assert identity("no such id") == ("no such id", "")
