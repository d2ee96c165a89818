"""What the tests of STBIR share: its stages, its start, and batches with negatives."""

import dataclasses
from pathlib import Path

import torch

from stbir.data import drawn
from stbir.methods import build
from stbir.methods.base import Method
from stbir.methods.batch import Batch, Negatives
from stbir.methods.stbir import STBIR
from stbir.nn.clip import load_backbone
from stbir.types import Floats, Photo, Query

EACH = 2
STAGES = {
    "sketch": ("sketch.*", "head.*", "judge.*"),
    "image": ("backbone.clip.vision_model.*", "backbone.clip.visual_projection.*", "image_*", "head.*", "judge.*"),
    "text": (
        "backbone.clip.text_model.encoder.*",
        "backbone.clip.text_model.embeddings.token_embedding.*",
        "backbone.clip.text_model.final_layer_norm.*",
        "backbone.clip.text_projection.*",
        "text_*",
        "head.*",
        "judge.*",
    ),
}
LINES = {"sketch": "lines", "place_dimension": 24}

Pairs = list[tuple[Query, Photo]]


def made(folder: Path, **settings: object) -> STBIR:
    method = build("stbir", load_backbone(str(folder)), settings).eval()
    assert isinstance(method, STBIR)
    return method


def with_negatives(method: Method, pairs: Pairs) -> Batch:
    """A batch whose rows bring two wrong things of every kind, and classes."""
    wrong = method.batch([drawn.draw("bag", seed, size=64).pair() for seed in range(EACH * len(pairs))])
    negatives = Negatives(EACH, wrong.photos, wrong.sketches, wrong.ids, wrong.mask)
    return dataclasses.replace(method.batch(pairs), negatives=negatives, classes=torch.tensor([0, 2, -1, 1]))


def vectors(method: Method, pairs: Pairs) -> list[Floats]:
    """Of photos, sketches, words and both."""
    return [
        method.encode_photos([photo for _, photo in pairs]).vectors,
        method.encode_queries([Query(query.sketches) for query, _ in pairs]).vectors,
        method.encode_queries([Query(text=query.text) for query, _ in pairs]).vectors,
        method.encode_queries([query for query, _ in pairs]).vectors,
    ]
