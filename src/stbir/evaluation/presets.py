"""The published protocols by name, as far as their papers and code say what they do.

Sizes and lists are those of the files that the authors publish, where there are some. "ZSE" is the code of ZSE-SBIR,
"MA" that of MA-SBIR, "LVM" that of CLIP-AT. Where a choice is ours, `about` says DESIGN.
"""

from __future__ import annotations

from stbir.data.sets.sketchy import UNSEEN_21, UNSEEN_25
from stbir.data.sets.tu_berlin import MA, ZSE
from stbir.errors import UnknownName
from stbir.evaluation.options import Protocol, changed

SEEN = 0.2
"""Share of seen-class photos in generalised galleries: common practice, no paper states it (DESIGN)."""

_PAPERS = {"interpolated": True, "p_denominator": "cut", "ap_denominator": "capped", "relevance": "category"}

_SKETCHY_21 = Protocol.model_validate(
    {
        **_PAPERS,
        "name": "sketchy-21",
        "about": "Sketchy 104 / 21, zero-shot; gallery of the MA list, which holds the originals once",
        "measures": ("map@200", "p@200"),
        "categories": UNSEEN_21,
        "expected_queries": 12_694,
        "expected_photos": 10_453,
    }
)
_SKETCHY_25 = Protocol.model_validate(
    {
        **_PAPERS,
        "name": "sketchy-25",
        "about": "Sketchy 100 / 25, zero-shot; ZSE lists",
        "measures": ("map@all", "p@100"),
        "categories": UNSEEN_25,
        "expected_queries": 15_229,
        "expected_photos": 17_101,
    }
)
_TU_BERLIN = Protocol.model_validate(
    {
        **_PAPERS,
        "name": "tu-berlin-30",
        "about": "TU-Berlin 220 / 30, zero-shot; ZSE lists",
        "measures": ("map@all", "p@100"),
        "categories": ZSE,
        "expected_queries": 2_400,
        "expected_photos": 27_989,
    }
)
_QUICKDRAW = Protocol.model_validate(
    {
        **_PAPERS,
        "name": "quickdraw-30",
        "about": "QuickDraw 80 / 30, zero-shot; the table must hold the 30 unseen categories and no others; ZSE lists",
        "measures": ("map@all", "p@200"),
        "expected_queries": 92_291,
        "expected_photos": 54_151,
    }
)
_RANKS = ("acc@1", "acc@5", "acc@10", "mrr", "median_rank")


def _generalised(protocol: Protocol) -> Protocol:
    about = f"{protocol.about}; and {SEEN:.0%} of the photos of seen categories in the gallery (the share is DESIGN)"
    return protocol.model_copy(
        update={"name": f"{protocol.name}-generalised", "about": about, "seen": SEEN, "expected_photos": None}
    )


_ALL = (
    Protocol(),
    _SKETCHY_21,
    _SKETCHY_21.model_copy(
        update={
            "name": "sketchy-21-zse",
            "about": "Sketchy 104 / 21, zero-shot; gallery of the ZSE list, which holds the 2,100 originals twice",
            "expected_photos": 12_553,
        }
    ),
    _SKETCHY_21.model_copy(
        update={
            "name": "sketchy-21-lvm",
            "about": "Sketchy 104 / 21, zero-shot; plain AP over a gallery of one photo per sketch, as LVM's code "
            "(there a random one of its category, here its own)",
            "interpolated": False,
            "duplicates": "per_query",
            "expected_photos": 12_694,
        }
    ),
    _generalised(_SKETCHY_21),
    _SKETCHY_25,
    _generalised(_SKETCHY_25),
    _TU_BERLIN,
    _TU_BERLIN.model_copy(
        update={
            "name": "tu-berlin-30-ma",
            "about": "TU-Berlin 220 / 30, zero-shot; the other unseen categories of the MA list (one is in both)",
            "categories": MA,
            "expected_photos": 25_708,
        }
    ),
    _generalised(_TU_BERLIN),
    _QUICKDRAW,
    Protocol(
        name="sketchy-21-fine-grained",
        about="Sketchy 104 / 21, cross-category: each sketch against the 100 original photos of its own category",
        measures=_RANKS,
        within="category",
        categories=UNSEEN_21,
        expected_queries=12_694,
        expected_photos=2_100,
    ),
    Protocol(
        name="shoe-v2",
        about="QMUL-ShoeV2: one query per test sketch, ties against the target, as the SketchX baseline",
        expected_queries=666,
        expected_photos=200,
    ),
    Protocol(
        name="chair-v2",
        about="QMUL-ChairV2: one query per test sketch, ties against the target, as the SketchX baseline",
        expected_queries=311,
        expected_photos=100,
    ),
    Protocol(name="shoe-v1", about="QMUL Shoe V1: as shoe-v2; the size of its test split is not checked"),
    Protocol(name="chair-v1", about="QMUL Chair V1: as chair-v2; the size of its test split is not checked"),
    Protocol(
        name="fs-coco",
        about="FS-COCO: each scene sketch against all test photos (7,000 / 3,000 is unverified, measures DESIGN)",
        expected_queries=3_000,
        expected_photos=3_000,
    ),
    Protocol(
        name="styles",
        about="DESIGN, for imagenet-r and drawn-tasks: relevant is what is of the kind and in the style asked for",
        measures=("map@all", "acc@1", "p@10", "r@10"),
        relevance="category",
    ),
    Protocol(
        name="stbir-joint",
        about="code of the STBIR authors: all sketches of a photo averaged, then the words added; shoes and chairs in "
        "one gallery (here the average is made unit length before that)",
        measures=("acc@1", "acc@5", "acc@10", "map@all", "median_rank"),
        sketches="averaged",
        expected_queries=300,
        expected_photos=300,
    ),
)

PRESETS = {protocol.name: protocol for protocol in _ALL}


def preset(name: str, **options: object) -> Protocol:
    """Give a protocol by name, with some of its options changed.

    >>> preset("sketchy-21").measures, preset("sketchy-21", interpolated=False).interpolated
    (('map@200', 'p@200'), False)

    Raises:
        UnknownName: no protocol has the name; the known ones are listed.
        InputError: an unknown option, or a value that it cannot have.
    """
    if name not in PRESETS:
        raise UnknownName("protocol", name, PRESETS)
    return changed(PRESETS[name], options) if options else PRESETS[name]
