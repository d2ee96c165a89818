"""How much slower indexing a folder is than its encoder alone, on the same photos in the same run.

    python benchmarks/indexing.py [--model tiny] [--photos 1000 | --folder PHOTOS]

The encoder gets pictures that are in memory already; the gallery lists, decodes, encodes and saves.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median

from PIL import Image

import stbir
from stbir.data.drawn import draw, families
from stbir.data.pictures import list_pictures, open_picture
from stbir.types import Photo


def draw_photos(folder: Path, count: int, *, size: int) -> None:
    names = families()
    for seed in range(count):
        path = folder / names[seed % len(names)] / f"{seed:05}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(draw(names[seed % len(names)], seed, size=size).photo).save(path, quality=90)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--model", default="tiny")
    parser.add_argument("--photos", type=int, default=1000, help="how many photos to draw")
    parser.add_argument("--size", type=int, default=512, help="width and height of a drawn photo in px")
    parser.add_argument("--folder", type=Path, help="a folder of photos instead of drawn ones")
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args()
    method = stbir.load(wanted.model)
    with tempfile.TemporaryDirectory() as work:
        folder = wanted.folder or Path(work) / "photos"
        if wanted.folder is None:
            draw_photos(folder, wanted.photos, size=wanted.size)
        paths = list_pictures(folder).pictures
        opened = [Photo(str(path), image=open_picture(path, at_least=method.decode_side)) for path in paths]
        method.encode_photos(opened[:64])  # the first batch pays for everything that is set up once
        bare, whole = [], []
        for number in range(wanted.rounds):
            start = time.perf_counter()
            method.encode_photos(opened)
            bare.append(len(opened) / (time.perf_counter() - start))
            start = time.perf_counter()
            gallery = stbir.Gallery.open(folder, method, to=Path(work) / f"gallery-{number}")
            whole.append(len(gallery) / (time.perf_counter() - start))
            print(f"round {number + 1}: encoder {bare[-1]:7.1f} images/s, indexing {whole[-1]:7.1f} images/s")
        start = time.perf_counter()
        stbir.Gallery.open(folder, method, to=Path(work) / "gallery-0")
        again = (time.perf_counter() - start) * 1000
    ratio = median(w / b for w, b in zip(whole, bare, strict=True))
    print(f"{len(opened)} photos, model {wanted.model}: indexing runs at {ratio:.0%} of the speed of its encoder")
    print(f"indexing again with nothing new takes {again:.0f} ms")


if __name__ == "__main__":
    main()
