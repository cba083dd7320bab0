"""From how many passages on does a graph pay?

    python -m benchmarks.graph

Compares exact search with HNSW on unit vectors that lie in clusters, as passages do: build time,
query time and the share of the true ten nearest that the graph finds.
"""

from __future__ import annotations

import statistics
import time

import numpy as np
import numpy.typing as npt

from assistant.index.vectors import VectorIndex
from assistant.settings import IndexSettings

DIMENSION = 384
SIZES = (1_000, 10_000, 50_000, 100_000)
QUERIES = 200
NEAREST = 100

Vectors = npt.NDArray[np.float32]


def clustered(count: int, generator: np.random.Generator) -> Vectors:
    """Returns unit vectors around one centre per fifty of them, all in one cone, as E5's are."""
    common = generator.normal(size=DIMENSION)
    centres = 2 * common + generator.normal(size=(max(count // 50, 1), DIMENSION))
    chosen = centres[generator.integers(len(centres), size=count)]
    vectors = chosen + 0.6 * generator.normal(size=(count, DIMENSION))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32)


def main() -> None:
    """Measures and prints."""
    for size in SIZES:
        # Queries come from the same clusters as what they look for.
        everything = clustered(size + QUERIES, np.random.default_rng(0))
        vectors, queries = everything[:size], everything[size:]
        found: dict[str, list[set[int]]] = {}
        for name, graph_from in (("exact", size + 1), ("graph", 1)):
            began = time.perf_counter()
            index = VectorIndex.build(vectors, IndexSettings(graph_from=graph_from))
            built = time.perf_counter() - began
            times, found[name] = [], []
            for query in queries:
                began = time.perf_counter()
                rows = index.nearest(query, NEAREST)
                times.append(time.perf_counter() - began)
                found[name].append(set(rows[:10].tolist()))
            print(
                f"{size:>7} {name}: built in {built:6.1f} s, "
                f"query {statistics.median(times) * 1000:6.2f} ms"
            )
        pairs = zip(found["exact"], found["graph"], strict=True)
        recall = statistics.mean(len(exact & graph) / 10 for exact, graph in pairs)
        print(f"{size:>7} graph finds {recall:.3f} of the ten nearest")


if __name__ == "__main__":
    main()
