"""Encoders of sketches: where they start, and that no other network is taken for a ResNet-50."""

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import ResNetConfig, ResNetForImageClassification

from stbir.data import drawn
from stbir.errors import ModelError
from stbir.methods import build, load
from stbir.nn.clip import Backbone, load_backbone
from stbir.nn.freezing import free_only
from stbir.nn.sketch import MEAN, ResNetSketch, TowerSketch


@pytest.fixture(scope="module")
def backbone(clip_folder: Path) -> Backbone:
    return load_backbone(str(clip_folder))


def test_a_copy_gives_what_the_tower_gives_and_learns_alone(backbone: Backbone) -> None:
    pixels = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    copied = TowerSketch(backbone)
    with torch.no_grad():
        torch.testing.assert_close(copied(pixels), backbone.embed_pictures(pixels))
        before = backbone.embed_pictures(pixels)
        copied.visual_projection.weight.mul_(2)
        torch.testing.assert_close(backbone.embed_pictures(pixels), before)
        torch.testing.assert_close(copied(pixels), 2 * before)


def test_a_resnet_has_the_published_size_and_start(backbone: Backbone) -> None:
    torch.manual_seed(0)
    encoder = ResNetSketch(512, backbone)
    assert sum(value.numel() for value in encoder.resnet.parameters()) == 23_508_032  # ResNet-50 without its classifier
    assert encoder.projection.weight.shape == (512, 2048)
    assert float(encoder.projection.weight.detach().std()) == pytest.approx(0.02, rel=0.02)
    assert (encoder.projection.bias == 0).all()


def test_a_resnet_sees_pixels_as_imagenet_has_them(backbone: Backbone) -> None:
    encoder = ResNetSketch(8, backbone).eval()
    seen: list[torch.Tensor] = []
    encoder.resnet.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    white = np.full((1, 64, 64, 3), 255, np.uint8)
    with torch.no_grad():
        encoder(backbone.normalise(white))
    deviation = torch.tensor([0.229, 0.224, 0.225])
    torch.testing.assert_close(seen[0][0, :, 5, 5], (1 - torch.tensor(MEAN)) / deviation, atol=1e-5, rtol=0)


def test_a_resnet_is_read_saved_and_trained(backbone: Backbone, tmp_path: Path) -> None:
    torch.manual_seed(1)
    ResNetForImageClassification(ResNetConfig()).save_pretrained(tmp_path / "resnet")
    method = build("stbir", backbone, {"sketch": "resnet50", "sketch_weights": str(tmp_path / "resnet")}).eval()
    stem = "sketch.resnet.embedder.embedder.convolution.weight"
    assert not torch.equal(
        method.get_parameter(stem), build("stbir", backbone, {"sketch": "resnet50"}).get_parameter(stem)
    )
    method.save(tmp_path / "model")
    for path in (tmp_path / "resnet").iterdir():
        path.unlink()
    again = load(tmp_path / "model")
    pairs = [drawn.draw("boot", seed, size=64).pair() for seed in range(2)]
    queries = [query for query, _ in pairs]
    assert (again.encode_queries(queries).vectors == method.encode_queries(queries).vectors).all()
    batch = method.batch(pairs)
    free_only(method, ["sketch.projection.*", "judge.*"])
    before = {name: value.clone() for name, value in method.named_buffers()}
    torch.stack(list(method.loss(batch).values())).sum().backward()
    assert all(torch.equal(value, before[name]) for name, value in method.named_buffers())
    free_only(method, ["sketch.*"])
    method.loss(batch)["sketch"].backward()
    assert all(value.grad is not None for name, value in method.named_parameters() if name.startswith("sketch."))
    assert any(not torch.equal(value, before[name]) for name, value in method.named_buffers())


@pytest.mark.parametrize(
    ("config", "message"),
    [(None, "cannot load the sketch encoder"), (ResNetConfig(depths=[1, 1, 1, 1]), "no ResNet-50")],
)
def test_another_network_is_refused(
    backbone: Backbone, tmp_path: Path, config: ResNetConfig | None, message: str
) -> None:
    if config is not None:
        config.save_pretrained(tmp_path)
    with pytest.raises(ModelError, match=message):
        ResNetSketch(8, backbone, weights=str(tmp_path))


def test_a_resnet_without_all_its_weights_is_refused(backbone: Backbone, tmp_path: Path) -> None:
    whole = ResNetForImageClassification(ResNetConfig())
    some = {name: value for name, value in whole.state_dict().items() if "embedder" in name}
    whole.save_pretrained(tmp_path, state_dict=some)
    with pytest.raises(ModelError, match=r"lacks \d+ of its weights"):
        ResNetSketch(8, backbone, weights=str(tmp_path))
