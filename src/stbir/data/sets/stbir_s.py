"""STBIR-S: the 2,000 shoes of QMUL-ShoeV2 with a description of each."""

from __future__ import annotations

from typing import ClassVar

from stbir.data.qmul import StbirQmul, text_need, v2_needs
from stbir.data.sets.base import Need


class StbirS(StbirQmul):
    """See `StbirQmul` for texts, virtual classes and the validation split."""

    title: ClassVar[str] = "STBIR-S"
    category: ClassVar[str] = "shoe"
    needs: ClassVar[tuple[Need, ...]] = (
        *v2_needs("ShoeV2", train=(1_800, 5_982), test=(200, 666)),
        text_need(2000),
    )
