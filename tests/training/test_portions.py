"""A batch is cut so that nothing is lost and each row keeps what belongs to it."""

import numpy as np
import pytest
import torch

from stbir.methods.batch import Batch, Negatives
from stbir.training.portions import portion, portions


def batch(rows: int, each: int = 2) -> Batch:
    def pictures(count: int) -> np.ndarray:
        return np.arange(count, dtype=np.uint8).reshape(-1, 1, 1, 1)

    def numbers(count: int) -> torch.Tensor:
        return torch.arange(count).reshape(-1, 1)

    return Batch(
        photos=pictures(rows),
        sketches=pictures(rows),
        ids=numbers(rows),
        mask=numbers(rows),
        instances=tuple(str(row) for row in range(rows)),
        categories=tuple(str(row) for row in range(rows)),
        classes=numbers(rows)[:, 0],
        negatives=Negatives(each, photos=pictures(each * rows), ids=numbers(each * rows), mask=numbers(each * rows)),
        embedded={"photo": numbers(rows).float()},
    )


def test_rows_keep_their_own_negatives() -> None:
    some = portion(batch(5, each=3), 2, 4)
    assert some.instances == some.categories == ("2", "3")
    for column in (some.photos, some.sketches, some.ids, some.mask, some.classes, some.embedded["photo"]):
        assert column is not None
        assert column.reshape(-1).tolist() == [2, 3]
    wrong = some.negatives
    assert wrong is not None
    assert wrong.sketches is None
    for column in (wrong.photos, wrong.ids, wrong.mask):
        assert column is not None
        assert column.reshape(-1).tolist() == [6, 7, 8, 9, 10, 11]


@pytest.mark.parametrize(("rows", "processes", "each"), [(8, 1, 1), (8, 2, 2), (7, 2, 2), (3, 2, 4)])
def test_all_portions_of_all_processes_are_the_batch(rows: int, processes: int, each: int) -> None:
    whole = batch(rows)
    found: list[str] = []
    shares = 0.0
    for process in range(processes):
        own = list(portions(whole, process=process, processes=processes, each=each))
        assert own
        for some, share in own:
            assert share == len(some.instances) / rows
            shares += share
            found += some.instances
    assert found == list(whole.instances)
    assert shares == pytest.approx(1)
