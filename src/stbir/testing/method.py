"""The contract that every method must keep, as one check that anybody can run on their own method."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch

from stbir.data import drawn
from stbir.errors import EmptyQuery
from stbir.methods import build
from stbir.methods import load as load_method
from stbir.methods.base import Method
from stbir.methods.batch import Batch
from stbir.nn.clip import Backbone
from stbir.nn.freezing import free_only, matching
from stbir.nn.scratch import ScratchConfig, new_backbone
from stbir.types import Floats, Photo, Query

BATCH_TOLERANCE = 1e-5
"""How far an embedding may depend on the batch it is in, per component: sums are taken in another order."""

Pairs = Sequence[tuple[Query, Photo]]


def check_method(
    make: Callable[[Backbone], Method],
    *,
    load: Callable[[Path], Method] = load_method,
    patterns: Sequence[Sequence[str]] = (("*",), ("*bias",)),
    steps: int = 80,
    learning_rate: float = 2e-3,
) -> None:
    """Check that a method keeps the promises that gallery, evaluation and training rely on.

    `make` builds the method with its default settings on a small untrained backbone; `load` reads
    back what the method saved; `patterns` are the stages it must be able to train. The method is
    overfitted to ten drawn pairs of ten categories in `steps` steps and must then find the right photos, at
    level "category" any of the right category. One that learns no words is asked by the sketches alone; one that
    learns from photos alone (`Method.learns_from`) is overfitted only with its own parts, on a CLIP that knows the
    pairs already, and must find half of the photos by themselves.

    Raises:
        AssertionError: a promise is broken; the message says which one.
    """
    pairs = ten_pairs()
    # some methods learn from the names of categories, so that these must be words it can know
    said = [text for query, _ in pairs for text in (query.text or "", f"a photo of a {query.category}")]
    method = make(small_backbone(said)).eval()
    _check_vectors(method, pairs)
    _check_modalities(method, pairs)
    _check_reranking(method, load, pairs)
    _check_saving(method, load, pairs)
    batch = method.batch(pairs)
    for free in patterns:
        _check_stage(copy.deepcopy(method), free, batch)
    _check_learning(method, batch, pairs, steps=steps, learning_rate=learning_rate)
    # Once more with weights that no start would give: what is not read back shows only now.
    _check_saving(method, load, pairs)


def small_backbone(texts: Sequence[str]) -> Backbone:
    """An untrained CLIP that is small enough to overfit in seconds."""
    config = ScratchConfig(
        side=64, patch=16, vision_width=64, vision_depth=2, text_width=64, text_depth=2, dimension=32, max_tokens=32
    )
    return new_backbone(config, [*texts, *texts], seed=0)


def ten_pairs() -> Pairs:
    """Ten drawn objects of as many families, which are their categories, each with its sketch and words."""
    names = [name for name in drawn.families() if name not in drawn.HELD_OUT_FAMILIES]
    return [drawn.draw(names[i % len(names)], i, size=64, distortion=0.5).pair() for i in range(10)]


def _check_vectors(method: Method, pairs: Pairs) -> None:
    queries, photos = [query for query, _ in pairs], [photo for _, photo in pairs]

    def encode(side: str, first: int, last: int) -> Floats:
        if side == "photos":
            return method.encode_photos(photos[first:last]).vectors
        return method.encode_queries(queries[first:last]).vectors

    for side in ("photos", "queries"):
        rows = encode(side, 0, 8)
        assert rows.shape == (8, method.dimension), f"{side}: shape {rows.shape}, promised (8, {method.dimension})"
        assert rows.dtype == np.float32, f"{side}: vectors are {rows.dtype}, not float32"
        assert np.isfinite(rows).all(), f"{side}: vectors are not finite"
        assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-4), f"{side}: vectors are not of unit length"
        assert np.array_equal(rows, encode(side, 0, 8)), f"{side}: two calls disagree in eval mode"
        alone = encode(side, 3, 4)
        assert np.allclose(alone[0], rows[3], atol=BATCH_TOLERANCE), f"{side}: a row depends on its batch"
        assert encode(side, 0, 0).shape == (0, method.dimension), f"{side}: no input must give no rows"


def _check_modalities(method: Method, pairs: Pairs) -> None:
    query = pairs[0][0]
    drawn_only, said_only = Query(sketches=query.sketches), Query(text=query.text)
    sketch, text, both = method.encode_queries([drawn_only, said_only, Query(query.sketches, query.text)]).vectors
    for name, row in (("sketch", sketch), ("text", text)):
        assert not np.allclose(row, both, atol=1e-4), (
            f"the {name} alone gives the vector of both: the other part is unused"
        )
    for empty in (Query(), Query(text="  "), Query(avoid=("red",))):
        try:
            method.encode_queries([drawn_only, empty])
        except EmptyQuery:
            continue
        raise AssertionError("a query without sketch, words and photo must raise EmptyQuery")


def _check_reranking(method: Method, load: Callable[[Path], Method], pairs: Pairs) -> None:
    """A method that re-ranks gives tokens on both sides, and each photo a score of its own; others give none."""
    queries, photos = [query for query, _ in pairs], [photo for _, photo in pairs]
    asked, shown = method.encode_queries(queries[:1]), method.encode_photos(photos)
    sides = (("queries", asked), ("photos", shown))
    if not method.shortlist:
        assert all(some.tokens is None for _, some in sides), "tokens are given although shortlist is 0"
        return
    for side, some in sides:
        assert some.tokens is not None, f"shortlist is {method.shortlist}, but {side} have no tokens"
        assert some.tokens.ndim == 3, f"{side}: tokens of shape {some.tokens.shape}, promised (rows, tokens, width)"
        assert some.tokens.shape[0] == len(some.vectors), f"{side}: tokens are not of as many rows as vectors"
        assert np.isfinite(some.tokens).all(), f"{side}: tokens are not finite"
        assert some.mask is None or some.mask.shape == some.tokens.shape[:2], (
            f"{side}: the mask does not fit the tokens"
        )
    scores = method.rerank(asked, shown)
    assert scores.shape == (len(photos),), f"rerank gives shape {scores.shape}, promised ({len(photos)},)"
    assert np.isfinite(scores).all(), "rerank gives scores that are not finite"
    assert np.array_equal(scores, method.rerank(asked, shown)), "rerank gives other scores the second time"
    turned = method.rerank(asked, method.encode_photos(photos[::-1]))[::-1]
    assert np.allclose(scores, turned, atol=BATCH_TOLERANCE), "the score of a photo depends on its place in the list"
    few = method.rerank(asked, method.encode_photos(photos[:3]))
    assert np.allclose(scores[:3], few, atol=BATCH_TOLERANCE), "the score of a photo depends on the others in the list"
    with tempfile.TemporaryDirectory() as folder:
        method.save(folder)
        again = load(Path(folder))
    saved = again.rerank(again.encode_queries(queries[:1]), again.encode_photos(photos))
    assert again.shortlist == method.shortlist, "saved and loaded, the short list has another length"
    # the last bit of a sum depends on where in memory it is taken
    assert np.allclose(saved, scores, atol=BATCH_TOLERANCE), "saved and loaded, photos are ranked again by other scores"


def _check_saving(method: Method, load: Callable[[Path], Method], pairs: Pairs) -> None:
    with tempfile.TemporaryDirectory() as folder:
        method.save(folder)
        again = load(Path(folder))
    queries, photos = [query for query, _ in pairs], [photo for _, photo in pairs]
    assert again.fingerprint() == method.fingerprint(), "saved and loaded, the fingerprint is another one"
    assert np.array_equal(again.encode_photos(photos).vectors, method.encode_photos(photos).vectors), (
        "saved and loaded, photos get other vectors"
    )
    assert np.array_equal(again.encode_queries(queries).vectors, method.encode_queries(queries).vectors), (
        "saved and loaded, queries get other vectors"
    )


def _check_stage(method: Method, patterns: Sequence[str], batch: Batch) -> None:
    named = set(matching(method, patterns))
    free_only(method, patterns)
    before = {name: value.detach().clone() for name, value in method.state_dict().items()}
    # A first step is large whatever the gradient's size, so that every parameter that can move does.
    optimiser = torch.optim.Adam([p for p in method.parameters() if p.requires_grad], lr=1e-3, eps=1e-30)
    torch.stack(list(method.loss(batch).values())).sum().backward()
    for name, parameter in method.named_parameters():
        if name in named:
            assert parameter.grad is not None, f"{name} is trained by {list(patterns)} and gets no gradient"
            assert torch.isfinite(parameter.grad).all(), f"the gradient of {name} is not finite"
        else:
            assert parameter.grad is None, f"{name} is frozen by {list(patterns)} and gets a gradient"
    optimiser.step()
    # Behind a factor that starts at zero, as in low-rank additions, a parameter moves from the second step on.
    optimiser.zero_grad()
    torch.stack(list(method.loss(batch).values())).sum().backward()
    optimiser.step()
    # The statistics of a norm that is trained follow the data.
    statistics = {
        f"{prefix}.{name}"
        for prefix, part in method.named_modules()
        if any(f"{prefix}.{name}" in named for name, _ in part.named_parameters(recurse=False))
        for name, _ in part.named_buffers(recurse=False)
    }
    moved = {name for name, value in method.state_dict().items() if not torch.equal(value, before[name])} - statistics
    assert moved == named, (
        f"a stage with {list(patterns)} must move exactly what it names; "
        f"moved besides: {sorted(moved - named)[:3]}, not moved: {sorted(named - moved)[:3]}"
    )


def _check_learning(method: Method, batch: Batch, pairs: Pairs, *, steps: int, learning_rate: float) -> None:
    free = ["*"]
    if method.learns_from == "photos":
        # It is made for a CLIP that stays as it is, so this one gets to know the pairs before.
        _overfit(build("late_fusion", method.backbone), batch, ["*"], steps=steps, learning_rate=learning_rate)
        free = [name for name, _ in method.named_parameters() if not name.startswith("backbone.")]
    losses = _overfit(method, batch, free, steps=steps, learning_rate=learning_rate)
    assert losses[-1] < 0.5 * losses[0], f"the loss does not fall on ten pairs: {losses[0]:.3f} to {losses[-1]:.3f}"
    method.eval()
    photos = method.encode_photos([photo for _, photo in pairs]).vectors
    asked = [query if method.learns_words else Query(query.sketches) for query, _ in pairs]
    least = len(pairs)
    if method.learns_from == "photos":
        # What it learned is a word for a photo, by another measure than the one it is searched with.
        asked, least = [Query(photo=photo) for _, photo in pairs], len(pairs) // 2
    first = (method.encode_queries(asked).vectors @ photos.T).argmax(axis=1)
    found = [
        getattr(pairs[place][1], method.level) == getattr(query, method.level)
        for place, (query, _) in zip(first, pairs, strict=True)
    ]
    assert sum(found) >= least, f"overfitted to ten pairs, the right photo is first for {first.tolist()}"


def _overfit(method: Method, batch: Batch, free: Sequence[str], *, steps: int, learning_rate: float) -> list[float]:
    """Train what `free` names on one batch, and return the losses."""
    torch.manual_seed(0)  # of dropout: whether a method passes must not depend on what ran before
    free_only(method, free)
    optimiser = torch.optim.AdamW([p for p in method.parameters() if p.requires_grad], lr=learning_rate, weight_decay=0)
    losses: list[float] = []
    for _ in range(steps):
        total = torch.stack(list(method.loss(batch).values())).sum()
        optimiser.zero_grad()
        total.backward()
        torch.nn.utils.clip_grad_norm_(method.parameters(), 1.0)
        optimiser.step()
        losses.append(float(total.detach()))
    return losses
