"""What every retrieval method is: a way to embed queries and photos in one space, and a loss to learn it."""

from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from stbir.config import Settings
from stbir.data.pictures import open_picture
from stbir.functional.scoring import unit
from stbir.functional.strokes import RASTERISER
from stbir.methods.batch import Batch, path_of, prepare
from stbir.methods.query import avoided_by, check_query, mean_of, text_of
from stbir.nn.clip import Backbone, weights_hash
from stbir.nn.preprocessing import Framing
from stbir.types import Encoded, Floats, Photo, Pixels, Query, Sketch

T = TypeVar("T")
Side = Literal["photo", "sketch", "text"]

MANIFEST = "stbir.json"
"""The file beside the weights that holds a `Manifest`."""


class Manifest(Settings):
    """Which method the weights beside it are for, its settings, and the framing of photos."""

    method: str
    config: dict[str, Any]
    framing: Framing


class Method(nn.Module, ABC):
    """A retrieval method on a CLIP backbone; one file per method, the file name is its name.

    A subclass says how a picture, a sketch and words are embedded and what its loss is. Combining
    the modalities of a query is the normalised weighted mean unless it overrides `combine`.
    """

    Config: ClassVar[type[Settings]]
    Objective: ClassVar[type[Settings]] = Settings
    """What a stage of training may say about the loss."""
    loss_settings: ClassVar[frozenset[str]] = frozenset()
    """The settings that only training reads; they decide no vector and stay out of the fingerprint."""
    paper: ClassVar[str] = ""
    """Name, authors and place of the paper it follows, in a few words."""
    trains: ClassVar[str] = ""
    """What is trained, in a few words."""
    needs: ClassVar[str] = ""
    """What training needs, in a few words."""
    learns_from: ClassVar[Literal["pairs", "photos"]] = "pairs"
    """Whether its loss looks at pairs, or by default at photos alone: then CLIP itself must know what sketches show."""
    learns_words: ClassVar[bool] = True
    """Whether its default loss reads what is said of a photo; if not, only sketches can be expected to find it."""
    level: ClassVar[Literal["instance", "category"]] = "instance"
    """What its default loss learns to tell apart: single objects, or categories alone."""
    meets_categories: ClassVar[bool] = False
    """Whether training is to show it the pictures of every category before the first step, by `meet`."""
    support_photos: ClassVar[int] = 0
    """How many photos of a category `adapt` has use for; 0 for a method that cannot be adapted."""

    def __init__(self, backbone: Backbone, config: Settings) -> None:
        super().__init__()
        self.backbone = backbone
        self.config = config
        self.source = ""
        self._fingerprint: dict[str, str] | None = None

    @property
    def name(self) -> str:
        return type(self).__module__.rpartition(".")[2]

    @property
    def dimension(self) -> int:
        return self.backbone.dimension

    @property
    def side(self) -> int:
        """Height and width in pixels of what the picture tower sees."""
        return self.backbone.preprocessing.side

    @property
    def decode_side(self) -> int:
        """How large a photo must be decoded for this method, shorter side in pixels."""
        return self.backbone.preprocessing.decode_side

    @property
    def shortlist(self) -> int:
        """How many of the best photos of a search `rerank` orders anew; 0 for a method that does not re-rank."""
        return 0

    @staticmethod
    def look(pictures: Pixels) -> Pixels:
        """Find in uint8 photos (batch, side, side, 3) what the method looks at; no weights are needed for it.

        A method that looks at more than the colours, such as contours, puts it behind them: (batch, side, side, more).
        """
        return pictures

    def see(self, looked: Pixels) -> Tensor:
        """Turn what `look` found into what `embed_photos` takes: normalised pixels."""
        return self.backbone.normalise(looked)

    def batch(self, pairs: Sequence[tuple[Query, Photo]]) -> Batch:
        """Turn queries and their photos into a batch for `loss`.

        Raises:
            InputError: a query without a sketch or without words.
        """
        return prepare(self.backbone.preprocessing, pairs, look=self.look)

    def meet(self, category: str, *, photos: Pixels, sketches: Pixels) -> None:
        """Get to know a category from pictures that have the size of the model, uint8 (any, side, side, 3).

        Training calls it with all it has, before the first step, where `meets_categories` is true. By default nothing
        is learned from that.
        """

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories that it has met, where it keeps anything of them."""
        return ()

    def adapt(self, category: str, *, photos: Sequence[Photo], sketches: Sequence[Sketch] = ()) -> None:
        """Make a category known from its name and a few pictures, as `meet` does; one that is known is learned anew.

        Raises:
            InputError: this method cannot be adapted, or a photo has neither a picture nor a readable file.
        """
        if not self.support_photos:
            from stbir.methods import not_adaptable

            raise not_adaptable(self.name)
        pictures, empty = self.backbone.preprocessing, np.zeros((0, self.side, self.side, 3), np.uint8)
        drawn = np.stack([pictures.sketch(sketch) for sketch in sketches]) if sketches else empty
        self.meet(category, photos=self._opened(photos) if photos else empty, sketches=drawn)

    @abstractmethod
    def embed_photos(self, pixels: Tensor) -> Tensor:
        """Embed what `see` gave, normalised pixels (batch, 3, side, side): unit rows (batch, dimension)."""

    @abstractmethod
    def embed_sketches(self, pixels: Tensor) -> Tensor:
        """Embed normalised sketch pixels (batch, 3, side, side): unit rows (batch, dimension)."""

    @abstractmethod
    def embed_texts(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Embed tokenised words (batch, length): unit rows (batch, dimension)."""

    @abstractmethod
    def loss(self, batch: Batch, objective: Settings | None = None) -> dict[str, Tensor]:
        """Return the named, weighted terms whose sum is minimised.

        `objective` is an `Objective` of this method: what the stage says about the loss; None means its defaults.
        """

    def rows(self, batch: Batch, side: Side) -> Tensor:
        """Embed one side of a batch, or take it where it is known already: unit rows (batch, dimension)."""
        if side in batch.embedded:
            return batch.embedded[side].to(self.backbone.device)
        if side == "photo":
            return self.embed_photos(self.see(batch.photos))
        if side == "sketch":
            return self.embed_sketches(self.backbone.normalise(batch.sketches))
        return self.embed_texts(batch.ids, batch.mask)

    def wrong_rows(self, batch: Batch, side: Side) -> Tensor | None:
        """Embed the negatives of one side: unit rows (batch, each, dimension), or None where the batch has none."""
        wrong = batch.negatives
        if wrong is None or not wrong.each:
            return None
        if side in wrong.embedded:
            rows = wrong.embedded[side].to(self.backbone.device)
        elif side == "photo" and wrong.photos is not None:
            rows = self.embed_photos(self.see(wrong.photos))
        elif side == "sketch" and wrong.sketches is not None:
            rows = self.embed_sketches(self.backbone.normalise(wrong.sketches))
        elif side == "text" and wrong.ids is not None and wrong.mask is not None:
            rows = self.embed_texts(wrong.ids, wrong.mask)
        else:
            return None
        return rows.unflatten(0, (-1, wrong.each))

    def inherit(self, origin: Method) -> None:
        """Take over what `origin`, whose CLIP this method was built on, has learned besides CLIP.

        A method of the same kind and size hands all of it over, another one nothing, unless a subclass knows better.
        """
        own = origin.own_state()
        if origin.name == self.name and {n: v.shape for n, v in own.items()} == {
            n: v.shape for n, v in self.own_state().items()
        }:
            self.load_state_dict(own, strict=False)

    def encode_photos(self, photos: Sequence[Photo], *, batch_size: int = 64) -> Encoded:
        """Embed the gallery side.

        Raises:
            InputError: a photo has neither a picture nor a readable file.
        """
        rows = self._in_batches(photos, lambda some: self.embed_photos(self.see(self._looked_at(some))), batch_size)
        return Encoded(rows)

    def encode_queries(self, queries: Sequence[Query], *, batch_size: int = 64) -> Encoded:
        """Embed the query side; every modality is embedded in one go, then combined query by query.

        Raises:
            EmptyQuery: a query has no sketch, no words and no reference photo.
            InputError: a weight is unknown or no number, or the parts of a query cancel out.
        """
        found = self.parts_of(queries, batch_size=batch_size)
        rows = [self.combine(parts, query.weights) for parts, query in zip(found, queries, strict=True)]
        return Encoded(np.stack(rows) if rows else np.zeros((0, self.dimension), np.float32))

    def parts_of(self, queries: Sequence[Query], *, batch_size: int = 64) -> list[dict[str, Floats]]:
        """Embed what queries are made of: of each one unit rows (count, dimension) by modality.

        What several of the queries have in common is embedded once.

        Raises:
            EmptyQuery: a query has no sketch, no words and no reference photo.
            InputError: a weight is unknown or no number.
        """
        for query in queries:
            check_query(query)
        # queries that share a drawing, words or a photo, as one query and its parts do, have it embedded once
        drawn = {(id(sketch), query.category): sketch for query in queries for sketch in query.sketches}
        said = dict.fromkeys(text for query in queries for text in (*text_of(query), *avoided_by(query)))
        shown = {id(query.photo): query.photo for query in queries if query.photo}
        about = [category for _, category in drawn]
        sketches = dict(zip(drawn, self._vectors_of_sketches([*drawn.values()], about, batch_size), strict=True))
        words = dict(zip(said, self._vectors_of_texts([*said], batch_size), strict=True))
        photos = dict(zip(shown, self._vectors_of_photos([*shown.values()], batch_size), strict=True))
        found: list[dict[str, Floats]] = []
        for query in queries:
            parts: dict[str, Floats] = {}
            if query.sketches:
                parts["sketch"] = np.stack([sketches[id(s), query.category] for s in query.sketches])
            if text_of(query):
                parts["text"] = np.stack([words[text] for text in text_of(query)])
            if avoided_by(query):
                parts["avoid"] = np.stack([words[text] for text in avoided_by(query)])
            if query.photo:
                parts["photo"] = photos[id(query.photo)][None]
            found.append(parts)
        return found

    def combine(self, parts: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
        """Combine the embeddings of one query, by modality unit rows (count, dimension), to one unit vector.

        Several of one modality are averaged first, so that three sketches count as much as one;
        what is to be avoided is subtracted.

        Raises:
            InputError: nothing is left, because weights are zero or parts cancel out.
        """
        signs = {"avoid": -1.0}
        vectors = {name: unit(torch.from_numpy(rows).mean(dim=0)) for name, rows in parts.items()}
        terms = [(vector, weights.get(name, 1.0) * signs.get(name, 1.0)) for name, vector in vectors.items()]
        return mean_of(terms)

    def rerank(self, query: Encoded, photos: Encoded) -> Floats:
        """Score the photos of a short list for one query, by tokens: (photos,), a larger score is better.

        A method that does gives tokens with what it encodes, and says in `shortlist` how many photos it looks at. Both
        sides are rows of what it encoded; the photos' tokens have been through half precision, in which galleries keep
        them. The list is ordered anew by these scores and stays the same list.
        """
        raise NotImplementedError(f"{self.name} does not re-rank")

    def spaces(self, photos: Sequence[Photo], sketches: Sequence[Sketch]) -> dict[str, tuple[Floats, Floats]]:
        """The spaces that photos and sketches can be looked at in: unit rows of both by a name for people."""
        asked = [Query(sketches=(sketch,)) for sketch in sketches]
        return {"embeddings": (self.encode_photos(photos).vectors, self.encode_queries(asked).vectors)}

    def fingerprint(self) -> dict[str, str]:
        """Short hashes of what decides a vector; two methods with equal ones give equal vectors."""
        if self._fingerprint is None:
            self._fingerprint = {
                "method": f"{self.name} {self.config.model_dump_json(exclude=set(self.loss_settings))}",
                "weights": weights_hash(self),
                "preprocessing": self.backbone.preprocessing.fingerprint(),
                "rasteriser": RASTERISER,
            }
        return dict(self._fingerprint)

    def own_state(self) -> dict[str, Tensor]:
        """The parameters and buffers that are not CLIP's."""
        return {name: value for name, value in self.state_dict().items() if not name.startswith("backbone.")}

    def save(self, folder: str | Path, *, dtype: torch.dtype = torch.float32) -> None:
        """Write everything `stbir.load` needs to `folder`: safetensors and JSON, in Hugging Face layout."""
        from safetensors.torch import save_file

        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.backbone.save(folder, dtype=dtype)
        own = self.own_state()
        if own:
            save_file(
                {
                    name: (value.to(dtype) if value.is_floating_point() else value).contiguous()
                    for name, value in own.items()
                },
                folder / "method.safetensors",
            )
        manifest = Manifest(
            method=self.name,
            config=self.config.model_dump(mode="json"),
            framing=self.backbone.preprocessing.framing,
        )
        (folder / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n")
        for weights in folder.glob("*.safetensors"):
            shutil.copymode(folder / MANIFEST, weights)  # the library writes them for their owner alone

    def train(self, mode: bool = True) -> Self:
        """Set training or evaluation mode; the weights may change from now on, so their hash is forgotten."""
        self._fingerprint = None
        super().train(mode)
        return self

    def _opened(self, photos: Sequence[Photo]) -> Pixels:
        pictures, least = self.backbone.preprocessing, self.decode_side
        return np.stack([pictures.photo(p.image or open_picture(path_of(p), at_least=least)) for p in photos])

    def _looked_at(self, photos: Sequence[Photo]) -> Pixels:
        return self.look(self._opened(photos))

    def _vectors_of_photos(self, photos: Sequence[Photo], batch_size: int) -> Floats:
        """Embed the reference photos of queries."""
        return self.encode_photos(photos, batch_size=batch_size).vectors

    def _vectors_of_sketches(
        self, sketches: Sequence[Sketch], categories: Sequence[str | None], batch_size: int
    ) -> Floats:
        """Embed sketches; `categories` are what is sought with each, for methods that make use of it."""
        pictures = self.backbone.preprocessing
        return self._in_batches(
            sketches,
            lambda some: self.embed_sketches(self.backbone.normalise([pictures.sketch(sketch) for sketch in some])),
            batch_size,
        )

    def _vectors_of_texts(self, texts: Sequence[str], batch_size: int) -> Floats:
        pictures = self.backbone.preprocessing
        return self._in_batches(texts, lambda some: self.embed_texts(*pictures.text(some)), batch_size)

    @torch.inference_mode()
    def _in_batches(self, items: Sequence[T], embed: Callable[[Sequence[T]], Tensor], batch_size: int) -> Floats:
        rows = [embed(items[i : i + batch_size]).float().cpu() for i in range(0, len(items), batch_size)]
        return torch.cat(rows).numpy() if rows else np.zeros((0, self.dimension), np.float32)
