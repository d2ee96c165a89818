"""What every index is: vectors under explicit ids with typed metadata, and the checks that all engines share."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from stbir.errors import InputError
from stbir.index.bounds import HIGHEST, LOWEST, is_text
from stbir.index.filters import Filter
from stbir.types import Floats, Value

Metadata: TypeAlias = Mapping[str, Value]
Tokens: TypeAlias = npt.NDArray[np.float16]
"""The patch tokens of one photo, (tokens, width); half precision, because there are many and they only re-rank."""

FIELD_NAME = re.compile(r"\w[\w -]*")
UNIT_TOLERANCE = 1e-3
"""How far the length of a vector may be from 1: room for half precision, none for a forgotten normalisation."""


@dataclass(frozen=True)
class Match:
    """One answer of an index: an id and its score, the cosine of the two vectors."""

    id: str
    score: float


@dataclass(frozen=True, eq=False)
class Record:
    """What an index holds under one id; `vector` is float32 of shape (dimension,) and of unit length."""

    id: str
    vector: Floats
    metadata: Metadata = field(default_factory=dict)
    tokens: Tokens | None = None


class Index(Protocol):
    """Unit vectors under explicit ids; a larger score is better and equal scores are ordered by id."""

    @property
    def dimension(self) -> int: ...

    def add(
        self,
        ids: Sequence[str],
        vectors: npt.ArrayLike,
        metadata: Sequence[Metadata] | None = None,
        *,
        tokens: Sequence[Floats | Tokens | None] | None = None,
    ) -> None:
        """Store records; an id that is there already is replaced, metadata and tokens included.

        An engine that cannot keep tokens refuses them in this way; it never drops them.

        Raises:
            InputError: a vector, an id, tokens or a metadata value that cannot be stored; then nothing of the call is.
        """
        ...

    def search(self, vectors: npt.ArrayLike, k: int, *, where: Filter | None = None) -> list[list[Match]]:
        """The best `k` records that pass `where` for each row of `vectors` (queries, dimension), best first.

        There are fewer than `k` where fewer records pass.

        Raises:
            InputError: vectors of another dimension, not finite or not of unit length, or `k` below 1.
        """
        ...

    def ranks(
        self, vectors: npt.ArrayLike, ids: Sequence[str], *, where: Filter | None = None
    ) -> list[list[int | None]]:
        """For each row of `vectors` (queries, dimension) the place, from 1, that each of `ids` has in its answer.

        None where a record does not pass `where`, is not there, or lies deeper than the index can tell.
        """
        ...

    def count(self, where: Filter | None = None) -> int:
        """How many records pass `where`."""
        ...

    def delete(self, ids: Sequence[str]) -> int:
        """Remove records and say how many there were; ids that are not there do not count."""
        ...

    def fetch(self, ids: Sequence[str]) -> list[Record]:
        """The records under `ids`, in that order; ids that are not there are left out."""
        ...

    def records(self) -> dict[str, Metadata]:
        """The metadata of every record by id, sorted by id."""
        ...

    def ids(self) -> list[str]:
        """Every id, sorted."""
        ...

    def fields(self) -> dict[str, type]:
        """The metadata fields that records have, and the type of each."""
        ...

    def tally(self, field: str, *, where: Filter | None = None) -> dict[Value, int]:
        """How many records that pass `where` have each value of a field; empty where none has it."""
        ...

    def __len__(self) -> int: ...

    def __contains__(self, id: object) -> bool: ...


def check_ids(ids: Sequence[str]) -> list[str]:
    """The ids as a list.

    Raises:
        InputError: one text instead of a list, or an id that is no text or empty.
    """
    if isinstance(ids, str):
        raise InputError(f"ids must be a list of texts, not the one text {ids!r}")
    for id in ids:
        if not isinstance(id, str) or not id:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InputError(f"an id must be a text that is not empty (given: {id!r})")
    return list(ids)


def check_vectors(vectors: npt.ArrayLike, dimension: int) -> Floats:
    """The vectors as a float32 array of shape (rows, dimension).

    Raises:
        InputError: another shape, values that are not finite, or rows that are not of unit length.
    """
    try:
        rows = np.ascontiguousarray(vectors, dtype=np.float32)
    except (TypeError, ValueError):
        raise InputError(f"vectors must be numbers of shape (rows, {dimension})") from None
    if rows.ndim != 2 or rows.shape[1] != dimension:
        raise InputError(f"vectors must have the shape (rows, {dimension}), not {rows.shape}")
    # a sum that is NaN or infinite fails the comparison too, so one test covers both complaints
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    wrong = ~(np.abs(lengths - 1) <= UNIT_TOLERANCE)
    if wrong.any():
        row = int(wrong.argmax())
        if not np.isfinite(rows[row]).all():
            raise InputError(f"vector {row} has values that are not finite")
        raise InputError(f"vector {row} has length {lengths[row]:.4g}, not 1: divide it by its length")
    return rows


def check_k(k: int) -> int:
    """The number of answers asked for.

    Raises:
        InputError: it is no whole number of at least 1.
    """
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InputError(f"k must be a whole number of at least 1 (given: {k!r})")
    return int(k)


@dataclass(frozen=True, eq=False)
class Rows:
    """What is to be added, checked: one id, one row of `vectors`, one record and maybe tokens each."""

    ids: list[str]
    vectors: Floats
    metadata: list[dict[str, Value]]
    tokens: list[Tokens | None]


def check_batch(
    ids: Sequence[str],
    vectors: npt.ArrayLike,
    metadata: Sequence[Metadata] | None,
    tokens: Sequence[Floats | Tokens | None] | None = None,
    *,
    dimension: int,
    fields: Mapping[str, type],
) -> Rows:
    """What is to be added, checked against the `dimension` and the `fields` of the index.

    Raises:
        InputError: in one line, what cannot be stored and why.
    """
    names = check_ids(ids)
    if len(set(names)) != len(names):
        seen: set[str] = set()
        twice = next(name for name in names if name in seen or seen.add(name))
        raise InputError(f"the id {twice!r} is there twice in one call")
    for name in names:
        if not is_text(name):
            raise InputError(f"the id {name!r} has characters that are no text")
    rows = check_vectors(vectors, dimension) if names or np.size(vectors) else np.empty((0, dimension), np.float32)
    records = [{} for _ in names] if metadata is None else [dict(record) for record in metadata]
    patches: list[Tokens | None] = (
        [None for _ in names] if tokens is None else [check_tokens(array) for array in tokens]
    )
    if not len(names) == len(rows) == len(records) == len(patches):
        raise InputError(
            f"{len(names)} ids, {len(rows)} vectors, {len(records)} metadata records and {len(patches)} tokens "
            "do not fit"
        )
    types = dict(fields)
    for name, record in zip(names, records, strict=True):
        for key, value in record.items():
            kind = check_value(key, value, id=name)
            if types.setdefault(key, kind) is not kind:
                raise InputError(f"{name!r}: field {key!r} is {types[key].__name__}, not {kind.__name__} ({value!r})")
    return Rows(names, rows, records, patches)


def check_tokens(tokens: Floats | Tokens | None) -> Tokens | None:
    """Tokens in half precision.

    Raises:
        InputError: another shape than (tokens, width), or numbers that half precision cannot hold.
    """
    if tokens is None:
        return None
    array = np.asarray(tokens)
    if array.ndim != 2 or not array.shape[1] or array.dtype.kind != "f":
        raise InputError(f"tokens must be numbers of shape (tokens, width), not {array.dtype} {array.shape}")
    with np.errstate(over="ignore"):
        half = array.astype(np.float16)
    if not np.isfinite(half).all():
        raise InputError("tokens have values that are not finite in half precision")
    return half


def check_value(key: str, value: Value, *, id: str) -> type:
    """The type of one metadata value: str, int, float or bool.

    Raises:
        InputError: a field name or a value that no filter could ask for.
    """
    if not isinstance(key, str) or not FIELD_NAME.fullmatch(key):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InputError(f"{id!r}: a field name is letters, digits, _, - and blanks (given: {key!r})")
    if type(value) not in (str, int, float, bool):
        raise InputError(f"{id!r}: field {key!r} must be str, int, float or bool, not {type(value).__name__}")
    if isinstance(value, float) and not math.isfinite(value):
        raise InputError(f"{id!r}: field {key!r} is {value}; leave it out where the number is not known")
    if type(value) is int and not LOWEST <= value <= HIGHEST:
        raise InputError(f"{id!r}: field {key!r} does not fit 64 bits (given: a number of {value.bit_length()} bits)")
    if isinstance(value, str) and not is_text(value):
        raise InputError(f"{id!r}: field {key!r} has characters that are no text ({value!r:.80})")
    return type(value)
