"""Every file in methods/ keeps the contract, and methods that break it are caught."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from stbir.methods import build, names
from stbir.methods.base import Method
from stbir.methods.batch import Batch
from stbir.methods.dp_clip import LOCAL_BLOCK, PUBLISHED
from stbir.methods.late_fusion import LateFusion, LateFusionConfig
from stbir.nn.clip import Backbone, load_backbone
from stbir.testing import check_method
from stbir.types import Encoded, Floats, Photo, Query

EVERYTHING = (("*",), ("*bias",))
ENCODERS = (
    ("sketch.*",),
    ("backbone.clip.vision_model.*", "backbone.clip.visual_projection.*"),
    (
        "backbone.clip.text_model.encoder.*",
        "backbone.clip.text_model.embeddings.token_embedding.*",
        "backbone.clip.text_model.final_layer_norm.*",
        "backbone.clip.text_projection.*",
    ),
)
"""One encoder after the other, in STBIR's order."""
CONVERTER = (("converter.*",),)
"""SEARLE trains this alone: its loss has no use for CLIP's temperature, and its words are made by a CLIP that stays."""
DUET = ("backbone.clip.vision_model.*lay*norm*", "converter.*", "prompt.*", "decoder.*")
"""What the paper trains; its text tower is frozen, and nothing contrasts with CLIP's learned temperature."""
PATTERNS = {
    "searle": CONVERTER,
    "stbir": (*EVERYTHING, *ENCODERS, ("judge.*",)),
    "triplet": (*EVERYTHING, *ENCODERS),
    "clip_at": (*EVERYTHING, ("prompt", "backbone.clip.vision_model.*lay*norm*")),
    "ma_sbir": (*EVERYTHING, ("encodings.*", "discriminator.*"), ("encodings.*", "discriminator.*", "backbone.clip.*")),
    # its biases alone cannot all move: those of the text scaling stand behind a factor that starts at zero
    "dp_clip": (("*",), PUBLISHED, (LOCAL_BLOCK,), ("seen.sideway.*",)),
    "duet": (
        DUET,
        ("backbone.clip.*_model.*", "backbone.clip.*_projection.*", *DUET),
        ("*bias",),
        *((p,) for p in DUET),
    ),
}
LEARNING: dict[str, dict[str, Any]] = {"duet": {"steps": 300, "learning_rate": 3e-4}}
"""Triplets alone run together at the rate at which contrasted rows still learn."""


@pytest.mark.parametrize("name", names())
def test_the_contract(name: str) -> None:
    check_method(
        lambda backbone: build(name, backbone), patterns=PATTERNS.get(name, EVERYTHING), **LEARNING.get(name, {})
    )


class LongVectors(LateFusion):
    def embed_photos(self, pixels: torch.Tensor) -> torch.Tensor:
        return 2 * super().embed_photos(pixels)


class BatchDependent(LateFusion):
    def embed_sketches(self, pixels: torch.Tensor) -> torch.Tensor:
        rows = super().embed_sketches(pixels)
        return torch.nn.functional.normalize(rows - 0.1 * rows.mean(dim=0), dim=-1)


class Dropping(LateFusion):
    def embed_photos(self, pixels: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.normalize(torch.nn.functional.dropout(super().embed_photos(pixels), 0.1), dim=-1)


class DeafToWords(LateFusion):
    def combine(self, parts: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
        return super().combine({k: v for k, v in parts.items() if k == "sketch"} or parts, weights)


class TakesAnything(LateFusion):
    def encode_queries(self, queries: Sequence[Query], *, batch_size: int = 64) -> Encoded:
        filled = [q if q.sketches or (q.text or "").strip() else Query(text="thing") for q in queries]
        return super().encode_queries(filled, batch_size=batch_size)


class Unsaved(LateFusion):
    """Keeps a number beside its parameters that saving forgets."""

    def __init__(self, backbone: Backbone, config: LateFusionConfig) -> None:
        super().__init__(backbone, config)
        self.shift = torch.zeros(backbone.dimension)

    def embed_photos(self, pixels: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.normalize(super().embed_photos(pixels) + self.shift, dim=-1)


class Forgotten(LateFusion):
    """Has a parameter that is not saved with the rest; a new one starts where this one did."""

    def __init__(self, backbone: Backbone, config: LateFusionConfig) -> None:
        super().__init__(backbone, config)
        self.shift = torch.nn.Parameter(torch.zeros(backbone.dimension))

    def embed_photos(self, pixels: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.normalize(super().embed_photos(pixels) + self.shift, dim=-1)

    def own_state(self) -> dict[str, torch.Tensor]:
        return {}


class LowRank(LateFusion):
    """Keeps the contract: behind the factor that starts at zero, the other one has no gradient at first."""

    def __init__(self, backbone: Backbone, config: LateFusionConfig) -> None:
        super().__init__(backbone, config)
        self.down = torch.nn.Linear(backbone.dimension, 2, bias=False)
        self.up = torch.nn.Parameter(torch.zeros(backbone.dimension, 2))

    def embed_sketches(self, pixels: torch.Tensor) -> torch.Tensor:
        rows = super().embed_sketches(pixels)
        return torch.nn.functional.normalize(rows + self.down(rows) @ self.up.T, dim=-1)


class BatchNormed(LateFusion):
    """Keeps the contract: its norm has statistics that follow the data in training, and a count that is no float."""

    def __init__(self, backbone: Backbone, config: LateFusionConfig) -> None:
        super().__init__(backbone, config)
        self.norm = torch.nn.BatchNorm1d(backbone.dimension)

    def embed_sketches(self, pixels: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.normalize(self.norm(super().embed_sketches(pixels)), dim=-1)


class Idle(LateFusion):
    """Has a parameter that its loss never uses."""

    def __init__(self, backbone: Backbone, config: LateFusionConfig) -> None:
        super().__init__(backbone, config)
        self.idle = torch.nn.Parameter(torch.ones(3))


class Wandering(LateFusion):
    """Moves something in its loss that no stage named."""

    def __init__(self, backbone: Backbone, config: LateFusionConfig) -> None:
        super().__init__(backbone, config)
        self.register_buffer("seen", torch.zeros(1))

    def loss(self, batch: Batch) -> dict[str, torch.Tensor]:
        self.seen += 1
        return super().loss(batch)


class Backwards(LateFusion):
    def loss(self, batch: Batch) -> dict[str, torch.Tensor]:
        """The right gradient's opposite, with a value that stays positive."""
        return {name: 1000 - term for name, term in super().loss(batch).items()}


class Reversed(LateFusion):
    """Learns well and encodes the gallery in reverse order."""

    def encode_photos(self, photos: Sequence[Photo], *, batch_size: int = 64) -> Encoded:
        rows = super().encode_photos(photos, batch_size=batch_size).vectors
        return Encoded(np.ascontiguousarray(rows[::-1])) if len(photos) > 8 else Encoded(rows)


class Reranking(LateFusion):
    """Keeps the contract: re-ranks by one token, the vector itself."""

    shortlist = 5

    def encode_photos(self, photos: Sequence[Photo], *, batch_size: int = 64) -> Encoded:
        rows = super().encode_photos(photos, batch_size=batch_size).vectors
        return Encoded(rows, rows[:, None])

    def encode_queries(self, queries: Sequence[Query], *, batch_size: int = 64) -> Encoded:
        rows = super().encode_queries(queries, batch_size=batch_size).vectors
        return Encoded(rows, rows[:, None])

    def rerank(self, query: Encoded, photos: Encoded) -> Floats:
        assert query.tokens is not None
        assert photos.tokens is not None
        return photos.tokens[:, 0] @ query.tokens[0, 0]


class RanksByPlace(Reranking):
    def rerank(self, query: Encoded, photos: Encoded) -> Floats:
        return super().rerank(query, photos) + np.arange(len(photos.vectors), dtype=np.float32)


class RanksByNeighbours(Reranking):
    def rerank(self, query: Encoded, photos: Encoded) -> Floats:
        scores = super().rerank(query, photos)
        return scores - scores.mean()


class RanksAnew(Reranking):
    """Gives other scores every time."""

    def rerank(self, query: Encoded, photos: Encoded) -> Floats:
        self.times = getattr(self, "times", 0) + 1
        return super().rerank(query, photos) + np.float32(self.times)


class WithoutTokens(LateFusion):
    shortlist = 5


class NeedlessTokens(Reranking):
    shortlist = 0


def shifted(backbone: Backbone) -> Method:
    method = Unsaved(backbone, LateFusionConfig())
    method.shift += 0.5
    return method


def plain(kind: type[LateFusion]) -> Callable[[Backbone], Method]:
    return lambda backbone: kind(backbone, LateFusionConfig())


def read_back(folder: Path, kind: type[Method]) -> Method:
    """Read weights back into `kind`, as `load` does for a file in methods/."""
    again = kind(load_backbone(folder, framing="content"), LateFusionConfig())
    if again.own_state():
        again.load_state_dict(load_file(folder / "method.safetensors"), strict=False)
    return again.eval()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (plain(LongVectors), "not of unit length"),
        (plain(BatchDependent), "depends on its batch"),
        (plain(Dropping), "two calls disagree"),
        (plain(DeafToWords), "the other part is unused"),
        (plain(TakesAnything), "must raise EmptyQuery"),
        (shifted, "photos get other vectors"),
        (plain(RanksByPlace), "depends on its place"),
        (plain(RanksByNeighbours), "depends on the others"),
        (plain(RanksAnew), "other scores the second time"),
        (plain(WithoutTokens), "have no tokens"),
        (plain(NeedlessTokens), "although shortlist is 0"),
        (plain(Forgotten), "the fingerprint is another one"),
        (plain(Idle), "gets no gradient"),
        (plain(Wandering), "must move exactly what it names"),
        (plain(Backwards), "the loss does not fall"),
        (plain(Reversed), "the right photo is first for"),
    ],
)
def test_broken_methods_are_caught(make: Callable[[Backbone], Method], message: str) -> None:
    made: list[Method] = []

    def remember(backbone: Backbone) -> Method:
        made.append(make(backbone))
        return made[0]

    with pytest.raises(AssertionError, match=message):
        check_method(remember, load=lambda folder: read_back(folder, type(made[0])), steps=20)


@pytest.mark.parametrize("kind", [LowRank, BatchNormed, Reranking])
def test_unusual_methods_pass(kind: type[LateFusion]) -> None:
    check_method(plain(kind), load=lambda folder: read_back(folder, kind))
