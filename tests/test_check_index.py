"""The contract can fail: indexes that are wrong in the usual ways do not pass it."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from stbir.index.base import Match, Metadata, Record, Tokens
from stbir.index.exact import Exact
from stbir.index.filters import Filter
from stbir.testing import check_index
from stbir.types import Floats, Value


class WrongIdsAfterDelete(Exact):
    """Keeps the rows in place but forgets to move the ids along."""

    def delete(self, ids: Sequence[str]) -> int:
        before = list(self._ids)
        count = super().delete(ids)
        self._ids = before[: len(self._ids)]
        self._row = {id: row for row, id in enumerate(self._ids)}
        return count


class DistancesForScores(Exact):
    def search(self, vectors: npt.ArrayLike, k: int, *, where: Filter | None = None) -> list[list[Match]]:
        found = super().search(vectors, k, where=where)
        return [[Match(match.id, 1 - match.score) for match in matches] for matches in found]


class WorstFirst(Exact):
    def search(self, vectors: npt.ArrayLike, k: int, *, where: Filter | None = None) -> list[list[Match]]:
        return [matches[::-1] for matches in super().search(vectors, k, where=where)]


class FiltersTooLate(Exact):
    def search(self, vectors: npt.ArrayLike, k: int, *, where: Filter | None = None) -> list[list[Match]]:
        known = {record.id: record.metadata for record in self.fetch(self.ids())}
        found = super().search(vectors, k)
        return [[m for m in matches if where is None or where.accepts(known[m.id])] for matches in found]


class IgnoresFilters(Exact):
    def search(self, vectors: npt.ArrayLike, k: int, *, where: Filter | None = None) -> list[list[Match]]:
        return super().search(vectors, k)


class KeepsOldMetadata(Exact):
    def add(
        self,
        ids: Sequence[str],
        vectors: npt.ArrayLike,
        metadata: Sequence[Metadata] | None = None,
        *,
        tokens: Sequence[Floats | Tokens | None] | None = None,
    ) -> None:
        old = {record.id: dict(record.metadata) for record in self.fetch(ids)}
        kept = metadata and [old.get(id, {}) | dict(m) for id, m in zip(ids, metadata, strict=True)]
        super().add(ids, vectors, kept, tokens=tokens)


class TiesByAge(Exact):
    def search(self, vectors: npt.ArrayLike, k: int, *, where: Filter | None = None) -> list[list[Match]]:
        found = super().search(vectors, len(self) + 1, where=where)
        return [sorted(matches, key=lambda m: (-m.score, self._row[m.id]))[:k] for matches in found]


class AcceptsAnyLength(Exact):
    def add(
        self,
        ids: Sequence[str],
        vectors: npt.ArrayLike,
        metadata: Sequence[Metadata] | None = None,
        *,
        tokens: Sequence[Floats | Tokens | None] | None = None,
    ) -> None:
        rows = np.asarray(vectors, dtype=np.float32)
        super().add(ids, rows / np.linalg.norm(rows, axis=1, keepdims=True), metadata, tokens=tokens)


class StoresHalf(Exact):
    """Stores the good part of a refused call."""

    def add(
        self,
        ids: Sequence[str],
        vectors: npt.ArrayLike,
        metadata: Sequence[Metadata] | None = None,
        *,
        tokens: Sequence[Floats | Tokens | None] | None = None,
    ) -> None:
        rows = np.asarray(vectors, dtype=np.float32)
        for place, id in enumerate(ids):
            own = slice(place, place + 1)
            super().add([id], rows[own], metadata and metadata[own], tokens=tokens and tokens[own])


class RanksFromNothing(Exact):
    """Counts places from 0."""

    def ranks(
        self, vectors: npt.ArrayLike, ids: Sequence[str], *, where: Filter | None = None
    ) -> list[list[int | None]]:
        found = super().ranks(vectors, ids, where=where)
        return [[None if place is None else place - 1 for place in places] for places in found]


class RanksAmongAll(Exact):
    def ranks(
        self, vectors: npt.ArrayLike, ids: Sequence[str], *, where: Filter | None = None
    ) -> list[list[int | None]]:
        return super().ranks(vectors, ids)


class SharedRanks(Exact):
    """Gives records that are equally good the same place."""

    def ranks(
        self, vectors: npt.ArrayLike, ids: Sequence[str], *, where: Filter | None = None
    ) -> list[list[int | None]]:
        found: list[list[int | None]] = []
        for matches in self.search(vectors, len(self) + 1, where=where):
            scores = {match.id: match.score for match in matches}
            places = [sum(other > scores[id] for other in scores.values()) + 1 if id in scores else None for id in ids]
            found.append(places)
        return found


class RanksOfTheFirstQuery(Exact):
    def ranks(
        self, vectors: npt.ArrayLike, ids: Sequence[str], *, where: Filter | None = None
    ) -> list[list[int | None]]:
        found = super().ranks(vectors, ids, where=where)
        return found[:1] * len(found)


class CountsAll(Exact):
    def count(self, where: Filter | None = None) -> int:
        return len(self)


class CountsMissing(Exact):
    """Takes a field that is not there for one that is false or 0."""

    def count(self, where: Filter | None = None) -> int:
        nothing = {field: kind() for field, kind in self.fields().items()}
        return sum(where is None or where.accepts(nothing | dict(m)) for m in self.records().values())


class TalliesAll(Exact):
    def tally(self, field: str, *, where: Filter | None = None) -> dict[Value, int]:
        return super().tally(field)


class TalliesTheDead(Exact):
    """Goes on counting values that no record has any longer."""

    def __init__(self, dimension: int) -> None:
        super().__init__(dimension)
        self._ever: dict[str, dict[Value, int]] = {}

    def tally(self, field: str, *, where: Filter | None = None) -> dict[Value, int]:
        counted = super().tally(field, where=where)
        if where is None:
            self._ever[field] = counted = self._ever.get(field, {}) | counted
        return counted


class TalliesTheAbsent(Exact):
    """Names values that no record has which passes."""

    def tally(self, field: str, *, where: Filter | None = None) -> dict[Value, int]:
        return dict.fromkeys(super().tally(field), 0) | super().tally(field, where=where)


class LosesTokens(Exact):
    def fetch(self, ids: Sequence[str]) -> list[Record]:
        return [Record(record.id, record.vector, record.metadata) for record in super().fetch(ids)]


class KeepsOldTokens(Exact):
    def add(
        self,
        ids: Sequence[str],
        vectors: npt.ArrayLike,
        metadata: Sequence[Metadata] | None = None,
        *,
        tokens: Sequence[Floats | Tokens | None] | None = None,
    ) -> None:
        old = dict(self._tokens)
        super().add(ids, vectors, metadata, tokens=tokens)
        for id in ids:
            if id in old:
                self._tokens.setdefault(id, old[id])


class NoTokensForNone(Exact):
    """Gives a photo that has no tokens an empty table of them."""

    def fetch(self, ids: Sequence[str]) -> list[Record]:
        empty = np.empty((0, 3), np.float16)
        found = super().fetch(ids)
        return [Record(r.id, r.vector, r.metadata, empty if r.tokens is None else r.tokens) for r in found]


class PaddedTokens(Exact):
    """Pads tokens to the longest of one call, as a rectangular column would."""

    def fetch(self, ids: Sequence[str]) -> list[Record]:
        found = super().fetch(ids)
        longest = max((len(r.tokens) for r in found if r.tokens is not None), default=0)
        return [Record(r.id, r.vector, r.metadata, _padded(r.tokens, longest)) for r in found]


def _padded(tokens: Tokens | None, count: int) -> Tokens | None:
    return None if tokens is None else np.pad(tokens, ((0, count - len(tokens)), (0, 0)))


class RecordsByAge(Exact):
    def records(self) -> dict[str, Metadata]:
        return {id: self._metadata[row] for id, row in self._row.items()}


class RecordsWithNothing(Exact):
    """Names every field in every record."""

    def records(self) -> dict[str, Metadata]:
        nothing = {field: kind() for field, kind in self.fields().items()}
        return {id: nothing | dict(metadata) for id, metadata in super().records().items()}


class FetchesInItsOwnOrder(Exact):
    def fetch(self, ids: Sequence[str]) -> list[Record]:
        return super().fetch(sorted(ids))


class CountsWhatIsNotThere(Exact):
    def delete(self, ids: Sequence[str]) -> int:
        super().delete(ids)
        return len(ids)


class RemembersFields(Exact):
    """Names fields that nobody has any longer."""

    def __init__(self, dimension: int) -> None:
        super().__init__(dimension)
        self._ever: dict[str, type] = {}

    def fields(self) -> dict[str, type]:
        self._ever |= super().fields()
        return dict(sorted(self._ever.items()))


class Jumbles(Exact):
    """Stores half a character as a question mark instead of refusing it."""

    def add(
        self,
        ids: Sequence[str],
        vectors: npt.ArrayLike,
        metadata: Sequence[Metadata] | None = None,
        *,
        tokens: Sequence[Floats | Tokens | None] | None = None,
    ) -> None:
        whole = [id.encode("utf-8", "replace").decode() for id in ids]
        super().add(whole, vectors, metadata, tokens=tokens)


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (WrongIdsAfterDelete, "after deleting"),
        (DistancesForScores, "is found where"),
        (WorstFirst, "do not fall"),
        (FiltersTooLate, "answers, not"),
        (IgnoresFilters, "where = Filter.*is found where"),
        (KeepsOldMetadata, "fields\\(\\)|other metadata"),
        (TiesByAge, "equal scores go by id"),
        (AcceptsAnyLength, "must be refused"),
        (StoresHalf, "must be refused|something of it was stored"),
        (RanksFromNothing, r"ranks\(\) of"),
        (RanksAmongAll, r"where = Filter.*ranks\(\) of"),
        (SharedRanks, r"ranks\(\) of"),
        (RanksOfTheFirstQuery, r"ranks\(\) of"),
        (CountsAll, r"count\(Filter"),
        (CountsMissing, r"count\(Filter"),
        (TalliesAll, r"tally\("),
        (TalliesTheDead, r"after .*tally\("),
        (TalliesTheAbsent, r"tally\("),
        (LosesTokens, "other tokens"),
        (KeepsOldTokens, "other tokens"),
        (NoTokensForNone, "other tokens"),
        (PaddedTokens, "other tokens"),
        (RecordsByAge, r"records\(\) does not list the records, sorted"),
        (RecordsWithNothing, r"records\(\) differs"),
        (FetchesInItsOwnOrder, "does not keep the order"),
        (CountsWhatIsNotThere, "delete said"),
        (RemembersFields, r"after everything is deleted: fields\(\)"),
        (Jumbles, "no text in an id must be refused"),
    ],
)
def test_broken_indexes_fail(broken: type[Exact], words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_index(broken)
