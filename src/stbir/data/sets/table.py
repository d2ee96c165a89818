"""Any CSV table of yours with the columns sketch, text, photo and maybe more; DIR is the table or its folder."""

from __future__ import annotations

from pathlib import Path

from stbir.data.sets.base import DataSet
from stbir.data.table import read_table
from stbir.errors import InputError
from stbir.types import Split


class Table(DataSet):
    """Every table in the folder is a split of its own, named after the file; see `stbir.data.table`."""

    @property
    def splits(self) -> tuple[str, ...]:
        """The file names without their suffixes."""
        return tuple(self._tables())

    def require(self) -> None:
        """Refuse a folder without tables.

        Raises:
            InputError: there is none.
        """
        if not self._tables():
            raise InputError(f"there is no table (.csv or .tsv) at {self.folder}; give one, or the folder it is in")

    def faults(self) -> list[str]:
        """What `read_table` refuses."""
        faults: list[str] = []
        for path in self._tables().values():
            try:
                read_table(path)
            except InputError as error:
                faults.append(str(error))
        return faults

    def _tables(self) -> dict[str, Path]:
        if self.folder.is_file():
            return {self.folder.stem: self.folder}
        return {path.stem: path for path in sorted(self.folder.glob("*.[ct]sv"))}

    def _split(self, name: str) -> Split:
        return read_table(self._tables()[name])
