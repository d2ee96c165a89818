"""`drawn-tasks`: drawn objects asked for in other ways: like this one but red; in another style; on a shelf.

Nothing has to be got or kept: it is drawn when it is asked for, in seconds. See `stbir.data.drawn.tasks`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import ClassVar

from stbir.data.drawn.tasks import changed_objects, shelves, styled_objects
from stbir.data.sets.base import DataSet
from stbir.types import Split

SIZE = 256
VALIDATION = "-validation"

TASKS: Mapping[str, tuple[Callable[..., Split], int]] = {
    "changes": (changed_objects, 120),
    "changes-by-sketch": (partial(changed_objects, reference="sketch"), 120),
    "styles": (styled_objects, 60),
    "shelves": (shelves, 100),
}
"""What draws each task, and how many objects or shelves it has."""


class DrawnTasks(DataSet):
    """Each task by its name, for tests, and with "-validation" behind it the same of other objects, a third as many.

    "styles" is measured by category: `stbir evaluate MODEL drawn-tasks --split styles --protocol styles`.
    """

    in_memory: ClassVar[bool] = True

    @property
    def splits(self) -> tuple[str, ...]:
        """Every task, and what to choose settings on."""
        return (*TASKS, *(f"{task}{VALIDATION}" for task in TASKS))

    def _split(self, name: str) -> Split:
        task = name.removesuffix(VALIDATION)
        draw, count = TASKS[task]
        return draw(count, seed=0, size=SIZE) if task == name else draw(count // 3, seed=1, size=SIZE)
