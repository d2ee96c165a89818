"""Where sketches are lost that become a word: in the sentence, in the guess of the word, or in the drawing.

    python benchmarks/one_word.py recipes/inversion/*.toml recipes/duet/duet.toml --data DIR

Each recipe is trained once on fold 0 of 3 (fold seed 100); the test part is not looked at. Its validation objects and
as many of the training objects are then found, each among these, by the sketch as the start sees it; by a word that is
optimised for the photo itself (as in SEARLE, phrases left out), which tells how much one word can say to this text
tower; and by the word that the trained converter guesses from the photo, and from the sketch.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from memorised import items_of, plan_of
from torch import Tensor

from stbir.functional.scoring import unit
from stbir.methods import load
from stbir.methods.base import Method
from stbir.methods.duet import Duet
from stbir.methods.inversion import TextualInversion
from stbir.methods.searle import SEARLE, Inversion, SEARLEConfig
from stbir.training.loop import train
from stbir.training.pairs.items import Item, split_of


def main() -> None:
    """Train, measure and print a line per way of asking: Acc@1 and MRR in percent of both parts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipes", type=Path, nargs="+")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    options = parser.parse_args()
    plans = [plan_of(path) for path in options.recipes]
    if len({str(plan.start.weights) for plan in plans}) > 1:
        parser.error("these recipes start from different models; compare those that start from one")
    seen, held_out = items_of(plans[0], root=options.data).values()
    print(f"Acc@1 / MRR in percent among {len(held_out)} photos{'':21}trained on      held out")
    start = load(str(plans[0].start.weights))
    both = [Pictures(start, some) for some in (seen, held_out)]
    show("the sketch itself, plain CLIP", [(one.sketches, one.photos, one.owners) for one in both])
    inverted = [(optimised(start, one.photos), one.photos, None) for one in both]
    show("a word optimised for the photo", inverted)
    for plan in plans:
        with tempfile.TemporaryDirectory() as folder:
            method = load(train(plan, to=Path(folder) / "run", workers=0, data=options.data))
        both = [Pictures(method, some) for some in (seen, held_out)]
        show(f"{plan.name}: the photo as a word", [(said(method, one.photos), one.photos, None) for one in both])
        show(
            f"{plan.name}: the sketch as a word", [(said(method, one.sketches), one.photos, one.owners) for one in both]
        )


class Pictures:
    """Unit rows of the photos of some items and of all their sketches, and whose each sketch is."""

    def __init__(self, method: Method, items: Sequence[Item]) -> None:
        split, backbone = split_of(items, name="pictures"), method.backbone
        drawn = [backbone.preprocessing.sketch(sketch) for query in split.queries for sketch in query.sketches]
        place = {photo.instance: number for number, photo in enumerate(split.photos)}
        self.photos = torch.from_numpy(method.encode_photos(split.photos).vectors)
        with torch.inference_mode():
            self.sketches = unit(backbone.embed_pictures(backbone.normalise(drawn)))
        self.owners = [place[query.instance] for query in split.queries for _ in query.sketches]


def optimised(start: Method, photos: Tensor) -> Tensor:
    """What a sentence says with the word that was optimised for each photo: unit rows."""
    searle = SEARLE(start.backbone, SEARLEConfig())
    words = searle.invert(photos, [None] * len(photos), Inversion(), seeds=range(len(photos)))
    with torch.inference_mode():
        return searle.say(words)


@torch.inference_mode()
def said(method: Method, pictures: Tensor) -> Tensor:
    """What a trained method says of pictures, unit rows, with one pseudo-word each: unit rows."""
    if isinstance(method, Duet):
        return method.tell(method.prompt.words, method.word(pictures))
    assert isinstance(method, TextualInversion)
    return method.say(method.words(pictures))


def show(what: str, found: Sequence[tuple[Tensor, Tensor, Sequence[int] | None]]) -> None:
    """Print how the own photo of each row ranks, for both parts."""
    line = f"{what:50}"
    for rows, photos, owners in found:
        scores = (rows @ photos.T).numpy()
        own = np.arange(len(scores)) if owners is None else np.array(owners)
        ranks = 1 + (scores > scores[np.arange(len(scores)), own][:, None]).sum(axis=1)
        line += f"{100 * np.mean(ranks == 1):7.1f} /{100 * np.mean(1 / ranks):5.1f}"
    print(line, flush=True)


if __name__ == "__main__":
    main()
