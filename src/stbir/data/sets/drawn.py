"""What `stbir data draw --to DIR` has drawn: photos, stroke sketches and a table of queries."""

from __future__ import annotations

from typing import ClassVar

from stbir.data.drawn.folder import TABLE
from stbir.data.sets.base import DataSet, Need
from stbir.data.table import read_table
from stbir.errors import InputError
from stbir.types import Split

DRAW = "`stbir data draw --to DIR`"


class Drawn(DataSet):
    """One split, "all"; draw with another seed for another split."""

    needs: ClassVar[tuple[Need, ...]] = (
        Need("table of queries", (TABLE,), 1, DRAW),
        Need("photos", ("photos/*/*.jpg",), None, DRAW),
        Need("sketches", ("sketches/*.json",), None, DRAW),
    )

    @property
    def splits(self) -> tuple[str, ...]:
        """A drawing has as many as it is asked for: this one."""
        return ("all",)

    def faults(self) -> list[str]:
        """Files that the table names and that are not there."""
        try:
            read_table(self.folder / TABLE)
        except InputError as error:
            return [str(error)]
        return []

    def _split(self, name: str) -> Split:
        return read_table(self.folder / TABLE)
