"""What keeps a table on disk fast: fragments joined, old versions removed, indexes built when they pay.

The figures come from measurements at 10,000 to 1,000,000 vectors: a scan of 10,000 takes 7 ms, one of 100,000 takes
70 ms, and a vector index answers both in 3 ms but costs 24 s to build for 100,000.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from datetime import timedelta
from typing import Any

from stbir.errors import GalleryError, StbirError
from stbir.index.arrow import PREFIX
from stbir.index.faults import reason_of
from stbir.index.lance import FOLDER, Lance

FRAGMENTS, VERSIONS = 24, 100
"""Every change adds a version and maybe a fragment; with so many of either it is time to tidy up."""
JOINED_SHARE = 0.5
"""Joining writes the whole table anew, so it waits until this share of it is new: a table that grows commit by commit
is then written about three times over, however large it becomes."""
SCATTERED = 200
"""With so many fragments they are joined all the same, as each one makes reading a little slower."""
KEPT = timedelta(minutes=10)
"""How long a version stays after it was replaced, so that whoever reads it can finish."""
NAMED_FROM = 10_000
"""Records from which ids are worth an index: replacing a few photos no longer reads every id."""
VECTORS_FROM = 50_000
"""Records from which a vector index pays where the table itself answers."""
NEW_SHARE = 0.2
"""Vectors that are not in the vector index are scanned; above this share of all of them they are folded in."""
PARTITION = 200_000
FEW = 1_000
"""Different values of a field up to which a bitmap answers a filter best."""


def tend(index: Lance, *, vectors_from: int = VECTORS_FROM) -> list[str]:
    """Do what is due, and say what was done; cheap when nothing is. Only for the process that may write.

    Raises:
        GalleryError: the folder cannot be written.
    """
    try:
        return _tend(index, vectors_from)
    except Exception as error:
        raise GalleryError(f"cannot tidy up the index in {index.folder}: {reason_of(error)}") from None
    finally:
        # also after a failure, because what was done until then made new versions
        with suppress(StbirError):
            index.refresh()


def _tend(index: Lance, vectors_from: int) -> list[str]:
    done: list[str] = []
    table, count = index.table, len(index)
    answers = count >= vectors_from  # whether the table itself answers, so that filters and vectors want indexes
    there = {name: entry.name for entry in table.list_indices() for name in entry.columns}
    if count >= NAMED_FROM and "id" not in there:
        done.append(_build(table, "id", _tree()))
    if answers:
        for field, kind in index.fields().items():
            if not field.startswith("_") and PREFIX + field not in there:
                few = kind in (str, bool) and len(index.tally(field)) <= FEW
                done.append(_build(table, PREFIX + field, _bitmap() if few else _tree()))
        if "vector" not in there:
            done.append(_build(table, "vector", _graph(count)))
    stale = answers and "vector" in there and _unindexed(table, there["vector"]) > NEW_SHARE * count
    if stale or _scattered(table) or _old_versions(index) >= VERSIONS:
        table.optimize(cleanup_older_than=KEPT)
        done.append("joined fragments and folded new rows into the indexes")
    return done


def _build(table: Any, column: str, config: Any) -> str:
    table.create_index(column, config=config)
    return f"built an index on {column.removeprefix(PREFIX)}"


def _tree() -> Any:
    from lancedb.index import BTree

    return BTree()


def _bitmap() -> Any:
    from lancedb.index import Bitmap

    return Bitmap()


def _graph(count: int) -> Any:
    from lancedb.index import HnswSq

    return HnswSq(distance_type="dot", num_partitions=count // PARTITION + 1)


def _scattered(table: Any) -> bool:
    fragments = table.stats()["fragment_stats"]
    new = table.count_rows() - fragments["lengths"]["max"]
    enough = new >= JOINED_SHARE * table.count_rows() or fragments["num_small_fragments"] >= SCATTERED
    return fragments["num_small_fragments"] >= FRAGMENTS and enough


def _old_versions(index: Lance) -> int:
    """How many versions are so old that they may go."""
    before = time.time() - KEPT.total_seconds()
    with os.scandir(index.folder / FOLDER / "_versions") as entries:
        return sum(entry.stat().st_mtime < before for entry in entries)


def _unindexed(table: Any, name: str) -> int:
    # otherwise the library computes what nobody asked for, and says so on the screen
    os.environ.setdefault("LANCE_INCLUDE_VECTOR_CENTROIDS", "false")
    statistics = table.index_stats(name)
    return 0 if statistics is None else statistics.num_unindexed_rows
