"""What is measured while training is what an evaluation would say, and measuring changes nothing."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

import stbir
from stbir.config import Settings
from stbir.data import drawn
from stbir.errors import ConfigError, InputError
from stbir.evaluation.protocol import evaluate
from stbir.methods.base import Method
from stbir.training.collapse import spread
from stbir.training.loop import train
from stbir.training.recipe import DrawnData
from stbir.training.source import DrawnSource, drawn_held_out
from stbir.training.stages import Stage, Validation
from stbir.training.validation import attention, held_out_loss, interval, measure, validate
from stbir.training.verdict import read_verdict
from stbir.types import Photo, Query, Split

DATA = DrawnData(families={"bag": 1.0, "boot": 1.0}, ramp=0, held_out=5)


@pytest.fixture(scope="module")
def method(clip_folder: Path) -> Method:
    return stbir.load(clip_folder)


@pytest.fixture(scope="module")
def split() -> Split:
    found = drawn_held_out(DATA, side=64)
    assert found is not None
    return found


def test_the_numbers_are_those_of_an_evaluation(method: Method, split: Split) -> None:
    method.train()
    found = measure(method, split, metric="text/map@all")
    expected = evaluate(method, split).results
    for modality in ("sketch", "text", "both"):
        for name in ("acc@1", "mrr", "median_rank"):
            assert found.value(f"{modality}/{name}") == expected[modality][name]
    assert found.value("text/map@all") == pytest.approx(expected["text"]["mrr"])
    assert not method.training


def test_the_vectors_of_each_side_are_looked_at(method: Method, split: Split) -> None:
    found = measure(method, split)
    assert found.spreads["photo"] == spread(method.encode_photos(split.photos).vectors)
    words = [Query(text=query.text) for query in split.queries]
    assert found.spreads["text"] == spread(method.encode_queries(words).vectors)
    assert found.spreads["sketch"] != found.spreads["photo"]


def test_what_the_data_cannot_answer_is_refused(method: Method, split: Split) -> None:
    mute = Split("mute", [Query(query.sketches, instance=query.instance) for query in split.queries], split.photos)
    with pytest.raises(ConfigError, match=r"metric 'both/acc@1' cannot be measured here; there is: sketch/acc@1"):
        measure(method, mute, metric="both/acc@1").value("both/acc@1")


def test_the_held_out_loss_is_a_mean_over_rows(method: Method, split: Split) -> None:
    stage, how = Stage(steps=1, batch_size=3), Validation(metric="loss")
    source = DrawnSource(DATA, 0, split)
    found = validate(method, source, stage, how=how, objective=Settings()).value("loss")
    total = 0.0
    for first, stop in ((0, 3), (3, 5)):
        pairs = [*zip(split.queries[first:stop], split.photos[first:stop], strict=True)]
        with torch.no_grad():
            total += (stop - first) * float(sum(method.loss(method.batch(pairs)).values()))
    assert found == pytest.approx(total / 5, rel=1e-5)
    with pytest.raises(InputError, match="no held-out batches"):
        held_out_loss(method, [], objective=Settings(), precision="fp32")


class Paged(DrawnSource):
    """Ten steps are once through the data."""

    def steps(self, stage: Stage) -> int:
        return stage.steps or 10 * (stage.epochs or 0)


@pytest.mark.parametrize("length", [{"steps": 45}, {"epochs": 4}])
def test_epochs_are_counted_in_steps_of_the_data(length: dict[str, int]) -> None:
    stage = Stage.model_validate(length)
    assert interval(Paged(DATA, 0), stage, Validation(every=3)) == 30
    assert interval(Paged(DATA, 0), stage, Validation(every=3, unit="steps")) == 3


RECIPE = """
name = "test"
save_every = 100
[start]
weights = "{clip}"
[data]
families = {{ bag = 1.0 }}
ramp = 0
held_out = 5
[[stages]]
steps = 4
batch_size = 2
free = ["*layer_norm*"]
"""
MEASURED = '[validation]\nunit = "steps"\nmetric = "sketch/mrr"\n'


def test_a_run_measures_and_judges_and_learns_the_same(clip_folder: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(RECIPE.format(clip=clip_folder))
    train(recipe, to=tmp_path / "plain", workers=0)
    recipe.write_text(RECIPE.format(clip=clip_folder) + MEASURED)
    model = train(recipe, to=tmp_path / "measured", workers=0)
    plain, measured = (load_file(tmp_path / run / "model" / "model.safetensors") for run in ("plain", "measured"))
    torch.testing.assert_close(plain, measured, rtol=0, atol=0)
    rows = [json.loads(line) for line in (tmp_path / "measured" / "log.jsonl").read_text().splitlines()]
    values = {row["step"]: row["validation"]["sketch/mrr"] for row in rows if "validation" in row}
    assert [*values] == [0, 1, 2, 3, 4]
    split = drawn_held_out(DrawnData(families={"bag": 1.0}, held_out=5), side=64)
    assert split is not None
    assert values[0] == evaluate(stbir.load(clip_folder), split).results["sketch"]["mrr"]
    verdict = read_verdict(tmp_path / "measured")
    assert verdict is not None
    assert (verdict.metric, verdict.queries) == ("sketch/mrr", 5)
    assert verdict.start == pytest.approx(values[0])
    assert verdict.end == pytest.approx(evaluate(stbir.load(model), split).results["sketch"]["mrr"])
    plain_verdict = read_verdict(tmp_path / "plain")
    assert plain_verdict is not None
    assert plain_verdict.metric == "both/acc@1"


def test_held_out_objects_are_never_drawn_in_training(split: Split) -> None:
    numbers = [int(str(query.instance).rpartition("-")[2]) for query in split.queries]
    assert min(numbers) >= 1 << 48  # training draws 48 bits
    assert {query.category for query in split.queries} <= {"bag", "boot"}
    again = drawn_held_out(DATA, side=64)
    assert again is not None
    assert [query.instance for query in again.queries] == [query.instance for query in split.queries]
    assert np.array_equal(again.photos[0].image, split.photos[0].image)  # type: ignore[arg-type]
    assert drawn_held_out(DrawnData(), side=64) is None
    assert not {photo.category for photo in split.photos} & set(drawn.HELD_OUT_FAMILIES)
    assert isinstance(split.photos[0], Photo)


def test_attention_is_written_out_in_bfloat16_alone_and_says_the_same(method: Method) -> None:
    queries = torch.randn(2, 4, 9, 8, generator=torch.Generator().manual_seed(0))
    found: dict[str, torch.Tensor] = {}
    for precision in ("fp32", "bf16"):
        with attention(method, precision):
            assert torch.backends.cuda.flash_sdp_enabled() == (precision == "fp32")
            found[precision] = torch.nn.functional.scaled_dot_product_attention(queries, queries, queries)
    assert torch.backends.cuda.flash_sdp_enabled()
    torch.testing.assert_close(found["bf16"], found["fp32"], rtol=1e-5, atol=1e-6)
