"""Two processes that share every step come to the weights of one."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from stbir.errors import InputError
from stbir.training.processes import Processes, is_main, processes

CODE = """
import sys
import torch
import stbir.training.loop as loop
from stbir.methods.late_fusion import LateFusion, LateFusionConfig

class MeanOverRows(LateFusion):
    name = "late_fusion"
    def loss(self, batch, objective=None):
        photos, sketches, texts = (self.rows(batch, side) for side in ("photo", "sketch", "text"))
        return {"all": (2 - (photos * (sketches + texts)).sum(dim=1)).mean()}

loop.build = lambda _, backbone, settings: MeanOverRows(backbone, LateFusionConfig())
loop.train(sys.argv[1], to=sys.argv[2], workers=0)
"""

RECIPE = """
name = "test"
[start]
weights = "{clip}"
[data]
families = {{ bag = 1.0 }}
ramp = 0
held_out = 3
[validation]
unit = "steps"
every = 2
patience = 1
metric = "loss"
[[stages]]
steps = 6
batch_size = 6
accumulate = 1
optimiser = "sgd"
learning_rate = 0.1
warm_up = 0
keep = "best"
"""


def free_port() -> int:
    with socket.socket() as some:
        some.bind(("127.0.0.1", 0))
        return int(some.getsockname()[1])


def started(recipe: Path, to: Path, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", CODE, str(recipe), str(to)],
        env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_two_processes_learn_what_one_does(clip_folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("accelerate")
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(RECIPE.format(clip=clip_folder))
    shared = {
        "WORLD_SIZE": "2",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(free_port()),
        "ACCELERATE_USE_CPU": "true",
    }
    both = [
        started(recipe, tmp_path / "two", **shared, RANK=rank, LOCAL_RANK=rank, LOCAL_WORLD_SIZE="2")
        for rank in ("0", "1")
    ]
    alone = started(recipe, tmp_path / "one")
    for process in (*both, alone):
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert out == ""
    one, two = (load_file(tmp_path / run / "model" / "model.safetensors") for run in ("one", "two"))
    torch.testing.assert_close(one, two, rtol=0, atol=1e-5)
    before = load_file(clip_folder / "model.safetensors")
    assert any(float((one[name] - before[name]).abs().max()) > 1e-3 for name in one)
    assert len((tmp_path / "two" / "log.jsonl").read_text().splitlines()) == len(
        (tmp_path / "one" / "log.jsonl").read_text().splitlines()
    )


class Pair(Processes):
    """The first of two processes; the other one has gradients of the first two of three parameters."""

    def summed(self, value: torch.Tensor) -> torch.Tensor:
        return value + (torch.tensor([1.0, 1.0, 0.0]) if value.numel() == 3 else torch.tensor([10.0, 20.0, 30.0, 40.0]))


def test_gradients_are_summed_and_what_nobody_has_stays_none() -> None:
    mine, theirs, nobodys = (nn.Parameter(torch.zeros(size)) for size in (1, 3, 5))
    mine.grad = torch.ones(1)
    Pair(0, 2, torch.device("cpu")).sum_gradients([mine, theirs, nobodys])
    assert mine.grad is not None
    assert theirs.grad is not None
    assert mine.grad.tolist() == [11.0]
    assert theirs.grad.tolist() == [20.0, 30.0, 40.0]
    assert nobodys.grad is None


def test_alone_unless_a_launcher_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    monkeypatch.delenv("RANK", raising=False)
    found = processes()
    assert (found.number, found.count, found.main, is_main()) == (0, 1, True, True)
    assert found.told("something") == "something"
    monkeypatch.setenv("RANK", "1")
    assert not is_main()


def test_without_accelerate_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setitem(sys.modules, "accelerate", None)
    with pytest.raises(InputError, match=r"pip install 'stbir\[accelerate\]'"):
        processes()
