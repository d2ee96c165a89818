import numpy as np
import pytest
from unit_vectors import unit

from stbir.errors import InputError
from stbir.index import exact
from stbir.index.exact import Exact
from stbir.index.filters import AnyOf, Equals, Filter, Range
from stbir.testing import check_index


def filled(count: int = 20) -> Exact:
    index = Exact(8)
    index.add(
        [f"p{number:02}" for number in range(count)],
        unit(count),
        [{"price": number, "category": "ab"[number % 2]} for number in range(count)],
    )
    return index


def test_keeps_the_contract() -> None:
    check_index(Exact)


def test_keeps_the_contract_over_many_small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact, "ROW_BLOCK", 7)
    monkeypatch.setattr(exact, "QUERY_BLOCK", 2)
    check_index(Exact, seed=1)


def test_equal_vectors_are_ordered_by_id_wherever_they_lie() -> None:
    vector = unit(1, 100)
    index = Exact(100)
    names = [f"{number:03}" for number in np.random.default_rng(1).permutation(500)]
    index.add(names, np.repeat(vector, 500, axis=0))
    for count in (1, 3, 17):
        for matches in index.search(unit(count, 100, seed=3), 20):
            assert [match.id for match in matches] == [f"{number:03}" for number in range(20)]
            assert len({match.score for match in matches}) == 1


def test_batch_and_single_queries_agree_bit_by_bit() -> None:
    index = Exact(33)
    index.add([str(number) for number in range(300)], unit(300, 33))
    queries = unit(70, 33, seed=5)
    assert index.search(queries, 12) == [index.search(query[None], 12)[0] for query in queries]


def test_a_field_nobody_has_any_longer_may_change_its_type() -> None:
    index = filled(2)
    assert index.fields() == {"category": str, "price": int}
    with pytest.raises(InputError, match="field 'price' is int, not float"):
        index.add(["new"], unit(1), [{"price": 1.5}])
    index.add(["p00", "p01"], unit(2), [{}, {}])
    assert index.fields() == {}
    index.add(["new"], unit(1), [{"price": 1.5}])
    assert index.search(unit(1), 3, where=Filter((Range("price", 1, 2),)))[0][0].id == "new"


@pytest.mark.parametrize("value", [None, [1], {"a": 1}, float("inf"), 2**63, np.float32(1)])
def test_strange_metadata_is_refused(value: object) -> None:
    index = Exact(8)
    with pytest.raises(InputError, match="'a': field 'price'"):
        index.add(["a"], unit(1), [{"price": value}])  # type: ignore[dict-item]
    with pytest.raises(InputError, match="field name"):
        index.add(["a"], unit(1), [{"price=1": 1}])
    assert len(index) == 0


def test_bad_arguments_are_refused() -> None:
    index = filled()
    for ids in ("p01", ["p01", 2], [""]):
        with pytest.raises(InputError, match="id"):
            index.delete(ids)  # type: ignore[arg-type]
    for k in (0, -1, 1.5, True, "3"):
        with pytest.raises(InputError, match="k must be a whole number of at least 1"):
            index.search(unit(1), k)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"shape \(rows, 8\), not \(8,\)"):
        index.search(unit(1)[0], 1)
    with pytest.raises(InputError, match="at least 1"):
        Exact(0)


def test_fetched_records_are_copies() -> None:
    index = filled()
    record = index.fetch(["p03"])[0]
    record.vector[:] = 0
    assert np.linalg.norm(index.fetch(["p03"])[0].vector) == pytest.approx(1, abs=1e-6)


def test_filters_see_what_was_added_later() -> None:
    index = filled()
    where = Filter((Equals("category", "a"),))
    assert len(index.search(unit(1), 100, where=where)[0]) == 10
    index.add(["later"], unit(1, seed=2), [{"category": "a"}])
    assert len(index.search(unit(1), 100, where=where)[0]) == 11
    index.delete(["later", "p00"])
    assert len(index.search(unit(1), 100, where=where)[0]) == 9


def test_a_place_is_the_same_whether_it_is_searched_or_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact, "ROW_BLOCK", 50)
    index = Exact(16)
    rows = unit(300, 16)
    rows[100:140] = rows[99]  # many that are equally good, in several blocks
    index.add([f"{number:03}" for number in np.random.default_rng(2).permutation(300)], rows)
    queries = np.concatenate([unit(3, 16, seed=4), rows[99:100]])
    for query, answer in zip(queries, index.search(queries, 300), strict=True):
        ids = [match.id for match in answer]
        assert index.ranks(query[None], [*ids, "not there"])[0] == [*range(1, 301), None]


def test_a_place_counts_only_what_passes() -> None:
    index = filled()
    where = Filter((Equals("category", "b"), Range("price", low=5)))
    order = [match.id for match in index.search(unit(1), 20, where=where)[0]]
    assert len(order) == 8
    assert index.ranks(unit(1), ["p00", *order], where=where) == [[None, *range(1, 9)]]
    assert index.ranks(unit(2), [], where=where) == [[], []]
    assert index.ranks(unit(1)[:0], ["p00"]) == []


def test_places_among_nearly_equal_scores_follow_the_answer() -> None:
    base = unit(1, 32)[0].astype(np.float64)
    rng = np.random.default_rng(7)
    rows = base + rng.normal(size=(400, 32)) * 1e-6  # nearer to one another than a float32 product can tell
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    index = Exact(32)
    index.add([f"{number:03}" for number in range(400)], rows)
    answer = index.search(base[None], 400)[0]
    places = index.ranks(base[None], [match.id for match in answer])[0]
    assert places == list(range(1, 401))


def test_values_are_counted_among_those_that_pass() -> None:
    index = filled(10)
    index.add(["p10", "p11"], unit(2, seed=3), [{"weight": 0.5, "new": True}, {"weight": -0.0, "new": True}])
    assert index.tally("category") == {"a": 5, "b": 5}
    assert index.tally("price", where=Filter((AnyOf("price", (1, 2.0, 77)),))) == {1: 1, 2: 1}
    assert index.tally("weight") == {0.0: 1, 0.5: 1}
    assert index.tally("new", where=Filter((Range("weight", 0.1),))) == {True: 1}
    assert index.tally("category", where=Filter((Equals("new", True),))) == {}
    assert index.tally("nobody has it") == {}
    assert index.count() == index.count(Filter()) == 12
    assert index.count(Filter((Equals("category", "a"), Range("price", low=3)))) == 3
    assert index.count(Filter((Equals("nobody has it", 1),))) == 0


def test_what_was_counted_and_filtered_is_forgotten_with_the_records() -> None:
    index = filled(6)
    assert index.tally("category") == {"a": 3, "b": 3}
    index.delete(["p00", "p05"])
    assert index.tally("category") == {"a": 2, "b": 2}
    index.add(["p01"], unit(1), [{"category": "c"}])
    assert index.tally("category") == {"a": 2, "b": 1, "c": 1}
    assert sorted(index.tally("price")) == [2, 3, 4]


def test_the_last_row_moves_into_a_gap_with_all_that_belongs_to_it() -> None:
    rows = unit(6)
    tokens = [np.full((number, 2), number, dtype=np.float16) if number % 2 else None for number in range(6)]
    index = Exact(8)
    index.add(list("abcdef"), rows, [{"n": number} for number in range(6)], tokens=tokens)
    assert index.delete(["b", "a", "not there", "b"]) == 2
    expected = dict(zip("abcdef", range(6), strict=True))
    for id in "cdef":
        (record,) = index.fetch([id])
        number = expected[id]
        assert record.vector.tolist() == rows[number].tolist()
        assert record.metadata == {"n": number}
        assert (None if record.tokens is None else record.tokens.shape) == ((number, 2) if number % 2 else None)
        assert index.search(rows[number : number + 1], 1)[0][0].id == id
        assert index.search(rows[:1], 9, where=Filter((Equals("n", number),)))[0][0].id == id
    assert index.ids() == list("cdef")
    assert index.delete(index.ids()) == 4
    assert (len(index), index.fields(), index.search(unit(1), 3)) == (0, {}, [[]])
    index.add(["g"], rows[:1], [{"n": "now a text"}])
    assert index.records() == {"g": {"n": "now a text"}}


def test_deleting_at_random_never_mixes_records_up() -> None:
    rng, index, known = np.random.default_rng(11), Exact(4), {}
    for step in range(120):
        ids = [f"{number}" for number in rng.choice(60, size=int(rng.integers(1, 12)), replace=False)]
        if rng.random() < 0.5:
            rows = unit(len(ids), 4, seed=step)
            index.add(ids, rows, [{"step": step, "own": id} for id in ids])
            known |= {id: (row.tolist(), step) for id, row in zip(ids, rows, strict=True)}
        else:
            assert index.delete(ids) == sum(id in known for id in ids)
            known = {id: value for id, value in known.items() if id not in ids}
        records = index.fetch(index.ids())
        assert {r.id: (r.vector.tolist(), r.metadata["step"]) for r in records} == known
        assert all(r.metadata["own"] == r.id for r in records)


def test_tokens_are_kept_in_half_precision_and_replaced_with_the_record() -> None:
    index = Exact(8)
    index.add(["a", "b"], unit(2), tokens=[np.ones((2, 3), np.float64) / 3, None])
    (record,) = index.fetch(["a"])
    assert record.tokens is not None
    assert (record.tokens.dtype, record.tokens.shape) == (np.float16, (2, 3))
    index.add(["a"], unit(1))
    assert index.fetch(["a"])[0].tokens is None
    for tokens in (np.ones(3), np.ones((2, 0)), np.ones((1, 2), int), np.full((1, 2), 1e6), np.full((1, 2), np.nan)):
        with pytest.raises(InputError, match="tokens"):
            index.add(["c"], unit(1), tokens=[tokens])
    with pytest.raises(InputError, match="1 ids, 1 vectors, 1 metadata records and 2 tokens do not fit"):
        index.add(["c"], unit(1), tokens=[None, None])
    assert "c" not in index


@pytest.mark.parametrize("text", ["\ud800", "a\udcffb"])
def test_half_a_character_is_refused(text: str) -> None:
    index = Exact(8)
    with pytest.raises(InputError, match="characters that are no text"):
        index.add([text], unit(1))
    with pytest.raises(InputError, match="'a': field 'name' has characters that are no text"):
        index.add(["a"], unit(1), [{"name": text}])
    assert (text in index, index.delete([text]), index.fetch([text]), len(index)) == (False, 0, [], 0)
