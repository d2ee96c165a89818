"""Photos whose owners do not want machines to learn from them; descriptions are training data, so these are left out.

Any of these is a refusal, and nothing overrides it:

- the word `noai` or `noimageai` in the XMP, IPTC, EXIF, comment or PNG texts of a file;
- the IPTC/PLUS property `DataMining` with any value that begins `DMI-PROHIBITED`;
- either of them in an XMP sidecar, `photo.jpg.xmp` or `photo.xmp`;
- an `ai.txt` in the folder of the photo or above it, up to the folder that is described, which disallows its path;
- `noai` in a column `robots`, `x_robots_tag` or `x-robots-tag` of a catalogue, or a true column `noai`.

C2PA manifests are not read.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from PIL import Image, IptcImagePlugin

from stbir.data.describe import ai_txt
from stbir.data.pictures import FORMATS, MAX_PIXELS
from stbir.types import Value

_REFUSAL = re.compile(r"(?<![a-z0-9])no(?:image)?ai(?![a-z0-9])|DMI-PROHIBITED[A-Z-]*", re.IGNORECASE)
_ROBOTS = ("robots", "x_robots_tag", "x-robots-tag")
_NOT_TEXT = ("exif", "icc_profile", "photoshop")
_EXIF_IFD = 0x8769
_MOST_BYTES = 1_000_000


class Permissions:
    """Whether the photos below `root` may be described; the `ai.txt` of each folder is read once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._rules: dict[Path, list[ai_txt.Rule]] = {}

    def refusal(self, path: Path, content: bytes, *, metadata: Mapping[str, Value]) -> str | None:
        """Why a photo must not be described, or None if nothing says so."""
        if found := in_columns(metadata):
            return f"its catalogue says {found}"
        for folder in self._folders(path):
            rules = self._rules_of(folder)
            if rules and ai_txt.forbidden(f"/{path.relative_to(folder).as_posix()}", rules):
                return f"{ai_txt.NAME} in {folder} disallows it"
        if found := in_file(content):
            return f"its metadata says {found}"
        for sidecar in (path.with_name(f"{path.name}.xmp"), path.with_suffix(".xmp")):
            if found := in_text(_start(sidecar).decode("utf-8", "replace")):
                return f"{sidecar.name} says {found}"
        return None

    def _folders(self, path: Path) -> list[Path]:
        inside = [folder for folder in path.parents if folder.is_relative_to(self.root)]
        return inside or [path.parent]

    def _rules_of(self, folder: Path) -> list[ai_txt.Rule]:
        if folder not in self._rules:
            self._rules[folder] = ai_txt.read_rules(_start(folder / ai_txt.NAME).decode("utf-8-sig", "replace"))
        return self._rules[folder]


def in_text(text: str) -> str | None:
    """The refusal in a text of metadata, as it is spelled there.

    >>> in_text("keywords: shoe; NoAI"), in_text("plus:DMI-PROHIBITED-AIMLTRAINING"), in_text("Benoait, noair")
    ('NoAI', 'DMI-PROHIBITED-AIMLTRAINING', None)
    """
    found = _REFUSAL.search(text)
    return found.group() if found else None


def in_columns(metadata: Mapping[str, Value]) -> str | None:
    """The refusal in the columns of a catalogue.

    >>> in_columns({"noai": True}), in_columns({"robots": "noindex, noai"}), in_columns({"noai": "no"})
    ('noai', 'noai', None)
    """
    for key, value in metadata.items():
        name = key.lower()
        if name in ("noai", "noimageai") and str(value).strip().lower() in ("true", "1", "yes", name):
            return name
        if name in _ROBOTS and (found := in_text(str(value))):
            return found
    return None


def in_file(content: bytes) -> str | None:
    """The refusal in the metadata of a picture file; None if it has none, or is no picture."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.format == "PNG" and image.width * image.height <= MAX_PIXELS:
                image.load()  # its texts may stand behind the pixels
            for text in _texts(image):
                if found := in_text(text):
                    return found
    except Exception:  # whoever opens the photo to send it says what is wrong with it
        return None
    return None


def _texts(image: Image.Image) -> Iterator[str]:
    for key, value in image.info.items():
        if key not in _NOT_TEXT:
            yield f"{key}: {_as_text(value)}" if isinstance(key, str) else _as_text(value)
    for value in dict(getattr(image, "tag_v2", {})).values():
        yield _as_text(value)
    exif = image.getexif()
    for tags in (exif, exif.get_ifd(_EXIF_IFD)):
        for value in tags.values():
            yield _as_text(value)
    file: Any = image
    iptc: Any = IptcImagePlugin.getiptcinfo(file)
    for value in (iptc or {}).values():
        for item in value if isinstance(value, list) else [value]:
            yield _as_text(item)


def _as_text(value: object) -> str:
    if not isinstance(value, bytes):
        return str(value)
    # Latin-1 decodes anything, and the words that are looked for are ASCII; Windows and EXIF write UTF-16, too
    codes = ("latin-1", "utf-16-le", "utf-16-be") if b"\0" in value else ("latin-1",)
    return "\n".join(value.decode(code, "replace") for code in codes)


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES)
    except (OSError, ValueError):
        return b""
