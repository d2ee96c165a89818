"""Make a folder of photos searchable; a second run takes only what is new."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from stbir.cli.wording import counted, reachable, shown

NAMED = 20
"""How many broken photos are named."""


def define(parser: argparse.ArgumentParser) -> None:
    """Name the options of `stbir index`."""
    parser.add_argument("photos", metavar="PHOTOS", type=Path, help="a folder of pictures, subfolders included")
    parser.add_argument("--to", metavar="GALLERY", type=Path, help="where the gallery goes (default: PHOTOS/.stbir)")
    parser.add_argument("--model", metavar="MODEL", help="what encodes; by default what the gallery has, else tiny")


def run(options: argparse.Namespace) -> int:
    """Bring the gallery of a folder up to date and say what happened."""
    from stbir.gallery import Gallery
    from stbir.gallery.folder import photos_in
    from stbir.gallery.manifest import is_gallery
    from stbir.methods import load

    model = load(options.model) if options.model else None
    progress = sys.stderr.isatty()
    before: dict[str, tuple[object, object]] = {}
    if is_gallery(options.to or options.photos / ".stbir") or is_gallery(options.photos):
        gallery = Gallery.open(options.photos, model, to=options.to, update=False)
        before = _stamps(gallery.home)
        start = time.perf_counter()
        gallery.update(progress=progress)
    else:
        photos_in(options.photos)  # an empty folder is told before the model is loaded
        model = model or load("tiny")
        start = time.perf_counter()
        gallery = Gallery.open(options.photos, model, to=options.to, progress=progress)
    seconds = time.perf_counter() - start
    after = _stamps(gallery.home)
    indexed = sum(before.get(name) != stamp for name, stamp in after.items())
    broken = [(name, reason) for name, reason in gallery.problems]
    removed = len(before.keys() - after.keys() - {name for name, _ in broken})
    parts = [f"{counted(indexed, 'photo')} indexed", f"{len(after) - indexed:,} unchanged", f"{removed:,} removed"]
    if broken:
        parts.append(f"{len(broken):,} broken")
    rate = f" ({indexed / seconds:,.0f} photos/s)" if indexed and seconds else ""
    print(f"{', '.join(parts)}{rate}")
    print(f"gallery: {shown(reachable(gallery.home))}")
    sys.stdout.flush()
    for name, reason in broken[:NAMED]:
        print(f"broken: {shown(name)}: {shown(reason)}", file=sys.stderr)
    if len(broken) > NAMED:
        print(f"broken: and {len(broken) - NAMED:,} more", file=sys.stderr)
    return 0


def _stamps(home: Path) -> dict[str, tuple[object, object]]:
    """What each photo's file was when it was encoded: a different stamp means it was encoded again."""
    from stbir.gallery.folder import MODIFIED, SIZE
    from stbir.index.exact import Exact

    index = Exact.open(home)
    ids = index.ids()
    # piece by piece, because a record brings its vector along
    pieces = (index.fetch(ids[start : start + 1000]) for start in range(0, len(ids), 1000))
    return {r.id: (r.metadata.get(SIZE), r.metadata.get(MODIFIED)) for piece in pieces for r in piece}
