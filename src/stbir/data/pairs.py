"""Data sets of pairs: sketches named after the photo they show, and descriptions in `<photo><tab><text>` files."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from stbir.data.asked import Asked, AskedQueries
from stbir.errors import InputError
from stbir.types import Photo, Split

_NUMBER = re.compile(r"[-_]\d+$")


def photo_stem(sketch: str, photos: Mapping[str, object]) -> str | None:
    """The photo that a sketch is named after: the same name, or the same with a number behind `_` or `-`.

    >>> photo_stem("00140128_v1_2", {"00140128_v1": 0}), photo_stem("n02691156_58-1", {"n02691156_58": 0})
    ('00140128_v1', 'n02691156_58')
    >>> photo_stem("017", {"017": 0}), photo_stem("9_1", {"7": 0})
    ('017', None)
    """
    if sketch in photos:
        return sketch
    shorter = _NUMBER.sub("", sketch)
    return shorter if shorter in photos else None


def paired_split(
    name: str,
    *,
    sketches: Iterable[Path],
    photos: Sequence[Path],
    below: Path,
    category: str | Callable[[Path], str | None],
    texts: Mapping[str, str] | None = None,
    key: Callable[[Path], str] = lambda path: path.stem,
    classes: Mapping[str, str] | None = None,
) -> Split:
    """One query per sketch, with the photo's text; a photo without a sketch is a distractor.

    `key` says under which name a photo and its sketches, its text and its virtual class belong together.

    Raises:
        InputError: no sketch shows any of the photos.
    """
    texts, classes = texts or {}, classes or {}
    known = {key(path): path for path in photos}
    asked: list[Asked] = []
    for sketch in sketches:
        stem = photo_stem(key(sketch), known)
        if stem is not None:
            kind = category if isinstance(category, str) else category(known[stem])
            asked.append(Asked(sketch, text=texts.get(stem), instance=str(known[stem]), category=kind))
    if not asked:
        raise InputError(f"{name} has no sketch that is named after one of its {len(known):,} photos")
    shown = tuple(
        Photo(
            id=path.relative_to(below).as_posix(),
            path=path,
            instance=str(path),
            category=category if isinstance(category, str) else category(path),
            captions=(texts[stem],) if stem in texts else (),
            metadata={"virtual_class": classes[stem]} if stem in classes else {},
        )
        for stem, path in known.items()
    )
    return Split(name, AskedQueries(asked), shown)


def read_texts(files: Iterable[Path], *, key: Callable[[str], str] = lambda name: Path(name).stem) -> dict[str, str]:
    """Read `<photo><tab><text>` lines; the photo is known by `key` of its name.

    Raises:
        InputError: a file cannot be read, or a line is not of this form, or a photo has two texts.
    """
    texts: dict[str, str] = {}
    for file in files:
        try:
            lines = file.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot read {file}: {getattr(error, 'strerror', None) or error}") from None
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            name, tab, text = line.partition("\t")
            if not tab or not name.strip() or not text.strip():
                raise InputError(f"{file}, line {number}: {line[:60]!r} is not <photo><tab><text>")
            if texts.setdefault(key(name.strip()), text.strip()) != text.strip():
                raise InputError(f"{file}, line {number}: {name.strip()} has another text already")
    return texts


def read_classes(folder: Path) -> dict[str, str]:
    """The virtual class of each photo, from hand-sorted folders `<category>_cls/<class>/<photo>`; none is no error."""
    return {path.stem: path.parent.name for path in sorted(folder.glob("*_cls/*/*")) if path.is_file()}


def held_back(keys: Iterable[str], share: float) -> set[str]:
    """A fixed share of some names, whatever else is among them and in whatever order they come.

    >>> held_back(["a", "b", "c", "d"], 0.5) == held_back(["d", "c", "b", "a"], 0.5)
    True
    """
    ranked = sorted(set(keys), key=lambda name: (zlib.crc32(name.encode()), name))
    return set(ranked[: round(share * len(ranked))])


def pair_faults(sketches: Sequence[Path], photos: Sequence[Path], *, where: str) -> list[tuple[str, list[str]]]:
    """Sketches that show no photo, and photos that no sketch shows."""
    known = {path.stem: path for path in photos}
    found = {path: photo_stem(path.stem, known) for path in sketches}
    lost = [path.name for path, stem in found.items() if stem is None]
    bare = sorted(known[stem].name for stem in known.keys() - {stem for stem in found.values() if stem})
    return [
        (f"{where} {what}", names)
        for what, names in (("sketches without a photo", lost), ("photos without a sketch", bare))
        if names
    ]
