"""STBIR-C: the 400 chairs of QMUL-ChairV2 with a description of each."""

from __future__ import annotations

from typing import ClassVar

from stbir.data.qmul import StbirQmul, text_need, v2_needs
from stbir.data.sets.base import Need


class StbirC(StbirQmul):
    """See `StbirQmul` for texts, virtual classes and the validation split."""

    title: ClassVar[str] = "STBIR-C"
    category: ClassVar[str] = "chair"
    needs: ClassVar[tuple[Need, ...]] = (
        *v2_needs("ChairV2", train=(300, 964), test=(100, 311)),
        text_need(400),
    )
