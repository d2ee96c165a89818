"""The contract that every index must keep, as checks that anybody can run on their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np

from stbir.errors import InputError
from stbir.index.base import Index, Match, Tokens
from stbir.index.filters import AnyOf, Equals, Filter, Range
from stbir.types import Floats, Value

SCORE_TOLERANCE = 1e-5
_DIMENSION = 8
_FILTERS: tuple[Filter | None, ...] = (
    None,
    Filter(),
    Filter((Equals("category", "boots"),)),
    Filter((Equals("category", "no such category"),)),
    Filter((AnyOf("category", ("boots", 'it\'s "quoted" | 中文')),)),
    Filter((Range("price", 20, 60),)),
    Filter((Range("price", 20, 60, low_open=True, high_open=True),)),
    Filter((Range("price", high=33.5), Equals("category", "shoes"))),
    Filter((Equals("weight", 0.5),)),
    Filter((AnyOf("price", (0, 20)),)),
    Filter((Equals("weight", 0.0),)),
    Filter((Range("weight", low=0.5, low_open=True), Equals("new", True))),
    Filter((Equals("new", False),)),
    Filter((Range("category", "c", "t"),)),
    Filter((Equals("price", "20"),)),
    Filter((Equals("no such field", 1),)),
)


class _Reference:
    """The obvious index, a dictionary and loops, that the real one must agree with."""

    def __init__(self) -> None:
        self.records: dict[str, tuple[Floats, Mapping[str, Value], Tokens | None]] = {}

    def search(self, query: Floats, k: int, where: Filter | None) -> list[Match]:
        matches: list[Match] = []
        for id, (vector, metadata, _) in self.records.items():
            if where is None or where.accepts(metadata):
                score = sum(float(a) * float(b) for a, b in zip(query, vector, strict=True))
                matches.append(Match(id, float(np.float32(score))))
        return sorted(matches, key=lambda match: (-match.score, match.id))[:k]

    def fields(self) -> dict[str, type]:
        return {field: type(value) for _, metadata, _ in self.records.values() for field, value in metadata.items()}


def check_index(make_index: Callable[[int], Index], *, seed: int = 0, rounds: int = 6) -> None:
    """Check that an index answers as a plain loop over all records does.

    `make_index` is given a dimension and returns an empty index of it. In each of some `rounds`, random records are
    added, replaced and deleted; after each step the index is searched with and without filters, for few and for more
    records than there are, one query at a time and in batches, with records that are equally good, and asked for
    ranks, counts, tallies and what it stores.

    Raises:
        AssertionError: says in words what the index does wrong.
    """
    index, reference, rng = make_index(_DIMENSION), _Reference(), np.random.default_rng(seed)
    assert index.dimension == _DIMENSION, f"an index of dimension {_DIMENSION} says it has {index.dimension}"
    _compare(index, reference, rng, "when it is empty")
    for step in range(rounds):
        _add(index, reference, rng, count=40)
        _compare(index, reference, rng, f"after adding ({step})")
        _delete(index, reference, rng)
        _compare(index, reference, rng, f"after deleting ({step})")
    _check_refusals(index, reference, rng)
    assert index.delete(index.ids()) == len(reference.records), "delete does not count what it removes"
    reference.records.clear()
    _compare(index, reference, rng, "after everything is deleted")


def _unit(rng: np.random.Generator, count: int) -> Floats:
    rows = rng.normal(size=(count, _DIMENSION))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def _add(index: Index, reference: _Reference, rng: np.random.Generator, *, count: int) -> None:
    """Add records of which some replace others and some have a vector that another one has too."""
    numbers = rng.choice(150, size=count, replace=False)
    ids = [f"photo {number}/é" for number in numbers]
    vectors = _unit(rng, count)
    vectors[: count // 4] = vectors[count // 4 : 2 * (count // 4)]
    vectors[-3:] = np.eye(_DIMENSION, dtype=np.float32)[0]
    metadata = [_metadata(rng) for _ in ids]
    tokens = [_tokens(rng) for _ in ids]
    index.add(ids, vectors, metadata, tokens=tokens)
    reference.records.update(zip(ids, zip(vectors, metadata, tokens, strict=True), strict=True))


def _metadata(rng: np.random.Generator) -> dict[str, Value]:
    everything: dict[str, Value] = {
        "category": ("boots", "shoes", 'it\'s "quoted" | 中文')[rng.integers(3)],
        "price": int(rng.integers(10, 80)),
        "weight": float(rng.integers(1, 5)) / 4,
        "new": bool(rng.integers(2)),
    }
    return {field: value for field, value in everything.items() if rng.random() < 0.8}


def _tokens(rng: np.random.Generator) -> Tokens | None:
    """Patch tokens as methods have them: as many as the photo needs, sometimes none."""
    return None if rng.random() < 0.5 else rng.normal(size=(int(rng.integers(4)), 3)).astype(np.float16)


def _delete(index: Index, reference: _Reference, rng: np.random.Generator) -> None:
    known = sorted(reference.records)
    gone = [known[place] for place in rng.choice(len(known), size=len(known) // 5, replace=False)]
    removed = index.delete([*gone, "not there"])
    assert removed == len(gone), f"delete said {removed} where {len(gone)} records were removed"
    for id in gone:
        del reference.records[id]


def _compare(index: Index, reference: _Reference, rng: np.random.Generator, when: str) -> None:
    known = sorted(reference.records)
    assert len(index) == len(known), f"{when}: len() is {len(index)}, not {len(known)}"
    assert index.ids() == known, f"{when}: ids() does not list the records, sorted"
    assert all(id in index for id in known), f"{when}: a record is there but `in` denies it"
    assert "not there" not in index, f"{when}: `in` affirms a record that is not there"
    assert index.fields() == reference.fields(), f"{when}: fields() is {index.fields()}, not {reference.fields()}"
    fetched = index.fetch([*reversed(known), "not there"])
    assert [record.id for record in fetched] == known[::-1], f"{when}: fetch() does not keep the order asked for"
    for record in fetched:
        vector, metadata, tokens = reference.records[record.id]
        assert np.allclose(record.vector, vector, atol=1e-6), f"{when}: fetch() gives {record.id!r} another vector"
        assert dict(record.metadata) == dict(metadata), f"{when}: fetch() gives {record.id!r} other metadata"
        same = np.array_equal(record.tokens, tokens) if record.tokens is not None and tokens is not None else None
        assert same or record.tokens is tokens is None, f"{when}: fetch() gives {record.id!r} other tokens"
    kept = index.records()
    assert list(kept) == known, f"{when}: records() does not list the records, sorted"
    assert all(dict(kept[id]) == dict(reference.records[id][1]) for id in known), f"{when}: records() differs"
    _compare_tallies(index, reference, when)
    queries = np.concatenate([_unit(rng, 2), np.eye(_DIMENSION, dtype=np.float32)[:1]])
    assert index.search(queries[:0], 3) == [], f"{when}: no queries must give no answers"
    for where in _FILTERS:
        _compare_counts(index, reference, queries, where, when)
        for k in (1, 7, len(known) + 5):
            together = index.search(queries, k, where=where)
            assert len(together) == len(queries), f"{when}: {len(queries)} queries got {len(together)} answers"
            for query, matches in zip(queries, together, strict=True):
                what = f"{when}, k = {k}, where = {where}"
                _compare_matches(matches, reference.search(query, k, where), what)
                alone = index.search(query[None], k, where=where)[0]
                _compare_matches(alone, matches, f"{what}, alone and in a batch")


def _compare_tallies(index: Index, reference: _Reference, when: str) -> None:
    for field in [*reference.fields(), "no such field"]:
        for where in (None, Filter((Range("price", 20, 60),))):
            passing = [m for _, m, _ in reference.records.values() if where is None or where.accepts(m)]
            counted = dict(Counter(metadata[field] for metadata in passing if field in metadata))
            assert index.tally(field, where=where) == counted, f"{when}: tally({field!r}) does not count the values"


def _compare_counts(index: Index, reference: _Reference, queries: Floats, where: Filter | None, when: str) -> None:
    """Counts, and the rank of some records, the first and the last of an answer among them."""
    passing = sum(where is None or where.accepts(metadata) for _, metadata, _ in reference.records.values())
    assert index.count(where) == passing, f"{when}: count({where}) is {index.count(where)}, not {passing}"
    orders = [[match.id for match in reference.search(query, len(reference.records), where)] for query in queries]
    ids = [*dict.fromkeys([*orders[0][:3], *orders[0][-1:], *sorted(reference.records)[:3]]), "not there"]
    expected = [[order.index(id) + 1 if id in order else None for id in ids] for order in orders]
    found = index.ranks(queries, ids, where=where)
    assert found == expected, f"{when}, where = {where}: ranks() of {ids} are {found}, not {expected}"


def _compare_matches(found: list[Match], expected: list[Match], what: str) -> None:
    assert len(found) == len(expected), f"{what}: {len(found)} answers, not {len(expected)}"
    scores = [match.score for match in found]
    assert scores == sorted(scores, reverse=True), f"{what}: the scores do not fall"
    for one, other in zip(found, expected, strict=True):
        assert abs(one.score - other.score) <= SCORE_TOLERANCE, f"{what}: {one} is found where {other} belongs"
    got, wanted = [match.id for match in found], [match.id for match in expected]
    assert got == wanted, f"{what}: the ids {got} are found where {wanted} belong (equal scores go by id)"


def _check_refusals(index: Index, reference: _Reference, rng: np.random.Generator) -> None:
    """What cannot be stored or asked is refused with an InputError, and nothing of it is kept."""
    good = _unit(rng, 2)
    kept = next(id for id, (_, metadata, _) in sorted(reference.records.items()) if "price" in metadata)
    refused: dict[str, Callable[[], object]] = {
        "vectors of another dimension": lambda: index.add(["a", "b"], np.eye(2)),
        "vectors that are not finite": lambda: index.add(["a", "b"], good * np.float32(np.nan)),
        "vectors that are not of unit length": lambda: index.add(["a", "b"], good * 2),
        "an id twice in one call": lambda: index.add(["a", "a"], good),
        "more ids than vectors": lambda: index.add(["a", "b", "c"], good),
        "an empty id": lambda: index.add(["a", ""], good),
        "a field that changes its type": lambda: index.add(["a", "b"], good, [{}, {"price": "cheap"}]),
        "a number that is NaN": lambda: index.add(["a", "b"], good, [{}, {"weight": float("nan")}]),
        "a query of another dimension": lambda: index.search(np.eye(2), 1),
        "a query that is not of unit length": lambda: index.search(good * 2, 1),
        "k = 0": lambda: index.search(good, 0),
        "tokens that are no table": lambda: index.add(["a", "b"], good, tokens=[None, np.zeros(3, np.float32)]),
        "characters that are no text in an id": lambda: index.add(["a", "\ud800"], good),
        "characters that are no text in metadata": lambda: index.add(["a", "b"], good, [{}, {"category": "\ud800"}]),
        "tokens that are not finite": lambda: index.add(["a", "b"], good, tokens=[None, np.full((1, 3), np.nan)]),
    }
    for what, act in refused.items():
        message = None
        try:
            act()
        except InputError as error:
            message = str(error)
        assert message is not None, f"{what} must be refused with an InputError"
        assert "\n" not in message, f"the message about {what} is longer than one line"
        assert index.ids() == sorted(reference.records), f"{what} was refused, but something of it was stored"
    assert index.fetch([kept])[0].metadata == reference.records[kept][1], "a refused call changed a record"
