"""Encoders that see only sketches: a copy of CLIP's picture tower, one that knows lines, and a ResNet-50.

Each takes sketches as CLIP's own pre-processing normalises them, (batch, 3, side, side), and gives
(batch, dimension), not of unit length.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor, nn

from stbir.errors import ModelError, first_line
from stbir.nn.clip import Backbone
from stbir.nn.lines import Lines, joined
from stbir.nn.vision import VisionTower

SketchKind = Literal["clip", "resnet50", "lines", "shared"]
"""A copy of CLIP's picture tower, a ResNet-50, a copy that knows lines, or the picture tower itself."""

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of ImageNet's pictures, as published ResNets expect them."""
WIDTH = 2048
"""Channels that leave a ResNet-50."""


class TowerSketch(nn.Module):
    """A second picture tower, at the start a copy of the backbone's."""

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        self.vision_model = copy.deepcopy(backbone.clip.vision_model)
        self.visual_projection = copy.deepcopy(backbone.clip.visual_projection)

    def forward(self, pixels: Tensor) -> Tensor:
        return VisionTower(self.vision_model, self.visual_projection)(pixels)


class LineSketch(nn.Module):
    """A copy of the backbone's picture tower and weights for lines, whose result fills the shape half of a vector.

    The projection is the identity at the start; from there a sketch may learn to speak of the look half too.
    """

    def __init__(self, backbone: Backbone, *, grid: int, cells: int, dimension: int) -> None:
        super().__init__()
        self.vision_model = copy.deepcopy(backbone.clip.vision_model)
        self.lines = Lines(backbone.vision, grid=grid, cells=cells, dimension=dimension)
        self.projection = identity(dimension + backbone.dimension)
        self._sizes = (dimension, backbone.dimension)

    def forward(self, pixels: Tensor) -> Tensor:
        # The class token is not asked, so this tower has no projection of its own.
        tower = VisionTower(self.vision_model, nn.Identity())
        return self.projection(joined(self.lines(pixels, tower), None, sizes=self._sizes))


class ResNetSketch(nn.Module):
    """A ResNet-50 without its classifier, and a linear layer to `dimension` (weights N(0, 0.02), bias 0).

    It sees sketches at CLIP's size as the one rasteriser draws them; the published pre-processing (short side to 256,
    centre crop of 256) is not repeated, so that the same strokes give the same pixels everywhere. Mean and
    deviation are those of ImageNet.

    Args:
        dimension: of what comes out.
        backbone: whose normalisation is undone.
        weights: a folder or a hub id with a ResNet-50 in safetensors, such as microsoft/resnet-50; None starts anew.

    Raises:
        ModelError: `weights` cannot be read or hold another network.
    """

    _scale: Tensor
    _shift: Tensor

    def __init__(self, dimension: int, backbone: Backbone, *, weights: str | None = None) -> None:
        super().__init__()
        from transformers import ResNetConfig, ResNetModel

        self.resnet = ResNetModel(ResNetConfig()) if weights is None else read_resnet(weights)
        self.projection = nn.Linear(WIDTH, dimension)
        nn.init.normal_(self.projection.weight, std=0.02)
        nn.init.zeros_(self.projection.bias)
        images = backbone.preprocessing.images
        mean, deviation = (torch.tensor(value).view(3, 1, 1) for value in (images.image_mean, images.image_std))
        own_mean, own_deviation = (torch.tensor(value).view(3, 1, 1) for value in (MEAN, DEVIATION))
        self.register_buffer("_scale", deviation / own_deviation, persistent=False)
        self.register_buffer("_shift", (mean - own_mean) / own_deviation, persistent=False)

    def forward(self, pixels: Tensor) -> Tensor:
        return self.projection(self.resnet(pixels * self._scale + self._shift).pooler_output.flatten(1))


def read_resnet(source: str) -> Any:
    """Read a `ResNetModel` of ResNet-50's size from a folder or a hub id.

    Raises:
        ModelError: it cannot be read, is another network, or lacks weights in safetensors.
    """
    import transformers
    from transformers import AutoConfig, ResNetConfig, ResNetModel

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    place = Path(source).expanduser()
    try:
        # Safetensors only: a pickled checkpoint can run code when it is read.
        config: Any = AutoConfig.from_pretrained(place if place.is_dir() else source)
        if config.model_type != "resnet" or _shape(config) != _shape(ResNetConfig()):
            raise ModelError(f"{source} is no ResNet-50; give one for sketches, such as microsoft/resnet-50")
        found: Any = ResNetModel.from_pretrained(
            place if place.is_dir() else source, use_safetensors=True, dtype=torch.float32, output_loading_info=True
        )
    except ModelError:
        raise
    except Exception as error:  # the library raises whatever it stumbles over in a damaged folder
        raise ModelError(f"cannot load the sketch encoder {source}: {first_line(error)}") from None
    model, about = found
    if missing := sorted(about["missing_keys"]):
        raise ModelError(f"the sketch encoder {source} lacks {len(missing)} of its weights, such as {missing[0]}")
    return model


def _shape(config: Any) -> tuple[Any, ...]:
    return list(config.depths), list(config.hidden_sizes), config.embedding_size, config.layer_type, config.num_channels


def identity(dimension: int) -> nn.Linear:
    """A linear layer that changes nothing at the start."""
    layer = nn.Linear(dimension, dimension)
    nn.init.eye_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer
