"""The training part in memory: every picture brought to the size of the model once, and who belongs to whom."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from stbir.data.pictures import open_picture
from stbir.methods.base import Method
from stbir.methods.batch import path_of
from stbir.training.pairs.items import Item
from stbir.types import Pixels, Sketch

CHUNK = 64
Numbers = npt.NDArray[np.int64]
Look = Callable[[Pixels], Pixels]


@dataclass(frozen=True, eq=False)
class Prepared:
    """Photos, sketches and words as rows, sorted by their item.

    `looked` is what the method's `look` made of the `photos`, uint8 (photos, side, side, more), and `sketches` is uint8
    (sketches, side, side). Those of item i, one per photo, are the rows `first_sketch[i]` to `first_sketch[i + 1]`;
    so for `words`. `strokes` has the drawing itself where its strokes are known. `objects` numbers what the photos
    show, so that near duplicates share a number; `names` are their names. `extra` photos are those of extra sets.
    """

    photos: Pixels
    looked: Pixels
    sketches: Pixels
    strokes: tuple[Sketch | None, ...]
    words: tuple[str, ...]
    first_sketch: Numbers
    first_word: Numbers
    objects: Numbers
    names: tuple[str, ...]
    categories: tuple[str | None, ...]
    look: Look
    extra: npt.NDArray[np.bool_]

    def looked_at(self, look: Look) -> Prepared:
        """The same, as a method with another `look` looks at the photos."""
        if look == self.look:
            return self
        looked = np.concatenate([look(self.photos[i : i + CHUNK]) for i in range(0, len(self), CHUNK)])
        shared = looked.shape[-1] > 3 and np.array_equal(looked[..., :3], self.photos)
        # where the colours are part of what it looks at, they are kept once, not twice
        return replace(self, photos=looked[..., :3] if shared else self.photos, looked=looked, look=look)

    def __len__(self) -> int:
        return len(self.photos)

    def sketches_of(self, item: int) -> range:
        """The rows of its sketches."""
        return range(self.first_sketch[item], self.first_sketch[item + 1])

    def words_of(self, item: int) -> range:
        """The rows of its words."""
        return range(self.first_word[item], self.first_word[item + 1])


def prepare_items(
    items: Sequence[Item], objects: Sequence[str], method: Method, *, extras: Collection[str] = ()
) -> Prepared:
    """Read and shape all pictures of some items; `objects` names what each of them shows, `extras` are extra sets.

    Raises:
        InputError: a picture or a sketch cannot be read.
    """
    pictures, least = method.backbone.preprocessing, method.decode_side
    side = pictures.side
    photos = np.zeros((len(items), side, side, 3), np.uint8)
    sketches: list[Pixels] = []
    strokes: list[Sketch | None] = []
    counts: list[int] = []
    for row, item in enumerate(tqdm(items, desc="preparing pairs", unit="photo", disable=None)):
        photos[row] = pictures.photo(item.photo.image or open_picture(path_of(item.photo), at_least=least))
        drawings = [drawn.read() for drawn in (*item.own, *item.more)]
        sketches += [np.ascontiguousarray(pictures.sketch(drawing)[..., 0]) for drawing in drawings]
        strokes += [drawing if drawing.strokes else None for drawing in drawings]
        counts.append(len(drawings))
    number = {name: place for place, name in enumerate(sorted(set(objects)))}
    plain = Prepared(
        photos=photos,
        looked=photos,
        sketches=np.stack(sketches),
        strokes=tuple(strokes),
        words=tuple(words for item in items for words in item.words),
        first_sketch=np.cumsum([0, *counts]),
        first_word=np.cumsum([0, *(len(item.words) for item in items)]),
        objects=np.array([number[name] for name in objects], np.int64),
        names=tuple(objects),
        categories=tuple(item.photo.category for item in items),
        look=Method.look,
        extra=np.array([item.label in extras for item in items], np.bool_),
    )
    return plain.looked_at(method.look)
