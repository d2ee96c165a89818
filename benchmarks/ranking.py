"""How long an evaluation ranks, and how much memory that takes beside the vectors.

    python benchmarks/ranking.py [--queries 1000] [--photos 1000000] [--dimension 64] [--relevant 1] [--depth 1000]

The vectors are random; what ranking costs does not depend on what they show. `--relevant` is how many photos are
relevant to a query, which decides how much there is to count. Memory is the peak of the process minus its peak with
the vectors in place.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time

import numpy as np

from stbir.functional.streaming import stream_standings, stream_top


def peak() -> float:
    """Peak resident memory of this process in MB."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--photos", type=int, default=1_000_000)
    parser.add_argument("--dimension", type=int, default=64)
    parser.add_argument("--relevant", type=int, default=1)
    parser.add_argument("--depth", type=int, default=1000)
    wanted = parser.parse_args()
    rng = np.random.default_rng(0)
    queries = rng.standard_normal((wanted.queries, wanted.dimension), dtype=np.float32)
    photos = rng.standard_normal((wanted.photos, wanted.dimension), dtype=np.float32)
    kinds = max(1, wanted.photos // wanted.relevant)
    labels = {"query_labels": np.arange(wanted.queries) % kinds, "photo_labels": np.arange(wanted.photos) % kinds}
    before = peak()
    start = time.perf_counter()
    for _ in stream_standings(queries, photos, **labels):
        pass
    ranked = time.perf_counter()
    for _ in stream_top(queries, photos, k=wanted.depth, **labels):
        pass
    done = time.perf_counter()
    pairs = wanted.queries * wanted.photos / 1e9
    print(f"{wanted.queries:,} queries x {wanted.photos:,} photos, {wanted.dimension} dimensions, {pairs:.2f} G pairs")
    print(f"  ranks      {ranked - start:8.1f} s   {(ranked - start) / pairs:7.1f} s per G pairs")
    print(f"  best {wanted.depth:<6}{done - ranked:8.1f} s   {(done - ranked) / pairs:7.1f} s per G pairs")
    print(f"  memory beside the vectors {peak() - before:,.0f} MB; all scores would be {8e3 * pairs:,.0f} MB")


if __name__ == "__main__":
    main()
