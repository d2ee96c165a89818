"""Photos of one split that are in another one too, as the same file or as nearly the same picture.

A model that has trained on the answer is not measured by it, and several published sets hold such pairs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from stbir.data.pictures import open_picture
from stbir.errors import InputError
from stbir.functional.likeness import SIDE, alike, difference_hash, small_picture
from stbir.types import Photo


@dataclass(frozen=True)
class Twins:
    """Two photos of different splits that are the same; `exact` where their files are, byte for byte."""

    first: Path
    second: Path
    exact: bool


@dataclass(frozen=True, eq=False)
class _Looked:
    path: Path
    content: bytes
    shape: np.ndarray
    small: np.ndarray


def twins_between(splits: Sequence[Iterable[Photo]]) -> tuple[list[Twins], list[str]]:
    """Find photos that two of the splits share in all but name; a photo listed in both splits itself is no twin.

    Returns:
        the pairs, exact ones first, and one line for each photo that cannot be read.
    """
    unreadable: list[str] = []
    looked: dict[Path, _Looked] = {}
    galleries = [list(dict.fromkeys(photo.path for photo in split if photo.path is not None)) for split in splits]
    for path in dict.fromkeys(path for gallery in galleries for path in gallery):
        try:
            picture = np.asarray(open_picture(path, at_least=4 * SIDE))
            content = hashlib.sha256(path.read_bytes()).digest()
        except (InputError, OSError) as error:
            unreadable.append(str(error))
        else:
            looked[path] = _Looked(path, content, difference_hash(picture), small_picture(picture))
    found: dict[tuple[Path, Path], Twins] = {}
    for one, other in combinations(galleries, 2):
        shared = set(one) & set(other)
        first = [looked[path] for path in one if path in looked and path not in shared]
        second = [looked[path] for path in other if path in looked and path not in shared]
        if first and second:
            for twins in _between(first, second):
                found.setdefault((twins.first, twins.second), twins)
    return sorted(found.values(), key=lambda twins: not twins.exact), unreadable


def _between(first: Sequence[_Looked], second: Sequence[_Looked]) -> Iterable[Twins]:
    hashes = [np.stack([item.shape for item in side]) for side in (first, second)]
    small = [np.stack([item.small for item in side]) for side in (first, second)]
    for a, b in alike(hashes[0], hashes[1], (small[0], small[1])):
        yield Twins(first[a].path, second[b].path, first[a].content == second[b].content)
